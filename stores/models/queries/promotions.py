"""Reads of campaigns and plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import Count, F, Max, Min, Q

from stores.models.queries.selection import Selection
from stores.models.scope import Scope, ScopedQuerySet

if TYPE_CHECKING:
    from stores.models.promotions import Campaign, MarketPlan  # noqa: F401  (named in the base class)


def _any(part: str, wanted: Iterable[Any]) -> Q:
    """The approved content's list ``part`` contains at least one of ``wanted``."""
    found = Q(pk__in=[])
    for each in wanted:
        found |= Q(**{f"approved_revision__content__{part}__contains": each})
    return found


class CampaignQuerySet(ScopedQuerySet["Campaign"]):
    # A market manager sees the campaigns that have a plan in the own markets.
    scope = Scope(market="plans__market_id", joins_many=True)

    def progress_for(self, actor: Any, now: datetime) -> dict[int, Progress]:
        """By campaign id, how each of these campaigns stands in the markets and channels that the actor sees."""
        from stores.models.promotions import MarketPlan  # noqa: PLC0415  (the tables are made from these reads)
        from stores.models.reconciled import ChannelPromotion  # noqa: PLC0415  (as above)

        found = list(self.order_by().values_list("pk", flat=True))
        plans = MarketPlan.objects.visible_to(actor).filter(campaign__in=found).counts_by_campaign(now)
        rows = ChannelPromotion.objects.visible_to(actor).filter(plan__campaign__in=found)
        channels = rows.progress_by_campaign(now)
        return {key: Progress.of(plans.get(key, {}), channels.get(key, {})) for key in found}


@dataclass(frozen=True)
class Progress:
    """How a campaign stands within what one person sees: "live in ``done`` of ``wanted`` channels".

    While it is live the two count channels that should show it now; before, channels that have it ready. ``coming`` counts
    channels whose local start is still ahead while others are live already.
    """

    state: str
    done: int = 0
    wanted: int = 0
    coming: int = 0
    failing: int = 0
    markets: int = 0

    @property
    def percent(self) -> int:
        """The bar's length."""
        return round(100 * self.done / self.wanted) if self.wanted else 0

    @classmethod
    def of(cls, plans: Mapping[str, Any], channels: Mapping[str, Any]) -> Progress:
        """From the rows of ``counts_by_campaign`` and ``progress_by_campaign``; empty ones count nothing."""
        failing, markets = channels.get("failing", 0), plans.get("markets", 0)
        due, coming = channels.get("due", 0), channels.get("coming", 0)
        if plans.get("live") or due:
            return cls("live", channels.get("live", 0), due, coming, failing, markets)
        if plans.get("scheduled"):
            return cls("scheduled", channels.get("ready", 0), coming, 0, failing, markets)
        state = next((name for name in ("in_review", "ended") if plans.get(name)), "draft")
        return cls(state, failing=failing, markets=markets)


class MarketPlanQuerySet(ScopedQuerySet["MarketPlan"]):
    scope = Scope(market="market_id")

    def running(self) -> Self:
        """Approved and not stopped: live now, or will be."""
        return self.filter(approved_revision__isnull=False, stopped_at__isnull=True)

    def live_at(self, moment: datetime) -> Self:
        """Plans customers meet at the instant: half-open, so a plan is over at its very end."""
        return self.running().filter(starts_at__lte=moment, ends_at__gt=moment)

    def started_before_a_freeze(self) -> Self:
        """Without the plans whose campaign was frozen before they began."""
        return self.filter(Q(campaign__frozen_at__isnull=True) | Q(starts_at__lte=F("campaign__frozen_at")))

    def next_change(self, moment: datetime) -> datetime | None:
        """When the first of these plans begins or ends after the instant."""
        starts, ends = Min("starts_at", filter=Q(starts_at__gt=moment)), Min("ends_at", filter=Q(ends_at__gt=moment))
        found = self.aggregate(starts=starts, ends=ends)
        return min((each for each in found.values() if each is not None), default=None)

    def in_channels(self, codes: Sequence[str]) -> Self:
        """Plans whose approved revision runs in at least one of the channels."""
        return self.filter(_any("channels", [[code] for code in codes]))

    def in_store(self, code: str) -> Self:
        """Plans whose approved revision runs in the store."""
        return self.filter(_any("stores", [[code]]))

    def with_item(self, sku: str, channel: str | None = None) -> Self:
        """Plans whose approved revision covers the article, in the channel if one is named."""
        item = {"sku": sku} | ({"channel": channel} if channel else {})
        return self.filter(_any("items", [[item]]))

    def counts_by_campaign(self, now: datetime) -> dict[int, dict[str, Any]]:
        """By campaign id: how many ``markets`` have a plan, how many are ``live``, ``scheduled`` or ``in_review`` at ``now``.

        ``starts_at`` is the first start still to come, ``ends_at`` the last end of what runs.
        """
        running = Q(approved_revision__isnull=False, stopped_at__isnull=True)
        scheduled = running & Q(starts_at__gt=now)
        rows = (
            self.order_by()
            .values("campaign")
            .annotate(
                markets=Count("pk"),
                live=Count("pk", filter=running & Q(starts_at__lte=now, ends_at__gt=now)),
                scheduled=Count("pk", filter=scheduled),
                ended=Count("pk", filter=running & Q(ends_at__lte=now)),
                in_review=Count("pk", filter=Q(review_state="in_review")),
                first_start=Min("starts_at", filter=scheduled),
                last_end=Max("ends_at", filter=running),
            )
        )
        return {row["campaign"]: dict(row) for row in rows}


class LivePlan(NamedTuple):
    """A plan customers are shown. ``version`` names its documents."""

    id: int
    version: int
    ends_at: datetime


def live_plans(
    plans: Selection, moment: datetime, count: int, *, after: int | None = None, before: int | None = None
) -> tuple[list[LivePlan], datetime | None]:
    """The ``count`` live ones of ``plans`` after (or right before) an id, and when the next of all of them begins.

    ``plans`` are running and not held back by a freeze; one question to the database.
    """
    beyond, order, place = "TRUE", "id", []
    if before is not None:
        beyond, order, place = '"stores_marketplan"."id" < %s', "id DESC", [before]
    elif after is not None:
        beyond, place = '"stores_marketplan"."id" > %s', [after]
    columns = '"stores_marketplan"."{}"'.format
    live = f"{columns('starts_at')} <= %s AND {columns('ends_at')} > %s AND {beyond}"
    waiting = f"{columns('starts_at')} > %s"
    rows = plans.ask_both(
        f"{columns('id')} AS id, {columns('version')}, {columns('ends_at')}",
        (live, [moment, moment, *place]),
        f"NULL, NULL, min({columns('starts_at')})",
        (waiting, [moment]),
        order=order,
        limit=count,
    )
    *found, (_, _, next_start) = rows
    shown = [LivePlan(*row) for row in found]
    return (shown[::-1] if before is not None else shown), next_start
