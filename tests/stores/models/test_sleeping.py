"""The nearest open stores where most are asleep: as exact as asking every store, whatever was written down about them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stores.actions.closed_hours import refresh
from stores.api import cards, opening_now
from stores.api.opening_now import OpenAt
from stores.models import Store, WeeklyHours
from stores.models.queries import locator, sleeping
from stores.models.queries.opening_rows import schedules
from stores.models.queries.selection import Selection
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Schedule
from stores.values.coordinates import Point, great_circle_metres
from tests.people import World, market

NOW = datetime(2026, 11, 25, 6, 32, tzinfo=UTC)
WEEKS: list[list[list[dict[str, str]]]] = [
    [[{"start": "10:00", "end": "20:00"}]] * 7,
    [[{"start": "09:30", "end": "13:00"}, {"start": "15:30", "end": "19:30"}]] * 6 + [[]],
    [[{"start": "18:00", "end": "02:00"}]] * 7,
    [[{"start": "00:00", "end": "24:00"}]] * 7,
    [[]] * 7,
]
PLACES = [
    ("Asia/Tokyo", 35.7, 139.7), ("Europe/Berlin", 52.5, 13.4), ("America/New_York", 40.7, -74.0),
    ("Pacific/Auckland", -36.9, 174.8), ("Pacific/Fiji", -17.0, 180.0), ("Asia/Dubai", 25.2, 55.3),
    ("Antarctica/McMurdo", -89.9, 0.0), ("Atlantic/Reykjavik", 64.1, -21.9),
]  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    for module in (cards, opening_now):
        module.forget()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def network(world: World) -> dict[str, tuple[Point, Schedule]]:
    """Six hundred stores in eight zones with few weeks, some temporarily closed, some without hours; by code."""
    dice = random.Random(3)
    here = market("DE")
    rows = []
    for number in range(600):
        zone, lat, lng = dice.choice(PLACES)
        lat, lng = max(-90.0, min(90.0, dice.gauss(lat, 2))), (dice.gauss(lng, 2) + 180) % 360 - 180
        status = dice.choices(["open", "temporarily_closed", "ready"], [90, 5, 5])[0]
        rows.append(
            Store(brand=world.rokid, market=here, code=f"s{number:03}", format="pop_up", status=status, time_zone=zone,
                  published_at=NOW, latitude=lat, longitude=lng,
                  opening_date=NOW.date() + timedelta(days=dice.randrange(4)) if status == "ready" else None,
                  reopen_date=NOW.date() + timedelta(days=2) if status == "temporarily_closed" else None)
        )  # fmt: skip
    Store.objects.bulk_create(rows)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(brand=world.rokid, store=store, periods=dice.choice(WEEKS)) for store in rows[:570]
    )
    found = schedules([store.pk for store in rows])
    return {store.code: (Point(store.latitude or 0, store.longitude or 0), found[store.pk]) for store in rows}


def brute_force(network: dict[str, tuple[Point, Schedule]], point: Point, moment: datetime) -> list[float]:
    """Distances of the five nearest that are open."""
    return sorted(
        round(great_circle_metres(point, place), 2)
        for place, schedule in network.values()
        if state_at(schedule, moment).state is State.OPEN
    )[:5]


def asked(world: World, point: Point, moment: datetime, **more: Any) -> list[float]:
    stores = Selection.of(Store.objects.filter(brand=world.rokid).public())
    found = locator.nearest(stores, point, 5, keep=OpenAt(moment, world.rokid.pk), **more)
    return [round(each.distance or 0, 2) for each in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.sampled_from([Point(lat, lng) for _, lat, lng in PLACES])
    | st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
    st.integers(-3 * 86_400, 5 * 86_400),
)
def test_the_nearest_open_are_those_of_asking_every_store_at_any_moment(
    world: World, network: dict[str, tuple[Point, Schedule]], point: Point, shift: int
) -> None:
    refresh()
    moment = NOW + timedelta(seconds=shift)
    expected = brute_force(network, point, moment)
    assert asked(world, point, moment) == pytest.approx(expected, abs=0.02)
    ids, farthest = sleeping.network(world.rokid.pk).nearest(point, moment.timestamp(), 40)
    known = {store.pk: store.code for store in Store.objects.filter(pk__in=ids)}
    nearer = {
        code
        for code, (place, schedule) in network.items()
        if state_at(schedule, moment).state is State.OPEN and great_circle_metres(point, place) < farthest - 1
    }
    assert nearer <= set(known.values())


def test_pages_walk_through_all_that_are_open(world: World, network: dict[str, tuple[Point, Schedule]]) -> None:
    refresh()
    berlin, walked = Point(52.5, 13.4), list[locator.Found]()
    stores = Selection.of(Store.objects.filter(brand=world.rokid).public())
    keep = OpenAt(NOW, world.rokid.pk)
    while part := locator.nearest(stores, berlin, 20, after=walked[-1].place if walked else None, keep=keep):
        walked += part
    assert sorted(each.code for each in walked) == sorted(
        code for code, (_, schedule) in network.items() if state_at(schedule, NOW).state is State.OPEN
    )
    assert [each.place for each in walked] == sorted(each.place for each in walked)


def test_a_store_that_opens_by_a_change_is_found_at_once(
    world: World, network: dict[str, tuple[Point, Schedule]]
) -> None:
    refresh()
    point, moment = Point(52.5, 13.4), NOW
    before = asked(world, point, moment)
    nearest = min(network, key=lambda code: great_circle_metres(point, network[code][0]))
    changed = Store.objects.get(code=nearest)
    WeeklyHours.objects.update_or_create(
        store=changed, purpose="store", season_from="", defaults={"brand": world.rokid, "periods": WEEKS[3]}
    )
    Store.objects.filter(pk=changed.pk).update(status="open")
    expected = round(great_circle_metres(point, network[nearest][0]), 2)
    assert before[0] > expected
    assert asked(world, point, moment)[0] == pytest.approx(expected, abs=0.02)


def test_nothing_written_down_costs_time_and_not_truth(
    world: World, network: dict[str, tuple[Point, Schedule]]
) -> None:
    assert asked(world, Point(52.5, 13.4), NOW) == pytest.approx(brute_force(network, Point(52.5, 13.4), NOW), abs=0.02)


def test_stores_are_looked_at_again_when_their_hours_have_passed(
    world: World, network: dict[str, tuple[Point, Schedule]], clock: Any
) -> None:
    assert refresh() == len(network)
    assert refresh() == 0
    clock.shift(timedelta(hours=8))
    assert 0 < refresh() < len(network)
    Store.objects.filter(code__in=["s001", "s002"]).update(phone="+493012345678")
    assert refresh() == 2


def test_every_store_is_looked_at_again_after_a_day(
    world: World, network: dict[str, tuple[Point, Schedule]], clock: Any
) -> None:
    Store.objects.update(status="temporarily_closed")
    assert refresh() == len(network)
    clock.shift(timedelta(days=1))
    assert refresh() == len(network)


def test_where_all_sleep_a_search_is_two_questions(
    world: World, network: dict[str, tuple[Point, Schedule]], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    refresh()
    berlin = Point(52.5, 13.4)
    Store.objects.filter(time_zone="Europe/Berlin").update(status="temporarily_closed")
    refresh()
    asked(world, berlin, NOW)
    with django_assert_num_queries(2):
        asked(world, berlin, NOW)
