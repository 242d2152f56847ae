"""Public holidays and make-up working days of a country or one of its parts, with how sure each date is.

The dates come from the ``holidays`` package. Islamic dates are estimated until the moon is seen; a year is incomplete where a
government moves working days by a yearly decree and has not published it yet (China's State Council does so in November).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import cast

import holidays as package
from holidays.holiday_base import HolidayBase

from stores.timetable.parts import has_no_days_of_its_own, part_named
from stores.timetable.schedule import Certainty, Holiday, HolidayKind
from stores.values.countries import FILED_UNDER, country_code


class UnknownPart(ValueError):  # noqa: N818  it reads as the answer it is
    """A subdivision that has no calendar of its own: perhaps a mistake, perhaps one that has no holidays of its own."""


_ENGLISH = "en_US"
_ESTIMATED = re.compile(r"\s*\((?:observed, )?estimated\)")
_GIVEN_OFF_FOR = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def public_holidays(country: str, subdivision: str | None = None, *, years: Iterable[int]) -> tuple[Holiday, ...]:
    """Holidays and make-up working days by date, names in English where the package has them.

    ``country`` is ISO 3166-1 in either case, or a name. ``subdivision`` is the suffix of ISO 3166-2 (``BY``), the full code
    (``DE-BY``) or the local name (``Bayern``). ValueError when either is unknown or a year is outside the calendar.
    """
    found = [day for year in sorted(set(years)) for day in _of_year(*place(country, subdivision), year)]
    return tuple(sorted(found, key=lambda holiday: holiday.date))


def holidays_of_parts(country: str, year: int) -> frozenset[date]:
    """The dates that are holidays in some part of a country but not in all of it."""
    everywhere, parts = _by_part(place(country, None)[0], year)
    return frozenset().union(*parts) - everywhere


def certain_holidays(country: str, *, years: Iterable[int], dates: Iterable[date]) -> tuple[Holiday, ...]:
    """The holidays of a place of which only the country is known. ValueError when one of ``dates`` depends on the part."""
    code, _ = place(country, None)
    for day in dates:
        everywhere, parts = _by_part(code, day.year)
        if len({day in part for part in (everywhere, *parts)}) > 1:
            raise ValueError(f"{day} is a holiday in parts of {code} only")
    return public_holidays(code, years=years)


@lru_cache(maxsize=1024)
def place(country: str, subdivision: str | None) -> tuple[str, str | None]:
    """The codes of a country and its subdivision. ValueError names what is not known."""
    given = country.strip().upper()
    known = package.list_supported_countries(include_aliases=False)
    # The package's own first: it has Kosovo, which has no code of ISO 3166.
    code = given if country.isascii() and given in known else country_code(country[:100])
    if code is None or code not in known or len(country) < 2:
        raise ValueError(f"there is no holiday calendar of {country[:60]!r}")
    calendar = package.country_holidays(code)
    if not subdivision or not subdivision.strip():
        return code, None
    wanted = subdivision.strip()
    prefix, hyphen, suffix = wanted.partition("-")
    if hyphen and prefix.strip().upper() in {code, given}:
        part = part_named(code, calendar, wanted) or part_named(code, calendar, wanted := suffix.strip())
    else:
        part = part_named(code, calendar, wanted)
    # Hong Kong under China keeps its own holidays. In ISO 3166-2 three letters are a part: GB-MAN is Manchester, not Man.
    if part is None and len(wanted) != 3 and (territory := country_code(wanted[:100])) in FILED_UNDER.get(code, ()):
        return place(str(territory), None)
    if part is None and has_no_days_of_its_own(code, wanted):
        return code, None
    if part is None:
        raise UnknownPart(f"{subdivision[:60]!r} is not a subdivision of {code} with holidays of its own")
    return code, part


@lru_cache(maxsize=4096)
def _of_year(country: str, subdivision: str | None, year: int) -> tuple[Holiday, ...]:
    if not _known(country, year):
        raise ValueError(f"there is no holiday calendar of {country} for {year}")
    calendar = _calendar(country, subdivision, year)
    # A day given off early in January may be worked in the old year.
    following = _calendar(country, subdivision, year + 1).items() if _known(country, year + 1) else ()
    around = (*calendar.items(), *following)
    worked_for = {worked: day.weekday() for day, name in around if (worked := _worked_instead(name))}
    incomplete = _unpublished(calendar, year)
    found = [_holiday(day, name, incomplete=incomplete) for day, name in calendar.items() if day.year == year]
    found += [
        Holiday(day, "make-up working day", HolidayKind.WORKING_DAY, counts_as=worked_for.get(day))
        for day in calendar.weekend_workdays
        if day.year == year
    ]
    if calendar.has_substituted_holidays:
        found += _within_breaks(dict(around), calendar, year, incomplete=incomplete)
    return tuple(found)


def _within_breaks(
    days: Mapping[date, str], calendar: HolidayBase, year: int, *, incomplete: bool
) -> Iterator[Holiday]:
    """The weekends inside a break that a decree put together: China's Golden Week is eight days, of which the calendar names
    those that would be worked otherwise. A weekend at the edge of a break is a weekend like any other.
    """
    for before, after in pairwise(sorted(days)):
        between = [before + timedelta(days=ahead) for ahead in range(1, (after - before).days)]
        if len(between) <= len(calendar.weekend) and all(
            day.weekday() in calendar.weekend and day not in calendar.weekend_workdays for day in between
        ):
            name = "day off" if _worked_instead(days[before]) else days[before]
            yield from (_holiday(day, name, incomplete=incomplete) for day in between if day.year == year)


@lru_cache(maxsize=4096)
def _by_part(country: str, year: int) -> tuple[frozenset[date], tuple[frozenset[date], ...]]:
    """The holidays of the whole country, and those of each of its parts."""
    parts = [_dates(country, part, year) for part in package.country_holidays(country).subdivisions]
    return _dates(country, None, year), tuple(parts)


def _dates(country: str, part: str | None, year: int) -> frozenset[date]:
    if not _known(country, year):
        raise ValueError(f"there is no holiday calendar of {country} for {year}")
    return frozenset(day for day in _calendar(country, part, year) if day.year == year)


@lru_cache(maxsize=4096)
def _known(country: str, year: int) -> bool:
    calendar = package.country_holidays(country)
    return calendar.start_year <= year <= calendar.end_year


def _calendar(country: str, subdivision: str | None, year: int) -> HolidayBase:
    return package.country_holidays(country, subdiv=subdivision, years=year, language=_language(country))


@lru_cache(maxsize=256)
def _language(country: str) -> str | None:
    languages = cast("Iterable[str]", package.country_holidays(country).supported_languages)
    return _ENGLISH if _ENGLISH in languages else None


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
