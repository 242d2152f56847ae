"""Public holidays and make-up working days of a country or one of its parts, with how sure each date is.

The dates come from the ``holidays`` package. Islamic dates are estimated until the moon is seen; a year is incomplete where a
government moves working days by a yearly decree and has not published it yet (China's State Council does so in November).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import cast

import holidays as package
from holidays.holiday_base import HolidayBase

from stores.timetable.schedule import Certainty, Holiday, HolidayKind

_ENGLISH = "en_US"
_ESTIMATED = re.compile(r"\s*\((?:observed, )?estimated\)")
_GIVEN_OFF_FOR = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def public_holidays(country: str, subdivision: str | None = None, *, years: Iterable[int]) -> tuple[Holiday, ...]:
    """Holidays and make-up working days by date, names in English where the package has them.

    ``country`` is ISO 3166-1 in either case. ``subdivision`` is the suffix of ISO 3166-2 (``BY``), the full code
    (``DE-BY``) or the local name (``Bayern``). ValueError when either is unknown or a year is outside the calendar.
    """
    found = [day for year in sorted(set(years)) for day in _of_year(*place(country, subdivision), year)]
    return tuple(sorted(found, key=lambda holiday: holiday.date))


def holidays_of_parts(country: str, year: int) -> frozenset[date]:
    """The dates that are holidays in some part of a country but not in all of it."""
    code, _ = place(country, None)
    everywhere = {day.date for day in _of_year(code, None, year)}
    parts = {day.date for part in _subdivisions(code) for day in _of_year(code, part, year)}
    return frozenset(parts - everywhere)


@lru_cache(maxsize=1024)
def place(country: str, subdivision: str | None) -> tuple[str, str | None]:
    """The codes of a country and its subdivision. ValueError names what is not known."""
    code = {"UK": "GB"}.get(country.strip().upper(), country.strip().upper())
    try:
        calendar = package.country_holidays(code)
    except NotImplementedError as error:
        raise ValueError(f"there is no holiday calendar of {country!r}") from error
    if not subdivision or not subdivision.strip():
        return code, None
    wanted = _plain(subdivision.strip())
    names = {_plain(part): part for part in calendar.subdivisions}
    names |= {_plain(name): part for name, part in calendar.subdivisions_aliases.items()}
    part = names.get(wanted) or names.get(wanted.removeprefix(f"{code.casefold()}-"))
    if part is None:
        raise ValueError(f"{subdivision!r} is not a subdivision of {code} with holidays of its own")
    return code, part


@lru_cache(maxsize=4096)
def _of_year(country: str, subdivision: str | None, year: int) -> tuple[Holiday, ...]:
    calendar = _calendar(country, subdivision, year)
    if not calendar.start_year <= year <= calendar.end_year:
        raise ValueError(f"there is no holiday calendar of {country} for {year}")
    # A day given off early in January may be worked in the old year.
    around = (*calendar.items(), *_calendar(country, subdivision, year + 1).items())
    worked_for = {worked: day.weekday() for day, name in around if (worked := _worked_instead(name))}
    incomplete = _unpublished(calendar, year)
    found = [_holiday(day, name, incomplete=incomplete) for day, name in calendar.items() if day.year == year]
    found += [
        Holiday(day, "make-up working day", HolidayKind.WORKING_DAY, counts_as=worked_for.get(day))
        for day in calendar.weekend_workdays
        if day.year == year
    ]
    return tuple(found)


def _calendar(country: str, subdivision: str | None, year: int) -> HolidayBase:
    languages = cast("Iterable[str]", package.country_holidays(country).supported_languages)
    language = _ENGLISH if _ENGLISH in languages else None
    return package.country_holidays(country, subdiv=subdivision, years=year, language=language)


def _holiday(day: date, name: str, *, incomplete: bool) -> Holiday:
    plain = _ESTIMATED.sub("", name)
    certainty = Certainty.INCOMPLETE if incomplete else Certainty.CERTAIN
    if plain != name:
        certainty = Certainty.ESTIMATED
    if worked := _worked_instead(name):
        plain = f"day off, worked on {worked}"
    return Holiday(day, plain, certainty=certainty)


def _worked_instead(name: str) -> date | None:
    """``Day off (substituted from 01/04/2026)``: the weekend day that is worked for it."""
    match = _GIVEN_OFF_FOR.search(name)
    return date(int(match[3]), int(match[1]), int(match[2])) if match else None


def _unpublished(calendar: HolidayBase, year: int) -> bool:
    if not calendar.has_substituted_holidays:
        return False
    decreed = getattr(calendar, "special_public_holidays", None) or {}
    return bool(decreed) and year > max(decreed)


def _subdivisions(country: str) -> tuple[str, ...]:
    return tuple(package.country_holidays(country).subdivisions)


def _plain(name: str) -> str:
    """A name without case, accents and spaces, so that ``Baden-Wurttemberg`` and ``baden-württemberg`` are one."""
    split = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in split if not unicodedata.combining(character) and not character.isspace())
