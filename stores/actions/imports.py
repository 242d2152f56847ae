"""The life of an import job up to the work itself, which ``stores.imports.jobs`` does: upload, map, ask for a step, cancel.

Who works on a job holds its row locked until the transaction ends. So a step whose worker was killed is nobody's at once, and
a job that is being worked on cannot be asked for something else meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from stores.actions.errors import NotFound, Refused
from stores.actions.stores import check_may_import
from stores.actions.transaction import acting, name_of
from stores.models import Actor, Brand, ImportFile, ImportJob, ImportRow, SavedMapping, User
from stores.values.words import storable

LARGEST_UPLOAD = 64 << 20
"""Bytes. A list of half a million stores; what is larger goes through the command, which reads files in place."""
PIECE = 1 << 20

# From which states a step may be asked for.
ASKED_FROM = {"previewing": ("uploaded", "previewed", "failed"), "applying": ("previewed",), "reverting": ("applied",)}
OPEN_STATES = ("uploaded", "previewing", "previewed", "applying", "failed")
"""States of a job that has changed nothing yet."""


@transaction.atomic
def upload_list(*, by: Actor, brand: Brand, file_name: str, content: Iterable[bytes]) -> ImportJob:
    """Keep a file as a new job. Raises Refused for an empty file or one of more than LARGEST_UPLOAD bytes."""
    job = keep_list(by=by, brand=brand, file_name=file_name, content=_bounded(content))
    if not job.file_size:
        raise Refused("The file is empty.", code="empty")
    return job


def _bounded(content: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for chunk in content:
        size += len(chunk)
        if size > LARGEST_UPLOAD:
            raise Refused("The file is larger than 64 MB. Split it, or use manage.py import_stores.", code="too_large")
        yield chunk


def keep_list(*, by: Actor, brand: Brand, file_name: str, content: Iterable[bytes]) -> ImportJob:
    """Keep a file of any size as a new job; of one that is larger than LARGEST_UPLOAD only size and digest."""
    check_may_import(by=by, brand=brand)
    with acting(by, f"upload of {file_name}"[:200]):
        job: ImportJob = ImportJob.objects.create(
            brand=brand, file_name=storable(file_name)[:200] or "list", file_size=0, file_digest="", created_by=name_of(by),
            asked_by=by if isinstance(by, User) else None,
        )  # fmt: skip
        digest, size = hashlib.sha256(), 0
        for number, piece in enumerate(_pieces(content)):
            size += len(piece)
            digest.update(piece)
            if size <= LARGEST_UPLOAD:
                ImportFile.objects.create(job=job, number=number, content=piece)
        if size > LARGEST_UPLOAD:
            ImportFile.objects.filter(job=job).delete()
        job.file_size, job.file_digest = size, digest.hexdigest()
        job.save(update_fields=["file_size", "file_digest"])
    return job


def _pieces(content: Iterable[bytes]) -> Iterable[bytes]:
    """The bytes in pieces of one size, whatever the sizes they come in."""
    waiting = b""
    for chunk in content:
        waiting += chunk
        while len(waiting) >= PIECE:
            yield waiting[:PIECE]
            waiting = waiting[PIECE:]
    if waiting:
        yield waiting


def set_up(*, by: Actor, job: ImportJob, **chosen: Any) -> ImportJob:
    """Choose how the list is read and what is done with it; a preview made before is void.

    Args:
        chosen: ``preset``, ``mapping`` and ``source``, checked by ``stores.imports.jobs.choose_mapping``; ``encoding``, blank
            to detect it; ``publish``, ``complete`` and ``allow_mass_change``.
    """
    with acting(by, "set up an import"):
        found = free_job(by=by, job=job)
        _expect(found, ("uploaded", "previewed", "failed"))
        if "encoding" in chosen:
            chosen["encoding_is_given"] = bool(chosen["encoding"])
        for name, value in {**chosen, **_UNREAD, "state": "uploaded"}.items():
            setattr(found, name, value)
        found.save(update_fields=[*chosen, *_UNREAD, "state"])
        ImportRow.objects.filter(job=found).delete()
    return found


_UNREAD: Mapping[str, Any] = {"counts": {}, "columns": {}, "mass_change": "", "error": ""}


def ask(*, by: Actor, job: ImportJob, step: str, allow_mass_change: bool = False) -> ImportJob:
    """Ask for a step: ``previewing``, ``applying`` or ``reverting``. A worker, or the caller, then does it for this actor.

    Args:
        allow_mass_change: with ``applying``, that so many stores are closed is what this actor means.
    """
    with acting(by, f"ask for {step}"):
        found = free_job(by=by, job=job)
        check_may_import(by=by, brand=found.brand)
        _expect(found, ASKED_FROM[step])
        if step == "previewing" and not found.source:
            raise Refused("Choose which columns fill which fields first.", code="not_mapped")
        found.state, found.error, found.attempts = step, "", 0
        found.asked_by = by if isinstance(by, User) else None
        if step == "applying":
            if found.mass_change and not (allow_mass_change or found.allow_mass_change):
                raise Refused(
                    "The list would close many stores. Confirm that this is meant before it is applied.",
                    code="mass_change",
                )
            found.allow_mass_change = found.allow_mass_change or allow_mass_change
        found.save(update_fields=["state", "error", "attempts", "asked_by", "allow_mass_change"])
    return found


def cancel_job(*, by: Actor, job: ImportJob) -> ImportJob:
    """Give the import up; its rows and its file go, the job stays as a record. Refused once it was applied."""
    with acting(by, "cancel an import"):
        found = free_job(by=by, job=job)
        _expect(found, OPEN_STATES)
        found.state = "cancelled"
        found.save(update_fields=["state"])
        ImportRow.objects.filter(job=found).delete()
        ImportFile.objects.filter(job=found).delete()
    return found


def forget_old_imports(*, by: Actor, before: datetime) -> int:
    """Drop files and rows of imports that nobody touched from the moment on; how many imports. Safe to repeat.

    The job stays, with its counts and its history. One that was never applied is given up with them.
    """
    done = 0
    for job in ImportJob.objects.visible_to(by).untouched_since(before).order_by("pk"):
        with acting(by, "its file and rows were kept long enough"):
            found = ImportJob.objects.select_for_update(skip_locked=True).filter(pk=job.pk, state=job.state).first()
            if found is None:
                continue  # somebody is at it just now, so it is not forgotten
            ImportRow.objects.filter(job=found).delete()
            ImportFile.objects.filter(job=found).delete()
            if found.state in OPEN_STATES:
                found.state = "cancelled"
                found.save(update_fields=["state"])
            done += 1
    return done


def free_job(*, by: Actor, job: ImportJob) -> ImportJob:
    """The job, locked for this transaction. NotFound out of reach, Refused while somebody works on it."""
    if not ImportJob.objects.visible_to(by, to="import_stores").filter(pk=job.pk).exists():
        if ImportJob.objects.visible_to(by).filter(pk=job.pk).exists():
            raise Refused("Your role does not allow you to import stores here.", code="not_allowed")
        raise NotFound("import")
    found: ImportJob | None = (
        ImportJob.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("brand", "asked_by")
        .filter(pk=job.pk)
        .first()
    )
    if found is None:
        raise Refused("The import is being worked on. Wait until it is done.", code="busy")
    return found


def _expect(job: ImportJob, states: tuple[str, ...]) -> None:
    if job.state not in states:
        raise Refused(
            "The import is %(state)s; for this it has to be %(states)s.", code="state", state=[job.state], states=states
        )


def save_mapping(*, by: Actor, brand: Brand, name: str, mapping: Mapping[str, Any]) -> SavedMapping:
    """Keep a mapping under a name, in place of the one that had it."""
    check_may_import(by=by, brand=brand)
    name = " ".join(storable(name).split())[:60]
    if not name:
        raise Refused("Give the mapping a name.", code="name")
    with acting(by, "save a mapping"):
        found: SavedMapping | None = (
            SavedMapping.objects.select_for_update(of=("self",)).filter(brand=brand, name=name).first()
        )
        if found is None:
            try:
                with transaction.atomic():
                    return SavedMapping.objects.create(
                        brand=brand, name=name, mapping=dict(mapping), created_by=name_of(by)
                    )
            except IntegrityError as error:
                raise Refused("Somebody just saved a mapping of this name. Look at it first.", code="name") from error
        found.mapping, found.created_by = dict(mapping), name_of(by)
        found.save(update_fields=["mapping", "created_by"])
    return found
