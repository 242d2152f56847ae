"""From an approved revision to what each channel should hold. Runs inside the transaction of the change that caused it.

Writes desired columns only. A row that differs from what its channel was last seen to hold is the work; nothing is enqueued.
"""

from __future__ import annotations

import base64
import uuid
from datetime import datetime

from django.db.models import Func
from django.db.models.functions import Now

from stores.models import Campaign, Channel, ChannelPromotion, Installation, MarketPlan, PlanRevision
from stores.models.base import GENERATION_SEQUENCE, NextValue
from stores.planning import channels as planning
from stores.planning.content import read
from stores.planning.windows import resolve, tzdata_version
from stores.values import clock

# Desired columns, which a replanning may change; everything else belongs to sync.
DESIRED = ["presence", "desired", "desired_hash", "generation", "desired_at", "starts_at", "ends_at", "revision",
           "content_hash", "next_at", "attempts"]  # fmt: skip


class ClockTimestamp(Func):
    """The database's clock at this very statement, which leases and retry times are measured with."""

    function = "clock_timestamp"
    output_field = Now().output_field


def window_of(revision: PlanRevision) -> tuple[datetime, datetime]:
    """The revision's window as instants by today's zone rules."""
    return resolve(read(revision.content).window)


def hold_campaign(plan: MarketPlan) -> None:
    """Let no freeze or stop of the whole campaign pass unseen between here and the end of the transaction.

    To be called before the plan is locked: whoever freezes or stops the campaign locks in this order too.
    """
    list(Campaign.objects.select_for_update(of=("self",), no_key=True).filter(pk=plan.campaign_id).values_list("pk"))


def replan(plan: MarketPlan) -> int:
    """Make the plan's channel promotions say what the approved revision wants. Returns how many rows changed."""
    revision = plan.approved_revision
    if revision is None:
        return 0
    window = plan.starts_at, plan.ends_at = window_of(revision)
    plan.tzdata_version = tzdata_version()
    plan.save(update_fields=["starts_at", "ends_at", "tzdata_version"])
    wanted = _is_wanted(plan)
    # Locked in the order in which sync records outcomes, so that neither waits for the other in a circle.
    held = ChannelPromotion.objects.filter(plan=plan).order_by("plan_id", "pk").select_for_update(of=("self",))
    rows = {row.channel_id: row for row in held}
    channels = Channel.objects.filter(
        brand_id=plan.brand_id, code__in=revision.content["channels"], connection__isnull=False
    ).exclude(status="closed")
    chosen = {channel.pk: channel for channel in channels}
    letters = Installation.objects.values_list("code", flat=True).get()
    fresh = [
        ChannelPromotion(
            brand_id=plan.brand_id, plan=plan, channel=channel, revision=revision, our_ref=_new_ref(letters)
        )
        for channel in chosen.values()
        if wanted and channel.pk not in rows
    ]
    changed = []
    for row in [*rows.values(), *fresh]:
        channel = chosen.get(row.channel_id)
        if _desire(row, plan, revision, channel, window, present=wanted and channel is not None):
            changed.append(row)
    ChannelPromotion.objects.bulk_create(row for row in changed if row.pk is None)
    ChannelPromotion.objects.bulk_update((row for row in changed if row.pk is not None), DESIRED, batch_size=500)
    return len(changed)


def _is_wanted(plan: MarketPlan) -> bool:
    """Whether the plan may be in its channels at all. The window's own start and end are the reconciler's to watch."""
    if plan.stopped_at is not None or plan.starts_at is None:
        return False
    frozen_at = plan.campaign.frozen_at
    started = frozen_at is None or plan.starts_at <= frozen_at
    return started and plan.ends_at is not None and plan.ends_at > clock.now()


def _desire(
    row: ChannelPromotion,
    plan: MarketPlan,
    revision: PlanRevision,
    channel: Channel | None,
    window: tuple[datetime, datetime],
    *,
    present: bool,
) -> bool:
    """Set the row's desired columns; False when it already wants exactly this."""
    if channel is None:  # no longer in the plan: what it held stays named, its presence ends
        document = row.desired
    else:
        document = planning.offer_document(
            revision.content,
            ref=row.our_ref,
            channel=channel.code,
            channel_languages=channel.languages,
            default_language=plan.brand.default_language,
            starts_at=window[0],
            ends_at=window[1],
        ).to_json()
    digest = planning.desired_hash(document, present=present)
    if row.pk is not None and digest == row.desired_hash and row.revision_id == revision.pk:
        return False
    row.presence = "present" if present else "absent"
    row.desired, row.desired_hash = document, digest
    row.generation = NextValue(GENERATION_SEQUENCE)
    row.desired_at = row.next_at = ClockTimestamp()
    row.starts_at, row.ends_at = window
    row.revision, row.content_hash = revision, revision.content_hash
    row.attempts = 0
    return True


def _new_ref(letters: str) -> str:
    """``our_ref``: 30 characters, lower case, unique in the world and marked with this installation."""
    return f"m{letters}-{base64.b32encode(uuid.uuid4().bytes).decode().rstrip('=').lower()}"
