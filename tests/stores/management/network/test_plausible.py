"""An invented network is the same for a seed, reaches every market, and every store of it could exist."""

from __future__ import annotations

from collections import Counter

import phonenumbers
import tzfpy

from stores.management.demo import content
from stores.management.network import plausible
from stores.timetable.schedule import Week
from stores.values.coordinates import Point, great_circle_metres


def test_a_seed_makes_the_same_stores_every_time_and_another_seed_makes_others() -> None:
    assert list(plausible.stores(300, seed=7)) == list(plausible.stores(300, seed=7))
    assert list(plausible.stores(300, seed=7)) == list(plausible.stores(500, seed=7))[:300]
    first = {store.code for store in plausible.stores(300, seed=7)}
    assert not first & {store.code for store in plausible.stores(300, seed=8)}


def test_a_hundred_stores_reach_every_market_that_sells() -> None:
    sells = {entry.market for entry in content.entries() if entry.status == "live"}
    assert {store.market for store in plausible.stores(100, seed=1)} == sells


def test_most_are_open_counters_as_in_a_real_network() -> None:
    made = list(plausible.stores(2000, seed=1))
    assert Counter(store.format for store in made).most_common(1)[0][0] == "partner_counter"
    assert 0.92 < sum(store.status == "open" for store in made) / len(made) < 0.96


def test_every_store_lies_near_its_city_on_land_and_has_a_number_of_its_country() -> None:
    cities = [city for city in content.stores() if city.status not in {"cancelled", "closed"}]
    for place, store in enumerate(plausible.stores(1000, seed=3)):
        city = cities[place % len(cities)]
        away = great_circle_metres(Point(store.latitude, store.longitude), Point(city.latitude, city.longitude))
        assert away < 40_000, store.code
        assert tzfpy.get_tz(store.longitude, store.latitude) == tzfpy.get_tz(city.longitude, city.latitude)
        assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(store.phone), store.market)


def test_every_week_is_one() -> None:
    assert [Week.from_json(week).to_json() for week in plausible.weeks()] == plausible.weeks()
