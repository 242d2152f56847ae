"""A store as OpenStreetMap tags, for people who keep the map: keys as the OSM wiki documents them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from stores.feeds.hours import AHEAD
from stores.feeds.store import FeedStore
from stores.timetable.osm_schedule import format_schedule

LONGEST_VALUE = 255
"""Characters that OSM keeps of one value."""


def element(record: FeedStore, language: str) -> dict[str, Any]:
    """A node without an id, since the map gives those: position, if it has one, and tags."""
    located = record.latitude is not None and record.longitude is not None
    place = {"lat": record.latitude, "lon": record.longitude} if located else {}
    return {"type": "node", **place, "tags": tags(record, language)}


def tags(record: FeedStore, language: str) -> dict[str, str]:
    """The tags of one store. ``name`` is in the place's own language, others stand beside it as ``name:<tag>``.

    Values that are longer than OSM keeps are left out: half an address or half a week would be wrong.
    """
    local = record.primary_address or language
    found = record.address(local)
    made: dict[str, str | None] = {
        "shop": "electronics",
        "name": record.name(local)[0],
        **{f"name:{tag}": text for tag, text in sorted(record.names.items())},
        "brand": record.brand,
        "operator": record.operated_by(local),
        "ref": record.code,
        "addr:country": record.market,
        "phone": record.phone,
        "email": record.email,
        "website": record.website,
        "opening_hours": opening_hours(record),
        "opening_date": str(record.opening_date or "") if record.life.on(record.today) == "announced" else None,
        **{f"language:{tag}": "yes" for tag in record.spoken},
    }
    if found:
        address, _ = found
        made |= {
            "addr:full": ", ".join(address.lines),
            "addr:suburb": address.sublocality,
            "addr:city": address.locality,
            "addr:state": address.administrative_area,
            "addr:postcode": address.postal_code,
        }
    return {key: value for key, value in made.items() if value and len(value) <= LONGEST_VALUE}


def opening_hours(record: FeedStore) -> str | None:
    """The hours as OSM text, None where nobody knows them or OSM cannot say them. A store that is paused or gone is ``off``."""
    if record.life.on(record.today) in {"paused", "gone"}:
        return "off"
    return format_schedule(record.schedule, record.today, record.today + timedelta(days=AHEAD))
