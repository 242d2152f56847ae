"""Rows that only grow: every remote write, and which slot of a scheduled job has run."""

from __future__ import annotations

from typing import Any

from django.db import models

from stores.models.scope import Scope, ScopedQuerySet


class SyncAttemptQuerySet(ScopedQuerySet["SyncAttempt"]):
    scope = Scope(brand="promotion__brand_id", market="promotion__channel__market_id")


class SyncAttempt(models.Model):
    """One call to a channel and its answer, in the channel's own words. Partitioned by month in the database.

    The table's key is (id, at), because PostgreSQL asks a partitioned table's key to hold the partition column; Django
    knows ``id`` alone, which the sequence keeps unique.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    promotion = models.ForeignKey("stores.ChannelPromotion", on_delete=models.DO_NOTHING, related_name="sync_attempts")
    generation = models.BigIntegerField()
    operation = models.CharField(max_length=12)
    outcome = models.CharField(max_length=12)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    duration_ms = models.PositiveIntegerField()

    objects: Any = models.Manager.from_queryset(SyncAttemptQuerySet)()

    class Meta:
        managed = False
        ordering = ["-id"]
        db_table = "stores_syncattempt"

    def __str__(self) -> str:
        return f"{self.operation} {self.outcome}"


class JobSlotQuerySet(ScopedQuerySet["JobSlot"]):
    scope = Scope(reference=True)


class JobSlot(models.Model):
    """One run of a scheduled job. Two beats insert the same slot once; a missing beat is caught up by the next worker."""

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=60)
    slot_at = models.DateTimeField()
    started_at = models.DateTimeField()

    objects: Any = models.Manager.from_queryset(JobSlotQuerySet)()

    class Meta:
        ordering = ["-slot_at"]
        constraints = [models.UniqueConstraint(fields=["job", "slot_at"], name="job_slot_once")]
        indexes = [models.Index(fields=["started_at"], name="job_slot_started_at")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot_at:%Y-%m-%d %H:%M:%S}"


class InstallationQuerySet(ScopedQuerySet["Installation"]):
    scope = Scope(reference=True)


class Installation(models.Model):
    """This installation's two letters, which are part of every ``our_ref``: a clone cannot fight over the same objects."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=2)

    objects: Any = models.Manager.from_queryset(InstallationQuerySet)()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_only_one")]

    def __str__(self) -> str:
        return self.code
