"""Entry points of the reconciler. A message says only "look now"; losing or doubling it changes latency, not outcome."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from stores.sync import reconciler, slots

log = structlog.get_logger("meridian.sync")

TICK_SECONDS = 2


@shared_task(name="sync.tick")
def tick(*, nudged: bool = False, **later: Any) -> None:
    """Make channels hold what they should. From beat once per slot; nudged, whenever a change has just been committed.

    ``later`` takes arguments of newer releases during a rolling deploy.
    """
    if not nudged and not slots.take("sync.tick", every_seconds=TICK_SECONDS):
        return
    tally = asyncio.run(reconciler.run())
    if tally.claimed:
        log.info("reconciled", claimed=tally.claimed, applied=tally.applied, failed=tally.failed)


@shared_task(name="sync.sweep")
def sweep(**later: Any) -> None:
    """Forget old job slots and prepare the journal's next partitions."""
    if slots.take("sync.sweep", every_seconds=600):
        slots.sweep()


def nudge() -> None:
    """Ask a worker to look now, once the current transaction is committed. A broker that is down costs latency only."""

    def publish() -> None:
        try:
            tick.apply_async(kwargs={"nudged": True}, expires=30, retry=False)
        except OperationalError as error:
            log.warning("nudge not sent, the next tick will do it", error=str(error))

    transaction.on_commit(publish)
