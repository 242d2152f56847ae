"""Reads a text of opening hours, whichever way it is written, or says why its meaning is not certain."""

from __future__ import annotations

import json
import re

from stores.timetable.dialects import read_dialect
from stores.timetable.osm import normal_form, read_osm
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.words import tidy

__all__ = ["HoursNotUnderstood", "ParsedHours", "parse_hours"]

_LONGEST = 2000
# In OSM "Mo 10:00-12:00, 14:00-16:00" adds the afternoon to every day of the week; nobody who writes it means that.
_SPACED_LIST = re.compile(r"(\d\d:\d\d)\s*,\s+(?=\d{1,2}:\d\d)")


def parse_hours(text: str) -> ParsedHours:
    """The week and what else a text says. HoursNotUnderstood gives the reason when any of it could mean something else."""
    if len(text) > _LONGEST:
        raise HoursNotUnderstood(f"it is longer than {_LONGEST} characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise HoursNotUnderstood("it holds half a character, so its encoding was misread")
    plain = tidy(text)
    if len(plain) > _LONGEST:
        raise HoursNotUnderstood("it is made of ligatures")
    if not plain:
        raise HoursNotUnderstood("it is empty")
    if plain.startswith("{"):
        plain = _by_weekday(plain)
    strict = _SPACED_LIST.sub(r"\1,", plain)
    if normal_form(strict) is not None:
        return read_osm(strict)
    return read_dialect(plain)


def _by_weekday(text: str) -> str:
    """``{"monday": "10.00 - 21.00", ...}`` as groups of the tolerant grammar."""
    try:
        # Pairs instead of a dict, so that a weekday written twice is seen.
        found = json.loads(text, object_pairs_hook=list)
    except ValueError as error:
        raise HoursNotUnderstood("it is not valid JSON") from error
    if not all(isinstance(times, str) for _, times in found):
        raise HoursNotUnderstood("it is JSON, but not one text for each weekday")
    return ";".join(f"{day} {times}" for day, times in found)
