"""Which holiday calendar a store lives by, and the calendars themselves, kept by version.

Thousands of stores share a calendar, so what decides a store's opening carries only the calendar's key. Versions come from one
sequence: any row that is added or changed has a version that was never seen, and rows that go lower their number, so a key
names one content for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from django.db.models import Count, Max, Q

from stores.models.holidays import HolidayDate
from stores.timetable.holidays import place
from stores.timetable.schedule import Certainty, Holiday, HolidayKind
from stores.values import languages

Said = TypeVar("Said")
ANYWHERE = "*"
"""Stands for the part of a store that may be anywhere in the country: the market's dates, and those that only parts have."""


class CalendarKey(NamedTuple):
    """A market's calendar, or one of its parts', at one content. ``subdivision`` may be :data:`ANYWHERE`."""

    market_id: int
    subdivision: str
    version: int
    rows: int


_MOST_CALENDARS = 4096  # all of the world's twice over; a calendar of three years takes about 10 kB
_calendars: dict[CalendarKey, tuple[Holiday, ...]] = {}


def keys(places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], CalendarKey]:
    """The key of the calendar for each (market, part), in one query. A part without one has its market's; none is left out."""
    wanted = set(places)
    rows = (
        HolidayDate.objects.filter(_of(wanted | {(market, "") for market, _ in wanted}))
        .order_by()
        .values_list("market_id", "subdivision")
        .annotate(Max("version"), Count("id"))
    )
    known = {(market, part): CalendarKey(market, part, version, count) for market, part, version, count in rows}
    found = {asked: _anywhere(asked, known) or known.get(asked) or known.get((asked[0], "")) for asked in wanted}
    return {asked: key for asked, key in found.items() if key is not None}


def _of(places: set[tuple[int, str]]) -> Q:
    """The rows of these (market, part), of all parts for ANYWHERE."""
    some = Q(market_id__in={market for market, _ in places}, subdivision__in={part for _, part in places})
    whole = {market for market, part in places if part == ANYWHERE}
    return some | Q(market_id__in=whole) if whole else some


def _anywhere(asked: tuple[int, str], known: Mapping[tuple[int, str], CalendarKey]) -> CalendarKey | None:
    """The key of all calendars of a market together; None where the part is known, or the market has no calendar."""
    own = [key for (market, _), key in known.items() if market == asked[0]]
    if asked[1] != ANYWHERE or not own:
        return None
    return CalendarKey(asked[0], ANYWHERE, max(key.version for key in own), sum(key.rows for key in own))


def ready(wanted: Iterable[CalendarKey]) -> None:
    """Load the calendars that this process does not remember, in one query."""
    missing = {key for key in wanted if key not in _calendars}
    if missing:
        _load(missing)


def holidays_of(key: CalendarKey) -> tuple[Holiday, ...]:
    """The holidays of a calendar. Make many of them ``ready`` before."""
    found = _calendars.get(key)
    return _load({key})[key] if found is None else found


def names(
    wanted: Iterable[CalendarKey], first: date, after: date, said: Callable[[dict[str, str]], Said]
) -> dict[CalendarKey, dict[date, Said]]:
    """What calendars call their days from ``first`` up to ``after``, in one query, as ``said`` makes it of the texts."""
    asked = set(wanted)
    rows = HolidayDate.objects.filter(
        _of({key[:2] for key in asked}),
        date__gte=first,
        date__lt=after,
    ).exclude(kind="ordinary")
    found: dict[tuple[int, str], dict[date, Said]] = {}
    for row in rows.order_by():
        found.setdefault((row.market_id, row.subdivision), {})[row.date] = said(row.name)
    return {key: _in(key, found) for key in asked}


def _load(missing: set[CalendarKey]) -> dict[CalendarKey, tuple[Holiday, ...]]:
    rows = HolidayDate.objects.filter(_of({key[:2] for key in missing})).exclude(kind="ordinary")
    found: dict[tuple[int, str], dict[date, Holiday]] = {}
    for row in rows.order_by("date"):
        holiday = Holiday(row.date, said(row.name), HolidayKind(row.kind), Certainty(row.certainty), row.counts_as)
        found.setdefault((row.market_id, row.subdivision), {})[row.date] = holiday
    # Rows that changed since a key was made give the newer content, and their stores a new version with another key.
    loaded = {key: _loaded(key, found) for key in missing}
    if len(_calendars) + len(loaded) > _MOST_CALENDARS:
        _calendars.clear()
    _calendars.update(loaded)
    return loaded


def _in(key: CalendarKey, found: Mapping[tuple[int, str], Mapping[date, Said]]) -> dict[date, Said]:
    """What is said of each date where the key stands for; anywhere in a country, the market's own word comes first."""
    merged: dict[date, Said] = {}
    for market, part in sorted(found) if key.subdivision == ANYWHERE else [key[:2]]:
        if market == key.market_id:
            merged = {**found.get((market, part), {}), **merged}
    return merged


def _loaded(key: CalendarKey, found: Mapping[tuple[int, str], Mapping[date, Holiday]]) -> tuple[Holiday, ...]:
    if key.subdivision == ANYWHERE:
        # Make-up working days are the country's.
        found = {
            (market, part): {
                day: replace(holiday, in_parts=bool(part))
                for day, holiday in days.items()
                if not part or holiday.kind is HolidayKind.HOLIDAY
            }
            for (market, part), days in found.items()
        }
    return tuple(holiday for _, holiday in sorted(_in(key, found).items()))


@lru_cache(maxsize=16_384)
def part_of(country: str, area: str) -> str | None:
    """The part of a country that an address's administrative area names without doubt, None otherwise.

    Blank for one of which it is known that it has the country's holidays and no others.
    """
    if not country or not area:
        return None
    try:
        return place(country, area)[1] or ""
    except ValueError:
        return None


def said(texts: dict[str, str]) -> str:
    """A name for the sentence of a rule, which is English."""
    try:
        return languages.pick(texts, languages.ENGLISH, languages.ENGLISH)[0]
    except LookupError:
        return ""
