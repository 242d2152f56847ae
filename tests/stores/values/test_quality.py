"""The score of a store's data, part by part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stores.values.addresses import Address
from stores.values.coordinates import Point
from stores.values.quality import VERIFIED_WITHIN, WEIGHTS, StoreFacts, assess
from stores.values.quarters import quarter_of, quarter_start

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PERFECT = StoreFacts(
    country="HK",
    address=Address(lines=("1 Nathan Road",), administrative_area="Kowloon"),
    position=Point(22.2988, 114.1722),
    time_zone="Asia/Hong_Kong",
    has_hours=True,
    holidays_settled=True,
    phone="+85221234567",
    named_in=("zh-Hant-HK", "en"),
    languages=("zh-Hant", "en"),
    verified_at=NOW - timedelta(days=10),
)


def test_the_parts_make_a_hundred_points() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_nothing_is_lacking_until_the_confirmation_is_old() -> None:
    found = assess(PERFECT, NOW)
    assert (found.score, found.gaps, found.holds_until) == (100, (), NOW + timedelta(days=110))


@pytest.mark.parametrize(
    ("lacking", "change"),
    [
        ("address", {"address": None}),
        ("address", {"address": Address(lines=("1 Nathan Road",))}),
        ("position", {"position": None}),
        ("position", {"position": Point(114.1722 - 90, 22.2988)}),
        ("position", {"position": Point(0.0, 0.0)}),
        ("position", {"time_zone": "Asia/Tokyo"}),
        ("hours", {"has_hours": False}),
        ("holidays", {"holidays_settled": False}),
        ("phone", {"phone": ""}),
        ("phone", {"phone": "+8521234"}),
        ("names", {"named_in": ("en",)}),
        ("names", {"named_in": ("zh-Hans", "en")}),
        ("verified", {"verified_at": None}),
        ("verified", {"verified_at": NOW - VERIFIED_WITHIN}),
    ],
)
def test_each_part_costs_its_own_points(lacking: str, change: dict[str, Any]) -> None:
    found = assess(replace(PERFECT, **change), NOW)
    assert (found.score, found.gaps) == (100 - WEIGHTS[lacking], (lacking,))


def test_a_clock_that_is_the_same_is_no_contradiction() -> None:
    assert assess(replace(PERFECT, time_zone="Asia/Shanghai"), NOW).gaps == ()


def test_a_store_of_which_nothing_is_known_has_no_points() -> None:
    blank = replace(
        PERFECT,
        address=None,
        position=None,
        has_hours=False,
        holidays_settled=False,
        phone="",
        named_in=(),
        verified_at=None,
    )
    assert assess(blank, NOW).score == 0


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "2026Q1"),
        (date(2026, 3, 31), "2026Q1"),
        (date(2026, 4, 1), "2026Q2"),
        (date(2026, 9, 30), "2026Q3"),
        (date(2026, 12, 31), "2026Q4"),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: str) -> None:
    assert quarter_of(day) == quarter


def test_a_quarter_begins_where_its_first_day_comes_first() -> None:
    assert quarter_start("2026Q4") == datetime(2026, 9, 30, 10, tzinfo=UTC)
    for wrong in ("2026Q5", "2026-Q4", "2026q4", ""):
        with pytest.raises(ValueError, match="is not a quarter"):
            quarter_start(wrong)
