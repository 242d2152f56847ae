"""Entry points about partners: the quality of their counters' data, and the quarterly question whether it is right."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from django.conf import settings

from stores.actions.confirmations import send_confirmations
from stores.actions.quality import assess_stores
from stores.models import System
from stores.sync import slots
from stores.values import clock
from stores.values.quarters import quarter_of

log = structlog.get_logger("meridian.partners")

QUALITY_SECONDS = 60
MAIL_SECONDS = 6 * 3600


@shared_task(name="partners.quality")
def quality(**later: Any) -> None:
    """Judge the data of stores that changed. ``later`` takes arguments of newer releases during a rolling deploy."""
    if slots.take("partners.quality", every_seconds=QUALITY_SECONDS):
        assess_stores()


@shared_task(name="partners.confirmations", soft_time_limit=1500, time_limit=1800)
def confirmations(**later: Any) -> None:
    """Ask partners about their counters, once a quarter and once more; what was sent before is not sent again.

    Only where the operator said so: a new installation does not write to partners by itself.
    """
    if not settings.CONFIRMATION_MAILS or not slots.take("partners.confirmations", every_seconds=MAIL_SECONDS):
        return
    sent = 0
    for mailing in send_confirmations(by=System("confirmations"), quarter=quarter_of(clock.now().date())):
        sent += not mailing.skipped
    if sent:
        log.info("partners asked about their counters", mails=sent)
