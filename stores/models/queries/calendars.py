"""Which holiday calendar a store lives by, and the calendars themselves, kept by version.

Thousands of stores share a calendar, so what decides a store's opening carries only the calendar's key. Versions come from one
sequence: any row that is added or changed has a version that was never seen, and rows that go lower their number, so a key
names one content for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Max

from stores.models.holidays import HolidayDate
from stores.timetable.holidays import place
from stores.timetable.schedule import Certainty, Holiday, HolidayKind
from stores.values import languages


class CalendarKey(NamedTuple):
    """A market's calendar, or one of its parts', at one content."""

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
        HolidayDate.objects.filter(
            market_id__in={market for market, _ in wanted}, subdivision__in={part for _, part in wanted} | {""}
        )
        .order_by()
        .values_list("market_id", "subdivision")
        .annotate(Max("version"), Count("id"))
    )
    known = {(market, part): CalendarKey(market, part, version, count) for market, part, version, count in rows}
    found = {asked: known.get(asked) or known.get((asked[0], "")) for asked in wanted}
    return {asked: key for asked, key in found.items() if key is not None}


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
    wanted: Iterable[CalendarKey], first: date, after: date, said: Callable[[dict[str, str]], str]
) -> dict[CalendarKey, dict[date, str]]:
    """What calendars call their days from ``first`` up to ``after``, in one query; ``said`` chooses the language."""
    asked = set(wanted)
    rows = HolidayDate.objects.filter(
        market_id__in={key.market_id for key in asked},
        subdivision__in={key.subdivision for key in asked},
        date__gte=first,
        date__lt=after,
    ).exclude(kind="ordinary")
    found: dict[tuple[int, str], dict[date, str]] = {}
    for row in rows.order_by():
        found.setdefault((row.market_id, row.subdivision), {})[row.date] = said(row.name)
    return {key: found.get((key.market_id, key.subdivision), {}) for key in asked}


def _load(missing: set[CalendarKey]) -> dict[CalendarKey, tuple[Holiday, ...]]:
    rows = HolidayDate.objects.filter(
        market_id__in={key.market_id for key in missing}, subdivision__in={key.subdivision for key in missing}
    ).exclude(kind="ordinary")
    found: dict[tuple[int, str], list[Holiday]] = {}
    for row in rows.order_by("date"):
        holiday = Holiday(row.date, said(row.name), HolidayKind(row.kind), Certainty(row.certainty), row.counts_as)
        found.setdefault((row.market_id, row.subdivision), []).append(holiday)
    # Rows that changed since a key was made give the newer content, and their stores a new version with another key.
    loaded = {key: tuple(found.get((key.market_id, key.subdivision), ())) for key in missing}
    if len(_calendars) + len(loaded) > _MOST_CALENDARS:
        _calendars.clear()
    _calendars.update(loaded)
    return loaded


@lru_cache(maxsize=16_384)
def part_of(country: str, area: str) -> str | None:
    """The part of a country that an address's administrative area names without doubt, None otherwise."""
    if not country or not area:
        return None
    try:
        return place(country, area)[1]
    except ValueError:
        return None


def said(texts: dict[str, str]) -> str:
    """A name for the sentence of a rule, which is English."""
    try:
        return languages.pick(texts, languages.ENGLISH, languages.ENGLISH)[0]
    except LookupError:
        return ""
