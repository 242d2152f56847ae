"""Templates of special days: what may be written, and what it makes of a store's usual day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.timetable.schedule import Period, day_from_json
from stores.timetable.templates import DayPlan, plan_from_json
from tests.stores.timetable.schedules import weeks

DAY = day_from_json([{"start": "10:00", "end": "13:00"}, {"start": "15:00", "end": "02:00"}])


def test_a_template_is_read_in_order_of_its_days() -> None:
    plans = plan_from_json([
        {"from": 0, "to": 2, "periods": []},
        {"from": -1, "closes": "15:00"},
        {"from": 3, "opens": "12:00", "closes": "24:00"},
    ])  # fmt: skip
    assert plans == (DayPlan(-1, -1, closes=900), DayPlan(0, 2, periods=()), DayPlan(3, 3, opens=720, closes=1440))
    assert [str(plan) for plan in plans] == ["closes 15:00", "closed", "opens 12:00, closes 24:00"]
    assert plans[1].dates(date(2026, 12, 31)) == (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (None, 900, ["10:00-13:00"]),
        (None, 720, ["10:00-12:00"]),
        (None, 1440, ["10:00-13:00", "15:00-24:00"]),
        (720, None, ["12:00-13:00", "15:00-02:00"]),
        (840, 1000, ["15:00-16:40"]),
        (None, 600, []),
    ],
)
def test_the_usual_day_is_cut(opens: int | None, closes: int | None, expected: list[str]) -> None:
    hours = DayPlan(0, 0, opens=opens, closes=closes).hours(DAY)
    assert hours is not None
    assert [str(period) for period in hours] == expected


def test_hours_of_its_own_need_no_usual_day_and_a_cut_does() -> None:
    assert DayPlan(0, 0, periods=(Period(480, 960),)).hours(None) == (Period(480, 960),)
    assert DayPlan(0, 0, closes=900).hours(None) is None


@given(weeks, st.integers(0, 6), st.integers(0, 1440), st.integers(0, 1440))
def test_what_is_cut_lies_within_the_usual_hours_and_the_limits(week: Any, weekday: int, one: int, other: int) -> None:
    opens, closes = sorted((one, other))
    hours = DayPlan(0, 0, opens=opens, closes=closes).hours(week.days[weekday])
    assert hours is not None
    kept = {minute for period in hours for minute in range(period.start_minute, period.end_minute)}
    usual = {minute for period in week.days[weekday] for minute in range(period.start_minute, period.end_minute)}
    assert kept == {minute for minute in usual if opens <= minute < closes}


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([], "at least one"),
        ("closed", "at least one"),
        ([{"to": 1, "periods": []}], "line 1: days are"),
        ([{"from": 0, "periods": []}, {"from": 1, "what": 1}], "line 2: days are"),
        ([{"from": True, "periods": []}], "whole numbers"),
        ([{"from": 2, "to": 1, "periods": []}], "the first not after the last"),
        ([{"from": -99, "periods": []}], "from -31 to 31"),
        ([{"from": 0}], "either hours of its own, or"),
        ([{"from": 0, "periods": [], "closes": "15:00"}], "either hours of its own, or"),
        ([{"from": 0, "opens": "15:00", "closes": "15:00"}], "it closes before it opens"),
        ([{"from": 0, "closes": "25:00"}], "is not HH:MM"),
        ([{"from": 0, "periods": [{"start": "10:00"}]}], "day 0, period 1"),
        ([{"from": 0, "to": 3, "periods": []}, {"from": 3, "closes": "15:00"}], "day 3 is named twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(days: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan_from_json(days)


def test_a_template_reaches_a_month_both_ways() -> None:
    [plan] = plan_from_json([{"from": -31, "to": 31, "periods": []}])
    assert len(plan.dates(date(2026, 6, 1))) == 63
    assert plan.dates(date(2026, 6, 1))[0] == date(2026, 6, 1) - timedelta(days=31)
