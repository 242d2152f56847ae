"""A store's rows as a schedule that ``stores.timetable`` can evaluate.

The status is a statement about doors, so it takes part: an announced store is closed until its opening date, a temporarily
closed one until the date it reopens, if somebody named one. From that date on its hours count again by themselves.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q, QuerySet

from stores.models.queries.calendars import CalendarKey, holidays_of, ready
from stores.timetable.schedule import (
    Closure,
    Day,
    HolidayPolicy,
    MonthDay,
    Schedule,
    Season,
    SpecialDay,
    Week,
    day_from_json,
)

Rows = TypeVar("Rows", bound=QuerySet[Any])
log = logging.getLogger(__name__)


class Special(NamedTuple):
    """A special day as plain values: ISO date, periods as JSON text, its English name, its state."""

    date: str
    periods: str
    name: str
    state: str


class OpeningFacts(NamedTuple):
    """What decides when a store is open, as plain values that can be shared between processes.

    ``weeks`` are ``(season_from, season_to, periods as JSON text)``, the whole year with blank ends. ``holiday_hours`` is JSON
    text. The holidays themselves are in the calendar that the key names.
    """

    time_zone: str
    status: str
    opening_date: str
    closing_date: str
    reopen_date: str
    weeks: tuple[tuple[str, str, str], ...]
    special: tuple[Special, ...] = ()
    policy: str = "ask"
    holiday_hours: str = ""
    calendar: CalendarKey | None = None

    @classmethod
    def of(cls, store: Any, weeks: Iterable[Sequence[Any]], **more: Any) -> OpeningFacts:
        """Facts of a store row (or anything with its columns) and its ``(season_from, season_to, periods)`` rows."""
        return cls(
            store.time_zone,
            store.status,
            _text(store.opening_date),
            _text(store.closing_date),
            _text(store.reopen_date),
            _weeks(weeks),
            **more,
        )

    def with_weeks(self, weeks: Iterable[Sequence[Any]]) -> OpeningFacts:
        """The same store with other weeks, such as ones that nobody saved yet."""
        return self._replace(weeks=_weeks(weeks))

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> OpeningFacts:
        """Back from JSON, where every tuple is a list."""
        zone, status, opens, closes, reopens, weeks, special, policy, holiday_hours, calendar = values
        return cls(
            zone,
            status,
            opens,
            closes,
            reopens,
            tuple(tuple(week) for week in weeks),
            tuple(Special(*day) for day in special),
            policy,
            holiday_hours,
            CalendarKey(*calendar) if calendar else None,
        )


# Stores of a chain share few weeks, so few schedules serve many stores. About 10 kB each.
@lru_cache(maxsize=4096)
def schedule_of(facts: OpeningFacts) -> Schedule:
    """The schedule by these facts. A time zone that tzdata does not know any more counts as UTC.

    A dismissed special day says that nobody has to ask: under ``ask`` the holiday does not count for the store, one that only
    parts of the country have under no policy. ValueError for rows that contradict each other.
    """
    regular: Week | None = None
    seasons = []
    for start, end, periods in facts.weeks:
        week = _week(periods)
        if start:
            seasons.append(Season(MonthDay.parse(start), MonthDay.parse(end), week))
        else:
            regular = week
    holidays = holidays_of(facts.calendar) if facts.calendar else ()
    policy = HolidayPolicy(facts.policy)
    if settled := {day.date for day in facts.special if day.state == "dismissed"}:
        holidays = tuple(
            holiday
            for holiday in holidays
            if holiday.date.isoformat() not in settled or not (holiday.in_parts or policy is HolidayPolicy.ASK)
        )
    return Schedule(
        zone=_zone(facts.time_zone),
        regular=regular,
        seasons=tuple(seasons),
        special_days=tuple(
            SpecialDay(date.fromisoformat(day.date), _day(day.periods), day.name, confirmed=day.state == "confirmed")
            for day in facts.special
            if day.state != "dismissed"
        ),
        holidays=holidays,
        policy=policy,
        holiday_hours=_day(facts.holiday_hours) if facts.holiday_hours else (),
        closures=_closures(facts),
        opens_on=_date(facts.opening_date),
        closes_on=_date(facts.closing_date),
    )


def schedules_of(facts: Mapping[int, OpeningFacts]) -> dict[int, Schedule]:
    """The schedules of many stores; at most one query for all the calendars that are not remembered.

    A store whose hours cannot be read is unknown while its doors are open: it must not take the others' page down with it.
    """
    ready({each.calendar for each in facts.values() if each.calendar})
    found = {}
    for store_id, each in facts.items():
        try:
            found[store_id] = schedule_of(each)
        except ValueError as error:
            log.warning("the hours of store %s cannot be read, so it is unknown when it is open: %s", store_id, error)
            found[store_id] = schedule_of(each._replace(weeks=(), special=(), holiday_hours="", calendar=None))  # noqa: SLF001  (public in a NamedTuple)
    return found


def _weeks(rows: Iterable[Sequence[Any]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((start, end, json_text(periods)) for start, end, periods in rows))


def json_text(value: Any) -> str:
    """JSON without spaces, as facts carry it."""
    return json.dumps(value, separators=(",", ":"))


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


def by_local_day(rows: Rows, lookup: str, *, zone: str, moment: datetime) -> Rows:
    """The rows whose date fits the local day at the instant: ``lookup`` is such as ``due_date__lt``, ``zone`` a path.

    At any instant the world has two or three dates, so the zones in use are sorted by date and the database compares dates:
    the days are those of the schedules, not those of the database server's own time zone rules.
    """
    days: defaultdict[date, list[str]] = defaultdict(list)
    for name in rows.order_by().values_list(zone, flat=True).distinct():
        days[local_day(name, moment)].append(name)
    fits = Q(pk__in=[])
    for day, names in days.items():
        fits |= Q(**{f"{zone}__in": names, lookup: day})
    return rows.filter(fits)


@lru_cache(maxsize=4096)
def _week(periods: str) -> Week:
    return Week.from_json(json.loads(periods))


@lru_cache(maxsize=4096)
def _day(periods: str) -> Day:
    return day_from_json(json.loads(periods))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of tzdata, such as Europe
        return ZoneInfo("UTC")


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_MAY_BE_OPEN = """(clock.now IS NULL OR EXISTS (
    SELECT 1 FROM stores_weeklyhours hours, jsonb_array_elements(hours.periods -> (clock.now ->> 0)::int) period
    WHERE hours.store_id IN ("stores_store"."id", "stores_store"."hours_from_id") AND hours.purpose = 'store'
    AND (period ->> 'start') COLLATE "C" <= clock.now ->> 2
    AND ((period ->> 'end') COLLATE "C" > clock.now ->> 2 OR (period ->> 'end') COLLATE "C" <= period ->> 'start')
) OR EXISTS (
    SELECT 1 FROM stores_weeklyhours hours, jsonb_array_elements(hours.periods -> (clock.now ->> 1)::int) period
    WHERE hours.store_id IN ("stores_store"."id", "stores_store"."hours_from_id") AND hours.purpose = 'store'
    AND (period ->> 'end') COLLATE "C" <= period ->> 'start' AND (period ->> 'end') COLLATE "C" > clock.now ->> 2
) OR EXISTS (
    SELECT 1 FROM stores_specialday special
    WHERE special.store_id IN ("stores_store"."id", "stores_store"."hours_from_id") AND special.purpose = 'store'
    AND special.state = 'confirmed' AND special.periods <> '[]'
    AND special.date IN ((clock.now ->> 3)::date, (clock.now ->> 4)::date)
) OR EXISTS (
    SELECT 1 FROM stores_holidaydate holiday WHERE holiday.market_id = "stores_store"."market_id"
    AND holiday.date IN ((clock.now ->> 3)::date, (clock.now ->> 4)::date)
))"""
MAY_BE_OPEN = f'(SELECT {_MAY_BE_OPEN} FROM (SELECT %s::jsonb -> "stores_store"."time_zone" AS now) clock)'  # noqa: S608  (our names)
"""SQL that is true of every store that is open at an instant, and of some that are not.

At night the nearest open store may lie behind thousands of closed ones; this keeps them in the database. It looks at any
season's week, at special days, and takes a holiday (when a store may keep Sunday's hours, or hours of its own) for a day on
which every store of the market may be open; it knows nothing of closures: the schedule decides afterwards. Whatever else comes
to open a store must be added here. The parameter is ``wall_clocks``.
"""


def wall_clocks(zones: Iterable[str], moment: datetime) -> str:
    """The local weekday, the weekday before, the clock, the date and the date before, by zone, as JSON for
    :data:`MAY_BE_OPEN`.

    A zone that changes its clocks around the instant, or is not known, is left out: there every store may be open.
    """
    clocks: dict[str, tuple[int, int, str, str, str]] = {}
    around = timedelta(hours=50)  # a period of yesterday may have begun 48 hours ago
    for name in zones:
        zone = _zone(name)
        local = moment.astimezone(zone)
        offsets = {(moment + shift).astimezone(zone).utcoffset() for shift in (-around, timedelta(), around)}
        if len(offsets) == 1 and zone.key == name:
            day, before = local.date(), local.date() - timedelta(days=1)
            clocks[name] = (day.weekday(), before.weekday(), f"{local:%H:%M}", str(day), str(before))
    return json.dumps(clocks)
