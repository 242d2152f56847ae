"""Market launches: where the brand is about to go live, how far each market is, and who must do what by when."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from stores.dashboard.reading import may_view
from stores.models import LaunchItem, MarketEntry
from stores.models.queries.opening import local_day
from stores.values import clock

PER_PAGE = 50
LAUNCHING = ("planned", "preparing")


def board(request: HttpRequest) -> HttpResponse:
    """The page. ``?mine=1`` leaves only what the person has to do."""
    may_view(request)
    user: Any = request.user
    now = clock.now()
    mine = request.GET.get("mine") == "1"
    entries = list(
        MarketEntry.objects.visible_to(user)
        .filter(status__in=LAUNCHING)
        .select_related("market", "region", "brand")
        .order_by(F("launch_date").asc(nulls_last=True), "market__code")
    )
    items: defaultdict[int, list[LaunchItem]] = defaultdict(list)
    for item in LaunchItem.objects.visible_to(user).filter(entry__in=[entry.pk for entry in entries]):
        items[item.entry_id].append(item)
    todo = LaunchItem.objects.visible_to(user).open()
    if mine:
        todo = todo.filter(owner=user)
    ordered = todo.select_related("entry__market", "owner").order_by(F("due_date").asc(nulls_last=True), "pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Market launches"),
        "mine": mine,
        "markets": [_market(entry, items[entry.pk]) for entry in entries],
        "page": page,
        "query": "mine=1" if mine else "",
        "rows": [
            {
                "item": item,
                "late": item.due_date is not None
                and item.due_date < local_day(item.entry.market.default_time_zone, now),
            }
            for item in page.object_list
        ],
    }
    return TemplateResponse(request, "stores/launches.html", context)


def _market(entry: MarketEntry, items: list[LaunchItem]) -> dict[str, Any]:
    done = sum(1 for item in items if item.done_date is not None)
    today = local_day(entry.market.default_time_zone, clock.now())
    late = [item for item in items if item.done_date is None and item.due_date is not None and item.due_date < today]
    return {
        "entry": entry,
        "total": len(items),
        "done": done,
        "late": len(late),
        "percent": round(100 * done / len(items)) if items else 0,
    }
