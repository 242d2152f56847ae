"""The nearest stores by the index, against a plain sort of all distances."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from stores.models import Store
from stores.models.queries import locator
from stores.models.queries.locator import Found, Keep
from stores.models.queries.selection import Selection
from stores.models.queries.stores import PLACE
from stores.values.coordinates import Point, great_circle_metres
from tests.people import World, market

PLACES = 4_000


def scatter(seed: int) -> list[Point]:
    """Places as a network has them: dense towns, lonely ones, both sides of the antimeridian, the poles, doubles."""
    dice = random.Random(seed)
    towns = [(35.68, 139.76), (52.5, 13.4), (22.3, 114.2), (-36.85, 174.76), (-17.8, 179.9), (64.1, -21.9)]
    found: list[Point] = []
    while len(found) < PLACES - 40:
        lat, lng = dice.choice(towns)
        spread = dice.choice([0.02, 0.5, 8])
        lat, lng = dice.gauss(lat, spread), (dice.gauss(lng, spread) + 180) % 360 - 180
        if abs(lat) <= 90:
            found.append(Point(lat, lng))
    found += [Point(sign * dice.uniform(88, 90), dice.uniform(-180, 180)) for sign in (1, -1) for _ in range(10)]
    found += [Point(lat, 180.0 * sign) for lat in (-17.0, 0.0, 66.0) for sign in (1, -1)]
    found += [Point(90, 0), Point(90, 77), Point(-90, -180)]
    return found + [found[0]] * (PLACES - len(found))


@pytest.fixture
def network(world: World) -> dict[str, Point]:
    """A scattered network by code; half of it belongs to another brand, some stores have no position."""
    places = scatter(7)
    here = market("DE")
    rows = [
        Store(
            brand=world.rokid,
            market=here,
            code=f"s{number:05}",
            format="pop_up",
            status="open",
            time_zone="Europe/Berlin",
            published_at="2026-01-01T00:00:00Z",
            latitude=point.lat,
            longitude=point.lng,
        )
        for number, point in enumerate(places)
    ]
    strangers = [Store(**{**fields(row), "brand": world.acme, "code": f"x{row.code}"}) for row in rows[::2]]
    nowhere = [
        Store(**{**fields(row), "code": f"n{row.code}", "latitude": None, "longitude": None}) for row in rows[:9]
    ]
    Store.objects.bulk_create([*rows, *strangers, *nowhere])
    with connection.cursor() as cursor:
        # Statistics belong to the owner; on a running site autovacuum keeps them.
        cursor.execute(f"RESET ROLE; ANALYZE stores_store; SET ROLE {settings.APP_ROLE}")
    return {row.code: place for row, place in zip(rows, places, strict=True)}


def fields(row: Store) -> dict[str, object]:
    names = ("brand", "market", "code", "format", "status", "time_zone", "published_at", "latitude", "longitude")
    return {name: getattr(row, name) for name in names}


def questions(count: int) -> list[Point]:
    dice = random.Random(11)
    edges = [Point(0, 180), Point(0, -180), Point(90, 0), Point(-90, 10), Point(-17.8, -179.99), Point(89.9, 120)]
    return edges + [Point(dice.uniform(-90, 90), dice.uniform(-180, 180)) for _ in range(count - len(edges))]


def brute_force(network: dict[str, Point], point: Point) -> list[str]:
    return sorted(network, key=lambda code: (round(great_circle_metres(point, network[code]), 6), code))


def codes(found: Sequence[Found]) -> list[str]:
    return [each.code for each in found]


def measured(network: dict[str, Point], point: Point, found: Sequence[str]) -> list[float]:
    return [round(great_circle_metres(point, network[code]), 3) for code in found]


def test_the_nearest_five_are_those_of_a_plain_sort(world: World, network: dict[str, Point]) -> None:
    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    for point in questions(200):
        found = codes(locator.nearest(stores, point, 5))
        expected = brute_force(network, point)[:6]
        distances = measured(network, point, expected)
        assert measured(network, point, found) == distances[:5], point
        # Places that are equally far (the pole has a name for every longitude) may change places by rounding.
        assert found == expected[:5] or len(set(distances)) < 6, point


def test_equal_distances_are_in_the_order_of_the_codes(world: World, network: dict[str, Point]) -> None:
    twins = sorted(code for code, place in network.items() if place == network["s00000"])
    assert len(twins) > 10
    assert (
        codes(locator.nearest(Selection.of(Store.objects.filter(brand=world.rokid)), network["s00000"], 9)) == twins[:9]
    )


def test_walking_all_pages_meets_every_store_once_in_order(world: World, network: dict[str, Point]) -> None:
    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    for point in (Point(-17.8, 179.99), Point(35.7, 139.7)):
        walked: list[Found] = []
        while part := locator.nearest(stores, point, 500, after=walked[-1].place if walked else None):
            walked += part
        assert sorted(codes(walked)) == sorted(network)
        places = [each.place for each in walked]
        assert places == sorted(places)


def test_a_radius_takes_all_within_and_nothing_beyond(world: World, network: dict[str, Point]) -> None:
    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    for point in questions(40):
        for radius in (1_000.0, 50_000.0, 500_000.0):
            found = locator.within(stores, point, radius, PLACES)
            inside = {code for code, place in network.items() if great_circle_metres(point, place) <= radius}
            assert set(codes(found)) == inside


def test_a_filter_outside_the_database_keeps_the_order(world: World, network: dict[str, Point]) -> None:
    class EveryHundredth(Keep):
        def __call__(self, found: Sequence[Found]) -> list[Found]:
            return [each for each in found if each.code.endswith("00")]

    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    for point in questions(20):
        expected = [code for code in brute_force(network, point) if code.endswith("00")][:5]
        assert codes(locator.nearest(stores, point, 5, keep=EveryHundredth())) == expected
        nearer = locator.before(stores, point, (1e8, ""), 5, keep=EveryHundredth())
        assert codes(nearer) == [code for code in brute_force(network, point) if code.endswith("00")][-5:]


def test_nearest_five_uses_the_index_and_sorts_nothing(world: World, network: dict[str, Point]) -> None:
    source, params = Selection.of(Store.objects.filter(brand=world.rokid))
    with connection.cursor() as cursor:
        text = f"EXPLAIN SELECT id FROM {source} ORDER BY {PLACE} <-> point(139.7, 35.7) LIMIT 41"  # noqa: S608  (our names)
        cursor.execute(text, params)
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert "Index Scan using store_location" in plan
    assert "Sort" not in plan


def test_nearest_five_takes_one_query_in_town(
    world: World, network: dict[str, Point], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    with django_assert_num_queries(1):
        locator.nearest(stores, Point(35.68, 139.76), 5)


def test_a_selection_that_is_empty_gives_nothing(world: World) -> None:
    assert Selection.of(Store.objects.none()).ask("1") == []


def test_a_question_is_planned_once_per_connection(world: World, network: dict[str, Point]) -> None:
    stores = Selection.of(Store.objects.filter(brand=world.rokid))
    for lng in range(12):
        locator.nearest(stores, Point(35.68, 139.76 + lng / 1_000), 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS degrees%'")
        [(count,)] = cursor.fetchall()
    assert count == 1
