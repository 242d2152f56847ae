"""Campaigns: create, freeze, let go on, stop everywhere."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from stores.actions import plans, replanning
from stores.actions.access import locked, require
from stores.actions.errors import Refused
from stores.actions.transaction import acting
from stores.models import Actor, Brand, Campaign, MarketPlan
from stores.values import clock


def create_campaign(
    *,
    by: Actor,
    brand: Brand,
    code: str,
    title: str,
    kind: str,
    starts_local: datetime,
    ends_local: datetime,
    percent: Decimal | None = None,
    window_policy: str = "per_market",
    time_zone: str = "",
    priority: int = 100,
) -> Campaign:
    """A new campaign of the brand. It runs nowhere until a plan localizes it and the plan is approved.

    Wall clocks are naive. Raises Refused for a taken code, ValidationError for values that make no sense.
    """
    require(by, "edit_plans", brand)
    campaign = Campaign(
        brand=brand,
        code=code,
        title=title,
        kind=kind,
        percent=percent,
        starts_local=starts_local,
        ends_local=ends_local,
        window_policy=window_policy,
        time_zone=time_zone,
        priority=priority,
    )
    campaign.full_clean(validate_unique=False)
    try:
        with acting(by, f"create campaign {code}"), transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise Refused("The brand already has a campaign '%(campaign)s'.", code="duplicate", campaign=code) from error
    return campaign


def freeze_campaign(*, by: Actor, campaign: Campaign, reason: str = "") -> Campaign:
    """Nothing new starts from now on; what is live stays. Anyone who may stop plans in scope may freeze."""
    with acting(by, reason or "freeze"):
        found = locked(Campaign, campaign.pk, by=by, to="stop_plans")
        if found.frozen_at is None:
            found.frozen_at = clock.now()
            found.save(update_fields=["frozen_at"])
            _replan(found)
    return found


def unfreeze_campaign(*, by: Actor, campaign: Campaign, reason: str = "") -> Campaign:
    """Let a frozen campaign start again what is approved. Needs the right to approve wherever something will start."""
    with acting(by, reason or "unfreeze"):
        found = locked(Campaign, campaign.pk, by=by, to="approve_plans")
        if found.frozen_at is not None:
            held = MarketPlan.objects.filter(campaign=found).running()
            own = MarketPlan.objects.visible_to(by, to="approve_plans").filter(campaign=found)
            if held.exclude(pk__in=own.values("pk")).exists():
                raise Refused(
                    "It would start in markets that you do not approve plans for: ask somebody who does.",
                    code="not_allowed",
                )
            found.frozen_at = None
            found.save(update_fields=["frozen_at"])
            _replan(found)
    return found


def stop_campaign(*, by: Actor, campaign: Campaign, reason: str = "") -> list[MarketPlan]:
    """End the campaign now, in every market the actor may stop plans in. Returns the plans that were stopped."""
    with acting(by, reason or "stop campaign"):
        found = locked(Campaign, campaign.pk, by=by, to="stop_plans")
        running = MarketPlan.objects.visible_to(by, to="stop_plans").filter(campaign=found).running()
        return [plans.stop_plan(by=by, plan=plan, reason=reason) for plan in running]


def _replan(campaign: Campaign) -> None:
    approved = MarketPlan.objects.filter(campaign=campaign, approved_revision__isnull=False)
    for plan in approved.order_by("pk").select_for_update(of=("self",)):
        replanning.replan(plan)
