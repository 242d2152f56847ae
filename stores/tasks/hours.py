"""Daily look at the coming holidays. Twice does no harm."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task

from stores.actions.special_days import propose_special_days
from stores.models import System
from stores.sync import slots

log = structlog.get_logger("meridian.hours")

DAY_SECONDS = 86_400
MOST_SECONDS = 1_800
"""Every store is looked at, and a first run over 65,000 of them takes longer than other tasks may. It commits as it goes."""


@shared_task(name="hours.propose", soft_time_limit=MOST_SECONDS, time_limit=MOST_SECONDS + 60)
def propose(**later: Any) -> None:
    """Ask the stores about holidays of the next weeks, once a day (UTC). ``later`` takes arguments of newer releases."""
    if slots.take("hours.propose", every_seconds=DAY_SECONDS):
        done = propose_special_days(by=System("holidays"))
        if done.created or done.withdrawn:
            log.info("holidays proposed", created=done.created, withdrawn=done.withdrawn)
