"""A store's rows as a schedule that ``stores.timetable`` can evaluate.

The status is a statement about doors, so it takes part: an announced store is closed until its opening date, a temporarily
closed one until the date it reopens, if somebody named one. From that date on its hours count again by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stores.timetable.schedule import Closure, MonthDay, Schedule, Season, Week


class OpeningFacts(NamedTuple):
    """What decides when a store is open, as plain values that can be shared between processes.

    ``weeks`` are ``(season_from, season_to, periods as JSON text)``, the whole year with blank ends.
    """

    time_zone: str
    status: str
    opening_date: str
    closing_date: str
    reopen_date: str
    weeks: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, store: Any, weeks: Iterable[Sequence[Any]]) -> OpeningFacts:
        """Facts of a store row (or anything with its columns) and its ``(season_from, season_to, periods)`` rows."""
        return cls(
            store.time_zone,
            store.status,
            _text(store.opening_date),
            _text(store.closing_date),
            _text(store.reopen_date),
            tuple(sorted((start, end, json.dumps(periods, separators=(",", ":"))) for start, end, periods in weeks)),
        )


# Stores of a chain share few weeks, so few schedules serve many stores. About 10 kB each.
@lru_cache(maxsize=4096)
def schedule_of(facts: OpeningFacts) -> Schedule:
    """The schedule by these facts. A time zone that tzdata does not know counts as UTC: validation refuses it on entry."""
    regular: Week | None = None
    seasons = []
    for start, end, periods in facts.weeks:
        week = _week(periods)
        if start:
            seasons.append(Season(MonthDay.parse(start), MonthDay.parse(end), week))
        else:
            regular = week
    return Schedule(
        zone=_zone(facts.time_zone),
        regular=regular,
        seasons=tuple(seasons),
        closures=_closures(facts),
        opens_on=_date(facts.opening_date),
        closes_on=_date(facts.closing_date),
    )


def _closures(facts: OpeningFacts) -> tuple[Closure, ...]:
    if facts.status == "temporarily_closed":
        return (Closure(date.min, _date(facts.reopen_date)),)
    if facts.status in {"open", "soft_open", "closing"}:
        return ()
    if facts.status == "closed":
        return (Closure(date.min, permanent=True),)
    return () if facts.opening_date else (Closure(date.min, reason="not open yet"),)


def local_day(time_zone: str, moment: datetime) -> date:
    """The date at the instant where a store stands, as its schedule counts days."""
    return moment.astimezone(_zone(time_zone)).date()


@lru_cache(maxsize=4096)
def _week(periods: str) -> Week:
    return Week.from_json(json.loads(periods))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_MAY_BE_OPEN = """(clock.now IS NULL OR EXISTS (
    SELECT 1 FROM stores_weeklyhours hours, jsonb_array_elements(hours.periods -> (clock.now ->> 0)::int) period
    WHERE hours.store_id = "stores_store"."id" AND hours.purpose = 'store'
    AND (period ->> 'start') COLLATE "C" <= clock.now ->> 2
    AND ((period ->> 'end') COLLATE "C" > clock.now ->> 2 OR (period ->> 'end') COLLATE "C" <= period ->> 'start')
) OR EXISTS (
    SELECT 1 FROM stores_weeklyhours hours, jsonb_array_elements(hours.periods -> (clock.now ->> 1)::int) period
    WHERE hours.store_id = "stores_store"."id" AND hours.purpose = 'store'
    AND (period ->> 'end') COLLATE "C" <= period ->> 'start' AND (period ->> 'end') COLLATE "C" > clock.now ->> 2
))"""
MAY_BE_OPEN = f'(SELECT {_MAY_BE_OPEN} FROM (SELECT %s::jsonb -> "stores_store"."time_zone" AS now) clock)'  # noqa: S608
"""SQL that is true of every store that is open at an instant by its weeks, and of some that are not.

At night the nearest open store may lie behind thousands of closed ones; this keeps them in the database. It looks at any
season's week and knows nothing of closures: the schedule decides afterwards. Whatever else comes to open a store outside its
weeks (a special day) must be added here. The parameter is ``wall_clocks``.
"""


def wall_clocks(zones: Iterable[str], moment: datetime) -> str:
    """The local weekday, the weekday before, and the clock in each zone, as JSON for :data:`MAY_BE_OPEN`.

    A zone that changes its clocks around the instant, or is not known, is left out: there every store may be open.
    """
    clocks: dict[str, tuple[int, int, str]] = {}
    around = timedelta(hours=50)  # a period of yesterday may have begun 48 hours ago
    for name in zones:
        zone = _zone(name)
        local = moment.astimezone(zone)
        offsets = {(moment + shift).astimezone(zone).utcoffset() for shift in (-around, timedelta(), around)}
        if len(offsets) == 1 and zone.key == name:
            clocks[name] = (local.weekday(), (local.weekday() - 1) % 7, f"{local:%H:%M}")
    return json.dumps(clocks)
