"""AllThePlaces outlets: public lists of one spider per chain, flattened to columns.

A ref is unique only within its spider, and may be a page's address. The country is often blank and then follows from the
time zone that whoever flattened the list computed from the coordinates (``country_from_tz``). The project's own files are
GeoJSON with ``@spider`` and ``addr:`` properties; an outlet is the same store in both.
"""

from __future__ import annotations

from typing import Any

MAPPING: dict[str, Any] = {
    "source": "allplaces",
    "fields": {
        "external_id": {"columns": ["spider", "ref"], "join": ":"},
        "name": {"first": ["name", "brand"]},
        "market": {"first": ["country_raw", "country_from_tz"]},
        "address_lines": {"first": ["addr_full", "street"], "beside": {"street": "housenumber"}},
        "locality": "city",
        "administrative_area": "state",
        "postal_code": "postcode",
        "latitude": "lat",
        "longitude": "lon",
        "time_zone": "tz",
        "phone": "phone",
        "website": "website",
        "hours": "opening_hours",
        # The lists hold doors that are open; what kind of place each is, they do not say.
        "status": {"constant": "open"},
        "format": {"constant": "experience_store"},
    },
    "ignore": ["brand_wikidata"],
}
REQUIRED = ("spider", "ref", "name")
PUBLISHED = {
    "source": "allplaces",
    "fields": MAPPING["fields"]
    | {
        "external_id": {"columns": ["@spider", "ref"], "join": ":"},
        "name": {"first": ["name", "branch", "brand"]},
        "market": "addr:country",
        "address_lines": {
            "first": ["addr:full", "addr:street_address", "addr:street"],
            "beside": {"addr:street": "addr:housenumber"},
        },
        "locality": "addr:city",
        "administrative_area": "addr:state",
        "postal_code": "addr:postcode",
        "latitude": "latitude",
        "longitude": "longitude",
        "email": "email",
        "time_zone": "tz",
    },
}
PUBLISHED_REQUIRED = ("@spider", "ref")
