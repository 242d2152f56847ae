"""The home page: what runs, what refuses, what waits for a decision, and the network by market.

Aggregates only, so that it costs the same with 14,000 stores; everything is cut by ``visible_to``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils.translation import gettext as _

from stores.dashboard import sync
from stores.dashboard.reading import market_name
from stores.models import Campaign, ChangeRequest, ChannelPromotion, MarketPlan, SpecialDay, Store, StoreMilestone
from stores.models.fields import in_reader_language
from stores.values import clock

# What a page shows at a glance; the lists behind the links have all of it.
MOST_CAMPAIGNS, MOST_PLANS, MOST_FAILING, MOST_BARS = 8, 5, 5, 12
MOST_OVERDUE = 5

# Statuses as a manager counts them, in the order of a store's life.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("planned", ("prospect", "signed", "fit_out")),
    ("opening", ("ready", "soft_open")),
    ("open", ("open",)),
    ("paused", ("temporarily_closed", "closing")),
    ("closed", ("closed", "cancelled")),
)


def context(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback: the context of the index page with ours added."""
    user: Any = request.user
    markets = stores_by_market(user)
    channels = sync.rows(user)
    return {
        **given,
        "title": _("Home"),
        "now": clock.now(),
        "stage_names": stage_names(),
        "markets": markets,
        "store_totals": {stage: sum(row[stage] for row in markets) for stage in ("total", *dict(STAGES))},
        "chart": chart(markets),
        "campaigns": campaigns(user),
        "to_approve": to_approve(user),
        "to_approve_count": waiting(user).count(),
        "next_starts": next_starts(user),
        "requests_waiting": ChangeRequest.objects.visible_to(user, to="edit_stores").undecided().count(),
        "channel_totals": sync.totals(channels),
        "channel_count": len(channels),
        "holidays": holidays(user),
        "failing": failing(user, channels),
        "failing_count": sum(1 for row in channels if row["failing"]),
        "overdue": overdue(user)[:MOST_OVERDUE],
        "overdue_count": overdue(user).count(),
        "granted": user.can("view"),
    }


def stage_names() -> dict[str, str]:
    """Stages in the reader's language."""
    return {
        "planned": _("Planned"),
        "opening": _("Opening"),
        "open": _("Open"),
        "paused": _("Paused or closing"),
        "closed": _("Closed"),
    }


def stores_by_market(actor: Any) -> list[dict[str, Any]]:
    """One row a market: its name, how many stores in each stage, and in total; largest first."""
    counts = (
        Store.objects.visible_to(actor).order_by().values("market", "market__code", "status").annotate(n=Count("pk"))
    )
    stage_of = {status: stage for stage, statuses in STAGES for status in statuses}
    found: dict[str, dict[str, Any]] = {}
    for row in counts:
        code = row["market__code"]
        market = found.setdefault(
            code,
            {
                "code": code,
                "id": row["market"],
                "name": market_name(code),
                "total": 0,
                **dict.fromkeys(dict(STAGES), 0),
            },
        )
        market[stage_of[row["status"]]] += row["n"]
        market["total"] += row["n"]
    return sorted(found.values(), key=lambda row: (-row["total"], row["name"]))


def chart(markets: list[dict[str, Any]]) -> dict[str, Any]:
    """The largest markets as stacked bars, the others summed up in the last one."""
    shown, rest = markets[:MOST_BARS], markets[MOST_BARS:]
    if len(rest) == 1:
        shown, rest = markets, []
    names = stage_names()
    labels = [row["name"] for row in shown]
    if rest:
        labels.append(_("%(count)d other markets") % {"count": len(rest)})
    return {
        "labels": labels,
        "series": [
            {
                "stage": stage,
                "label": names[stage],
                "data": [row[stage] for row in shown] + ([sum(row[stage] for row in rest)] if rest else []),
            }
            for stage, _statuses in STAGES
            if any(row[stage] for row in markets)
        ],
    }


def holidays(actor: Any) -> dict[str, Any]:
    """How many stores have not decided about a coming holiday, and which holiday comes first."""
    today = clock.now().date()
    waiting = SpecialDay.objects.visible_to(actor).waiting(today)
    found = waiting.aggregate(stores=Count("store", distinct=True), first=Min("date"))
    if not found["stores"]:
        return {"stores": 0}
    row = waiting.filter(date=found["first"]).select_related("store__market").order_by("store__market__code").first()
    if row is None:  # decided between the two questions
        return {"stores": 0}
    return {
        "stores": found["stores"],
        "name": in_reader_language(row.name),
        "market": row.store.market.code,
        "days": (row.date - today).days,
    }


def campaigns(actor: Any) -> list[dict[str, Any]]:
    """Campaigns with "live in x of y channels": running ones first, then coming, then the rest."""
    rows = Campaign.objects.visible_to(actor)
    progress = rows.progress_for(actor, clock.now())
    rank = {"live": 0, "scheduled": 1, "in_review": 2, "draft": 3, "ended": 4}
    found: list[dict[str, Any]] = [{"campaign": campaign, "progress": progress[campaign.pk]} for campaign in rows]
    found.sort(key=lambda row: (rank[row["progress"].state], row["campaign"].starts_local))
    return found[:MOST_CAMPAIGNS]


def waiting(actor: Any) -> Any:
    """Plans that wait for this person's decision."""
    return MarketPlan.objects.visible_to(actor, to="approve_plans").filter(review_state="in_review")


def to_approve(actor: Any) -> list[MarketPlan]:
    """The first of them, as far as the page has room."""
    rows = waiting(actor).select_related("campaign", "market", "latest_revision")
    return list(rows.order_by("campaign__starts_local", "market__code")[:MOST_PLANS])


def next_starts(actor: Any) -> list[MarketPlan]:
    """Which plans start next, wherever midnight comes first."""
    coming = MarketPlan.objects.visible_to(actor).running().filter(starts_at__gt=clock.now())
    return list(coming.select_related("campaign", "market").order_by("starts_at", "market__code")[:MOST_PLANS])


def overdue(actor: Any) -> Any:
    """Milestones of openings whose day is over, the oldest first."""
    rows = StoreMilestone.objects.visible_to(actor).overdue(clock.now())
    return rows.select_related("store__market", "owner").order_by("due_date", "pk")


def failing(actor: Any, channels: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Channels whose last calls did not succeed, with their own words and since when."""
    refusing = [row for row in channels if row["failing"]][:MOST_FAILING]
    if not refusing:
        return []
    since = ChannelPromotion.objects.visible_to(actor).failing_since()
    return [{**row, "since": since.get(row["channel"])} for row in refusing]
