"""A whole schedule as OSM ``opening_hours`` text: seasons, special days and public holidays beside the regular week.

In OSM a rule after ``;`` replaces the hours of the days it names, and for many readers what is left of the night before as
well. So a schedule with nights past midnight is written only when nothing but its week has to be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from stores.timetable.osm import format_osm
from stores.timetable.schedule import DAY, Day, HolidayPolicy, MonthDay, Schedule, Week

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_schedule(schedule: Schedule, from_date: date, to_date: date) -> str | None:
    """The text that says what the schedule says, with the special days of [from_date, to_date).

    None when nobody knows the week or OSM cannot say it without doubt.
    """
    if schedule.regular is None:
        return None
    parts = [format_osm(schedule.regular)]
    more = [*_seasons(schedule), *_holidays(schedule), *_special_days(schedule, from_date, to_date)]
    if more and any(_has_nights(week) for week in (schedule.regular, *(season.week for season in schedule.seasons))):
        return None
    return "; ".join([*parts, *more])


def _has_nights(week: Week) -> bool:
    return any(period.end_minute > DAY for day in week.days for period in day)


def _seasons(schedule: Schedule) -> Iterator[str]:
    for season in schedule.seasons:
        dates = f"{_month_day(season.from_day)}-{_month_day(season.to_day)}"
        week = format_osm(season.week)
        if week in {"24/7", "off"}:
            yield f"{dates} {'00:00-24:00' if week == '24/7' else 'off'}"
            continue
        if not all(season.week.days):
            yield f"{dates} off"  # days that the season's week does not name would keep the regular hours
        yield from (f"{dates} {rule}" for rule in week.split("; "))


def _month_day(day: MonthDay) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day:02}"


def _holidays(schedule: Schedule) -> Iterator[str]:
    match schedule.policy:
        case HolidayPolicy.CLOSED:
            yield "PH off"
        case HolidayPolicy.OWN_HOURS:
            yield f"PH {_times(schedule.holiday_hours)}"
        case HolidayPolicy.SUNDAY_HOURS if schedule.regular and not schedule.seasons:
            yield f"PH {_times(schedule.regular.days[6])}"
        case _:
            return


def _special_days(schedule: Schedule, from_date: date, to_date: date) -> Iterator[str]:
    for special in sorted(schedule.special_days, key=lambda each: each.date):
        if special.confirmed and from_date <= special.date < to_date:
            day = special.date
            yield f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {_times(special.periods)}"


def _times(periods: Day) -> str:
    return ",".join(map(str, periods)) or "off"
