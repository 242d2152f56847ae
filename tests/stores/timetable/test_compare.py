"""Two schedules are compared by what they say, and the first instant that differs is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stores.timetable.compare import first_difference
from stores.timetable.parse import parse_hours
from stores.timetable.schedule import Closure, MonthDay, Schedule, Season, SpecialDay, Week
from tests.stores.timetable.schedules import schedules, states_by_minute

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def _schedule(text: str, zone: ZoneInfo = BERLIN) -> Schedule:
    return Schedule(zone, parse_hours(text).week)


def test_the_same_hours_written_differently_do_not_differ() -> None:
    shop = _schedule("Mo-Sa 09:00-18:00")
    assert first_difference(shop, _schedule("Mo-Fr 09:00-12:00,12:00-18:00; Sa 09:00-18:00"), *YEAR) is None
    closed = replace(shop, special_days=(SpecialDay(date(2026, 11, 22), ()),), resolved={})
    assert first_difference(shop, closed, *YEAR) is None
    all_year = Schedule(BERLIN, Week.daily(), seasons=(Season(MonthDay(1, 1), MonthDay(12, 31), shop.regular),))  # type: ignore[arg-type]  # it has hours
    assert first_difference(shop, all_year, *YEAR) is None


def test_the_first_instant_that_differs_is_named() -> None:
    shop = _schedule("Mo-Sa 09:00-18:00")
    longer = _schedule("Mo-Fr 09:00-18:00; Sa 09:00-20:00")
    assert first_difference(shop, longer, *YEAR) == datetime(2026, 1, 3, 17, tzinfo=UTC)
    assert first_difference(shop, longer, YEAR[0], datetime(2026, 1, 3, 17, tzinfo=UTC)) is None
    shut = replace(shop, closures=(Closure(date(2026, 7, 5), date(2026, 7, 7)),), resolved={})
    assert first_difference(shop, shut, *YEAR) == datetime(2026, 7, 6, 7, tzinfo=UTC)
    # Lisbon is an hour behind: it opens and closes later.
    lisbon = _schedule("Mo-Sa 09:00-18:00", ZoneInfo("Europe/Lisbon"))
    assert first_difference(shop, lisbon, *YEAR) == datetime(2026, 1, 1, 8, tzinfo=UTC)


def test_a_difference_far_away_is_found() -> None:
    always = _schedule("24/7")
    closing = replace(always, closes_on=date(2031, 5, 1), resolved={})
    found = first_difference(always, closing, YEAR[0], datetime(2040, 1, 1, tzinfo=UTC))
    assert found == datetime(2031, 4, 30, 22, tzinfo=UTC)
    assert first_difference(always, closing, YEAR[0], datetime(2031, 1, 1, tzinfo=UTC)) is None


_NEAR = st.integers(-2, 2).map(lambda days: date(2026, 3, 29) + timedelta(days=days))


@settings(max_examples=30, deadline=None)
@given(schedules(_NEAR), schedules(_NEAR))
def test_it_is_the_first_minute_that_differs(one: Schedule, other: Schedule) -> None:
    start = datetime(2026, 3, 27, tzinfo=UTC)
    minutes = 3 * 1440
    expected = next(
        (
            start + timedelta(minutes=minute)
            for minute, (a, b) in enumerate(
                zip(states_by_minute(one, start, minutes), states_by_minute(other, start, minutes), strict=True)
            )
            if a != b
        ),
        None,
    )
    assert first_difference(one, other, start, start + timedelta(minutes=minutes)) == expected
