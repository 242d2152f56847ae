"""Asks a text of opening hours about one local moment, without a store: is it open, and which rule says so.

The text must be understood completely. Public holidays come straight from the country's calendar; make-up working days do not
count here, because a text of hours cannot mean them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stores.timetable.evaluate import Answer, State, state_at
from stores.timetable.holidays import holidays_of_parts, public_holidays
from stores.timetable.localtime import local_clock
from stores.timetable.parse import parse_hours
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.schedule import Holiday, HolidayKind, Rule, Schedule, SpecialDay


def ask(value: str, *, zone: str, at: str, country: str | None = None, subdivision: str | None = None) -> Answer:
    """What ``value`` says about the wall-clock time ``at`` (ISO) in ``zone``.

    The state is unknown when the text speaks of holidays and the date is one in parts of the country only.
    HoursNotUnderstood (a ValueError) gives the reason when the text, the zone, the time or the place is not certain.
    """
    hours = parse_hours(value)
    if not hours.complete:
        raise HoursNotUnderstood("; ".join(hours.warnings))
    place = _zone(zone)
    moment = _instant(at, place)
    if hours.holidays is None:
        return state_at(_schedule(hours, place, ()), moment)
    return _with_holidays(hours, place, moment, country, subdivision)


def _with_holidays(
    hours: ParsedHours, place: ZoneInfo, moment: datetime, country: str | None, subdivision: str | None
) -> Answer:
    today = moment.astimezone(place).date()
    # The night before belongs to yesterday's rule.
    near = (today - timedelta(days=1), today)
    if not country:
        answer = state_at(_schedule(hours, place, ()), moment)
        if any(state_at(_schedule(hours, place, _some(day)), moment).state != answer.state for day in near):
            raise HoursNotUnderstood("it depends on public holidays, and no country is given")
        return answer
    years = {day.year for day in near}
    listed = public_holidays(country, subdivision, years=years)
    found = tuple(day for day in listed if day.kind is HolidayKind.HOLIDAY)
    answer = state_at(_schedule(hours, place, found), moment)
    if not subdivision:
        for day in near:
            in_parts = day in holidays_of_parts(country, day.year)
            if in_parts and state_at(_schedule(hours, place, found + _some(day)), moment).state != answer.state:
                rule = Rule("holiday", f"{day} is a holiday in parts of {country.upper()} only", confirmed=False)
                return Answer(State.UNKNOWN, None, None, rule)
    return answer


def _some(day: date) -> tuple[Holiday, ...]:
    return (Holiday(day, "a public holiday"),)


def _schedule(hours: ParsedHours, place: ZoneInfo, holidays: tuple[Holiday, ...]) -> Schedule:
    schedule = Schedule(place, hours.week, seasons=hours.seasons, special_days=hours.special_days)
    if hours.holidays is None or not holidays:
        return schedule
    if policy := hours.policy:
        return replace(schedule, holidays=holidays, policy=policy, holiday_hours=hours.holidays[0], resolved={})
    # No policy says "by weekday", special days can.
    settled = {special.date for special in hours.special_days}
    by_date = {holiday.date: holiday for holiday in holidays if holiday.date not in settled}
    special = tuple(SpecialDay(day, hours.holidays[day.weekday()], known.name) for day, known in by_date.items())
    return replace(schedule, special_days=(*hours.special_days, *special), resolved={})


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise HoursNotUnderstood(f"{name[:60]!r} is not a time zone") from error


def _instant(text: str, place: ZoneInfo) -> datetime:
    """The instant of a local time: the earlier one if it happens twice, the first after the gap if it does not happen."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise HoursNotUnderstood(f"{text[:60]!r} is not a time in ISO form") from error
    if not 2 <= local.year <= 9998:
        raise HoursNotUnderstood(f"the year {local.year} is outside the calendar")
    if local.tzinfo is not None:
        return local
    there = local.replace(tzinfo=place)
    if there.astimezone(UTC).astimezone(place).replace(tzinfo=None) == local:
        return there
    return datetime.fromtimestamp(local_clock(place).start(local.toordinal(), local.hour * 60 + local.minute), UTC)
