"""The next days of a store as its page, the hours editor and the page behind a confirmation link show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from stores.actions.confirmations import make_link
from stores.admin import hours
from stores.models import HolidayDate, Partner, SpecialDay, Store, System, WeeklyHours
from tests import people
from tests.stores.admin.test_confirm import visitor
from tests.stores.admin.test_week import shown

OPEN = {"start": "10:00", "end": "19:00"}
EVERY_DAY = [[OPEN]] * 7
CHRISTMAS = date(2026, 12, 25)


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 12, 20, 11, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def berlin(world: people.World) -> Store:
    """Open every day; the law's Christmas is in the calendar, and nobody decided about it."""
    HolidayDate.objects.create(
        market=world.markets["DE"],
        date=CHRISTMAS,
        name={"en": "Christmas Day", "de": "1. Weihnachtstag"},
        source="test",
    )
    made = people.store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=EVERY_DAY)
    return made


def special(made: Store, *periods: dict[str, str], **fields: Any) -> SpecialDay:
    decided = (
        {}
        if fields.get("state") == "proposed"
        else {"decided_by": "emma@example.com", "decided_at": "2026-12-01T00:00Z"}
    )
    found: SpecialDay = SpecialDay.objects.create(
        brand=made.brand, store=made, periods=list(periods), name={"en": "Inventory", "de": "Inventur"},
        **{"date": CHRISTMAS, "state": "confirmed", **decided, **fields},
    )  # fmt: skip
    return found


def lines(made: Store, language: str = "en") -> dict[str, str]:
    """The days on the store's page by their dates, without marks of layout."""
    with translation.override(language):
        html = str(hours.preview(made))
    days = re.findall(r'<div class="m-day"><span>(\w[^<]*)</span><span>(.*?)</span></div>', html)
    return {day: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for day, text in days}


def test_a_holiday_that_nobody_decided_about_is_named_and_marked(berlin: Store) -> None:
    assert lines(berlin)["Fri 25 Dec"] == "10:00–19:00 not confirmed Christmas Day"
    assert lines(berlin, "de")["Fr 25. Dez"] == "10:00–19:00 nicht bestätigt 1. Weihnachtstag"
    assert (len(lines(berlin)), lines(berlin)["Thu 24 Dec"]) == (14, "10:00–19:00")


@pytest.mark.parametrize(
    ("policy", "line"), [("closed", "closed Christmas Day"), ("normal", "10:00–19:00 Christmas Day")]
)
def test_a_holiday_that_the_policy_settles_is_named_without_a_mark(policy: str, line: str, berlin: Store) -> None:
    Store.objects.filter(pk=berlin.pk).update(holiday_policy=policy)
    assert lines(berlin)["Fri 25 Dec"] == line


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("confirmed", "08:00–12:00 Inventory"),
        ("proposed", "10:00–19:00 not confirmed Inventory"),
        ("dismissed", "10:00–19:00 Christmas Day"),
    ],
)
def test_a_special_day_is_named_and_only_a_proposed_one_is_marked(state: str, line: str, berlin: Store) -> None:
    special(berlin, {"start": "08:00", "end": "12:00"}, state=state)
    assert lines(berlin)["Fri 25 Dec"] == line


def test_a_follower_shows_the_names_of_the_store_it_follows(berlin: Store) -> None:
    special(berlin, state="confirmed")
    follower = people.store(berlin.brand, "DE", "counter", hours_from=berlin)
    assert lines(follower, "de")["Fr 25. Dez"] == "geschlossen Inventur"


def test_days_that_nobody_knows_are_not_called_closed(world: people.World) -> None:
    made = people.store(world.rokid, "DE", "beach")
    summer = {"season_from": "06-01", "season_to": "08-31"}
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=EVERY_DAY, **summer)
    assert set(lines(made).values()) == {"not known"}
    special(made, OPEN, date=date(2026, 12, 24))
    assert lines(made)["Thu 24 Dec"] == "10:00–19:00 Inventory"


def test_a_store_without_any_hours_has_no_days_but_for_what_is_decided(world: people.World) -> None:
    made = people.store(world.rokid, "DE", "new")
    assert lines(made) == {}
    special(made, OPEN)
    assert {day: line for day, line in lines(made).items() if line != "not known"} == {
        "Fri 25 Dec": "10:00–19:00 Inventory"
    }


def test_a_day_over_midnight_is_written_on_the_day_that_it_begins(world: people.World) -> None:
    made = people.store(world.rokid, "DE", "bar")
    night = {"start": "20:00", "end": "02:00"}
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=[*[[]] * 5, [night], []])
    assert list(lines(made).items())[:1] == [("Sun 20 Dec", "closed")]
    assert lines(made)["Sat 26 Dec"] == "20:00–02:00"


def test_the_hours_editor_names_holidays_as_well(world: people.World, berlin: Store) -> None:
    html = shown(world.emma, berlin, {"purpose": "store", "days": ["09:30-18:00"] * 7})["html"]
    assert html.count("Christmas Day") == html.count("not confirmed") == 1


def test_partners_read_names_and_doubts_beside_their_counters_days(world: people.World) -> None:
    HolidayDate.objects.create(
        market=world.markets["HK"], date=CHRISTMAS, name={"en": "Christmas Day", "zh-Hant": "聖誕節"}, source="test"
    )
    made = people.store(world.rokid, "HK", "central", operator=world.optician)
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=EVERY_DAY)
    Partner.objects.filter(pk=world.optician.pk).update(contact_email="mei@clearview.example")
    link = make_link(
        by=System("test"), partner=world.optician, quarter="2026Q4", email="mei@clearview.example", language="zh-Hant"
    )
    text = visitor().get(f"/counters/{link.token}/").content.decode()
    [cell] = [each for each in re.findall(r"<td>(.*?)</td>", text) if "聖誕節" in each]
    assert re.sub(r"<[^>]+>", "", cell) == "10:00–19:00 · 未確認 · 聖誕節"


def test_the_days_of_many_stores_cost_as_many_questions_as_those_of_one(world: people.World, berlin: Store) -> None:
    others = [people.store(world.rokid, "DE", f"b{number}") for number in range(3)]
    moment = datetime(2026, 12, 20, 11, tzinfo=UTC)
    hours.ahead([berlin.pk], moment)
    with CaptureQueriesContext(connection) as one:
        hours.ahead([berlin.pk], moment)
    with CaptureQueriesContext(connection) as many:
        hours.ahead([berlin.pk, *(each.pk for each in others)], moment)
    assert len(many) == len(one)
