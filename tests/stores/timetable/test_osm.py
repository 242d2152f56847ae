"""OSM texts against opening-hours-py as oracle: our week must be open exactly when its evaluation says so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State, validate

from stores.timetable.evaluate import intervals
from stores.timetable.osm import DAYS, format_osm
from stores.timetable.parse import parse_hours
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.schedule import Period, Schedule, Week
from tests.stores.timetable.schedules import weeks

_UTC = ZoneInfo("UTC")
Spans = list[tuple[datetime, datetime]]

_SHIFT = 6
"""Hours by which our texts are later than the oracle's. Its periods stay within their day, so that it cannot end last night's
where another rule speaks of the next day; ours pass midnight, and belong to the day they start on."""


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


def _later(text: str) -> str:
    return re.sub(r"(\d\d)(?=:)", lambda hour: f"{int(hour[1]) + _SHIFT:02}", text)


_TIMES = st.tuples(st.integers(0, 47 - 2 * _SHIFT), st.integers(1, 48)).map(
    lambda drawn: f"{_clock(drawn[0])}-{_clock(min(sum(drawn), 48))}"
)
_DAY_RANGES = st.one_of(
    st.sampled_from(DAYS), st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map("-".join), st.just("PH")
)
_MONTHS = st.sampled_from(
    ["Jan", "May-Sep", "Nov-Feb", "Dec 24", "Dec 20-Jan 06", "2026 Dec 24", "Feb 29", "Jun 15-Jun 20"]
)


@st.composite
def _rule(draw: st.DrawFn) -> str:
    parts = []
    if draw(st.integers(0, 3)) == 0:
        parts.append(draw(_MONTHS))
    if draw(st.integers(0, 4)):
        parts.append(",".join(draw(st.lists(_DAY_RANGES, min_size=1, max_size=3))))
    if draw(st.integers(0, 5)):
        parts += [
            ",".join(draw(st.lists(_TIMES, min_size=1, max_size=3))),
            draw(st.sampled_from(["open", "open", "off"])),
        ]
    else:
        parts.append("closed")
    return " ".join(parts)


_TEXTS = st.tuples(st.lists(_rule(), min_size=1, max_size=4), st.sampled_from(["; ", ", "])).map(
    lambda pair: pair[1].join(pair[0])
)


def _ours(hours: ParsedHours, first: date, days: int) -> Spans:
    schedule = Schedule(_UTC, hours.week, seasons=hours.seasons, special_days=hours.special_days)
    listed = intervals(schedule, first - timedelta(days=2), first + timedelta(days=days))
    return _joined([(interval.start, interval.end) for interval in listed], first, days)


def _theirs(text: str, first: date, days: int) -> Spans:
    start = datetime(first.year, first.month, first.day, tzinfo=_UTC) - timedelta(days=2)
    found = OpeningHours(text, timezone=_UTC).intervals(start, start + timedelta(days=days + 2))
    far = start + timedelta(days=days + 4)
    return _joined([(begin, end or far) for begin, end, state, _ in found if state == State.OPEN], first, days)


def _joined(spans: Spans, first: date, days: int) -> Spans:
    """Spans that meet as one, within the days asked for."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    finish = begin + timedelta(days=days)
    joined: Spans = []
    for start, end in spans:
        clipped = max(start, begin), min(end, finish)
        if joined and clipped[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], clipped[1]))
        elif clipped[0] < clipped[1]:
            joined.append(clipped)
    return joined


@settings(max_examples=150, deadline=None)
@given(_TEXTS, st.sampled_from([date(2026, 11, 2), date(2026, 12, 18), date(2028, 2, 25), date(2027, 6, 10)]))
def test_our_reading_of_osm_is_open_when_the_oracle_is(text: str, first: date) -> None:
    assume(validate(text))
    try:
        hours = parse_hours(_later(text))
    except HoursNotUnderstood:
        return
    shift = timedelta(hours=_SHIFT)
    ours = [(start - shift, end - shift) for start, end in _ours(hours, first - timedelta(days=1), 16)]
    assert _joined(ours, first, 14) == _theirs(text, first, 14)


@settings(max_examples=120, deadline=None)
@given(weeks)
def test_a_week_is_written_and_read_back(week: Week) -> None:
    text = format_osm(week)
    assert parse_hours(text).week == week
    assert _ours(ParsedHours(week), date(2026, 11, 2), 14) == _theirs(text, date(2026, 11, 2), 14)


@pytest.mark.parametrize(
    ("week", "text"),
    [
        (Week.daily(), "off"),
        (Week.daily(Period.between("00:00", "24:00")), "24/7"),
        (Week.daily(Period.between("10:00", "22:00")), "Mo-Su 10:00-22:00"),
        (
            Week.of([[], [Period(600, 60)], [], [Period(600, 60)], [Period(600, 60)], [Period(600, 60)], []]),
            "Tu,Th-Sa 10:00-11:00",
        ),
        (Week.of([[Period(1320, 480)], [Period(600, 60)], [], [], [], [], []]), "Mo 22:00-06:00, Tu 10:00-11:00"),
    ],
)
def test_the_written_form_is_the_shortest(week: Week, text: str) -> None:
    assert format_osm(week) == text


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("10:00-12:00,11:00-16:00", "Mo-Su 10:00-16:00"),
        ("10:00-20:00 open, 12:00-14:00 closed", "Mo-Su 10:00-12:00,14:00-20:00"),
        ("12:00-14:00 closed, 10:00-20:00 open", "Mo-Su 10:00-20:00"),
        ("10:00-20:00, 12:00-14:00 off", "Mo-Su 10:00-12:00,14:00-20:00"),
        ("Mo-Fr 9:00-12:00,13:00-18:00, 15:00-16:00 closed", "Mo-Fr 09:00-12:00,13:00-15:00,16:00-18:00"),
        ("Mo 10:00-12:00; Mo 14:00-16:00", "Mo 14:00-16:00"),
        ("Sa-Mo 10:00-12:00", "Mo,Sa-Su 10:00-12:00"),
        ("24/7; Su off", "Mo-Sa 00:00-24:00"),
        ("Mo-Sa 07:00-11:00; Su 17:00-13:00", "Tu-Sa 07:00-11:00, Su 17:00-13:00"),
        ("Mo-Su 08:00-02:00, Sa 00:00-24:00", "Mo-Th,Su 08:00-02:00, Fr 08:00-24:00, Sa 00:00-08:00,08:00-02:00"),
        ("Fr 22:00-06:00; Sa 10:00-14:00", "Fr 22:00-06:00, Sa 10:00-14:00"),
    ],
)
def test_rules_are_applied_in_order(text: str, week: str) -> None:
    assert format_osm(parse_hours(text).week) == week


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("Mo-Fr08:00-12:00", "Mo-Fr 08:00-12:00"),
        ("Mo, We-Fr 10:00-12:00", "Mo,We-Fr 10:00-12:00"),
        ("Mo-Sa, 10:00-12:00", "Mo-Sa 10:00-12:00"),
        ("Mo-Sa 10:00-12:00, 13:00-15:00", "Mo-Sa 10:00-12:00,13:00-15:00"),
        ("Mo-Sa 10:00-12:00; PH, Su off", "Mo-Sa 10:00-12:00; PH,Su off"),
        ("10:00-12:00; Dec 25,26 off", "10:00-12:00; Dec 25,Dec 26 off"),
        ("10:00-12:00; Dec 24-26, 31 off", "10:00-12:00; Dec 24-Dec 26,Dec 31 off"),
        ("10:00-12:00; 2026 Dec 25, 27 off", "10:00-12:00; 2026 Dec 25,2026 Dec 27 off"),
        ("10:00-12:00; Dec 25, Jan 1 off", "10:00-12:00; Dec 25,Jan 1 off"),
        ("Jan, Mar 10:00-12:00", "Jan,Mar 10:00-12:00"),
        ("10:00-12:00; Dec 24, 10:00-11:00", "10:00-12:00; Dec 24 10:00-11:00"),
        ("10:00-12:00; 2026 Apr,Jun off", "10:00-12:00; 2026 Apr off; 2026 Jun off"),
        ("10:00-12:00; 2026 Feb off", "10:00-12:00; 2026 Feb 01-2026 Feb 28 off"),
        ("10:00-12:00; 2028 Feb off", "10:00-12:00; 2028 Feb 01-2028 Feb 29 off"),
    ],
)
def test_liberties_with_commas_and_spaces_mean_what_people_mean(text: str, strict: str) -> None:
    assert parse_hours(text) == parse_hours(strict)


def test_a_comment_is_left_out_and_reported() -> None:
    hours = parse_hours('Mo-Fr 10:00-12:00 open "welcome; all"')
    assert (format_osm(hours.week), hours.warnings) == (
        "Mo-Fr 10:00-12:00",
        ("a comment was left out: 'welcome; all'",),
    )


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        ("2026 Dec 30-Jan 02", date(2026, 12, 30), date(2027, 1, 2)),
        ("2026 Dec 30-2027 Jan 02", date(2026, 12, 30), date(2027, 1, 2)),
        ("2026 Dec 30-31", date(2026, 12, 30), date(2026, 12, 31)),
    ],
)
def test_holidays_over_the_new_year_that_name_their_year_once_are_those_days_and_no_others(
    dates: str, first: date, last: date
) -> None:
    found = [special.date for special in parse_hours(f"10:00-20:00; {dates} off").special_days]
    assert found == [first + timedelta(days=index) for index in range((last - first).days + 1)]
