"""Hours in one cell: read from what lists write, and written so that they read back as the same.

A week and its seasons are ``[{"from": "" or "MM-DD", "to": ..., "periods": [seven lists]}]``, the whole year's first; single
dates are periods by date. OSM text says nearly all of it; what it cannot say without doubt (a season whose nights run past
midnight, a holiday policy that only says "as always") is JSON of our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from stores.timetable.osm import format_osm
from stores.timetable.osm_schedule import format_schedule
from stores.timetable.parse import HoursNotUnderstood, ParsedHours, parse_hours
from stores.timetable.schedule import (
    Day,
    HolidayPolicy,
    MonthDay,
    Schedule,
    Season,
    SpecialDay,
    Week,
    check_seasons,
    day_from_json,
)
from stores.values.remembered import remembered

Weeks = list[dict[str, Any]]
Periods = list[dict[str, str]]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_JSON = 50_000
LONGEST_KEPT = 1000
"""Characters of a text whose hours are remembered: a week in JSON, which a whole chain may share."""
_OF_WEEKS = {"from", "to", "periods"}
_OF_HOURS = {"weeks", "special_days", "holiday_policy", "holiday_hours"}
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)\s*:\s*(\S.*)", re.DOTALL)
_NEXT_DATE = re.compile(r"(?<![,;\s])[,;\s]++(?=\d{4}-\d\d-\d\d\s*:)")
_SHUT = frozenset({"x", "closed", "off"})


@dataclass(frozen=True, slots=True)
class Hours:
    """What a cell says. Without ``weeks`` or a ``policy`` it says nothing of them."""

    weeks: Weeks | None = None
    special_days: Mapping[str, Periods] = field(default_factory=dict)
    """By date, ``2026-12-24``; without periods the store is closed."""
    policy: str = ""
    holiday_hours: Periods | None = None
    """With the policy ``own_hours``."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What was left out."""


@remembered(8192, LONGEST_KEPT)
def read_hours(text: str) -> Hours:
    """The hours a text says, whatever dates it names. Raises HoursNotUnderstood."""
    if text.startswith(("[", "{")) and (own := _from_json(text)) is not None:
        return own
    parsed = parse_hours(text)
    if text.startswith(("[", "{")) and parsed.special_days and not any(parsed.week.days):
        return _beside_the_week(parsed)  # a document of single dates is silent about all others
    weeks: Weeks = [{"from": "", "to": "", "periods": parsed.week.to_json()}]
    weeks += [
        {"from": str(season.from_day), "to": str(season.to_day), "periods": season.week.to_json()}
        for season in parsed.seasons
    ]
    return replace(_beside_the_week(parsed), weeks=weeks)


@remembered(8192, LONGEST_KEPT)
def read_special_hours(text: str) -> Hours:
    """A cell of single dates beside the one of the week: ``2026-12-24: 10:00-14:00, 2026-12-25: x``, or OSM or JSON of dates.

    Raises HoursNotUnderstood.
    """
    pieces = [_DATED.fullmatch(piece) for piece in _NEXT_DATE.split(text.strip(" ,;"))]
    if None in pieces:
        parsed = parse_hours(text, for_store=False)
        if any(parsed.week.days) or parsed.seasons:
            raise HoursNotUnderstood("it speaks of more than single dates and holidays")
        return _beside_the_week(parsed)
    days: dict[date, Day] = {}
    notes: list[str] = []
    for piece in pieces:
        assert piece is not None  # noqa: S101  # looked at above
        times = piece[2].strip(" ,;")
        try:
            day = date.fromisoformat(piece[1])
        except ValueError as error:
            raise HoursNotUnderstood(f"{piece[1]!r} names a date that does not exist") from error
        if times.lower() in _SHUT:
            days.setdefault(day, ())
            continue
        parsed = parse_hours(f"Mo {times}")
        notes += parsed.warnings
        days[day] = (*days.get(day, ()), *parsed.week.days[0])
    try:
        special = [SpecialDay(day, periods) for day, periods in days.items()]
    except ValueError as error:
        raise HoursNotUnderstood(str(error)) from error
    return Hours(special_days={each.date.isoformat(): _json(each.periods) for each in special}, notes=tuple(notes))


def _beside_the_week(parsed: ParsedHours) -> Hours:
    """Its single dates and what it says of public holidays, as far as stores can have them."""
    notes = list(parsed.warnings)
    days, unsure = {}, []
    for special in parsed.special_days:
        festive = parsed.on_holiday(special.date)
        if festive is not None and festive != special.periods:
            unsure.append(special.date.isoformat())
            if special.periods == _regular(parsed, special.date):
                continue  # only a holiday on that date is meant
        days[special.date.isoformat()] = _json(special.periods)
    if unsure:
        notes.append(f"what it says about {', '.join(unsure[:5])} in case of a public holiday was left out")
    policy = replace(parsed, holiday_dates=()).policy
    if parsed.holidays is not None and policy is None:
        notes.append("its hours of public holidays differ by weekday or season, so the store's holiday policy stays")
    own = policy is HolidayPolicy.OWN_HOURS and parsed.holidays is not None
    return Hours(
        special_days=days,
        policy=str(policy or ""),
        holiday_hours=_json(parsed.holidays[0]) if own and parsed.holidays else None,
        notes=tuple(notes),
    )


def _regular(parsed: ParsedHours, day: date) -> Day:
    week = next((season.week for season in parsed.seasons if season.includes(day)), parsed.week)
    return week.days[day.weekday()]


def _json(periods: Day) -> Periods:
    return [period.to_json() for period in periods]


def write_hours(hours: Hours) -> str:
    """A text that ``read_hours`` reads as the same; blank for none."""
    weeks = sorted((dict(week) for week in hours.weeks or ()), key=lambda week: str(week["from"]))
    ordered = replace(hours, weeks=weeks or None)
    beside = bool(hours.special_days or hours.policy)
    if not weeks and not beside:
        return ""
    try:
        text = _osm(ordered) if beside else osm_of(weeks)
        same = bool(text) and _same(read_hours(text), ordered)
    except ValueError:  # not understood, or seasons that overlap
        same = False
    if same:
        return text
    if not beside:
        return json.dumps(weeks, separators=(",", ":"))
    said = {
        "weeks": weeks,
        "special_days": dict(sorted(hours.special_days.items())),
        "holiday_policy": hours.policy,
        "holiday_hours": hours.holiday_hours,
    }
    return json.dumps({name: each for name, each in said.items() if each or each == []}, separators=(",", ":"))


def _same(found: Hours, wanted: Hours) -> bool:
    weeks = sorted(found.weeks or (), key=lambda week: str(week["from"]))
    return not found.notes and replace(found, weeks=weeks or None) == wanted


def _osm(hours: Hours) -> str:
    """The whole as OSM text; blank when it has no week, or OSM cannot say it."""
    seasons = [
        Season(MonthDay.parse(week["from"]), MonthDay.parse(week["to"]), Week.from_json(week["periods"]))
        for week in hours.weeks or ()
        if week["from"]
    ]
    schedule = Schedule(
        zone=ZoneInfo("UTC"),
        regular=next((Week.from_json(week["periods"]) for week in hours.weeks or () if not week["from"]), None),
        seasons=tuple(seasons),
        special_days=tuple(_special_days(hours.special_days)),
        policy=HolidayPolicy(hours.policy) if hours.policy else HolidayPolicy.ASK,
        holiday_hours=day_from_json(hours.holiday_hours or []),
    )
    return format_schedule(schedule, date.min, date.max) or ""


def _special_days(days: Mapping[str, Periods]) -> Iterator[SpecialDay]:
    for day, periods in days.items():
        yield SpecialDay(date.fromisoformat(day), day_from_json(periods))


def times_of(periods: Sequence[Mapping[str, str]]) -> str:
    """A day's periods for people: ``10:00-14:00, 15:00-18:00``; blank when it is closed."""
    return ", ".join(map(str, day_from_json(periods)))


def osm_of(weeks: Sequence[Mapping[str, Any]]) -> str:
    """The weeks as one OSM opening_hours text for people and reports, seasons after the year's week."""
    texts = []
    for each in weeks:
        week = Week.from_json(each["periods"])
        text = format_osm(week)
        if each["from"]:
            season = f"{_day(each['from'])}-{_day(each['to'])}"
            # Days that the season's week does not name would keep the year's hours.
            closed = [f"{season} off"] if text != "off" and not all(week.days) else []
            text = "; ".join([*closed, *(f"{season} {rule}" for rule in text.split("; "))])
        texts.append(text)
    return "; ".join(texts)


def _day(text: str) -> str:
    month, day = MonthDay.parse(text)
    return f"{_MONTHS[month - 1]} {day:02}"


def _from_json(text: str) -> Hours | None:
    """Hours in our own form; None when the JSON is something else. Raises HoursNotUnderstood for hours that are none."""
    if len(text) > _LONGEST_JSON:
        raise HoursNotUnderstood(f"it is longer than {_LONGEST_JSON:,} characters")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list):
        found = (
            {"weeks": found}
            if found and all(isinstance(each, dict) and set(each) == _OF_WEEKS for each in found)
            else {}
        )
    if not isinstance(found, dict) or not found or not found.keys() <= _OF_HOURS:
        return None
    try:
        return _checked(found)
    except HoursNotUnderstood:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HoursNotUnderstood(str(error)[:120]) from error


def _checked(found: Mapping[str, Any]) -> Hours:
    weeks = found.get("weeks") or []
    if len({str(week["from"]) for week in weeks}) < len(weeks):
        raise HoursNotUnderstood("two of its weeks begin on the same day")
    seasons = []
    for week in weeks:
        periods = Week.from_json(week["periods"])
        if (week["from"], week["to"]) != ("", ""):
            seasons.append(Season(MonthDay.parse(week["from"]), MonthDay.parse(week["to"]), periods))
    check_seasons(seasons)
    days = {each.date.isoformat(): _json(each.periods) for each in _special_days(found.get("special_days") or {})}
    policy = str(HolidayPolicy(found["holiday_policy"])) if found.get("holiday_policy") else ""
    own = found.get("holiday_hours")
    holiday_hours = None if own is None else _json(day_from_json(own))
    if policy == HolidayPolicy.OWN_HOURS and holiday_hours is None:
        raise HoursNotUnderstood("the policy own_hours needs holiday_hours")
    return Hours(weeks or None, days, policy, holiday_hours if policy == HolidayPolicy.OWN_HOURS else None)
