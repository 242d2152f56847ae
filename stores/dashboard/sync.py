"""The sync board: per channel what it should hold, what it holds, and what it says when it refuses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from stores.dashboard.reading import may_view
from stores.models import Channel, ChannelPromotion
from stores.models.fields import in_reader_language
from stores.values import clock


def board(request: HttpRequest) -> HttpResponse:
    """The page; ``?failing=1`` leaves only channels that refuse or do not answer."""
    may_view(request)
    only_failing = request.GET.get("failing") == "1"
    everything = rows(request.user)
    context = {
        **admin.site.each_context(request),
        "title": _("Sync board"),
        "rows": [row for row in everything if row["failing"]] if only_failing else everything,
        "totals": totals(everything),
        "only_failing": only_failing,
        "now": clock.now(),
    }
    return TemplateResponse(request, "stores/sync.html", context)


def rows(actor: Any) -> list[dict[str, Any]]:
    """The sync status of every channel the actor sees, failing ones first, with the channel's name and market."""
    status = ChannelPromotion.objects.visible_to(actor).status_by_channel(clock.now())
    channels = Channel.objects.visible_to(actor).filter(code__in=[row["channel"] for row in status])
    known = {channel.code: channel for channel in channels.select_related("market")}
    found = []
    for row in status:
        channel = known.get(row["channel"])
        named = {
            "id": channel.pk if channel else None,
            "name": (in_reader_language(channel.name) if channel else "") or row["channel"],
            "market": channel.market.code if channel else "",
            "url": channel.url if channel else "",
        }
        found.append({**row, **named})
    return sorted(found, key=lambda row: (-row["failing"], -row["pending"], row["channel"]))


def totals(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums over channels, and the slowest arrival in seconds."""
    times = [row["converged_s"] for row in found if row["converged_s"] is not None]
    return {
        **{name: sum(row[name] for row in found) for name in ("wanted", "live", "pending", "failing")},
        "slowest": max(times, default=None),
    }
