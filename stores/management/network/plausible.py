"""Stores that could exist, as many as wanted, the same ones for the same seed. Pure: no database."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import tzfpy

from stores.management.demo import content
from stores.management.demo.hours import week
from stores.management.demo.records import Address
from stores.management.demo.records import Store as City

# A network this dense is mostly partners' counters; the shares are those of a consumer-electronics brand of that size.
FORMATS = {
    "partner_counter": 62,
    "shop_in_shop": 18,
    "experience_store": 11,
    "service_point": 5,
    "pop_up": 3,
    "flagship": 1,
}
STATUSES = {"open": 94, "temporarily_closed": 2, "ready": 2, "closed": 2}
WEEKS = (
    "Mo-Sa 10:00-20:00; Su off",
    "Mo-Su 10:00-21:00",
    "Mo-Su 11:00-22:00",
    "Mo-Fr 09:30-18:30; Sa 10:00-17:00; Su off",
    "Mo-Fr 09:30-13:00,15:30-19:30; Sa 10:00-13:30; Su off",
    "Mo-Th 10:00-22:00; Fr-Sa 10:00-01:00; Su 12:00-20:00",
)
# Most shops of a city lie within a few kilometres of its busiest street; the spread is of a normal distribution.
SPREAD_KM = 6.0
KM_PER_DEGREE = 111.2
MOST_TRIES = 20
# The cities' own days of opening are recent; a grown network opened over years.
FIRST_OPENING, OPENING_DAYS = date(2019, 3, 1), 2700


@dataclass(frozen=True, slots=True)
class Plausible:
    """One invented store. ``week`` is an index into ``WEEKS``."""

    code: str
    market: str
    format: str
    status: str
    name: dict[str, str]
    time_zone: str
    latitude: float
    longitude: float
    phone: str
    languages: tuple[str, ...]
    opening: date
    address: Address
    week: int


def weeks() -> list[list[list[dict[str, str]]]]:
    """The weeks of ``WEEKS`` as stored."""
    return [week(text).to_json() for text in WEEKS]


def stores(count: int, seed: int) -> Iterator[Plausible]:
    """``count`` stores around the demo's cities, every market with its share. Deterministic by seed."""
    chance = random.Random(seed)
    cities = [city for city in content.stores() if city.status not in {"cancelled", "closed"}]
    formats, format_weights = list(FORMATS), list(FORMATS.values())
    statuses, status_weights = list(STATUSES), list(STATUSES.values())
    for number in range(1, count + 1):
        # In turn, not by chance: a hundred stores already reach every market.
        city = cities[(number - 1) % len(cities)]
        latitude, longitude = _nearby(city, chance)
        yield Plausible(
            code=f"N{seed}-{city.market}-{number:06d}",
            market=city.market,
            format=chance.choices(formats, format_weights)[0],
            status=chance.choices(statuses, status_weights)[0],
            name=_name(city, number),
            time_zone=city.time_zone,
            latitude=latitude,
            longitude=longitude,
            phone=_phone(city, chance),
            languages=city.spoken,
            opening=FIRST_OPENING + timedelta(days=chance.randrange(OPENING_DAYS)),
            address=city.addresses[0],
            week=chance.randrange(len(WEEKS)),
        )


def _nearby(city: City, chance: random.Random) -> tuple[float, float]:
    """A place around the city; not in the sea or across a border, which both have another time zone."""
    there = tzfpy.get_tz(city.longitude, city.latitude)
    for _ in range(MOST_TRIES):
        north, east = chance.gauss(0, SPREAD_KM), chance.gauss(0, SPREAD_KM)
        latitude = city.latitude + north / KM_PER_DEGREE
        longitude = city.longitude + east / (KM_PER_DEGREE * math.cos(math.radians(city.latitude)))
        if tzfpy.get_tz(longitude, latitude) == there:
            return round(latitude, 6), round(longitude, 6)
    return city.latitude, city.longitude


def _name(city: City, number: int) -> dict[str, str]:
    place = city.addresses[0]
    return {place.language: f"Rokid {place.locality} {number}"} | {"en": f"Rokid {city.code} {number}"}


def _phone(city: City, chance: random.Random) -> str:
    # The last four digits are the subscriber's in every plan the cities use, so the number stays a valid one.
    return city.phone[:-4] + f"{chance.randrange(10_000):04d}"
