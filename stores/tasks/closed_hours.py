"""Entry point of what is written down about closed hours. Late costs time in searches at night, never truth."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task

from stores.actions import closed_hours
from stores.sync import slots

log = structlog.get_logger("meridian.stores")


@shared_task(name="stores.closed")
def refresh(**later: Any) -> None:
    """Look again at the stores whose hours have passed or changed, once a minute.

    ``later`` takes arguments of newer releases during a rolling deploy.
    """
    if slots.take("stores.closed", every_seconds=60) and (count := closed_hours.refresh()):
        log.info("closed hours written down", stores=count)
