"""The dates of an OSM rule, as opening-hours-py writes them: seasons of every year, and ranges of dates that name theirs."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from stores.timetable.reading import HoursNotUnderstood
from stores.timetable.schedule import MonthDay, Season, Week

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MOST_DATES = 366
"""Dated days that become special days of a store, at most a year of them; what goes on for longer is a season of some years
only, which our model has not."""
LONGEST_DATES = 10 * MOST_DATES
"""The same for a question about one moment, which keeps nothing."""

_LAST_YEAR = 9998
_MONTH = "|".join(MONTHS)
_ONLY_YEARS = re.compile(r"^(\d{4})(?:-(\d{4}))?$")
_OF_ALL, _YEAR_IN = re.compile(r"\d{4}(?=[A-Z])"), re.compile(r"\d{4}")
_DATE_PARTS = re.compile(rf"(?:(?P<year>\d{{4}}) ?)?(?P<month>{_MONTH})(?: (?P<day>\d{{1,2}}))?")
_NEVER = Week.daily()


def read_dates(text: str) -> tuple[tuple[Season, ...], tuple[tuple[date, date], ...]]:
    """Seasons (their week says nothing), and first and last dates. HoursNotUnderstood names what no calendar has."""
    seasons: list[Season] = []
    dates: list[tuple[date, date]] = []
    for each in _each_with_its_year(text):
        _read_dates(each, seasons, dates)
    return tuple(seasons), tuple(dates)


def _each_with_its_year(text: str) -> list[str]:
    """In the normal form, the year of "2026Apr,Jun" is one of all its months, that of "2026 Apr 1,Jun 1" of the first only."""
    first, *others = text.split(",")
    year = _OF_ALL.match(first)
    if year and _YEAR_IN.search("".join(others)):
        raise HoursNotUnderstood("it names years")
    return [first, *(f"{year[0] if year else ''}{other}" for other in others)]


def _read_dates(text: str, seasons: list[Season], dates: list[tuple[date, date]]) -> None:
    text = _ONLY_YEARS.sub(lambda years: f"{years[1]} Jan-{years[2] or years[1]} Dec", text)
    ends = [_DATE_PARTS.fullmatch(part) for part in text.split("-")]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        raise HoursNotUnderstood(f"the date {text!r} was not understood")
    start = _month_day(first, first=True)
    end = _month_day(last, first=False)
    if first["day"] and int(first["day"]) != start.day:
        raise HoursNotUnderstood(f"{text!r} names a date that does not exist")
    if first["year"] is None and last["year"] is None:
        seasons.append(Season(start, end, _NEVER))
        return
    if first["year"] is None:
        raise HoursNotUnderstood("only the end of a range names its year")
    year = int(first["year"])
    # "2026 Dec 20-Jan 06" ends in the next year; "2026Dec-Feb" is the winter months of 2026, three of its corners.
    end_year = int(last["year"]) if last["year"] else year + (end < start and text[4] == " ")
    if not 1900 <= year <= _LAST_YEAR:
        raise HoursNotUnderstood(f"{text!r} is outside the calendar")
    end_year = min(end_year, _LAST_YEAR)  # "2025+" ends with the calendar
    try:
        began = date(year, *start)
        ended = date(end_year, *end) if last["day"] else date(end_year, end.month, monthrange(end_year, end.month)[1])
    except ValueError as error:
        raise HoursNotUnderstood(f"{text!r} names a date that does not exist") from error
    if ended < began:
        raise HoursNotUnderstood(f"{text!r} ends before it begins")
    dates.append((began, ended))


def _month_day(parts: re.Match[str], *, first: bool) -> MonthDay:
    month = MONTHS.index(parts["month"]) + 1
    last = _LAST_DAYS[month - 1]
    if parts["day"]:
        return MonthDay(month, min(int(parts["day"]), last))
    return MonthDay(month, 1 if first else last)
