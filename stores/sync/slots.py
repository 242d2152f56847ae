"""Which run of a scheduled job is whose. Two beats, or a beat that comes back, make one run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from stores.models import JobSlot

KEPT = timedelta(hours=2)


def take(job: str, *, every_seconds: int) -> bool:
    """Whether this caller gets the job's current slot. Machine time: jobs run by the clock on the wall of the server."""
    now = datetime.now(UTC)
    slot = datetime.fromtimestamp(now.timestamp() // every_seconds * every_seconds, UTC)
    made = JobSlot.objects.bulk_create([JobSlot(job=job, slot_at=slot, started_at=now)], ignore_conflicts=True)
    return JobSlot.objects.filter(job=job, slot_at=slot, started_at=made[0].started_at).exists()


def sweep() -> int:
    """Forget old slots, and have the journal's next months ready. Returns how many slots went.

    Each job's newest slot stays, or a daily job would run again every two hours.
    """
    newer = JobSlot.objects.filter(job=OuterRef("job"), slot_at__gt=OuterRef("slot_at"))
    gone, _ = JobSlot.objects.filter(Exists(newer), started_at__lt=datetime.now(UTC) - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stores_syncattempt_month((now() + make_interval(months => ahead))::date) FROM generate_series(0, 2) ahead"
        )
    return gone
