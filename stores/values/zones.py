"""Time zones as lists write them, made canonical: "GMT+01:00 Europe/Andorra", "Asia/Calcutta", "US/Pacific", "Asia/Toky".

The list of zones, their countries and one position in each come from tzdata's zone.tab, the links from tzdata.zi. A zone
listed there is canonical, also where tzdata links it to a neighbour with the same clock (Europe/Oslo).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzfpy
from babel.core import get_global

from stores.values.coordinates import Point, great_circle_metres
from stores.values.remembered import LONGEST, remembered

# Names that lists contain and tzdata never had.
NEVER_ZONES: Mapping[str, str] = {
    "Asia/Beijing": "Asia/Shanghai",
    "Asia/Mumbai": "Asia/Kolkata",
    "Asia/Delhi": "Asia/Kolkata",
    "Asia/New_Delhi": "Asia/Kolkata",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Hanoi": "Asia/Ho_Chi_Minh",
    "Asia/Abu_Dhabi": "Asia/Dubai",
    "America/Washington": "America/New_York",
}

BORDER_M = 5_000
"""How near to its border a position may be another country's by mistake."""
_METRES_PER_DEGREE = 111_195
_NAME = re.compile(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]*)+")
_SLASH = re.compile(r"\s*/\s*")
_CLOCK = re.compile(r"UTC|UCT|GMT[+-]?0?|Universal|Greenwich|Zulu|[CEMW]ET|HST|[ECMP]ST(?:\d[ECMP]DT)?", re.IGNORECASE)
_POSITION = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


@dataclass(frozen=True, slots=True)
class ZonePlace:
    """A zone, the country it is listed for, and where its main city lies."""

    name: str
    country: str
    city: Point
    areas: str = ""
    """Which parts of the country keep it, in zone.tab's words; blank when all do."""


@cache
def zone_places() -> tuple[ZonePlace, ...]:
    """Every zone of zone.tab, in its order: a country's most populous zones come first."""
    places = []
    for line in _lines("zone.tab"):
        if line.startswith("#"):
            continue
        country, position, name, areas = (*line.split("\t"), "")[:4]
        places.append(ZonePlace(name, country, _position(position), areas))
    return tuple(places)


@cache
def zones_of(country: str) -> tuple[ZonePlace, ...]:
    """Zones of a country by ISO 3166-1 alpha-2; none for a country nobody lives in."""
    return tuple(place for place in zone_places() if place.country == country)


@remembered(4096)
def canonical_zone(text: str, country: str | None = None) -> str | None:
    """The canonical zone that ``text`` names, or None.

    A name that was cut (lists limit their columns) is completed when only one zone begins so, in the country if given.
    Offsets alone (GMT+8, Etc/GMT-4) name no place and are not zones of a store.
    """
    word = text.strip()
    if len(word) > LONGEST:  # searching a cell of a hundred thousand letters for a name would take minutes
        return None
    found = _NAME.search(_SLASH.sub("/", word))
    if found is None:
        zone = _whole(word)
        # tzdata links EST to Panama and CET to Brussels: a clock's name is no place, unless the country keeps it.
        clock = _CLOCK.fullmatch(word)
        return zone if not clock or (zone and country and zone_fits(zone, country)) else None
    name = found[0]
    # "America/New York": names of lists have spaces where tzdata has none.
    spelled = _SLASH.sub("/", word)[found.start() :].replace(" ", "_")
    if whole := _whole(name) or _whole(spelled):
        return whole
    if name.startswith("Etc/"):
        return None
    pool = [place.name for place in (zones_of(country) if country else zone_places())]
    completions = {zone for zone in pool if zone.startswith(name)} if len(name) > name.find("/") + 3 else set()
    return completions.pop() if len(completions) == 1 else None


def zone_country(zone: str) -> str | None:
    """The country a canonical zone is listed for, None for one that is nobody's."""
    return _countries().get(zone)


def zone_fits(zone: str, country: str) -> bool:
    """Whether people in the country keep this zone: it is listed for the country, or shared with it (zone1970.tab)."""
    return country in _shared().get(zone, frozenset())


def zone_at(country: str, point: Point) -> str | None:
    """The country's zone at a position; None where the position is another country's, or at sea.

    In China that is Beijing time for shops, also where some keep Xinjiang time.
    """
    inside = [zone for zone in _zones_at(point) if zone_country(zone) == country]
    if country == "CN" and inside:
        return "Asia/Shanghai"
    return inside[0] if inside else None


def country_at(point: Point) -> str | None:
    """The country whose zone is kept at a position; None at sea, and where the zones of two countries meet."""
    there = {zone_country(zone) for zone in _zones_at(point)}
    return there.pop() if len(there) == 1 else None


def _zones_at(point: Point) -> list[str]:
    there = [zone for name in tzfpy.get_tzs(point.lng, point.lat) if (zone := canonical_zone(name))]
    # The zones' map draws the north of Vietnam with Bangkok's, whose clock it had. It lies north and east of all of Thailand.
    if "Asia/Bangkok" in there and point.lat > 16.9 and (point.lng > 105 or (point.lat > 18.6 and point.lng > 102.1)):
        return ["Asia/Ho_Chi_Minh"]
    return there


def country_beyond(country: str, point: Point) -> str | None:
    """The other country that a position is well inside of; None in the country, near its border, at sea, and in doubt."""
    there = country_at(point)
    if there in {None, country} or not zones_of(country):
        return None
    return None if any(zone_at(country, near) for near in _around(point)) else there


def _around(point: Point) -> Iterator[Point]:
    """Places as far from it as lists are inexact: coordinates are rounded, and borders are drawn roughly."""
    for step in range(8):
        north, east = math.cos(step * math.pi / 4), math.sin(step * math.pi / 4)
        lat = point.lat + north * BORDER_M / _METRES_PER_DEGREE
        lng = point.lng + east * BORDER_M / _METRES_PER_DEGREE / max(0.01, math.cos(math.radians(point.lat)))
        yield Point(max(-90.0, min(90.0, lat)), (lng + 180) % 360 - 180)


def clocks_differ(country: str) -> bool:
    """Whether it matters which of the country's zones a shop is in. In China shops keep Beijing time everywhere."""
    first, *others = [place.name for place in zones_of(country)] or [""]
    return country != "CN" and any(not same_clock(first, other) for other in others)


def zone_near(country: str, point: Point) -> str | None:
    """The country's zone whose main city is nearest: for a position on a border or off a coast."""
    places = zones_of(country)
    return min(places, key=lambda place: great_circle_metres(place.city, point)).name if places else None


def zone_of_area(country: str, area: str) -> str | None:
    """The zone of a state or province as zone.tab names its areas ("Queensland", "ON"); None when it does not.

    Where a state is split between zones, the one of most of it.
    """
    if len(area) > LONGEST:  # a pattern of it would be as long, and be kept
        return None
    word = re.compile(rf"(?<![\w-]){re.escape(area.strip())}(?![\w-])", re.IGNORECASE)
    found = [place for place in zones_of(country) if area.strip() and word.search(place.areas)]
    found.sort(key=lambda place: "most areas" not in place.areas)
    return found[0].name if found else None


@lru_cache(maxsize=4096)
def same_clock(one: str, other: str) -> bool:
    """Whether two zones show the same time in winter and in summer, by the rules of 2026."""
    return all(
        datetime(2026, month, 15, 12, tzinfo=ZoneInfo(one)).utcoffset()
        == datetime(2026, month, 15, 12, tzinfo=ZoneInfo(other)).utcoffset()
        for month in (1, 4, 7, 10)
    )


def metres_outside(country: str, point: Point) -> float | None:
    """How far a point is from the nearest main city of the country's zones; None for a country without zones."""
    return min((great_circle_metres(place.city, point) for place in zones_of(country)), default=None)


def _whole(name: str) -> str | None:
    name = _spellings().get(name.lower(), name)
    name = NEVER_ZONES.get(name, name)
    if name in _countries():
        return name
    target = _links().get(name)
    return target if target in _countries() else None


@cache
def _spellings() -> Mapping[str, str]:
    return {name.lower(): name for name in (*_countries(), *_links(), *NEVER_ZONES)}


@cache
def _countries() -> Mapping[str, str]:
    return {place.name: place.country for place in zone_places()}


@cache
def _shared() -> Mapping[str, frozenset[str]]:
    shared = {place.name: frozenset({place.country}) for place in zone_places()}
    for line in _lines("zone1970.tab"):
        if not line.startswith("#"):
            countries, _, name = line.split("\t")[:3]
            shared[name] = shared.get(name, frozenset()) | frozenset(countries.split(","))
    return shared


@cache
def _links() -> Mapping[str, str]:
    """Old name to today's. A chain of links is followed to its end or to the first listed zone.

    CLDR speaks first: tzdata links Iceland to Abidjan, which has its clock, and CLDR to Reykjavik, which is meant.
    """
    meant: Mapping[str, str] = get_global("zone_aliases")
    links = {
        fields[2]: fields[1] for line in _lines("tzdata.zi") if len(fields := line.split()) == 3 and fields[0] == "L"
    }
    resolved = {}
    for name, first in links.items():
        target = first
        while target not in _countries() and target in links:
            target = links[target]
        resolved[name] = target
    return resolved | {name: zone for name, zone in meant.items() if zone in _countries()}


def _position(text: str) -> Point:
    """ISO 6709 as zone.tab writes it: degrees and minutes, with or without seconds."""
    match = _POSITION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a position of zone.tab")
    north, lat, lat_minutes, lat_seconds, east, lng, lng_minutes, lng_seconds = match.groups()
    latitude = int(lat) + int(lat_minutes) / 60 + int(lat_seconds or 0) / 3600
    longitude = int(lng) + int(lng_minutes) / 60 + int(lng_seconds or 0) / 3600
    return Point(latitude if north == "+" else -latitude, longitude if east == "+" else -longitude)


def _lines(table: str) -> list[str]:
    return resources.files("tzdata").joinpath("zoneinfo", table).read_text("utf-8").splitlines()
