"""From rows to an answer: special days, holidays by market and part, policies, followed stores, purposes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.actions.records import save_record
from stores.models import HolidayDate, Market, MarketEntry, SpecialDay, Store, StoreAddress, WeeklyHours
from stores.models.queries.opening_rows import schedules
from stores.timetable.evaluate import state_at
from tests.people import World, store

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
WEEK = (
    [[{"start": "10:00", "end": "18:00"}]] * 5
    + [[{"start": "10:00", "end": "16:00"}]]
    + [[{"start": "13:00", "end": "15:00"}]]
)
LATE = [{"start": "12:00", "end": "14:00"}]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def shop(world: World, code: str, market: str = "DE", **fields: Any) -> Store:
    made = store(world.rokid, market, code, **fields)
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    return made


def holiday(world: World, day: date, market: str = "DE", **fields: Any) -> None:
    HolidayDate.objects.create(
        market=world.markets[market], date=day, **{"name": {"en": "Fair Day"}, "source": "test", **fields}
    )


def special(place: Store, day: date, state: str = "confirmed", **fields: Any) -> None:
    decided = {} if state == "proposed" else {"decided_by": "olivia@example.com", "decided_at": NOON}
    SpecialDay.objects.create(brand=place.brand, store=place, date=day, state=state, **{**decided, **fields})


def said(place: Store, moment: str, purpose: str = "store") -> tuple[str, str, bool]:
    """The state, the deciding rule and whether somebody stands behind it."""
    answer = state_at(schedules([place.pk], purpose=purpose)[place.pk], datetime.fromisoformat(moment))
    return answer.state.value, answer.rule.text, answer.rule.confirmed


def test_a_holiday_that_nobody_decided_keeps_regular_hours_and_says_so(world: World) -> None:
    place = shop(world, "berlin")
    holiday(world, date(2026, 12, 8))
    assert said(place, "2026-12-08T12:00+01:00") == ("open", "holiday, unconfirmed: Fair Day", False)
    special(place, date(2026, 12, 8), "proposed", name={"en": "Fair Day"})
    assert said(place, "2026-12-08T12:00+01:00") == ("open", "holiday, unconfirmed: Fair Day", False)
    SpecialDay.objects.update(state="confirmed", decided_by="olivia@example.com", decided_at=NOON)
    assert said(place, "2026-12-08T12:00+01:00") == ("closed", "special day Fair Day", True)
    SpecialDay.objects.update(state="dismissed")
    assert said(place, "2026-12-08T12:00+01:00") == ("open", "regular hours", True)


@pytest.mark.parametrize(
    ("fields", "entry", "expected"),
    [
        ({}, "closed", ("closed", "holiday Fair Day: closed", True)),
        ({"holiday_policy": "normal"}, "closed", ("open", "regular hours", True)),
        ({"holiday_policy": "sunday_hours"}, "ask", ("closed", "holiday Fair Day: Sunday hours", True)),
        (
            {"holiday_policy": "own_hours", "holiday_hours": LATE},
            "ask",
            ("closed", "holiday Fair Day: holiday hours", True),
        ),
    ],
)
def test_the_stores_policy_comes_before_the_markets(
    world: World, fields: dict[str, Any], entry: str, expected: tuple[str, str, bool]
) -> None:
    MarketEntry.objects.filter(brand=world.rokid).update(holiday_policy=entry)
    place = shop(world, "berlin", **fields)
    holiday(world, date(2026, 12, 8))
    assert said(place, "2026-12-08T11:00+01:00") == expected


def test_a_part_of_a_country_has_its_own_calendar(world: World) -> None:
    Market.objects.filter(code="DE").update(holiday_country="DE", holiday_subdivision="BE")
    MarketEntry.objects.update(holiday_policy="closed")
    holiday(world, date(2026, 12, 25))
    for part, day in (("BY", 7), ("BE", 8), ("BY", 25), ("BE", 25)):
        holiday(world, date(2026, 12, day), subdivision=part)
    munich, berlin, said_so, hamburg = (shop(world, code) for code in ("munich", "berlin", "said", "hamburg"))
    Store.objects.filter(pk=said_so.pk).update(holiday_subdivision="BY")
    for place, area in ((munich, "Bayern"), (said_so, "Berlin"), (hamburg, "HH")):
        StoreAddress.objects.create(
            brand=world.rokid, store=place, language="de", is_primary=True, administrative_area=area
        )
    closed = {
        place.code: [day for day in (7, 8, 25) if said(place, f"2026-12-{day:02}T12:00+01:00")[0] == "closed"]
        for place in (munich, berlin, said_so, hamburg)
    }
    # Hamburg is known and has no rows of its own here, so the country's count.
    assert closed == {"munich": [7, 25], "berlin": [8, 25], "said": [7, 25], "hamburg": [25]}


def test_a_postcode_tells_the_part_where_the_address_does_not(world: World) -> None:
    Market.objects.filter(code="DE").update(holiday_country="FR")
    MarketEntry.objects.update(holiday_policy="closed")
    holiday(world, date(2026, 12, 26), subdivision="6AE")
    for code, postcode in (("strasbourg", "67000"), ("paris", "75008")):
        place = shop(world, code)
        StoreAddress.objects.create(
            brand=world.rokid, store=place, language="fr", is_primary=True, postal_code=postcode
        )
        assert (said(place, "2026-12-26T12:00+01:00")[0] == "closed") is (code == "strasbourg")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("closed", ("open", "holiday in parts of the country, unconfirmed: Epiphany", False)),
        ("sunday_hours", ("open", "holiday in parts of the country, unconfirmed: Epiphany", False)),
        ("ask", ("open", "holiday in parts of the country, unconfirmed: Epiphany", False)),
        ("normal", ("open", "regular hours", True)),
    ],
)
def test_a_store_that_may_be_anywhere_in_the_country_is_not_sure_of_what_only_parts_have(
    world: World, policy: str, expected: tuple[str, str, bool]
) -> None:
    Market.objects.filter(code="DE").update(holiday_country="DE")
    MarketEntry.objects.update(holiday_policy=policy)
    for part, day, name in (
        ("", 25, "Christmas"),
        ("BY", 7, "Epiphany"),
        ("BY", 25, "Christmas"),
        ("BE", 25, "Christmas"),
    ):
        holiday(world, date(2026, 12, day), subdivision=part, name={"en": name})
    holiday(world, date(2026, 12, 8), subdivision="BY", kind="working_day", counts_as=0)
    somewhere, munich, hamburg = (shop(world, code) for code in ("somewhere", "munich", "hamburg"))
    for place, area in ((munich, "Bayern"), (hamburg, "HH")):
        StoreAddress.objects.create(
            brand=world.rokid, store=place, language="de", is_primary=True, administrative_area=area
        )
    assert said(somewhere, "2026-12-07T12:00+01:00") == expected
    assert said(somewhere, "2026-12-08T12:00+01:00") == ("open", "regular hours", True)
    assert said(hamburg, "2026-12-07T12:00+01:00") == ("open", "regular hours", True)
    # Christmas is everywhere, and where the store is known, so is what it does.
    assert said(somewhere, "2026-12-25T12:00+01:00") == said(hamburg, "2026-12-25T12:00+01:00")
    assert (
        said(munich, "2026-12-07T12:00+01:00")[1].replace("Epiphany", "Christmas")
        == (said(munich, "2026-12-25T12:00+01:00")[1])
    )
    special(somewhere, date(2026, 12, 7), "dismissed")
    assert said(somewhere, "2026-12-07T12:00+01:00") == ("open", "regular hours", True)


def test_a_part_that_is_known_to_have_no_days_of_its_own_has_the_countrys(world: World) -> None:
    Market.objects.filter(code="FR").update(holiday_country="FR")
    MarketEntry.objects.update(holiday_policy="closed")
    holiday(world, date(2026, 12, 25), "FR")
    holiday(world, date(2026, 12, 26), "FR", subdivision="67")
    named, told, unknown = (shop(world, code, "FR") for code in ("named", "told", "unknown"))
    StoreAddress.objects.create(
        brand=world.rokid, store=named, language="fr", is_primary=True, administrative_area="Bretagne"
    )
    told.holiday_subdivision = "Bretagne"
    save_record(by=world.emma, obj=told, fields=["holiday_subdivision"])
    confirmed = {place.code: said(place, "2026-12-26T12:00+01:00")[2] for place in (named, told, unknown)}
    assert confirmed == {"named": True, "told": True, "unknown": False}


def test_a_country_whose_parts_have_no_calendars_is_one_place(world: World) -> None:
    MarketEntry.objects.update(holiday_policy="closed")
    holiday(world, date(2026, 12, 7))
    assert said(shop(world, "berlin"), "2026-12-07T12:00+01:00") == ("closed", "holiday Fair Day: closed", True)


def test_a_make_up_working_day_is_worked_in_china_where_the_store_has_a_policy(world: World) -> None:
    MarketEntry.objects.filter(market__code="JP").update(holiday_policy="closed")
    place = shop(world, "shanghai", "JP")
    holiday(world, date(2026, 10, 10), "JP", kind="working_day", counts_as=2, name={"en": "make-up working day"})
    # Saturdays end at 16:00, and this one is worked like a Wednesday.
    assert said(place, "2026-10-10T17:00+09:00")[::2] == ("open", True)
    Store.objects.update(holiday_policy="ask")
    assert said(place, "2026-10-10T17:00+09:00")[::2] == ("closed", False)


def test_what_a_person_called_an_ordinary_day_is_one(world: World) -> None:
    place = shop(world, "berlin", holiday_policy="closed")
    holiday(world, date(2026, 12, 8), kind="ordinary", overridden_by="olivia@example.com", overridden_at=NOON)
    assert said(place, "2026-12-08T12:00+01:00") == ("open", "regular hours", True)


def test_a_calendar_is_read_again_when_a_row_of_it_comes_changes_or_goes(world: World) -> None:
    place = shop(world, "berlin", holiday_policy="closed")
    at = "2026-12-08T12:00+01:00"
    assert said(place, at)[0] == "open"
    holiday(world, date(2026, 12, 8))
    holiday(world, date(2026, 12, 9))
    assert said(place, at)[0] == "closed"
    HolidayDate.objects.filter(date=date(2026, 12, 8)).update(name={"en": "Other Day"})
    assert said(place, at)[1] == "holiday Other Day: closed"
    HolidayDate.objects.filter(date=date(2026, 12, 8)).delete()
    assert said(place, at)[0] == "open"


def test_a_counter_lives_by_its_host_and_keeps_what_it_decides_itself(world: World) -> None:
    host, counter = shop(world, "host", holiday_policy="closed"), store(world.rokid, "DE", "counter")
    WeeklyHours.objects.create(brand=world.rokid, store=counter, periods=[LATE] * 7)
    at = "2026-12-07T10:30+01:00"
    assert said(counter, at)[0] == "closed"
    Store.objects.filter(pk=counter.pk).update(hours_from=host)
    assert said(counter, at) == ("open", "regular hours", True)
    holiday(world, date(2026, 12, 7))
    assert said(counter, at) == ("closed", "holiday Fair Day: closed", True)
    special(host, date(2026, 12, 7), name={"en": "Night sale"}, periods=[{"start": "10:00", "end": "23:00"}])
    assert said(counter, at) == ("open", "special day Night sale", True)
    special(counter, date(2026, 12, 7), "proposed", name={"en": "Perhaps"})
    assert said(counter, at) == ("open", "special day Night sale", True)
    SpecialDay.objects.filter(store=counter).update(state="confirmed", decided_by="x", decided_at=NOON)
    assert said(counter, at) == ("closed", "special day Perhaps", True)
    Store.objects.filter(pk=host.pk).update(status="temporarily_closed")
    assert said(counter, "2026-12-08T10:30+01:00")[0] == "open"


def test_a_counter_that_lives_by_its_host_has_nothing_of_its_own_to_confirm(world: World) -> None:
    host = shop(world, "host", holiday_policy="closed")
    counter = shop(world, "counter", hours_from=host)
    day = date(2026, 12, 25)
    holiday(world, day)
    special(counter, day, "proposed")
    answer = state_at(schedules([counter.pk])[counter.pk], datetime(2026, 12, 25, 11, tzinfo=UTC))
    assert (answer.state.value, answer.rule.text, answer.rule.confirmed) == ("closed", "holiday Fair Day: closed", True)


def test_a_purpose_has_its_own_hours_and_rests_when_the_store_is_shut(world: World) -> None:
    place = shop(world, "berlin")
    assert said(place, "2026-12-07T12:00+01:00", "service") == ("unknown", "no hours known", True)
    WeeklyHours.objects.create(brand=world.rokid, store=place, purpose="service", periods=[LATE] * 7)
    assert said(place, "2026-12-07T12:00+01:00", "service")[0] == "open"
    assert said(place, "2026-12-07T11:00+01:00", "service")[0] == "closed"
    special(place, date(2026, 12, 7), name={"en": "Stocktaking"})
    assert said(place, "2026-12-07T12:00+01:00", "service") == ("closed", "special day Stocktaking", True)
    special(place, date(2026, 12, 7), purpose="service", name={"en": "Desk open"}, periods=LATE)
    assert said(place, "2026-12-07T12:00+01:00", "service") == ("open", "special day Desk open", True)
    assert said(place, "2026-12-07T12:00+01:00") == ("closed", "special day Stocktaking", True)
    special(place, date(2026, 12, 8), name={"en": "Long"}, periods=[{"start": "08:00", "end": "23:00"}])
    assert said(place, "2026-12-08T09:00+01:00", "service")[0] == "closed"


def test_many_stores_are_read_in_as_many_queries_as_one(world: World) -> None:
    def queries(places: list[Store]) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(schedules([place.pk for place in places])) == len(places)
        return len(asked)

    for number, code in enumerate(("DE", "FR", "JP")):
        holiday(world, date(2026, 12, 8), code)
        holiday(world, date(2026, 12, 8 + number), code, subdivision="X")
    one = shop(world, "one")
    Store.objects.filter(pk=shop(world, "two", "FR").pk).update(holiday_subdivision="X")
    places = [one, Store.objects.get(code="two"), shop(world, "three", "JP"), shop(world, "four", hours_from=one)]
    for place in places:
        special(place, date(2026, 12, 24))
    assert (queries([one]), queries(places), queries(places)) == (5, 5, 4)
