"""Reads of campaigns and plans."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, Q

from stores.models.scope import Scope, ScopedQuerySet

if TYPE_CHECKING:
    from stores.models.brands import Brand
    from stores.models.promotions import Campaign, MarketPlan  # noqa: F401  (named in the base class)


class CampaignQuerySet(ScopedQuerySet["Campaign"]):
    # A market manager sees the campaigns that have a plan in the own markets.
    scope = Scope(market="plans__market_id", joins_many=True)

    def with_progress(self) -> Self:
        """Adds ``wanted_channels`` and ``live_channels``: "live in x of y channels"."""
        wanted = Q(plans__channel_promotions__presence="present")
        return self.annotate(
            wanted_channels=Count("plans__channel_promotions", filter=wanted, distinct=True),
            live_channels=Count(
                "plans__channel_promotions", filter=wanted & Q(plans__channel_promotions__state="live"), distinct=True
            ),
        )


class MarketPlanQuerySet(ScopedQuerySet["MarketPlan"]):
    scope = Scope(market="market_id")

    def running(self) -> Self:
        """Approved and not stopped: live now, or will be."""
        return self.filter(approved_revision__isnull=False, stopped_at__isnull=True)

    def live_at(self, moment: datetime) -> Self:
        """Plans customers meet at the instant: half-open, so a plan is over at its very end."""
        return self.running().filter(starts_at__lte=moment, ends_at__gt=moment)

    def of_brand(self, brand: Brand | Any) -> Self:
        """Plans of one brand."""
        return self.filter(brand=brand)
