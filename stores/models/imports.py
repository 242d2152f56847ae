"""Imports of store lists as jobs: the file, its mapping, every row's outcome, and what it takes to undo it all."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from stores.models.base import Record, tracked
from stores.models.brands import Brand
from stores.models.network import Store
from stores.models.people import User
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

# A step that is asked for and not finished has a state of its own: whoever finds one that nobody works on takes it over.
STATES = (
    "uploaded", "previewing", "previewed", "applying", "applied", "reverting", "reverted", "failed", "cancelled",
)  # fmt: skip
STEPS = ("previewing", "applying", "reverting")
OUTCOMES = ("created", "changed", "unchanged", "refused")


class ImportJobQuerySet(ScopedQuerySet["ImportJob"]):
    # A list may touch any market, so its jobs are for those who see the whole brand.
    scope = Scope()

    def untouched_since(self, moment: datetime) -> ImportJobQuerySet:
        """Jobs that still have their file or rows, and that nobody did anything with from the moment on."""
        kept = Q(Exists(ImportRow.objects.filter(job=OuterRef("pk")))) | Q(
            Exists(ImportFile.objects.filter(job=OuterRef("pk")))
        )
        return self.filter(kept, updated_at__lt=moment).exclude(state__in=STEPS)

    def waiting(self) -> ImportJobQuerySet:
        """Jobs with a step that was asked for and has not come to its end."""
        return self.filter(state__in=STEPS)


@tracked(exclude=["attempts", "marks"])
class ImportJob(Record):
    """One list on its way into the network: uploaded, mapped, previewed, applied as a whole, and undone when need be."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="import_jobs")
    state = models.CharField(max_length=10, choices=choices(STATES), default="uploaded")
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField()
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file as it was sent.")
    kind = models.CharField(max_length=20, blank=True, help_text="What the content is, whatever the name says.")
    encoding = models.CharField(max_length=40, blank=True)
    encoding_is_given = models.BooleanField(default=False)
    # One of the shipped mappings by name, or one of the brand's own as JSON; "source" is whose identities the rows carry.
    preset = models.CharField(max_length=20, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=60, blank=True)
    publish = models.BooleanField(default=False)
    complete = models.BooleanField(default=False, help_text="The list is whole: stores that it lacks are closed.")
    allow_mass_change = models.BooleanField(default=False)
    counts = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=dict, blank=True)
    mass_change = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True)
    # Where the histories of stores stood when the job was applied: later entries are other people's.
    marks = models.JSONField(default=dict, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.CharField(max_length=160)
    # The person a worker acts for; null is the system itself.
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.CharField(max_length=160, blank=True)
    reverted_at = models.DateTimeField(null=True, blank=True)
    reverted_by = models.CharField(max_length=160, blank=True)

    objects: Any = models.Manager.from_queryset(ImportJobQuerySet)()

    class Meta(Record.Meta):
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["brand", "-created_at"], name="import_job_by_brand")]
        constraints = [
            models.UniqueConstraint(fields=["id", "brand"], name="import_job_id_brand"),
            one_of("state", STATES, "import_job_state"),
            models.CheckConstraint(
                condition=Q(state__in=("uploaded", "cancelled")) | ~Q(source=""),
                name="import_job_mapped",
                violation_error_message="Choose which columns fill which fields first.",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by="") | (Q(applied_at__isnull=False) & ~Q(applied_by="")),
                name="import_job_applied_by",
            ),
            models.CheckConstraint(
                condition=Q(reverted_at__isnull=True, reverted_by="")
                | (Q(reverted_at__isnull=False, applied_at__isnull=False) & ~Q(reverted_by="")),
                name="import_job_reverted_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("applied", "reverting", "reverted")) | Q(applied_at__isnull=False),
                name="import_job_applied_at",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportFileQuerySet(ScopedQuerySet["ImportFile"]):
    scope = Scope(brand="job__brand_id")


class ImportFile(models.Model):
    """A piece of a job's file. In the database, because the process that applies it may run on another machine."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects: Any = models.Manager.from_queryset(ImportFileQuerySet)()

    class Meta:
        ordering = ["job", "number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_file_piece_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.number}"


class ImportRowQuerySet(ScopedQuerySet["ImportRow"]):
    scope = Scope(brand="job__brand_id")

    def having(self, outcome: str) -> ImportRowQuerySet:
        """Rows with this outcome; ``warned`` are those that come in with a warning, blank is all."""
        if outcome == "warned":
            return self.exclude(outcome="refused").exclude(warnings=[])
        return self.filter(outcome=outcome) if outcome else self.all()

    def mentioning(self, text: str) -> ImportRowQuerySet:
        """Rows that hold every word of a search: in the code, in what was understood, in what changes or in what is wrong."""
        rows = self.annotate(
            **{f"{name}_text": Cast(name, models.TextField()) for name in ("record", "changes", "reasons", "warnings")}
        )
        for word in text.split():
            found = Q(code__icontains=word) | (Q(row=int(word)) if word.isdecimal() and len(word) < 10 else Q())
            # Inside JSON, quotes and backslashes are written with a backslash.
            inside = json.dumps(word, ensure_ascii=False)[1:-1]
            for name in ("record", "changes", "reasons", "warnings"):
                found |= Q(**{f"{name}_text__icontains": inside})
            rows = rows.filter(found)
        return rows if text.split() else self.all()

    def most_frequent(self, column: str, limit: int) -> list[tuple[str, str, int]]:
        """The commonest findings in ``reasons`` or ``warnings``: the list's column, the sentence, and how many rows have it."""
        each = Func(F(column), function="jsonb_array_elements", output_field=models.JSONField())
        found = (
            self.annotate(finding=each)
            .values(where=KT("finding__column"), sentence=KT("finding__reason"))
            .annotate(rows=models.Count("pk"))
            .order_by("-rows", "where", "sentence")
            .values_list("where", "sentence", "rows")
        )
        return list(found[:limit])


class ImportRow(models.Model):
    """What one row of the list does, or did, to a store. Written in bulk by the engine; pages and reports read it.

    ``record`` is the row as it was understood, ``changes`` holds ``[before, after]`` by field. ``before`` and ``store_version``
    are there once the job is applied: what the store and its parts were, and the version the import left it at.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row = models.PositiveIntegerField(help_text="The row of the file; the header of a table is row 1.")
    outcome = models.CharField(max_length=10, choices=choices(OUTCOMES))
    code = models.CharField(max_length=64, blank=True)
    # Not held by the database: a store that the job created goes when the job is undone, and the row still tells of it.
    store = models.ForeignKey(
        Store, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    reasons = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    changes = models.JSONField(null=True)
    record = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    store_version = models.BigIntegerField(null=True)

    objects: Any = models.Manager.from_queryset(ImportRowQuerySet)()

    class Meta:
        ordering = ["job", "row"]
        indexes = [models.Index(fields=["job", "outcome", "row"], name="import_row_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["job", "row"], name="import_row_once"),
            one_of("outcome", OUTCOMES, "import_row_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class SavedMappingQuerySet(ScopedQuerySet["SavedMapping"]):
    scope = Scope()


@tracked()
class SavedMapping(Record):
    """Which columns of a partner's list fill which fields, kept for the next time it comes."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="saved_mappings")
    name = models.CharField(max_length=60)
    mapping = models.JSONField()
    created_by = models.CharField(max_length=160)

    objects: Any = models.Manager.from_queryset(SavedMappingQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "name"]
        constraints = [models.UniqueConstraint(fields=["brand", "name"], name="saved_mapping_name")]

    def __str__(self) -> str:
        return self.name
