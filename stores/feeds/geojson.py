"""A store as a GeoJSON feature (RFC 7946): longitude first, WGS 84, no coordinate reference member."""

from __future__ import annotations

from typing import Any

from stores.feeds.osm import opening_hours
from stores.feeds.store import FeedStore
from stores.values import addresses


def feature(record: FeedStore, language: str) -> dict[str, Any]:
    """The feature of one store; a store without a position has a null geometry, as the standard says."""
    place = record.address(language)
    located = record.longitude is not None and record.latitude is not None
    name, tag = record.name(language)
    properties: dict[str, Any] = {
        "code": record.code,
        "name": name,
        "language": tag or None,
        "market": record.market,
        "format": record.format,
        "status": record.status,
        "address": "\n".join(addresses.envelope(place[0], record.market)) if place else None,
        "phone": record.phone or None,
        "email": record.email or None,
        "website": record.website or None,
        "time_zone": record.time_zone,
        "opening_hours": opening_hours(record),
        "services": list(record.services),
        "spoken": list(record.spoken),
        "opening_date": record.opening_date.isoformat() if record.opening_date else None,
        "reopen_date": record.reopen_date.isoformat() if record.reopen_date else None,
    }
    return {
        "type": "Feature",
        "id": record.uid,
        "geometry": {"type": "Point", "coordinates": [record.longitude, record.latitude]} if located else None,
        "properties": properties,
    }
