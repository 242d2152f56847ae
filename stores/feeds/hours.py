"""What feeds say about hours: the weeks that hold from now on, and the dates on which something else holds.

Only what somebody stands behind leaves the house: a holiday that nobody has settled yet is not a special day, because the
regular hours are what the store would answer too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from stores.feeds.store import FeedStore
from stores.timetable.rules import Rules
from stores.timetable.schedule import DAY, Day, Schedule, Week, clock_text

AHEAD = 365
"""Days that a feed looks ahead. Publishers take special days for a year."""

_STATUS = frozenset({"closure", "opening"})


class WeekInForce(NamedTuple):
    """A week and the first and last date on which it holds; without dates it holds for good."""

    week: Week
    first: date | None = None
    last: date | None = None


class SpecialHours(NamedTuple):
    """The hours of one date in place of the week's; no periods is closed."""

    date: date
    periods: Day
    name: str


def weeks_in_force(schedule: Schedule, today: date) -> list[WeekInForce]:
    """The week, or with seasons the weeks of the coming year one after the other. Empty when nobody knows the hours."""
    if not schedule.seasons:
        return [WeekInForce(schedule.regular)] if schedule.regular else []
    found: list[WeekInForce] = []
    for day in (today + timedelta(days=number) for number in range(AHEAD)):
        week = next((season.week for season in schedule.seasons if season.includes(day)), schedule.regular)
        if week is None:
            continue
        if found and found[-1].week == week and found[-1].last == day - timedelta(days=1):
            found[-1] = WeekInForce(week, found[-1].first, day)
        else:
            found.append(WeekInForce(week, day, day))
    return found


def special_hours(schedule: Schedule, today: date) -> Iterator[SpecialHours]:
    """Dates of the coming year whose confirmed hours differ from the week that holds then.

    Temporary closures and openings to come are left out: they are the store's status, see :func:`shut`.
    """
    rules, plain = Rules(schedule), Rules(replace(schedule, special_days=(), holidays=(), closures=(), resolved={}))
    for day in _moved(schedule, today):
        ruling = rules.on(day.toordinal())
        if ruling.periods is None or not ruling.rule.confirmed or ruling.rule.kind in _STATUS:
            continue
        if ruling.periods != plain.on(day.toordinal()).periods:
            yield SpecialHours(day, ruling.periods, name_of(schedule, day))


def name_of(schedule: Schedule, day: date) -> str:
    """What the date is called in public. Never the rule's own sentence: that names the colleague who confirmed it."""
    special = next((each for each in schedule.special_days if each.date == day and each.confirmed), None)
    if special is not None:
        return special.name
    return next((each.name for each in schedule.holidays if each.date == day), "")


def _moved(schedule: Schedule, today: date) -> list[date]:
    """The dates of the coming year that a special day or a holiday speaks about, in order."""
    dates = {special.date for special in schedule.special_days} | {holiday.date for holiday in schedule.holidays}
    return sorted(day for day in dates if today <= day < today + timedelta(days=AHEAD))


def shut(record: FeedStore) -> tuple[date, date] | None:
    """The first and last date on which the store is shut whatever its week says: not open yet, paused or gone."""
    match record.life.on(record.today):
        case "announced":
            until = record.opening_date
        case "paused":
            until = record.reopen_date
        case "gone":
            until = None
        case _:
            return None
    last = until - timedelta(days=1) if until else record.today + timedelta(days=AHEAD)
    return record.today, min(last, record.today + timedelta(days=AHEAD))


def alike(week: Week) -> list[tuple[tuple[int, ...], Day]]:
    """Weekdays (0 is Monday) that have the same periods, in the order of their first day; closed days are left out."""
    groups: dict[Day, list[int]] = {}
    for weekday, day in enumerate(week.days):
        if day:
            groups.setdefault(day, []).append(weekday)
    return [(tuple(weekdays), day) for day, weekdays in groups.items()]


def clocks(periods: Day) -> list[tuple[str, str]]:
    """Opening and closing as ``HH:MM``; a closing past midnight is smaller than its opening, midnight itself is ``24:00``."""
    return [(clock_text(period.start_minute), clock_text(period.end_minute)) for period in periods]


def all_day(periods: Day) -> bool:
    """Whether the day is open around the clock by itself."""
    return len(periods) == 1 and periods[0].start_minute == 0 and periods[0].duration_minutes == DAY
