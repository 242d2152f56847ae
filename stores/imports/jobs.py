"""What is done with an import job: look at the file, preview it, apply it as a whole, undo it.

Each step is one transaction that holds the job's row, so a worker that is killed leaves the job as it was and free for the
next. The step that was asked for is the job's state; ``run_step`` does it, in a worker or right here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction

from stores.actions import imports as actions
from stores.actions.errors import Refused
from stores.actions.reverting import history_marks, revert_applied
from stores.actions.transaction import acting, name_of
from stores.imports import kept, presets
from stores.imports.errors import ImportRefused
from stores.imports.files import examine
from stores.imports.grammar import printable
from stores.imports.job import DATABASE_ERRORS, Progress, Request, Result, run_import, said_by_the_database
from stores.imports.mapping import ColumnMapping, parse_mapping
from stores.imports.progress import forget, telling
from stores.imports.refusals import refused_list
from stores.models import Actor, ImportFile, ImportJob, System
from stores.values import clock

_PIECE = 1 << 20
MOST_ATTEMPTS = 3
"""A step whose worker was killed this often is given up: the file is probably what kills it."""


def choose_mapping(
    *, by: Actor, job: ImportJob, preset: str = "", mapping: Mapping[str, Any] | None = None, **options: Any
) -> ImportJob:
    """Choose a shipped mapping by name, or give one; ``options`` as in ``stores.actions.imports.set_up``.

    Raises ImportRefused with what is wrong in the mapping.
    """
    if bool(preset) == bool(mapping):
        raise ImportRefused("choose a preset or give a mapping")
    source = presets.preset(preset).source if preset else parse_mapping(mapping, source="mapping").source
    return actions.set_up(by=by, job=job, preset=preset, mapping=dict(mapping or {}), source=source, **options)


def mapping_of(job: ImportJob) -> ColumnMapping:
    """The mapping that was chosen for the job."""
    return presets.preset(job.preset) if job.preset else parse_mapping(job.mapping, source=job.source)


def preview_job(*, by: Actor, job: ImportJob) -> ImportJob:
    """Preview the list now and keep what each row would do."""
    return run_step(actions.ask(by=by, job=job, step="previewing"))


def apply_job(*, by: Actor, job: ImportJob) -> ImportJob:
    """Apply the previewed list now, all of it or nothing.

    The file is read and compared again; when that does not give what the preview says, nothing is written and the job's
    ``error`` says which rows differ.
    """
    return run_step(actions.ask(by=by, job=job, step="applying"))


def revert_job(*, by: Actor, job: ImportJob) -> ImportJob:
    """Undo the applied list now. What stands in the way is in the job's ``error``, and whole in ``reverting.obstacles``."""
    return run_step(actions.ask(by=by, job=job, step="reverting"))


def run_step(job: ImportJob) -> ImportJob:
    """Do the step that the job's state asks for. What is wrong with it becomes the job's ``error``; it is not raised.

    A job on which somebody works already, or whose state asks for nothing, is returned as it is.
    """
    with transaction.atomic():
        # Counted before the work and for good, or a file that kills its worker would be begun for ever.
        begun = _free(job)
        if begun is None:
            return _fresh(job)
        step = begun.state
        begun.attempts += 1
        begun.save(update_fields=["attempts"])
    if begun.attempts > MOST_ATTEMPTS:
        _end(job, step, "It was begun three times and each time its worker was ended.")
        return _fresh(job)
    try:
        with transaction.atomic():
            found = _free(job)
            if found is not None and found.state == step:
                _WORK[step](found, found.asked_by or System("imports"))
    except (ImportRefused, Refused) as error:
        _end(job, step, " ".join(str(error).split()))
    finally:
        forget(job)
    return _fresh(job)


def take_back(job: ImportJob) -> None:
    """Take back a step that somebody asked for and stopped while it was done here, or the next worker would do it after all."""
    _end(job, job.state, "It was stopped.")


def _free(job: ImportJob) -> ImportJob | None:
    """The job, locked, when a step was asked for and nobody is doing it."""
    waiting = ImportJob.objects.select_for_update(of=("self",), skip_locked=True).select_related("brand", "asked_by")
    found: ImportJob | None = waiting.filter(pk=job.pk).waiting().first()
    return found


def import_file(
    request: Request,
    *,
    progress: Progress = lambda stage, done, total: None,
    look: Callable[[Result], None] = lambda result: None,
) -> tuple[Result, ImportJob | None]:
    """Import a file that lies here, without the steps of a job. When it is applied a job is kept, so that it can be undone."""
    made: list[ImportJob] = []

    def keep(result: Result) -> None:
        if request.apply:
            made.append(_job_of(request))
            keep_applied(made[0], result, request.by)
        look(result)

    result = run_import(request, progress=progress, look=keep)
    return result, made[0] if made else None


def _job_of(request: Request) -> ImportJob:
    """A job that was never previewed: the file was applied by command. What is too large to be kept stays where it is."""
    with request.path.open("rb") as file:
        job = actions.keep_list(
            by=request.by,
            brand=request.brand,
            file_name=request.path.name,
            content=iter(lambda: file.read(_PIECE), b""),
        )
    known = request.mapping.source in presets.names() and presets.preset(request.mapping.source) == request.mapping
    job.preset = request.mapping.source if known else ""
    job.mapping = {} if known else request.mapping.to_json()
    job.source, job.publish, job.complete = request.mapping.source, request.publish, request.complete
    job.allow_mass_change, job.encoding_is_given = request.allow_mass_change, request.encoding is not None
    job.save()
    return job


def refused_rows(job: ImportJob) -> Iterator[str]:
    """The refused rows as CSV or GeoJSON, in the columns of the file and with reasons; see ``stores.imports.refusals``."""
    with file_of(job) as path:
        yield from refused_list(examine(path, job.encoding or None), kept.rows_of(job, "refused"))


def _fresh(job: ImportJob) -> ImportJob:
    found: ImportJob = ImportJob.objects.select_related("brand", "asked_by").get(pk=job.pk)
    return found


_BACK_TO = {"previewing": "failed", "applying": "previewed", "reverting": "applied"}


def _end(job: ImportJob, step: str, error: str) -> None:
    ImportJob.objects.filter(pk=job.pk, state=step).update(state=_BACK_TO[step], error=error[:500])


def _preview(job: ImportJob, by: Actor) -> None:
    def keep(result: Result) -> None:
        kept.keep_rows(job, applied=False)
        _note(job, result)
        job.state = "previewed"
        _save(job, by)

    with file_of(job) as path, telling(job) as progress:
        run_import(_request(job, path, by), progress=progress, look=keep)


def _apply(job: ImportJob, by: Actor) -> None:
    def compare(result: Result) -> None:
        if found := kept.different_rows(job):
            named = ", ".join(f"row {row} {code}".strip() for row, code in found[:5])
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            raise Refused(
                f"Since the preview something changed: {named}{more} would now do something else. Preview the list again.",
                code="stale",
            )

    with file_of(job) as path, telling(job) as progress:
        run_import(
            _request(job, path, by, apply=True),
            progress=progress,
            check=compare,
            look=lambda result: keep_applied(job, result, by),
        )


def _revert(job: ImportJob, by: Actor) -> None:
    try:
        revert_applied(by=by, job=job)
    except DATABASE_ERRORS as error:
        raise Refused(said_by_the_database(error), code="database") from error


_WORK: dict[str, Callable[[ImportJob, Actor], None]] = {
    "previewing": _preview,
    "applying": _apply,
    "reverting": _revert,
}


def keep_applied(job: ImportJob, result: Result, by: Actor) -> None:
    """Keep what an import that is being applied does, in its own transaction."""
    kept.keep_rows(job, applied=True)
    _note(job, result)
    job.marks = history_marks()
    job.state, job.applied_at, job.applied_by = "applied", clock.now(), name_of(by)
    _save(job, by)


def _note(job: ImportJob, result: Result) -> None:
    job.kind, job.encoding = result.source.kind.value, result.source.encoding
    job.counts = {**result.counts}
    if result.published is not None:
        job.counts |= {"published": result.published.published, "held": result.published.held}
    job.columns = {
        "unknown": [printable(name)[:200] for name in result.unknown_columns[:200]],
        "absent": result.absent_columns[:200],
    }
    job.mass_change, job.error = result.mass_change, ""


def _save(job: ImportJob, by: Actor) -> None:
    with acting(by, f"import of {job.source}: {job.file_name}"[:200]):
        job.save(
            update_fields=["kind", "encoding", "counts", "columns", "mass_change", "error", "state", "marks", "applied_at",
                           "applied_by"]
        )  # fmt: skip


def _request(job: ImportJob, path: Path, by: Actor, *, apply: bool = False) -> Request:
    return Request(
        path=path,
        brand=job.brand,
        mapping=mapping_of(job),
        by=by,
        apply=apply,
        publish=job.publish and apply,
        complete=job.complete,
        allow_mass_change=job.allow_mass_change,
        encoding=job.encoding if job.encoding_is_given else None,
        name=job.file_name,
    )


@contextmanager
def file_of(job: ImportJob) -> Iterator[Path]:
    """The job's file on this machine's disk, for the length of a ``with``. Raises ImportRefused when it was given up."""
    with tempfile.TemporaryDirectory(prefix="meridian-import-") as folder:
        path = Path(folder) / "list"
        with path.open("wb") as file:
            for piece in (
                ImportFile.objects.filter(job=job).order_by("number").values_list("content", flat=True).iterator(1)
            ):
                file.write(piece)
        if path.stat().st_size != job.file_size:
            raise ImportRefused("the file of this import is not kept any more")
        try:
            yield path
        except ImportRefused as error:
            # The person knows the file by its own name, and need not know where it lies here.
            raise ImportRefused(str(error).replace(str(path), job.file_name)) from error
