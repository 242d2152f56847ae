"""Entry point of what happens to stores by itself at a date."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task

from stores.actions.turning import turn_stores
from stores.models import System
from stores.sync import slots
from stores.values import clock

log = structlog.get_logger("meridian.lifecycle")

TURN_SECONDS = 300


@shared_task(name="lifecycle.turn")
def turn(**later: Any) -> None:
    """Open, reopen and close the stores whose local date has come. Late or twice makes no difference."""
    if not slots.take("lifecycle.turn", every_seconds=TURN_SECONDS):
        return
    turned = turn_stores(by=System("lifecycle"), moment=clock.now())
    if turned.opened or turned.reopened or turned.closed or turned.held:
        log.info(
            "stores turned",
            opened=len(turned.opened),
            reopened=len(turned.reopened),
            closed=len(turned.closed),
            held=len(turned.held),
        )
