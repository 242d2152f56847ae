"""What a store's position says about the store: whose country it is in, which clock people keep there, and what disagrees."""

from __future__ import annotations

from dataclasses import dataclass

import tzfpy

from stores.values.coordinates import Point
from stores.values.zones import canonical_zone, same_clock, zone_at, zone_country, zone_fits


@dataclass(frozen=True, slots=True)
class PositionFacts:
    """``zone`` is the one to keep at the position, ``country`` whose zone it is; both None at sea.

    ``abroad`` says that the position is not in the market, ``clock_differs`` that the store's own zone shows another time.
    """

    zone: str | None
    country: str | None
    abroad: bool
    clock_differs: bool


def position_facts(point: Point, *, market: str, zone: str) -> PositionFacts:
    """Facts of a WGS 84 position for a store of ``market`` (ISO 3166-1) that keeps ``zone``; either may be blank."""
    there = [found for name in tzfpy.get_tzs(point.lng, point.lat) if (found := canonical_zone(name))]
    here = (zone_at(market, point) if market else None) or next(iter(there), None)
    return PositionFacts(
        zone=here,
        country=market if market and here and zone_fits(here, market) else zone_country(here) if here else None,
        abroad=bool(market) and not any(zone_fits(found, market) for found in there),
        clock_differs=bool(zone) and here is not None and not _same(zone, here),
    )


def _same(zone: str, here: str) -> bool:
    known = canonical_zone(zone)
    return known is not None and same_clock(known, here)
