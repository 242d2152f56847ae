"""What answers look like, as JSON Schema: the components of the OpenAPI description. Tests hold answers against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stores.models.assortment import AVAILABILITIES
from stores.models.channels import CHANNEL_KINDS
from stores.models.hours import PURPOSES
from stores.models.network import FORMATS, PUBLIC_STATUSES
from stores.models.promotions import KINDS
from stores.models.services import INTAKES, OFFERING_KINDS

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
TEXT_OR_NULL: Shape = {"type": ["string", "null"]}
NUMBER_OR_NULL: Shape = {"type": ["integer", "null"]}
INSTANT: Shape = {"type": "string", "format": "date-time"}
INSTANT_OR_NULL: Shape = {"type": ["string", "null"], "format": "date-time"}
DATE: Shape = {"type": "string", "format": "date"}
DATE_OR_NULL: Shape = {"type": ["string", "null"], "format": "date"}
TEXTS: Shape = {"type": "array", "items": {"type": "string"}}


def _object(description: str, properties: Mapping[str, Shape], *, optional: tuple[str, ...] = ()) -> Shape:
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _one_of(words: tuple[str, ...]) -> Shape:
    return {"type": "string", "enum": list(words)}


def _ref(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(name: str) -> Shape:
    return {"oneOf": [_ref(name), {"type": "null"}]}


def _list(name: str) -> Shape:
    return {"type": "array", "items": _ref(name)}


_LINK: Shape = {"type": ["string", "null"], "format": "uri", "description": "Absolute address of the page, or null."}


def _page(name: str) -> Shape:
    return _object(f"A page of {name}.", {"next": _LINK, "previous": _LINK, "results": _list(name)})


_CARD: Mapping[str, Shape] = {
    "id": {"type": "string", "format": "uuid"},
    "code": {**TEXT, "description": "Unique in the brand, never used again."},
    "market": {**TEXT, "description": "ISO 3166-1 alpha-2."},
    "name": TEXT_OR_NULL,
    "language": {**TEXT_OR_NULL, "description": "The language the name is in."},
    "format": _one_of(FORMATS),
    "status": _one_of(PUBLIC_STATUSES),
    "address": _or_null("Address"),
    "location": _or_null("Location"),
    "phone": {**TEXT_OR_NULL, "description": "E.164."},
    "email": TEXT_OR_NULL,
    "website": TEXT_OR_NULL,
    "spoken": {**TEXTS, "description": "Languages that are spoken there, BCP 47."},
    "time_zone": {**TEXT, "description": "IANA name."},
    "opening_date": DATE_OR_NULL,
    "closing_date": {**DATE_OR_NULL, "description": "The first day it stays closed."},
    "reopen_date": {**DATE_OR_NULL, "description": "The first day it is open again."},
    "updated_at": INSTANT,
    "services": {"type": "array", "items": _one_of(OFFERING_KINDS)},
    "opening": _ref("Opening"),
    "distance": {"type": "number", "description": "Metres from `near`, over the globe."},
}

SHAPES: Mapping[str, Shape] = {
    "Problem": _object(
        "An error (RFC 9457).",
        {
            "type": {**TEXT, "description": "A URN that names the kind, stable for programs."},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"parameter": TEXT, "detail": TEXT}},
            },
        },
    ),
    "Money": _object(
        "An amount of money.",
        {
            "amount": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
            "currency": {**TEXT, "description": "ISO 4217."},
            "formatted": {**TEXT, "description": "As the reader's language writes it."},
        },
    ),
    "Location": _object("A position, WGS 84.", {"lat": {"type": "number"}, "lng": {"type": "number"}}),
    "Address": _object(
        "A postal address in one language.",
        {
            "language": TEXT,
            "formatted": {**TEXT, "description": "In the order of the country's envelopes, with line breaks."},
            "lines": TEXTS,
            "sublocality": TEXT_OR_NULL,
            "locality": TEXT_OR_NULL,
            "administrative_area": TEXT_OR_NULL,
            "postal_code": TEXT_OR_NULL,
            "country": TEXT,
        },
    ),
    "Opening": _object(
        "Whether the store is open, in local time with its offset.",
        {
            "state": _one_of(("open", "closed", "unknown")),
            "since": {**INSTANT_OR_NULL, "description": "Null when longer ago than a year."},
            "until": {**INSTANT_OR_NULL, "description": "The next change; null when none within a year."},
            "reason": {**TEXT, "description": "The rule that decided."},
            "confirmed": {"type": "boolean", "description": "False when a holiday is not settled yet."},
        },
    ),
    "Store": _object("A store's card.", _CARD, optional=("distance",)),
    "StorePage": _page("Store"),
    "StoreFeature": _object(
        "A store as a GeoJSON feature (RFC 7946); its card is the properties.",
        {
            "type": {"const": "Feature"},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {
                "oneOf": [
                    _object(
                        "Longitude first, WGS 84.",
                        {"type": {"const": "Point"}, "coordinates": {"type": "array", "items": {"type": "number"}}},
                    ),
                    {"type": "null"},
                ]
            },
            "properties": _ref("Store"),
        },
    ),
    "StoreCollection": _object(
        "A page of stores as GeoJSON.",
        {"type": {"const": "FeatureCollection"}, "next": _LINK, "previous": _LINK, "features": _list("StoreFeature")},
    ),
    "Day": _object(
        "One local day; a period that passes midnight belongs to the day it starts on.",
        {
            "date": DATE,
            "weekday": TEXT,
            "periods": {
                "type": "array",
                "items": _object("Open, local time.", {"opens": INSTANT, "closes": INSTANT}),
            },
            "reason": {**TEXT_OR_NULL, "description": "The rule that decided; null on a closed day."},
        },
    ),
    "StoreProduct": _object(
        "A model at a store.",
        {
            "model": {**TEXT, "description": "Code of the product."},
            "name": TEXT_OR_NULL,
            "on_sale": {"type": "boolean"},
            "on_demo": {"type": "boolean", "description": "Customers can try it there."},
            "availability": _one_of(AVAILABILITIES),
            "as_of": {**INSTANT_OR_NULL, "description": "When the availability was last known."},
        },
    ),
    "Place": _object(
        "A town to search around.",
        {
            "name": {**TEXT, "description": "As the reader's language writes it, where that is known."},
            "language": {**TEXT_OR_NULL, "description": "The language of the name, where an address says it."},
            "admin_area": {**TEXT_OR_NULL, "description": "State or prefecture, where it is known."},
            "country": {**TEXT, "description": "ISO 3166-1 alpha-2."},
            "location": _ref("Location"),
            "population": NUMBER_OR_NULL,
            "stores": {
                **NUMBER_OR_NULL,
                "description": "How many of the brand's stores name the town in their address.",
            },
        },
    ),
    "PlacePage": _page("Place"),
    "DayHours": _object(
        "One local day with the rule that decided it.",
        {
            "date": DATE,
            "weekday": TEXT,
            "state": {**_one_of(("open", "closed", "unknown")), "description": "Open means: at some time of the day."},
            "periods": {
                "type": "array",
                "items": _object("Open, local time.", {"opens": INSTANT, "closes": INSTANT}),
            },
            "rule": {
                **TEXT,
                "description": "special_day, holiday, working_day, season, regular, closure, opening, unknown.",
            },
            "reason": {**TEXT, "description": "The rule as a sentence."},
            "confirmed": {"type": "boolean", "description": "False when a holiday is not settled yet."},
        },
    ),
    "StoreHours": _object(
        "A store's hours for one purpose.",
        {
            "code": TEXT,
            "purpose": _one_of(PURPOSES),
            "time_zone": {**TEXT, "description": "IANA name."},
            "from": DATE,
            "to": {**DATE, "description": "The first day that is not included."},
            "days": _list("DayHours"),
        },
    ),
    "SpecialDay": _object(
        "Hours of one date in place of all others.",
        {
            "date": DATE,
            "name": TEXT_OR_NULL,
            "language": TEXT_OR_NULL,
            "periods": {
                "type": "array",
                "description": "Local clock; an end at or before the start is on the next day. None is closed.",
                "items": _object("A period.", {"start": TEXT, "end": TEXT}),
            },
        },
    ),
    "StoreRecord": _object(
        "Everything about a store.",
        {
            **_CARD,
            "description": TEXT_OR_NULL,
            "description_language": TEXT_OR_NULL,
            "products": {**_list("StoreProduct"), "description": "What is sold there or can be tried there."},
            "hours": {**_list("Day"), "description": "The next 14 days, the store's today first."},
            "special_days": {
                **_list("SpecialDay"),
                "description": "Those that are decided, from the store's today on.",
            },
            "schema_org": {
                "type": "object",
                "description": "JSON-LD to embed in a page.",
                "additionalProperties": True,
            },
        },
        optional=("distance",),
    ),
    "Feed": {"type": "string", "description": "A document of the format's own media type."},
    "Market": _object(
        "A country where the brand is present.",
        {
            "code": {**TEXT, "description": "ISO 3166-1 alpha-2."},
            "name": TEXT_OR_NULL,
            "language": TEXT_OR_NULL,
            "currency": {**TEXT, "description": "ISO 4217."},
            "languages": {**TEXTS, "description": "The market's own first."},
            "region": {**TEXTS, "description": "Codes of the regions it lies in, the widest first."},
            "time_zone": TEXT,
            "prices_include_tax": {"type": "boolean"},
            "week_starts_on": {"type": "integer", "description": "0 is Monday."},
            "support_email": TEXT_OR_NULL,
            "support_phone": TEXT_OR_NULL,
        },
    ),
    "MarketPage": _page("Market"),
    "Item": _object(
        "An article of a promotion in one channel.",
        {
            "sku": TEXT,
            "channel": TEXT,
            "regular": {**_or_null("Money"), "description": "The price without the promotion."},
            "price": {**_or_null("Money"), "description": "Null where the seller sets the price."},
        },
    ),
    "Promotion": _object(
        "A campaign as customers of one market see it.",
        {
            "id": {"type": "string", "format": "uuid"},
            "campaign": TEXT,
            "market": TEXT,
            "kind": _one_of(KINDS),
            "percent": TEXT_OR_NULL,
            "headline": TEXT_OR_NULL,
            "body": TEXT_OR_NULL,
            "terms": TEXT_OR_NULL,
            "language": {**TEXT_OR_NULL, "description": "The language of the headline."},
            "terms_language": TEXT_OR_NULL,
            "starts_at": INSTANT,
            "ends_at": INSTANT,
            "starts_local": {**TEXT, "description": "With the offset of `time_zone`."},
            "ends_local": TEXT,
            "time_zone": TEXT,
            "items": _list("Item"),
            "channels": {**TEXTS, "description": "Codes of the channels it runs in."},
            "stores": {**TEXTS, "description": "Codes of the stores it runs in."},
        },
    ),
    "PromotionPage": _page("Promotion"),
    "Service": _object(
        "What a market offers to owners and visitors.",
        {
            "id": {"type": "string", "format": "uuid"},
            "code": TEXT,
            "market": TEXT,
            "kind": _one_of(OFFERING_KINDS),
            "line": {**TEXT_OR_NULL, "description": "The product line it is for; null is all."},
            "name": TEXT_OR_NULL,
            "language": TEXT_OR_NULL,
            "terms": TEXT_OR_NULL,
            "terms_language": TEXT_OR_NULL,
            "price": {**_or_null("Money"), "description": "Null is free."},
            "turnaround_days": NUMBER_OR_NULL,
            "languages": TEXTS,
            "intake": _one_of(INTAKES),
            "statutory_months": NUMBER_OR_NULL,
            "brand_months": NUMBER_OR_NULL,
            "from_date": DATE_OR_NULL,
            "to_date": {**DATE_OR_NULL, "description": "The first day it is no longer offered."},
        },
    ),
    "ServicePage": _page("Service"),
    "Channel": _object(
        "Where customers can buy.",
        {
            "id": {"type": "string", "format": "uuid"},
            "code": TEXT,
            "market": TEXT,
            "kind": _one_of(CHANNEL_KINDS),
            "name": TEXT_OR_NULL,
            "language": TEXT_OR_NULL,
            "url": TEXT_OR_NULL,
            "currency": TEXT,
            "languages": TEXTS,
            "partner": TEXT_OR_NULL,
        },
    ),
    "ChannelPage": _page("Channel"),
}
