"""Random schedules in zones with every kind of clock change, checked against a literal minute-by-minute reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.timetable.evaluate import HORIZON_DAYS, Answer, State, intervals, state_at
from stores.timetable.schedule import Period, Schedule, SpecialDay, Week
from tests.stores.timetable.schedules import (
    MARKET_ZONES,
    TRICKY_ZONES,
    clock_changes,
    schedules,
    states_by_minute,
    zones,
)

_BEGIN = datetime(2024, 1, 4, tzinfo=UTC)
_MOMENTS = st.integers(0, 8 * 365 * 1440).map(lambda minute: _BEGIN + timedelta(minutes=minute))


@lru_cache
def _changes(zone: ZoneInfo) -> list[datetime]:
    return clock_changes(zone)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """A schedule with exceptions around a moment, which often lies on a night when clocks change."""
    zone = draw(zones)
    moment = draw(_MOMENTS)
    changes = _changes(zone)
    if draw(st.booleans()) and changes:
        moment = draw(st.sampled_from(changes)) + timedelta(minutes=draw(st.integers(-1500, 1500)))
    near = st.integers(-3, 3).map(lambda days: moment.date() + timedelta(days=days))
    schedule = draw(schedules(near))
    return Schedule(**{**{name: getattr(schedule, name) for name in _FIELDS}, "zone": zone}), moment


_FIELDS = (
    "regular",
    "seasons",
    "special_days",
    "holidays",
    "policy",
    "holiday_hours",
    "closures",
    "opens_on",
    "closes_on",
)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_state_is_what_the_wall_clock_says_in_every_minute(case: tuple[Schedule, datetime]) -> None:
    schedule, moment = case
    start = moment - timedelta(hours=30)
    expected = states_by_minute(schedule, start, 3600)
    for minute in range(0, 3600, 7):
        answer = state_at(schedule, start + timedelta(minutes=minute))
        assert answer.state == expected[minute], start + timedelta(minutes=minute)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_an_answer_holds_from_since_until_until_and_no_longer(case: tuple[Schedule, datetime]) -> None:
    schedule, moment = case
    answer = state_at(schedule, moment)
    edges = [edge for edge in (answer.since, answer.until) if edge]
    expected = states_by_minute(schedule, moment - timedelta(hours=40), 80 * 60)
    for index, state in enumerate(expected):
        minute = moment - timedelta(hours=40) + timedelta(minutes=index)
        if (answer.since is None or answer.since <= minute) and (answer.until is None or minute < answer.until):
            assert state == answer.state, minute
    for edge in edges:
        before, after = state_at(schedule, edge - timedelta(seconds=1)), state_at(schedule, edge)
        assert before.state != after.state, edge
        assert before.until == after.since == edge
        assert abs(edge - moment) <= timedelta(days=HORIZON_DAYS)


@settings(max_examples=40, deadline=None)
@given(schedules(), _MOMENTS)
def test_following_the_changes_through_three_years_meets_every_state(schedule: Schedule, moment: datetime) -> None:
    """Steps from change to change, backwards and forwards, tell the same story."""
    seen: list[Answer] = []
    answer = state_at(schedule, moment)
    while answer.until and answer.until < moment + timedelta(days=1100) and len(seen) < 400:
        seen.append(answer)
        following = state_at(schedule, answer.until)
        assert (following.since, following.state != answer.state) == (answer.until, True)
        answer = following
    for earlier in reversed(seen):
        assert answer.since is not None
        answer = state_at(schedule, answer.since - timedelta(microseconds=1))
        assert (answer.state, answer.until) == (earlier.state, earlier.until)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_intervals_agree_with_the_state(case: tuple[Schedule, datetime]) -> None:
    schedule, moment = case
    first = moment.date() - timedelta(days=4)
    listed = intervals(schedule, first, first + timedelta(days=9))
    for one, other in pairwise(listed):
        assert one.end <= other.start
    for interval in listed:
        assert interval.start < interval.end
        for instant in (interval.start, interval.end - timedelta(seconds=1)):
            answer = state_at(schedule, instant)
            assert (answer.state, answer.rule) == (State.OPEN, interval.rule)
            assert answer.until is None or answer.until >= interval.end
    for hour in range(0, 96, 3):
        instant = moment - timedelta(hours=48 - hour)
        covered = any(interval.start <= instant < interval.end for interval in listed)
        assert covered == (state_at(schedule, instant).state is State.OPEN), instant


@settings(max_examples=40, deadline=None)
@given(cases())
def test_a_schedule_asked_before_answers_like_a_fresh_one(case: tuple[Schedule, datetime]) -> None:
    schedule, moment = case
    for shift in (400, -400, 30, -7, 0):
        state_at(schedule, moment + timedelta(days=shift))
    fresh = Schedule(schedule.zone, **{name: getattr(schedule, name) for name in _FIELDS})
    assert state_at(schedule, moment) == state_at(fresh, moment)


def _kinds_of_change() -> Iterator[tuple[ZoneInfo, datetime]]:
    """One change of clocks of each kind: from which time of day to which, on which day of the week."""
    seen = set()
    for zone in (*TRICKY_ZONES, *MARKET_ZONES):
        for change in _changes(zone):
            before, after = ((change - timedelta(seconds=gone)).astimezone(zone) for gone in (1, 0))
            kind = (before.time(), after.time(), after.weekday())
            if kind not in seen:
                seen.add(kind)
                yield zone, change


def test_every_kind_of_change_that_our_markets_know_is_kept_minute_by_minute() -> None:
    """Hours that begin and end in, at and around the time that is missing or happens twice, and around the clock."""
    kinds = list(_kinds_of_change())
    assert len(kinds) > 15
    for zone, change in kinds:
        wall = change.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        start = change - timedelta(hours=5)
        for begins, lasts in ((-90, 60), (-60, 60), (-45, 30), (-30, 90), (0, 30), (-30, 1440), (-300, 480)):
            period = Period((minute + begins) % 1440, lasts)
            schedule = Schedule(zone, Week.daily(period))
            expected = states_by_minute(schedule, start, 600)
            found = [state_at(schedule, start + timedelta(minutes=minute)).state for minute in range(0, 600, 5)]
            assert found == expected[::5], (zone, change, period)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        state_at(Schedule(ZoneInfo("UTC")), datetime(2026, 1, 1))  # noqa: DTZ001  the mistake under test


def test_no_hours_are_unknown_for_as_long_as_anybody_looks() -> None:
    answer = state_at(Schedule(ZoneInfo("Asia/Tokyo")), datetime(2026, 1, 1, tzinfo=UTC))
    assert (answer.state, answer.since, answer.until) == (State.UNKNOWN, None, None)
    assert answer.rule.text == "no hours known"
    assert intervals(Schedule(ZoneInfo("Asia/Tokyo")), date(2026, 1, 1), date(2026, 2, 1)) == []


@pytest.mark.parametrize("hour", [11, 23, 29])
def test_an_evening_that_goes_on_by_another_rule_is_one_opening(hour: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    evening, night = Period.between("10:00", "24:00"), Period.between("00:00", "06:00")
    shop = Schedule(zone, Week.daily(evening), special_days=(SpecialDay(date(2026, 11, 27), (night,), "Sale"),))
    answer = state_at(shop, datetime(2026, 11, 26, tzinfo=zone) + timedelta(hours=hour))
    opening = datetime(2026, 11, 26, 10, tzinfo=zone), datetime(2026, 11, 27, 6, tzinfo=zone)
    assert (answer.state, (answer.since, answer.until)) == (State.OPEN, opening)
