"""Which stores a storefront asks for: the parameters of the list and the rows they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from stores.api import parameters
from stores.api.compiled import compiled
from stores.api.endpoint import QUARTER_S, Call
from stores.api.negotiation import GEOJSON
from stores.api.parameters import Parameter, list_schema
from stores.models import MarketPlan, Store
from stores.models.network import FORMATS, PUBLIC_STATUSES
from stores.models.queries.promotions import MarketPlanQuerySet
from stores.models.queries.selection import Selection
from stores.models.queries.stores import StoreQuerySet
from stores.models.services import OFFERING_KINDS
from stores.values.coordinates import Box, Point, parse_bbox, parse_point

LARGEST_RADIUS_M = 500_000


def _radius(text: str) -> float:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= LARGEST_RADIUS_M or len(text) > 9:
        raise ValueError(f"is not a number of metres from 1 to {LARGEST_RADIUS_M}.")
    return float(text)


def _point(text: str) -> Point:
    try:
        return parse_point(text)
    except ValueError as error:
        raise ValueError(f"is not lat,lng: {error}.") from error


def _boxes(text: str) -> list[Box]:
    try:
        return parse_bbox(text)
    except ValueError as error:
        raise ValueError(f"is not a box: {error}.") from error


def _search(text: str) -> str:
    if not 1 <= len(text.strip()) <= 100:
        raise ValueError("is a text of 1 to 100 characters.")
    return text.strip()


def _yes_or_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("is true or false.")
    return text == "true"


FILTERS: Sequence[Parameter] = (
    parameters.MARKET,
    Parameter("region", parameters.code, "Code of a region; its whole subtree counts.", example="east-asia"),
    Parameter(
        "format",
        parameters.words((*FORMATS, GEOJSON)),
        f"Kinds of store, any of them. `{GEOJSON}` among them asks for a GeoJSON FeatureCollection, as the header `Accept:"
        " application/geo+json` does.",
        list_schema((*FORMATS, GEOJSON)),
    ),
    Parameter(
        "service", parameters.words(OFFERING_KINDS), "Services, any of them.", list_schema(OFFERING_KINDS), "repair"
    ),
    Parameter(
        "model", parameters.code, "Code of a product that is sold there or can be tried there.", example="rokid-glasses"
    ),
    Parameter(
        "on_demo",
        _yes_or_no,
        "`true`: only where the model, or any model, can be tried. `false` asks nothing.",
        {"type": "boolean"},
        "true",
    ),
    Parameter("spoken", parameters.language, "A language that is spoken there.", example="ja"),
    Parameter(
        "promotion",
        parameters.code,
        "Code of a campaign: only stores in which its promotion is live now, because it names them or runs in a channel that"
        " they sell for.",
    ),
    Parameter(
        "status", parameters.words(PUBLIC_STATUSES), "Statuses, any of them.", list_schema(PUBLIC_STATUSES), "open"
    ),
    Parameter(
        "near",
        _point,
        "A point as `lat,lng`. Orders by distance over the globe and adds `distance` in metres.",
        example="35.6595,139.7005",
    ),
    Parameter(
        "radius",
        _radius,
        "Metres around `near`. Without it the distance is unlimited.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_RADIUS_M},
    ),
    Parameter(
        "open_at",
        parameters.instant_or_now,
        "Only stores that are open at an instant: `now` or RFC 3339. `opening` then tells of that instant.",
        example="now",
    ),
    Parameter(
        "bbox",
        _boxes,
        "A box `minlng,minlat,maxlng,maxlat`; it crosses the antimeridian when minlng is greater.",
        example="139.5,35.5,139.9,35.8",
    ),
    Parameter(
        "updated_since",
        parameters.instant,
        "Only stores that changed at the instant or later.",
    ),
    Parameter(
        "q",
        _search,
        "Words in the name, code or address, in any language and in any order; a part of a word is enough. Letter case,"
        " accents, hyphens and the width of characters make no difference.",
        {"type": "string", "minLength": 1, "maxLength": 100},
        example="shibuya",
    ),
)


def filtered(call: Call) -> StoreQuerySet:
    """The stores that the key may see and the call's filters leave."""
    stores: StoreQuerySet = Store.objects.visible_to(call.key).public()
    given = call.given
    if "market" in given:
        stores = stores.in_markets(given["market"])
    if "region" in given:
        stores = stores.in_region(given["region"])
    if formats := [each for each in given.get("format", ()) if each != GEOJSON]:
        stores = stores.filter(format__in=formats)
    if "service" in given:
        stores = stores.with_service(given["service"], _moment(call))
    if "model" in given or given.get("on_demo"):
        stores = stores.selling(given.get("model"), on_demo=given.get("on_demo", False))
    if "spoken" in given:
        stores = stores.speaking(given["spoken"])
    if "promotion" in given:
        stores = stores.promoted_by(_plans(call).live_at(call.now), call.key.channel_codes)
    if "status" in given:
        stores = stores.filter(status__in=given["status"])
    if "bbox" in given:
        stores = stores.in_boxes(given["bbox"])
    if "updated_since" in given:
        stores = stores.changed_since(given["updated_since"])
    if "q" in given:
        stores = stores.matching(given["q"])
    return stores


def _plans(call: Call) -> MarketPlanQuerySet:
    """The plans of the campaign that was asked about, as far as the key sees them."""
    plans: MarketPlanQuerySet = MarketPlan.objects.visible_to(call.key).running().started_before_a_freeze()
    if own := call.key.channel_codes:
        plans = plans.in_channels(own)
    return plans.filter(campaign__code=call.given["promotion"])


def selection(call: Call) -> Selection:
    """The same as a compiled selection, remembered for as long as it cannot become wrong."""
    if "promotion" in call.given:  # begins and ends by the second
        return Selection.of(filtered(call))
    # Services begin and end with local days.
    day = _moment(call).timestamp() // QUARTER_S if "service" in call.given else 0
    return compiled(call, filtered, NAMES, day)


def _moment(call: Call) -> datetime:
    moment: datetime = call.given.get("open_at") or call.now
    return moment


def next_promotion_change(call: Call) -> datetime | None:
    """When the promotion that was asked about begins or ends next."""
    return _plans(call).next_change(call.now) if "promotion" in call.given else None


# ``near``, ``radius`` and ``open_at`` decide how the stores are looked for, not which ones there are.
NAMES = {parameter.name for parameter in FILTERS} - {"near", "radius", "open_at"}
