"""Whole calendars for loading: a country's or a part's holidays with their names in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import holidays as package

from stores.timetable.holidays import place, public_holidays
from stores.timetable.schedule import Certainty, Holiday, HolidayKind

_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]\s*")
# Chinese is one language in two scripts, and readers of one do not read the other.
_SCRIPTS = {"zh_CN": "zh-Hans", "zh_TW": "zh-Hant", "zh_HK": "zh-Hant", "zh_MO": "zh-Hant"}
_WORKING_DAY = {
    "en": "Make-up working day",
    "de": "Ersatzarbeitstag",
    "ja": "振替出勤日",
    "zh-Hans": "调休上班",
    "zh-Hant": "補班日",
}


class NamedHoliday(NamedTuple):
    """A holiday or make-up working day with its name by language tag, English or the country's own at least."""

    holiday: Holiday
    names: Mapping[str, str]


def source() -> str:
    """The package that knows the dates, and its version."""
    return f"holidays {version('holidays')}"


def parts(country: str) -> tuple[str, ...]:
    """The parts of a country that have a calendar of their own. ValueError when there is no calendar at all."""
    code, _ = place(country, None)
    return tuple(package.country_holidays(code).subdivisions)


def named_holidays(country: str, part: str, year: int, languages: Iterable[str]) -> tuple[NamedHoliday, ...]:
    """One calendar year, at most one entry a date, with names in those of ``languages`` that the package has.

    ``part`` is blank for the country as a whole. ValueError when there is no calendar for the country or the year.
    """
    ranked = sorted(
        public_holidays(country, part or None, years=[year]),
        key=lambda day: (day.kind is HolidayKind.HOLIDAY, day.certainty is Certainty.CERTAIN),
    )
    by_date = {holiday.date: holiday for holiday in ranked}
    names = _names(country, part, year, frozenset(languages))
    return tuple(NamedHoliday(holiday, _named(holiday, names)) for _, holiday in sorted(by_date.items()))


def _named(holiday: Holiday, names: Mapping[str, Mapping[date, str]]) -> dict[str, str]:
    if holiday.kind is HolidayKind.WORKING_DAY:
        return {tag: text for tag, text in _WORKING_DAY.items() if tag == "en" or tag in names}
    own = {tag: found[holiday.date] for tag, found in names.items() if holiday.date in found}
    if holiday.certainty is Certainty.ESTIMATED:
        # The same remark in every language, in brackets at the end.
        own = {tag: _IN_BRACKETS.sub("", text) or text for tag, text in own.items()}
    if "en" in own or not own:
        own["en"] = holiday.name
    return own


def _names(country: str, part: str, year: int, languages: frozenset[str]) -> dict[str, Mapping[date, str]]:
    code, subdivision = place(country, part or None)
    return {
        tag: package.country_holidays(code, subdiv=subdivision, years=year, language=locale)
        for tag, locale in _locales(code).items()
        if tag in languages or tag.partition("-")[0] in languages
    }


@cache
def _locales(country: str) -> dict[str, str]:
    """The package's names of a country's languages by tag; of two kinds of English, the American is in every calendar."""
    calendar = package.country_holidays(country)
    found: dict[str, str] = {}
    for locale in sorted(filter(None, calendar.supported_languages), key=lambda name: name != "en_US"):
        found.setdefault(_SCRIPTS.get(locale, locale.partition("_")[0]), locale)
    return found
