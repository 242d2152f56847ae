"""Where a row's store is: market, position and time zone, and whether the three agree."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

from stores.values.coordinates import Point
from stores.values.countries import NO_SHOPS, country_code, filed_as
from stores.values.datum import to_wgs84
from stores.values.territories import territory
from stores.values.zones import (
    canonical_zone,
    clocks_differ,
    country_at,
    country_beyond,
    metres_outside,
    same_clock,
    zone_at,
    zone_country,
    zone_fits,
    zone_near,
    zone_of_area,
    zones_of,
)

if TYPE_CHECKING:
    from stores.imports.parse import Reader

# No inhabited place is farther from every main city of its country's time zones, by a wide margin (Kashgar is listed itself).
FARTHEST_M = 3_000_000
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:[.,]\d*)?(?:[eE][+-]?\d{1,2})?|[+-]?[.,]\d+")
_LONGEST_NUMBER = 100
"""Characters of a coordinate. A longer cell is none, and comparing it with the forms of degrees could take minutes."""
_NOTHING = frozenset({"", "-", "n/a", "na", "none", "null", "#n/a"})
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?[-_]([A-Z]{2})")
# "N 48° 12' 30.5\"", "48.2083 N", "121°28'12″E": degrees, minutes, seconds, and the half of the globe.
_HALF = "[NSEWnsew]"
_DEGREES = re.compile(
    rf"(?P<before>{_HALF})?\s*(?P<deg>\d{{1,3}}(?:[.,]\d+)?)\s*[°º]?\s*(?:(?P<min>\d{{1,2}}(?:[.,]\d+)?)\s*['′’]\s*)?"
    rf"(?:(?P<sec>\d{{1,2}}(?:[.,]\d+)?)\s*(?:[\"″”]|''|′′)\s*)?(?P<after>{_HALF})?"
)


def read_market(reader: Reader, zone_text: str, position: Point | None) -> str:
    """The code of a loaded market, or "" with the reason noted."""
    text = reader.text("market")
    if text.lower() in _NOTHING and text.upper() != "NA":  # NA is Namibia
        text = ""
    declared = (country_code(text) or _of_locale(text)) if text else None
    zone = canonical_zone(zone_text) if zone_text else None
    if text and declared is None:
        reader.refuse("market", "no country or territory has this name or code")
        return ""
    if declared is None:
        declared = zone_country(zone) if zone else None
        there = country_at(position) if position and declared is None else None
        if declared:
            reader.warn("market", f"{declared} is taken from the time zone {zone}")
        elif there:
            declared = there
            reader.warn("market", f"{declared} is taken from the position")
        else:
            reader.refuse("market", "the row names no country, and neither its time zone nor its position tells one")
            return ""
    market = filed_as(declared, zone_country(zone) if zone else None)
    if market != declared:
        reader.warn("market", f"filed under {declared}, but the time zone {zone} is of {market}: taken as {market}")
    if market not in reader.rules.markets:
        reader.refuse("market", f"the market {market} is not loaded; run manage.py load_markets")
        return ""
    return market


def _of_locale(text: str) -> str | None:
    """The country of a locale: a list of ``ja_JP`` and ``zh-Hant-HK`` says where its stores are."""
    found = _LOCALE.fullmatch(text)
    return country_code(found[1]) if found else None


def read_position(reader: Reader) -> Point | None:
    """A point on the globe, or None with a warning or, for impossible numbers, a reason."""
    if not {"latitude", "longitude"} & reader.rules.fields:
        return None
    texts = [reader.text("latitude"), reader.text("longitude")]
    if texts[0] == texts[1] or "longitude" not in reader.rules.fields:
        texts = _pair(texts[0], reader.rules.formats.get("latitude", "lat,lng")) or texts
    blank = [text.lower() in _NOTHING for text in texts]
    if all(blank):
        reader.warn("latitude", "the position is missing")
    elif any(blank):
        reader.warn(
            "latitude" if blank[0] else "longitude", "one half of the position is missing; the other was left out"
        )
    else:
        return _point(reader, _number(texts[0]), _number(texts[1]))
    return None


def _point(reader: Reader, lat: float | None, lng: float | None) -> Point | None:
    if lat is None or lng is None:
        reader.warn("latitude" if lat is None else "longitude", "not a number of degrees; the position was left out")
        return None
    if lat == 0 and lng == 0:
        reader.warn("latitude", "0, 0 lies in the Gulf of Guinea and stands for no position; it was left out")
        return None
    try:
        point = to_wgs84(Point(lat, lng), reader.record.datum)
    except ValueError as error:
        exchanged = 90 < abs(lat) <= 180 and abs(lng) <= 90
        hint = "; latitude and longitude look exchanged" if exchanged else ""
        column = "latitude" if not math.isfinite(lat) or abs(lat) > 90 else "longitude"
        reader.refuse(column, f"impossible: {error}{hint}")
        return None
    reader.record.latitude, reader.record.longitude = point.lat, point.lng
    reader.record.given.add("position")
    return point


def read_zone(reader: Reader, market: str, text: str, point: Point | None) -> None:
    """Set the record's zone: the one given, else the one at the position, of the area, or the market's own.

    Says when it was not given and the market has several, when it is another country's, and when its clock differs from the
    position's.
    """
    far = _check_distance(reader, market, point)
    inside = zone_at(market, point) if point and not far else None
    abroad = country_beyond(market, point) if point and not far and inside is None else None
    if point and abroad:
        reader.warn("latitude", f"the position is in {abroad}, the market is {market}")
    record = reader.record
    zone = canonical_zone(text, market) if text else None
    if zone is not None:
        record.time_zone = zone
        record.given.add("time_zone")
        if zone_fits(zone, market):
            there = zone_at(abroad, point) if point and abroad else inside
            if there is not None and not same_clock(zone, there):
                reader.warn("time_zone", f"at the position clocks follow {there}")
        elif inside is None:
            reader.warn("time_zone", f"{zone} is a time zone of {zone_country(zone)}, the market is {market}")
        else:
            # Country and position agree, so it is the zone that is wrong; hours by it would be wrong by hours.
            record.time_zone = inside
            reader.warn("time_zone", f"{zone} is of {zone_country(zone)}; {inside} is used, as market and position say")
        return
    places = zones_of(market)
    area = zone_of_area(market, reader.text("administrative_area")) if len(places) > 1 else None
    near = zone_near(market, point) if point and not far and not abroad else None
    record.time_zone = inside or area or near or territory(market).default_time_zone
    if inside:
        record.given.add("time_zone")
    if text:
        reader.warn("time_zone", f"not a time zone of a place in {market}; {record.time_zone} is used")
    elif not inside and clocks_differ(market):
        how = "is the state's" if area else "is the nearest" if near else f"is the largest of {len(places)} in {market}"
        reader.warn("time_zone", f"not given; {record.time_zone} {how}")


def _check_distance(reader: Reader, market: str, point: Point | None) -> bool:
    """Whether the position cannot be in the market; said with what is probably wrong."""
    if point is None:
        return False
    if market in NO_SHOPS:
        hint = "; latitude and longitude look exchanged" if abs(point.lat) > 60 else ""
        reader.warn("latitude", f"nobody lives in {market}{hint}")
        return True
    away = metres_outside(market, point)
    if away is None or away <= FARTHEST_M:
        return False
    reason = f"the position is {away / 1000:,.0f} km from {market}"
    if abs(point.lng) <= 90 and (metres_outside(market, Point(point.lng, point.lat)) or 0) <= FARTHEST_M:
        reason += "; latitude and longitude look exchanged"
    reader.warn("latitude", reason)
    return True


def _pair(text: str, form: str) -> list[str] | None:
    """Both numbers from one cell: "31.23,121.47", in the order the mapping's format says (``lat,lng`` or ``lng,lat``)."""
    parts = [part for part in re.split(r"[,;\s]+", text.strip("()[] ")) if part]
    if len(parts) != 2:
        return None
    return parts[::-1] if form.replace(" ", "").lower() in {"lng,lat", "lon,lat", "longitude,latitude"} else parts


def _number(text: str) -> float | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    word = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if word.lower() in {"nan", "inf", "-inf", "infinity", "-infinity"}:
        return math.nan  # a number that is no place: impossible, not unreadable
    plain = word.removesuffix("°").strip()
    if _NUMBER.fullmatch(plain):
        return float(plain.replace(",", "."))
    found = _DEGREES.fullmatch(text.strip())
    if found is None or bool(found["before"]) == bool(found["after"]):
        return None
    parts = [float((found[name] or "0").replace(",", ".")) for name in ("deg", "min", "sec")]
    if max(parts[1:]) >= 60:
        return None
    degrees = round(parts[0] + parts[1] / 60 + parts[2] / 3600, 8)
    return -degrees if (found["before"] or found["after"]).upper() in "SW" else degrees
