"""Calendars of countries and their parts, with the dates people look up first."""

from __future__ import annotations

from datetime import date

import pytest

from stores.timetable.holidays import holidays_of_parts, place, public_holidays
from stores.timetable.schedule import Certainty, Holiday, HolidayKind


def _dates(country: str, subdivision: str | None, year: int = 2026) -> set[date]:
    found = public_holidays(country, subdivision, years=[year])
    return {holiday.date for holiday in found if holiday.kind is HolidayKind.HOLIDAY}


@pytest.mark.parametrize(
    ("subdivision", "regional"),
    [
        ("BY", {date(2026, 1, 6)}),
        ("Bayern", {date(2026, 1, 6)}),
        ("DE-BW", {date(2026, 1, 6)}),
        ("Baden-Württemberg", {date(2026, 1, 6)}),
        ("baden-wurttemberg", {date(2026, 1, 6)}),
        ("Berlin", {date(2026, 3, 8)}),
        ("SN", {date(2026, 11, 18)}),
        ("Hamburg", set()),
        (None, set()),
    ],
)
def test_german_holidays_depend_on_the_land(subdivision: str | None, regional: set[date]) -> None:
    asked = {date(2026, 1, 6), date(2026, 3, 8), date(2026, 11, 18)}
    assert _dates("de", subdivision) & asked == regional
    assert date(2026, 10, 3) in _dates("DE", subdivision)


def test_dates_of_parts_only_are_known() -> None:
    assert {date(2026, 1, 6), date(2026, 3, 8), date(2026, 11, 18)} <= holidays_of_parts("DE", 2026)
    assert date(2026, 10, 3) not in holidays_of_parts("DE", 2026)
    assert holidays_of_parts("JP", 2026) == frozenset()


def test_china_gives_days_off_and_makes_them_up() -> None:
    found = public_holidays("CN", years=[2026])
    golden_week = {date(2026, 10, day) for day in (1, 2, 3, 5, 6, 7)}
    assert {
        holiday.date for holiday in found if holiday.date.month == 10 and holiday.kind is HolidayKind.HOLIDAY
    } == golden_week
    worked = [(holiday.date, holiday.counts_as) for holiday in found if holiday.kind is HolidayKind.WORKING_DAY]
    assert worked == [
        (date(2026, 1, 4), 4),
        (date(2026, 2, 14), 4),
        (date(2026, 2, 28), 0),
        (date(2026, 5, 9), 1),
        (date(2026, 9, 20), 1),
        (date(2026, 10, 10), 2),
    ]
    assert Holiday(date(2026, 10, 7), "day off, worked on 2026-10-10") in found


def test_a_year_without_its_decree_is_incomplete_and_a_moon_date_estimated() -> None:
    assert {holiday.certainty for holiday in public_holidays("CN", years=[2026])} == {Certainty.CERTAIN}
    assert {holiday.certainty for holiday in public_holidays("CN", years=[2090])} == {Certainty.INCOMPLETE}
    eid = next(day for day in public_holidays("AE", years=[2031]) if day.name == "Eid al-Fitr")
    assert eid.certainty is Certainty.ESTIMATED


@pytest.mark.parametrize(
    ("country", "subdivision", "message"),
    [
        ("XX", None, "there is no holiday calendar of 'XX'"),
        ("DE", "Transylvania", "'Transylvania' is not a subdivision of DE with holidays of its own"),
    ],
)
def test_an_unknown_place_is_refused(country: str, subdivision: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(country, subdivision)


def test_a_year_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no holiday calendar of DE for 2500"):
        public_holidays("DE", years=[2500])
