"""Hours in one cell: read from what lists write, and written so that they read back as the same weeks.

A week and its seasons are ``[{"from": "" or "MM-DD", "to": ..., "periods": [seven lists]}]``, the whole year's first. OSM text
says nearly all of them; what it cannot say without doubt (a season whose nights run past midnight) is that list as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from stores.timetable.osm import format_osm
from stores.timetable.parse import HoursNotUnderstood, parse_hours
from stores.timetable.schedule import HolidayPolicy, MonthDay, Week

Weeks = list[dict[str, Any]]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_JSON = 50_000


@lru_cache(maxsize=8192)
def read_weeks(text: str) -> tuple[Weeks, tuple[str, ...]]:
    """The weeks a text says, and notes on what was left out. Raises HoursNotUnderstood."""
    if text.startswith("[") and (own := _from_json(text)) is not None:
        return own, ()
    parsed = parse_hours(text)
    weeks: Weeks = [{"from": "", "to": "", "periods": parsed.week.to_json()}]
    weeks += [
        {"from": str(season.from_day), "to": str(season.to_day), "periods": season.week.to_json()}
        for season in parsed.seasons
    ]
    notes = list(parsed.warnings)
    if parsed.special_days:
        notes.append(f"{len(parsed.special_days)} single dates were left out")
    if parsed.holidays is not None and parsed.policy is not HolidayPolicy.NORMAL:
        notes.append("what it says about public holidays was left out; the store's holiday policy decides")
    return weeks, tuple(notes)


def write_weeks(weeks: Sequence[Mapping[str, Any]]) -> str:
    """A text that ``read_weeks`` reads as these weeks; blank for none."""
    if not weeks:
        return ""
    ordered = sorted((dict(week) for week in weeks), key=lambda week: str(week["from"]))
    text = osm_of(ordered)
    try:
        found, notes = read_weeks(text)
    except HoursNotUnderstood:
        found, notes = [], ()
    same = not notes and sorted(found, key=lambda week: str(week["from"])) == ordered
    return text if same else json.dumps(ordered, separators=(",", ":"))


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


def _from_json(text: str) -> Weeks | None:
    """The weeks of our own form; None when the JSON is something else. Raises HoursNotUnderstood for weeks that are none."""
    if len(text) > _LONGEST_JSON:
        raise HoursNotUnderstood(f"it is longer than {_LONGEST_JSON:,} characters")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not found or not all(isinstance(week, dict) and set(week) == {"from", "to", "periods"} for week in found):
        return None
    if len({str(week["from"]) for week in found}) < len(found):
        raise HoursNotUnderstood("two of its weeks begin on the same day")
    for week in found:
        try:
            if (week["from"], week["to"]) != ("", ""):
                MonthDay.parse(week["from"]), MonthDay.parse(week["to"])
            Week.from_json(week["periods"])
        except (ValueError, TypeError) as error:
            raise HoursNotUnderstood(str(error)) from error
    return found  # type: ignore[no-any-return]  # checked above
