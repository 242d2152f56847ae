"""Hours by day with the rule that decided each, and special days in a store's record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from stores.models import HolidayDate, SpecialDay, Store, WeeklyHours
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for, problem

# Tuesday 22 December 2026, 12:00 in Berlin.
NOON = datetime(2026, 12, 22, 11, tzinfo=UTC)
WEEK = [[{"start": "10:00", "end": "13:00"}, {"start": "15:00", "end": "01:00"}]] * 6 + [[]]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def berlin(world: World) -> Store:
    made = store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    return made


def special(place: Store, day: int, state: str = "confirmed", **fields: Any) -> None:
    decided = {} if state == "proposed" else {"decided_by": "emma@example.com", "decided_at": NOON}
    SpecialDay.objects.create(
        brand=place.brand, store=place, date=date(2026, 12, day), state=state, **decided, **fields
    )


def test_each_day_has_its_periods_and_the_rule_that_decided(world: World, shop: Shop, berlin: Store) -> None:
    HolidayDate.objects.create(
        market=world.markets["DE"], date=date(2026, 12, 25), name={"en": "Christmas"}, source="t"
    )
    special(berlin, 24, name={"en": "Christmas Eve"}, periods=[{"start": "09:00", "end": "14:00"}])
    special(berlin, 26)
    answer = shop.get("stores/berlin/hours/", **{"from": "2026-12-23", "to": "2026-12-28"})
    days = answer.pop("days")
    assert answer == {
        "code": "berlin", "purpose": "store", "time_zone": "Europe/Berlin", "from": "2026-12-23", "to": "2026-12-28",
    }  # fmt: skip
    long = ["10:00-13:00", "15:00-01:00"]
    assert [
        (day["date"][8:], day["weekday"], day["state"], _clocks(day), day["rule"], day["reason"], day["confirmed"])
        for day in days
    ] == [
        ("23", "Wednesday", "open", long, "regular", "regular hours", True),
        ("24", "Thursday", "open", ["09:00-14:00"], "special_day", "special day Christmas Eve", True),
        ("25", "Friday", "open", long, "holiday", "holiday, unconfirmed: Christmas", False),
        ("26", "Saturday", "closed", [], "special_day", "special day 2026-12-26", True),
        ("27", "Sunday", "closed", [], "regular", "regular hours", True),
    ]
    assert days[0]["periods"][1] == {"opens": "2026-12-23T15:00:00+01:00", "closes": "2026-12-24T01:00:00+01:00"}


def _clocks(day: Any) -> list[str]:
    return [f"{each['opens'][11:16]}-{each['closes'][11:16]}" for each in day["periods"]]


def test_without_a_span_it_is_the_stores_next_two_weeks(shop: Shop, berlin: Store, clock: Any) -> None:
    clock.move_to(datetime(2026, 12, 22, 23, 30, tzinfo=UTC))  # already the 23rd in Berlin
    answer = shop.ask("stores/berlin/hours/")
    body = answer.json()
    assert (body["from"], body["to"], len(body["days"])) == ("2026-12-23", "2027-01-06", 14)
    assert answer["Cache-Control"] == "private, max-age=60"
    clock.move_to(datetime(2026, 12, 22, 22, 59, 30, tzinfo=UTC))
    assert shop.ask("stores/berlin/hours/")["Cache-Control"] == "private, max-age=30"


def test_a_purpose_has_hours_of_its_own(world: World, shop: Shop, berlin: Store) -> None:
    week = [[{"start": "11:00", "end": "12:00"}]] * 7
    WeeklyHours.objects.create(brand=world.rokid, store=berlin, purpose="service", periods=week)
    span = {"from": "2026-12-23", "to": "2026-12-24"}
    [desk] = shop.get("stores/berlin/hours/", purpose="service", **span)["days"]
    [demo] = shop.get("stores/berlin/hours/", purpose="demo", **span)["days"]
    assert (_clocks(desk), desk["state"]) == (["11:00-12:00"], "open")
    assert (_clocks(demo), demo["state"], demo["reason"]) == ([], "unknown", "no hours known")


def test_an_answer_keeps_its_etag_until_something_in_it_changes(shop: Shop, berlin: Store) -> None:
    first = shop.ask("stores/berlin/hours/")
    again = shop.ask("stores/berlin/hours/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    special(berlin, 24, "proposed")
    fresh = shop.ask("stores/berlin/hours/", headers={"If-None-Match": first["ETag"]})
    assert (fresh.status_code, [day["confirmed"] for day in fresh.json()["days"][:4]]) == (
        200,
        [True, True, False, True],
    )


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"from": "tomorrow"}, ["from"]),
        ({"from": "20261223"}, ["from"]),
        ({"from": "2026-02-30", "to": "1999-01-01"}, ["from", "to"]),
        ({"from": "2026-12-23", "to": "2026-12-23"}, ["to"]),
        ({"from": "2026-12-23", "to": "2027-02-24"}, ["to"]),
        ({"to": "2026-12-01"}, ["to"]),
        ({"from": "2025-12-01"}, ["from"]),
        ({"purpose": "parking"}, ["purpose"]),
        ({"day": "1"}, ["day"]),
    ],
)
def test_a_strange_span_or_purpose_is_refused_by_name(
    given: dict[str, str], named: list[str], shop: Shop, berlin: Store
) -> None:
    assert shop.refused("stores/berlin/hours/", **given) == (400, named)


def test_the_longest_span_is_answered_whole(shop: Shop, berlin: Store) -> None:
    assert len(shop.get("stores/berlin/hours/", **{"from": "2026-12-23", "to": "2027-02-23"})["days"]) == 62


def test_a_store_that_is_not_for_the_key_is_one_that_does_not_exist(world: World, shop: Shop, berlin: Store) -> None:
    store(world.acme, "DE", "rival")
    answers = [shop.ask(f"stores/{code}/hours/") for code in ("rival", "nowhere")]
    answers += [key_for(world.rokid, market_codes=["JP"]).ask("stores/berlin/hours/")]
    assert [problem(answer)["status"] for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1


def test_a_record_lists_the_special_days_that_are_decided(world: World, shop: Shop, berlin: Store) -> None:
    host = store(world.rokid, "DE", "host")
    special(berlin, 24, name={"en": "Eve", "de": "Heiligabend"}, periods=[{"start": "09:00", "end": "14:00"}])
    special(berlin, 21)
    special(berlin, 28, "proposed")
    special(berlin, 29, "dismissed")
    for day in (24, 29, 30):
        special(host, day, name={"en": "Host"})
    Store.objects.filter(pk=berlin.pk).update(hours_from=host)
    assert shop.get("stores/berlin/", language="de")["special_days"] == [
        {
            "date": "2026-12-24",
            "name": "Heiligabend",
            "language": "de",
            "periods": [{"start": "09:00", "end": "14:00"}],
        },
        {"date": "2026-12-30", "name": "Host", "language": "en", "periods": []},
    ]
