from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from stores.feeds import schema_org
from stores.timetable.osm import format_osm
from stores.timetable.parse import HoursNotUnderstood, parse_hours
from stores.timetable.schedule import Period, Schedule, Week
from tests.stores.feeds.records import GINZA, TOKYO, ginza

SHOP = Period.between("09:00", "18:00")


def read(document: Any) -> str:
    return format_osm(parse_hours(json.dumps(document)).week)


def google(*periods: tuple[str, Any, str, Any]) -> dict[str, Any]:
    names = ("openDay", "openTime", "closeDay", "closeTime")
    return {"regularHours": {"periods": [dict(zip(names, period, strict=True)) for period in periods]}}


@pytest.mark.parametrize(
    ("document", "hours"),
    [
        (
            [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": ["Monday", "Tuesday"],
                    "opens": "09:00",
                    "closes": "18:00",
                }
            ],
            "Mo-Tu 09:00-18:00",
        ),
        (
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": "http://schema.org/Sa",
                "opens": "9:00:00",
                "closes": "02:00",
            },
            "Sa 09:00-02:00",
        ),
        (
            {
                "@type": "Store",
                "openingHoursSpecification": [{"dayOfWeek": ["Su"], "opens": "00:00", "closes": "23:59"}],
            },
            "Su 00:00-24:00",
        ),
        ([{"dayOfWeek": "Monday", "opens": "00:00", "closes": "00:00"}, {"dayOfWeek": "Tuesday"}], "off"),
        (google(("MONDAY", "09:00", "MONDAY", "18:00")), "Mo 09:00-18:00"),
        (google(("SUNDAY", {"hours": 18}, "MONDAY", {"hours": 2, "minutes": 30})), "Su 18:00-02:30"),
        (google(("FRIDAY", {}, "FRIDAY", {"hours": 24})), "Fr 00:00-24:00"),
        ({"periods": [{"open": {"day": 1, "time": "0900"}, "close": {"day": 1, "time": "1800"}}]}, "Mo 09:00-18:00"),
        ({"periods": [{"open": {"day": 0, "time": "0000"}}]}, "24/7"),
        (
            {"periods": [{"open": {"day": 6, "hour": 9}, "close": {"day": 0, "hour": 1, "minute": 15}}]},
            "Sa 09:00-01:15",
        ),
    ],
)
def test_the_shapes_of_other_systems_are_understood(document: Any, hours: str) -> None:
    assert read(document) == hours


def test_special_days_of_both_are_understood() -> None:
    special = {
        "specialHourPeriods": [
            {"startDate": {"year": 2026, "month": 12, "day": 25}, "closed": True},
            {"startDate": {"year": 2026, "month": 12, "day": 24}, "openTime": {"hours": 9}, "closeTime": {"hours": 18}},
        ]
    }
    found = parse_hours(json.dumps(google(("MONDAY", "09:00", "MONDAY", "18:00")) | {"specialHours": special}))
    assert [(day.date, day.periods) for day in found.special_days] == [
        (date(2026, 12, 24), (SHOP,)),
        (date(2026, 12, 25), ()),
    ]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([{"dayOfWeek": "Funday", "opens": "09:00", "closes": "18:00"}], "'Funday' is not a day of the week"),
        ([{"dayOfWeek": "Monday", "opens": "25:00", "closes": "18:00"}], "'25:00' is not a time of day"),
        ([{"dayOfWeek": "Monday", "opens": "09:00"}], "'None' is not a time of day"),
        ([{"opens": "09:00", "closes": "18:00"}], "it names neither weekdays nor a date"),
        (
            [
                {
                    "dayOfWeek": "Monday",
                    "opens": "09:00",
                    "closes": "18:00",
                    "validFrom": "2026-06-01",
                    "validThrough": "2026-08-31",
                }
            ],
            "it holds for a part of one year only",
        ),
        (google(("MONDAY", "09:00", "THURSDAY", "18:00")), "a period is longer than 24 hours or ends before it begins"),
        (google(("MONDAY", "18:00", "MONDAY", "09:00")), "a period is longer than 24 hours or ends before it begins"),
        ({"periods": [{"open": {"day": 0, "time": "0900"}}]}, "a closing time is missing"),
        (
            {"periods": [{"open": {"day": 9, "time": "0900"}, "close": {"day": 9, "time": "1800"}}]},
            "'9' is not a day of the week",
        ),
        ([1, 2], "its JSON does not have the form of opening hours"),
        ({"periods": None}, "its JSON does not have the form of opening hours"),
        (
            {"specialHours": {"specialHourPeriods": [{"startDate": "soon"}]}},
            "its JSON does not have the form of opening hours",
        ),
    ],
)
def test_what_could_mean_something_else_is_refused_with_its_reason(document: Any, reason: str) -> None:
    with pytest.raises(HoursNotUnderstood) as refused:
        read(document)
    assert refused.value.reason.startswith(reason)


def test_deep_nesting_is_not_valid() -> None:
    with pytest.raises(HoursNotUnderstood):
        parse_hours("[" * 19_000)


def test_what_our_own_feed_says_is_read_back() -> None:
    made = schema_org.store(GINZA, "en")
    found = parse_hours(json.dumps(made))
    assert found.week == GINZA.schedule.regular
    assert [(day.date, day.periods) for day in found.special_days] == [
        (date(2026, 12, 31), (Period.between("11:00", "15:00"),)),
        (date(2027, 1, 1), ()),
    ]
    night = Week.daily(Period.between("18:00", "02:00"))
    assert parse_hours(json.dumps(schema_org.store(ginza(schedule=Schedule(TOKYO, night)), "en"))).week == night
