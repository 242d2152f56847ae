"""Entry points of import jobs. A message says only "look at this job"; the job itself knows what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from stores.actions.imports import forget_old_imports
from stores.imports.jobs import run_step
from stores.models import ImportJob, System
from stores.sync import slots
from stores.values import clock

log = structlog.get_logger("meridian.imports")

TICK_SECONDS = 15
DAY_SECONDS = 86_400
STEP_LOCK = 0x1A9057
"""The number of the advisory lock; any that nobody else uses."""
_LONGEST = 1800
"""Seconds for one step: twenty times what 65,000 rows take on two busy cores."""


@shared_task(name="imports.step", soft_time_limit=_LONGEST, time_limit=_LONGEST + 30)
def step(*, job: int, **later: Any) -> None:
    """Do what was asked for with a job. Twice is once: whoever finds it worked on, or done, leaves it.

    One step at a time in the whole installation, so that large lists never hold all places of the workers and campaigns wait.
    A job that finds another at work is taken up by a later tick.
    """
    with _alone() as alone:
        found = ImportJob.objects.waiting().filter(pk=job).first() if alone else None
        if found is not None:
            done = run_step(found)
            log.info("import step", job=done.pk, state=done.state, error=done.error)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker is at a step. The database holds it for this connection, so a killed worker lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [STEP_LOCK])
        [taken] = cursor.fetchone()
    try:
        yield taken
    finally:
        # A connection that broke meanwhile has let go already.
        if taken and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [STEP_LOCK])


@shared_task(name="imports.tick")
def tick(**later: Any) -> None:
    """Take up steps whose message was lost or whose worker was killed."""
    if slots.take("imports.tick", every_seconds=TICK_SECONDS):
        for pk in ImportJob.objects.waiting().order_by("updated_at").values_list("pk", flat=True)[:20]:
            step.apply_async(kwargs={"job": pk}, expires=TICK_SECONDS, retry=False)


@shared_task(name="imports.forget", soft_time_limit=_LONGEST, time_limit=_LONGEST + 30)
def forget(**later: Any) -> None:
    """Drop what imports are kept with once it is old, once a day (UTC)."""
    if slots.take("imports.forget", every_seconds=DAY_SECONDS):
        before = clock.now() - timedelta(days=settings.IMPORT_KEEP_DAYS)
        if count := forget_old_imports(by=System("imports"), before=before):
            log.info("old imports forgotten", count=count)


def nudge(job: ImportJob) -> None:
    """Have a worker do the job's step once the current transaction is committed; without a broker the next tick does it."""

    def publish() -> None:
        try:
            step.apply_async(kwargs={"job": job.pk}, expires=60, retry=False)
        except OperationalError as error:
            log.warning("nudge not sent, the next tick will do it", error=str(error))

    transaction.on_commit(publish)
