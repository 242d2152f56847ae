"""One store that has something of everything a feed can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from stores.feeds.store import FeedStore
from stores.timetable.schedule import Holiday, HolidayPolicy, Period, Schedule, SpecialDay, Week
from stores.values.addresses import Address

TODAY = date(2026, 12, 21)
TOKYO = ZoneInfo("Asia/Tokyo")
DAY = Period.between("11:00", "20:00")
GINZA = FeedStore(
    uid="0b0c2f4e-0000-4000-8000-000000000001",
    code="jp-ginza",
    brand="Rokid",
    market="JP",
    format="flagship",
    status="open",
    names={"en": "Rokid Ginza", "ja": "Rokid 銀座"},
    descriptions={"en": "Try the glasses.", "ja": "グラスを試せます。"},
    addresses={
        "en": Address(("4-6-16 Ginza",), locality="Chuo-ku", administrative_area="Tokyo", postal_code="104-0061"),
        "ja": Address(("銀座4-6-16",), locality="中央区", administrative_area="東京都", postal_code="104-0061"),
    },
    primary_address="ja",
    latitude=35.6717,
    longitude=139.765,
    time_zone="Asia/Tokyo",
    phone="+81312345678",
    email="ginza@example.com",
    website="https://example.com/ginza",
    spoken=("ja", "en"),
    services=("lens_fitting", "repair"),
    operator={},
    opening_date=date(2024, 4, 1),
    closing_date=None,
    reopen_date=None,
    updated_at=datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC),
    schedule=Schedule(
        TOKYO,
        Week.of([[DAY]] * 5 + [[Period.between("10:00", "13:00"), Period.between("14:00", "24:00")], []]),
        special_days=(
            SpecialDay(date(2026, 12, 31), (Period.between("11:00", "15:00"),), "Year's end", by="kenji@example.com"),
            SpecialDay(date(2026, 12, 25), (DAY,), "Christmas"),
            SpecialDay(date(2027, 1, 4), (), "stocktaking", confirmed=False),
        ),
        holidays=(Holiday(date(2027, 1, 1), "New Year's Day"),),
        policy=HolidayPolicy.CLOSED,
    ),
    today=TODAY,
    default_language="en",
)


def ginza(**fields: Any) -> FeedStore:
    """Ginza with other fields."""
    return replace(GINZA, **fields)


def bare() -> FeedStore:
    """A store of which nobody knows more than where the brand put it in the list."""
    return ginza(
        names={}, descriptions={}, addresses={}, primary_address="", latitude=None, longitude=None, phone="", email="",
        website="", spoken=(), services=(), opening_date=None, schedule=Schedule(TOKYO),
    )  # fmt: skip
