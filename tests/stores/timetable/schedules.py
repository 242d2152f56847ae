"""Random schedules of every shape, and a slow evaluator that reads the rules literally, minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from stores.timetable.schedule import (
    Certainty,
    Closure,
    Day,
    Holiday,
    HolidayKind,
    HolidayPolicy,
    MonthDay,
    Period,
    Schedule,
    Season,
    SpecialDay,
    Week,
)
from stores.values.territories import territories

FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)
TRICKY_ZONES = tuple(
    ZoneInfo(name)
    for name in (
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Asuncion",
        "America/Havana",
        "America/Los_Angeles",
        "America/Nuuk",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Beirut",
        "Asia/Gaza",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Asia/Tokyo",
        "Atlantic/Azores",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "Europe/Dublin",
        "Pacific/Apia",
        "Pacific/Chatham",
        "UTC",
    )
)
MARKET_ZONES = tuple(ZoneInfo(name) for name in sorted({market.default_time_zone for market in territories()}))
zones = st.sampled_from(TRICKY_ZONES) | st.sampled_from(MARKET_ZONES)

# Few distinct minutes, so that periods often meet, pass midnight and touch the hours in which clocks change.
_MINUTES = st.sampled_from([0, 1, 60, 90, 120, 150, 180, 240, 540, 600, 1080, 1320, 1380, 1410, 1439])
_DURATIONS = st.sampled_from([1, 30, 60, 240, 480, 600, 1380, 1439, 1440])
_DATES = st.dates(FIRST, LAST)


@st.composite
def days(draw: st.DrawFn, *, most: int = 3) -> Day:
    """Periods of one day that do not overlap."""
    chosen: list[Period] = []
    for start in sorted(draw(st.lists(_MINUTES, max_size=most, unique=True))):
        if not chosen or chosen[-1].end_minute <= start:
            chosen.append(Period(start, draw(_DURATIONS)))
    return tuple(chosen)


def _fits(week: tuple[Day, ...]) -> bool:
    spans = [
        (day * 1440 + period.start_minute, day * 1440 + period.end_minute)
        for day, periods in enumerate((*week, week[0]))
        for period in periods
    ]
    return all(end <= start for (_, end), (start, _) in pairwise(spans))


weeks = st.one_of(
    st.tuples(*[days()] * 7).filter(_fits).map(Week),
    st.sampled_from([(), (Period(0, 1440),), (Period(240, 1440),), (Period(600, 480),), (Period(1320, 480),)]).map(
        lambda periods: Week((periods,) * 7)
    ),
)


@st.composite
def schedules(draw: st.DrawFn, near: st.SearchStrategy[date] = _DATES) -> Schedule:
    """A schedule whose exceptions lie on dates of ``near``."""
    month_days = near.map(lambda day: MonthDay(day.month, day.day))
    season_from, season_to = draw(month_days), draw(month_days)
    closure_from = draw(near)
    return Schedule(
        zone=draw(zones),
        regular=draw(st.none() | weeks),
        seasons=(Season(season_from, season_to, draw(weeks)),) if draw(st.booleans()) else (),
        special_days=tuple(
            draw(st.lists(st.builds(SpecialDay, near, days(), confirmed=st.booleans()), max_size=3, unique_by=_date))
        ),
        holidays=tuple(
            draw(
                st.lists(
                    st.builds(
                        Holiday,
                        near,
                        st.just("Holiday"),
                        st.sampled_from(HolidayKind),
                        st.sampled_from(Certainty),
                        st.none() | st.integers(0, 6),
                    ),
                    max_size=3,
                    unique_by=_date,
                )
            )
        ),
        policy=draw(st.sampled_from(HolidayPolicy)),
        holiday_hours=draw(days()),
        closures=draw(
            st.sampled_from(
                [
                    (),
                    (),
                    (Closure(closure_from, closure_from + timedelta(days=draw(st.integers(1, 500)))),),
                    (Closure(closure_from, permanent=draw(st.booleans())),),
                ]
            )
        ),
        opens_on=draw(st.none() | near),
        closes_on=draw(st.none() | near),
    )


def _date(entry: SpecialDay | Holiday) -> date:
    return entry.date


def periods_on(schedule: Schedule, day: date) -> Day | None:
    """The rules of precedence, read literally."""
    shut = [(closure.from_date, closure.until or date.max) for closure in schedule.closures]
    shut.append((date.min, schedule.opens_on or date.min))
    shut.append((schedule.closes_on or date.max, date.max))
    if any(start <= day < end for start, end in shut):
        return ()
    for special in schedule.special_days:
        if special.date == day and special.confirmed:
            return special.periods
    in_season = [season.week for season in schedule.seasons if season.includes(day)]
    week = in_season[0] if in_season else schedule.regular
    holiday = next((holiday for holiday in schedule.holidays if holiday.date == day), None)
    weekday = day.weekday()
    if holiday and holiday.kind is HolidayKind.WORKING_DAY:
        if schedule.policy not in {HolidayPolicy.NORMAL, HolidayPolicy.ASK} and holiday.counts_as is not None:
            weekday = holiday.counts_as
    elif holiday:
        if schedule.policy is HolidayPolicy.CLOSED:
            return ()
        if schedule.policy is HolidayPolicy.OWN_HOURS:
            return schedule.holiday_hours
        if schedule.policy is HolidayPolicy.SUNDAY_HOURS:
            weekday = 6
    return week.days[weekday] if week else None


def states_by_minute(schedule: Schedule, start: datetime, minutes: int) -> list[str]:
    """The state in each minute from ``start`` on, from nothing but the wall clock of each minute.

    A start is the first minute whose wall clock has reached it, an end the last that shows it or, where none does, the first
    after those that have not reached it.
    """
    margin = 3 * 1440
    walls = _walls(schedule.zone, start - timedelta(minutes=margin), minutes + 2 * margin)
    states = [""] * len(walls)
    day_begins: dict[date, int] = {}
    for day in sorted({wall.date() for wall in walls[1440:-1440]}):
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  wall clocks are compared here
        day_begins[day] = _first_reaching(walls, midnight)
    for day, begins in day_begins.items():
        known = periods_on(schedule, day) is not None
        states[begins:] = ["closed" if known else "unknown"] * (len(states) - begins)
    for day in sorted(day_begins):
        for period in periods_on(schedule, day) or ():
            opening = datetime(day.year, day.month, day.day) + timedelta(minutes=period.start_minute)  # noqa: DTZ001  (a wall clock)
            closing = opening + timedelta(minutes=period.duration_minutes)
            first, after = _first_reaching(walls, opening), _last_showing(walls, closing)
            for index in range(first, min(after, len(states))):
                states[index] = "open"
    return states[margin : margin + minutes]


@lru_cache(maxsize=4)
def _walls(zone: ZoneInfo, start: datetime, minutes: int) -> list[datetime]:
    return [(start + timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=None) for minute in range(minutes)]


def _first_reaching(walls: list[datetime], wall: datetime) -> int:
    return next((index for index, seen in enumerate(walls) if seen >= wall), len(walls))


def _last_showing(walls: list[datetime], wall: datetime) -> int:
    last = next(index for index in range(len(walls) - 1, -1, -1) if walls[index] <= wall)
    return last if walls[last] == wall else last + 1


def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """The instants of 2024 to 2032 at which a zone's offset changes."""
    begin = datetime(FIRST.year, 1, 1, tzinfo=UTC)
    steps = [begin + timedelta(days=day) for day in range((LAST - FIRST).days)]
    found = []
    for one, other in pairwise(steps):
        if one.astimezone(zone).utcoffset() != other.astimezone(zone).utcoffset():
            halves = [one + timedelta(minutes=30 * half) for half in range(49)]
            found += [
                b for a, b in pairwise(halves) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()
            ]
    return found
