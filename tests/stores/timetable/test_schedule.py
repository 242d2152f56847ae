"""What a schedule may say, how it is stored, and how it refuses nonsense."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.timetable.schedule import (
    Closure,
    Holiday,
    MonthDay,
    Period,
    Schedule,
    Season,
    SpecialDay,
    Week,
    claimed_twice,
    clock_text,
    day_from_json,
)

PERIODS = st.builds(Period, st.integers(0, 1439), st.integers(1, 1440))
TEN_TO_SIX = Period.between("10:00", "18:00")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("start", "end", "minute", "duration"),
    [
        ("09:00", "19:00", 540, 600),
        ("22:00", "06:00", 1320, 480),
        ("18:00", "24:00", 1080, 360),
        ("18:00", "00:00", 1080, 360),
        ("00:00", "24:00", 0, 1440),
        ("00:00", "00:00", 0, 1440),
        ("04:00", "04:00", 240, 1440),
        ("23:59", "23:58", 1439, 1439),
    ],
)
def test_an_end_at_or_before_the_start_is_past_midnight(start: str, end: str, minute: int, duration: int) -> None:
    assert Period.between(start, end) == Period(minute, duration)


@given(PERIODS)
def test_a_period_is_stored_and_read_back(period: Period) -> None:
    assert Period.from_json(period.to_json()) == period


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"start": "9:00", "end": "19:00"}, "start '9:00' is not HH:MM"),
        ({"start": "09:00", "end": "19:60"}, "end '19:60' is not HH:MM"),
        ({"start": "09:00", "end": "24:01"}, "end '24:01' is not HH:MM"),
        ({"start": "24:00", "end": "02:00"}, "start '24:00' is the next day's 00:00"),
        ({"start": 540, "end": "19:00"}, "start '540' is not HH:MM"),
        ({"start": "09:00"}, 'a period is {"start": "HH:MM", "end": "HH:MM"}'),
        ({"start": "09:00", "end": "10:00", "note": ""}, 'a period is {"start": "HH:MM", "end": "HH:MM"}'),
        ("09:00-10:00", 'a period is {"start": "HH:MM", "end": "HH:MM"}'),
        ({"start": "٠٩:٠٠", "end": "10:00"}, "start '٠٩:٠٠' is not HH:MM"),
    ],
)
def test_a_wrong_period_names_its_mistake(value: object, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the whole message is compared below
        Period.from_json(value)
    assert str(refused.value) == message


@pytest.mark.parametrize("numbers", [(-1, 10), (1440, 10), (0, 0), (0, 1441)])
def test_a_period_stays_within_its_bounds(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a period"):
        Period(*numbers)


def test_a_week_is_stored_and_read_back() -> None:
    week = Week(((TEN_TO_SIX,),) * 5 + ((Period(1320, 480), Period(600, 120)), ()))
    assert Week.from_json(week.to_json()) == week
    assert week.to_json()[5] == [{"start": "10:00", "end": "12:00"}, {"start": "22:00", "end": "06:00"}]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "a week is a list of seven lists of periods, Monday first"),
        ([[]] * 6, "a week is a list of seven lists of periods, Monday first"),
        ([[], [], "closed", [], [], [], []], "Wednesday: a day is a list of periods"),
        (
            [[], [{"start": "09:00", "end": "12:00"}, {"start": "1", "end": "2"}], [], [], [], [], []],
            "Tuesday, period 2: start '1' is not HH:MM",
        ),
        (
            [[{"start": "09:00", "end": "12:00"}, {"start": "11:30", "end": "13:00"}], [], [], [], [], [], []],
            "Monday: periods overlap at 11:30",
        ),
        (
            [[], [], [], [], [{"start": "20:00", "end": "06:00"}], [{"start": "05:00", "end": "09:00"}], []],
            "Friday and Saturday: periods overlap at 05:00",
        ),
        (
            [[{"start": "05:00", "end": "09:00"}], [], [], [], [], [], [{"start": "20:00", "end": "06:00"}]],
            "Sunday and Monday: periods overlap at 05:00",
        ),
    ],
)
def test_a_wrong_week_names_day_and_mistake(value: object, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the whole message is compared below
        Week.from_json(value)
    assert str(refused.value) == message


def test_periods_may_meet_without_overlap() -> None:
    day = (Period.between("00:00", "12:00"), Period.between("12:00", "24:00"))
    assert Week.daily(*day).always is True
    assert Week.daily().always is False
    assert Week.daily(TEN_TO_SIX).always is None
    assert Week.daily(Period.between("04:00", "04:00")).always is True


@pytest.mark.parametrize(
    ("days", "changes"),
    [
        ({0: ["10:00-18:00"], 2: ["09:00-12:00", "14:00-18:00"]}, (600, 1080, 3420, 3600, 3720, 3960)),
        # Periods that meet are one opening, also over midnight and from Sunday into Monday.
        ({0: ["10:00-12:00", "12:00-24:00"], 1: ["00:00-02:00"]}, (600, 1560)),
        ({0: ["00:00-04:00"], 6: ["20:00-24:00"]}, (9840, 10320)),
        ({0: ["00:00-04:00", "10:00-12:00"], 6: ["20:00-24:00"]}, (600, 720, 9840, 10320)),
        ({6: ["20:00-06:00"]}, (9840, 10440)),
        ({}, ()),
        ({weekday: ["04:00-04:00"] for weekday in range(7)}, ()),
    ],
)
def test_a_week_opens_and_closes_in_turn(days: dict[int, list[str]], changes: tuple[int, ...]) -> None:
    week = Week.of([[Period.between(*text.split("-")) for text in days.get(weekday, [])] for weekday in range(7)])
    assert week.changes == changes


def test_a_day_is_read_alone() -> None:
    assert day_from_json([{"start": "10:00", "end": "18:00"}]) == (TEN_TO_SIX,)


def test_a_season_may_run_over_the_new_year() -> None:
    winter = Season(MonthDay.parse("11-01"), MonthDay.parse("02-29"), Week.daily())
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 1), date(2027, 2, 28), date(2027, 3, 1)]
    assert [winter.includes(day) for day in days] == [False, True, True, True, False]
    assert str(winter) == "11-01 to 02-29"


@pytest.mark.parametrize("text", ["02-30", "13-01", "1-1", "00-10", "04-31", ""])
def test_a_day_of_the_year_exists(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day of the year"):
        MonthDay.parse(text)


def test_two_seasons_do_not_claim_one_day() -> None:
    summer = Season(MonthDay(5, 1), MonthDay(9, 30), Week.daily())
    winter = Season(MonthDay(9, 30), MonthDay(3, 1), Week.daily())
    with pytest.raises(ValueError, match="the seasons 05-01 to 09-30 and 09-30 to 03-01 overlap"):
        Schedule(BERLIN, seasons=(summer, winter))
    assert claimed_twice([("05-01", "09-30"), ("11-01", "12-31"), ("09-30", "10-01")])
    assert not claimed_twice([("05-01", "09-30"), ("10-01", "04-30")])
    with pytest.raises(ValueError, match="is not a day of the year"):
        claimed_twice([("02-30", "03-01")])


def test_two_special_days_do_not_claim_one_date() -> None:
    day = SpecialDay(date(2026, 12, 24), ())
    with pytest.raises(ValueError, match="2026-12-24 has two special days"):
        Schedule(BERLIN, special_days=(day, day))


def test_a_closure_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end on 2026-03-01"):
        Closure(date(2026, 3, 1), until=date(2026, 3, 1))
    with pytest.raises(ValueError, match="a permanent closure has no end"):
        Closure(date(2026, 3, 1), until=date(2026, 4, 1), permanent=True)


def test_schedules_compare_by_what_they_say() -> None:
    one, other = (Schedule(BERLIN, Week.daily(TEN_TO_SIX), holidays=(Holiday(date(2026, 1, 1), "x"),)) for _ in "ab")
    assert one == other


def test_a_clock_reads_24_only_at_the_end() -> None:
    assert [clock_text(minute) for minute in (0, 59, 1440, 1500, 2880)] == ["00:00", "00:59", "24:00", "01:00", "24:00"]
