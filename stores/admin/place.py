"""A store's position on its page: a pin on a map, and what the position says about zone and market."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stores.admin.base import can
from stores.models import Market, Store
from stores.values.coordinates import Point, parse_point
from stores.values.datum import gcj02, to_wgs84
from stores.values.position import position_facts
from stores.values.rows import row_number
from stores.values.zones import clocks_differ, zone_at, zones_of

# Numbers as people copy them: "35.6595, 139.7005", "35.6595 139.7005", "35.6595N 139.7005E", a map's address with @lat,lng.
_PAIR = re.compile(
    r"(-?\d{1,3}(?:\.\d+)?)\s*°?\s*([NS]?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*([EW]?)", re.IGNORECASE
)


def pin(store: Store) -> SafeString:
    """The map with the pin, filled for the store; for a new one, without a pin."""
    at = point_of(store)
    market = store.market if store.market_id else None
    cities = zones_of(market.code) if market else ()
    context = {
        "facts_url": reverse("admin:stores_store_place"),
        "at": at,
        "home": cities[0].city if cities else None,
        **said(at, market=market, zone=store.time_zone, source=store.source_datum),
    }
    return render_to_string("stores/widgets/pin.html", context)


def point_of(store: Store) -> Point | None:
    """The store's position, or none."""
    if store.latitude is None or store.longitude is None:
        return None
    return Point(store.latitude, store.longitude)


def time_zone(market: Market | None, latitude: float | None, longitude: float | None) -> str:
    """The zone of a position in the market, or the market's own where all its clocks agree; "" when neither tells."""
    if market is None:
        return ""
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
        found = zone_at(market.code, Point(latitude, longitude))
        if found is not None:
            return found
    places = zones_of(market.code)
    return places[0].name if places and not clocks_differ(market.code) else ""


def said(at: Point | None, *, market: Market | None, zone: str, source: str) -> dict[str, Any]:
    """What a position means, for the template that says it."""
    return {
        "facts": position_facts(at, market=market.code if market else "", zone=zone) if at else None,
        "market": market,
        "zone": zone,
        "datum": source,
        "shifted": gcj02(at) if at and source in {"GCJ02", "BD09"} else None,
    }


def facts(request: HttpRequest) -> HttpResponse:
    """The same for a position that is being chosen: ``at`` as text in ``datum``, answered in WGS 84."""
    if not can(request, "view"):
        raise Http404
    user: Any = request.user
    asked = request.GET
    seen: Any = Market.objects.visible_to(user)
    number = row_number(asked.get("market"))
    market = (seen.filter(pk=number) if number else seen.filter(code=asked.get("code", ""))).first()
    at, problem = None, ""
    if text := asked.get("at", "").strip():
        try:
            at = to_wgs84(read_point(text), asked.get("datum", "WGS84"))
        except (ValueError, KeyError):
            problem = _("That is no position: write latitude and longitude, such as 31.2304, 121.4737.")
    source = asked.get("datum") if asked.get("datum", "WGS84") != "WGS84" else asked.get("source", "")
    context = said(at, market=market, zone=asked.get("zone", "")[:64], source=str(source))
    html = render_to_string("stores/widgets/pin_facts.html", {**context, "problem": problem})
    return JsonResponse({"at": [at.lng, at.lat] if at else None, "html": html})


def read_point(text: str) -> Point:
    """A position as people paste it. ValueError when there is none in the text."""
    found = _PAIR.search(text.rpartition("@")[2])
    if found is None:
        raise ValueError(text)
    north, east = float(found[1]), float(found[3])
    return parse_point(f"{-north if found[2].upper() == 'S' else north},{-east if found[4].upper() == 'W' else east}")
