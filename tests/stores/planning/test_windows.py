"""Campaign windows as instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.planning.windows import Window, resolve

ODD = ("Etc/", "SystemV/", "posix", "right")
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(ODD))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Tokyo", "2026-11-26T15:00"),
        ("Asia/Seoul", "2026-11-26T15:00"),
        ("Asia/Shanghai", "2026-11-26T16:00"),
        ("Asia/Singapore", "2026-11-26T16:00"),
        ("Asia/Bangkok", "2026-11-26T17:00"),
        ("Asia/Kolkata", "2026-11-26T18:30"),
        ("Asia/Dubai", "2026-11-26T20:00"),
        ("Europe/Istanbul", "2026-11-26T21:00"),
        ("Europe/Athens", "2026-11-26T22:00"),
        ("Europe/Berlin", "2026-11-26T23:00"),
        ("Europe/London", "2026-11-27T00:00"),
    ],
)
def test_each_market_begins_at_its_own_midnight(zone: str, instant: str) -> None:
    starts_at, _ = resolve(Window(wall("2026-11-27T00:00"), wall("2026-12-01T00:00"), zone))
    assert starts_at == wall(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "midnight", "instant"),
    [("Africa/Cairo", "2027-04-30T00:00", "2027-04-29T22:00"), ("Asia/Beirut", "2027-03-28T00:00", "2027-03-27T22:00")],
)
def test_a_midnight_that_does_not_exist_is_the_first_instant_after(zone: str, midnight: str, instant: str) -> None:
    starts_at, _ = resolve(Window(wall(midnight), wall("2027-06-01T00:00"), zone))
    assert starts_at == wall(instant).replace(tzinfo=UTC)


def test_two_calendar_days_over_the_end_of_summer_time_are_49_hours() -> None:
    starts_at, ends_at = resolve(Window(wall("2026-10-24T00:00"), wall("2026-10-26T00:00"), "Europe/Berlin"))
    assert ends_at - starts_at == timedelta(hours=49)


def test_a_wall_clock_with_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no zone"):
        resolve(Window(wall("2026-10-24T00:00Z"), wall("2026-10-26T00:00Z"), "Europe/Berlin"))


minutes = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@given(minutes, st.sampled_from(ZONES))
def test_an_instant_reads_on_the_wall_as_it_was_written_or_is_the_first_after_a_gap(start: datetime, zone: str) -> None:
    starts_at, _ = resolve(Window(start, start + timedelta(days=1), zone))
    shown = starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = (starts_at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert shown == start or (before < start < shown)


@given(minutes, st.integers(1, 60 * 24 * 40), st.sampled_from(ZONES))
def test_a_window_never_ends_before_it_starts(start: datetime, length: int, zone: str) -> None:
    starts_at, ends_at = resolve(Window(start, start + timedelta(minutes=length), zone))
    assert ends_at >= starts_at
