"""Reads a text of opening hours, whichever way it is written, or says why its meaning is not certain."""

from __future__ import annotations

import json
import re
from typing import Any

from stores.timetable.dialects import read_dialect
from stores.timetable.osm import normal_form, read_osm
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.structured import is_structured, read_structured, times_of_weekday
from stores.timetable.words import tidy

__all__ = ["HoursNotUnderstood", "ParsedHours", "parse_hours"]

_LONGEST = 2000
# Fourteen periods and a year of special days, each as an object with a date and two times.
_LONGEST_JSON = 20_000

_DAY, _MONTH = "Mo|Tu|We|Th|Fr|Sa|Su|PH|SH", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_NUMBERS = r"\d{1,2}(?:-\d{1,2})?(?![\d:.])"
_TIMES = r"\d{1,2}:\d\d-\d{1,2}:\d\d"
_STRICTER = (
    (re.compile(r"(?<=[^\W\d_])(?=\d{1,2}:\d\d)"), " "),
    # In OSM a comma and a space begin another rule. "Mo, Tu 10:00-12:00" would be open all Monday, and in
    # "Mo 10:00-12:00, 14:00-16:00" the afternoon would be every day's; nobody who writes them means that.
    (re.compile(rf"\b({_DAY})\s*,\s+(?=(?:{_DAY})\b)", re.IGNORECASE), r"\1,"),
    (re.compile(rf"\b((?:{_MONTH})(?:\s\d{{1,2}})?)\s*,\s+(?=(?:\d{{4}}\s)?(?:{_MONTH})\b)", re.IGNORECASE), r"\1,"),
    (re.compile(rf"\b((?:{_DAY}|(?:{_MONTH})\s\d{{1,2}}))\s*,\s+(?=\d{{1,2}}:)", re.IGNORECASE), r"\1 "),
    # But a time that is taken away belongs to no list of opening times.
    (re.compile(rf"({_TIMES})\s*,\s+(?={_TIMES}\s+(?:off|closed)\b)", re.IGNORECASE), r"\1 open, "),
    (re.compile(rf"({_TIMES})\s*,\s+(?={_TIMES})"), r"\1,"),
)
_SOME_TAKEN_AWAY = re.compile(rf"{_TIMES}(?:\s*,\s+{_TIMES}){{2,}}\s+(?:off|closed)\b", re.IGNORECASE)
_DAYS_OF_MONTH = re.compile(
    rf"\b(?P<month>(?:\d{{4}}\s)?(?:{_MONTH}))\s(?P<first>{_NUMBERS})(?P<others>(?:\s*,\s*{_NUMBERS})+)", re.IGNORECASE
)


def parse_hours(text: str, *, for_store: bool = True) -> ParsedHours:
    """The week and what else a text says. HoursNotUnderstood gives the reason when any of it could mean something else.

    A text that speaks of holidays only, or says that nobody knows, answers a question but makes no store's week: it is
    read only when the hours are not ``for_store``.
    """
    as_json = text.lstrip()[:1] in {"{", "["}
    most = _LONGEST_JSON if as_json else _LONGEST
    if len(text) > most:
        raise HoursNotUnderstood(f"it is longer than {most} characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise HoursNotUnderstood("it holds half a character, so its encoding was misread")
    if as_json:
        document = _json(text)
        if isinstance(document, list) and document and all(isinstance(each, str) for each in document):
            return parse_hours(
                ", ".join(document), for_store=for_store
            )  # schema.org's openingHours; each adds to the others
        if is_structured(document):
            return read_structured(document)
        text = _by_weekday(text)
    plain = tidy(text)
    if len(plain) > _LONGEST:
        raise HoursNotUnderstood("it is made of ligatures")
    if not plain:
        raise HoursNotUnderstood("it is empty")
    if _SOME_TAKEN_AWAY.search(plain):
        raise HoursNotUnderstood("it is not clear which of the times are closed")
    strict = _strict(plain)
    if normal_form(strict) is not None:
        return read_osm(strict, for_store=for_store)
    return read_dialect(plain)


def _strict(text: str) -> str:
    """The text with the liberties that people take with OSM's commas and spaces written out."""
    text = _DAYS_OF_MONTH.sub(
        lambda found: ",".join(
            f"{found['month']} {day.strip()}" for day in f"{found['first']}{found['others']}".split(",")
        ),
        text,
    )
    for pattern, written in _STRICTER:
        text = pattern.sub(written, text)
    return text


def _json(text: str, **options: Any) -> Any:
    try:
        return json.loads(text, **options)
    except (ValueError, RecursionError) as error:
        raise HoursNotUnderstood("it is not valid JSON") from error


def _by_weekday(text: str) -> str:
    """``{"monday": "10.00 - 21.00", "tuesday": {"open": ..., "close": ...}, ...}`` as groups of the tolerant grammar."""
    # Pairs instead of a dict, so that a weekday written twice is seen.
    found = [(day, times_of_weekday(times)) for day, times in _json(text, object_pairs_hook=list)]
    # A day that is not named is closed.
    return ";".join(f"{day} {times}" for day, times in found if times)
