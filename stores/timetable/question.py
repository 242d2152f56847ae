"""Asks a text of opening hours about one local moment, without a store: is it open, and which rule says so.

The text must be understood completely. Public holidays come straight from the country's calendar; make-up working days do not
count here, because a text of hours cannot mean them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stores.timetable.evaluate import Answer, State, state_at
from stores.timetable.holidays import UnknownPart, certain_holidays, holidays_of_parts, public_holidays
from stores.timetable.localtime import local_clock
from stores.timetable.parse import parse_hours
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.schedule import Holiday, HolidayKind, Rule, Schedule, SpecialDay

# A list of stores repeats its hours; reading them is most of the work.
_read = lru_cache(maxsize=4096)(partial(parse_hours, for_store=False))


def ask(value: str, *, zone: str, at: str, country: str | None = None, subdivision: str | None = None) -> Answer:
    """What ``value`` says about the wall-clock time ``at`` (ISO) in ``zone``.

    The state is unknown when the text says so, and when it speaks of holidays and the date is one in parts of the country only.
    HoursNotUnderstood (a ValueError) gives the reason when the text, the zone, the time or the place is not certain.
    """
    hours = _read(value)
    if not hours.complete:
        raise HoursNotUnderstood("; ".join(hours.warnings))
    place = _zone(zone)
    moment = _instant(at, place)
    where = (country or "").strip(), (subdivision or "").strip()
    answer = _answer(hours, place, moment, *where)
    unsure = _answer(hours.unknown, place, moment, *where) if hours.unknown else None
    if unsure is None or unsure.state is State.CLOSED:
        return answer
    if answer.state is State.OPEN:
        raise HoursNotUnderstood("it says open and unknown of one time")
    return Answer(State.UNKNOWN, unsure.since, unsure.until, Rule("unknown", "the text says that nobody knows"))


def _answer(hours: ParsedHours, place: ZoneInfo, moment: datetime, country: str, subdivision: str) -> Answer:
    if hours.holidays is None:
        return _as_written(hours, state_at(_schedule(hours, place, ()), moment), place, moment, ())
    near = _near(place, moment)
    states = {
        days: state_at(_schedule(hours, place, _some(*days)), moment).state for days in ((), near[:1], near[1:], near)
    }
    decisive = [
        day for day, other in (near, near[::-1]) if states[(day,)] != states[()] or states[near] != states[(other,)]
    ]
    if not country and decisive:
        raise HoursNotUnderstood("it depends on public holidays, and no country is given")
    found = _holidays(country, subdivision, decisive, near[1]) if country else ()
    answer = state_at(_schedule(hours, place, found), moment)
    if country and not subdivision:
        for day in decisive:
            in_parts = day in holidays_of_parts(country, day.year)
            if in_parts and state_at(_schedule(hours, place, found + _some(day)), moment).state != answer.state:
                rule = Rule("holiday", f"{day} is a holiday in parts of {country.upper()} only", confirmed=False)
                return Answer(State.UNKNOWN, None, None, rule)
    return _as_written(hours, answer, place, moment, found)


def _as_written(
    hours: ParsedHours, answer: Answer, place: ZoneInfo, moment: datetime, holidays: tuple[Holiday, ...]
) -> Answer:
    """The answer, if the week tells of these days what the text does: it ends a night where the next day's hours begin, which
    is not the same where that day is a holiday, a special day or in another season."""
    if hours.exactly is None:
        return answer
    clock, now, dates = local_clock(place), moment.timestamp(), {holiday.date for holiday in holidays}
    is_open = any(
        clock.start(day.toordinal(), period.start_minute) <= now < clock.end(day.toordinal(), period.end_minute)
        for day in _near(place, moment)
        for period in hours.exactly(day, day in dates)
    )
    if is_open is not (answer.state is State.OPEN):
        raise HoursNotUnderstood("the hours of a day run into those of the next, and not on every date alike")
    return answer


def _near(place: ZoneInfo, moment: datetime) -> tuple[date, date]:
    """The days that decide: the moment's own, and the one before, whose night may go on."""
    today = date.fromordinal(local_clock(place).day_of(moment))
    return today - timedelta(days=1), today


def _holidays(country: str, subdivision: str, decisive: list[date], today: date) -> tuple[Holiday, ...]:
    """Those of the years that count. A calendar that is missing matters only where it decides."""
    years = {day.year for day in decisive or [today]}
    try:
        found = public_holidays(country, subdivision, years=years)
    except UnknownPart as unknown:
        try:
            found = certain_holidays(country, years=years, dates=decisive)
        except ValueError as depends:
            raise HoursNotUnderstood(f"{depends}, and {unknown}") from depends
    except ValueError as unknown:
        if decisive:
            raise HoursNotUnderstood(str(unknown)) from unknown
        return ()
    return tuple(day for day in found if day.kind is HolidayKind.HOLIDAY)


def _some(*days: date) -> tuple[Holiday, ...]:
    return tuple(Holiday(day, "a public holiday") for day in days)


def _schedule(hours: ParsedHours, place: ZoneInfo, holidays: tuple[Holiday, ...]) -> Schedule:
    schedule = Schedule(place, hours.week, seasons=hours.seasons, special_days=hours.special_days)
    if hours.holidays is None or not holidays:
        return schedule
    if policy := hours.policy:
        return replace(schedule, holidays=holidays, policy=policy, holiday_hours=hours.holidays[0], resolved={})
    # No policy says "by weekday" or "by season", special days can.
    known = {holiday.date: holiday.name for holiday in holidays}
    festive = [SpecialDay(day, hours.on_holiday(day) or (), name) for day, name in known.items()]
    others = [special for special in hours.special_days if special.date not in known]
    return replace(schedule, special_days=(*others, *festive), resolved={})


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
