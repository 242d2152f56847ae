"""When a store says it is open: weeks, seasons, special days, holidays and closures, as plain values.

Everything here is local wall-clock time of one store. A period belongs to the day it starts on and may pass midnight,
so a day's end is not the end of its periods. "No data" (no week at all) is unknown; a day without periods is closed.
Turning this into instants is the work of ``stores.timetable.evaluate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any, NamedTuple, Self, TypeGuard
from zoneinfo import ZoneInfo

DAY = 1440
"""Minutes of a wall-clock day."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Open from a minute of the day (0..1439) for 1..1440 minutes of wall-clock time."""

    start_minute: int
    duration_minutes: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < DAY:
            raise ValueError(f"a period starts at minute 0..1439 of a day, not {self.start_minute}")
        if not 1 <= self.duration_minutes <= DAY:
            raise ValueError(f"a period lasts 1..1440 minutes, not {self.duration_minutes}")

    @classmethod
    def between(cls, start: object, end: object) -> Self:
        """``09:00`` to ``19:00``; an end at or before the start is on the next day, ``24:00`` is midnight."""
        start_minute, end_minute = _minute(start, "start"), _minute(end, "end")
        if start_minute == DAY:
            raise ValueError("start '24:00' is the next day's 00:00")
        return cls(start_minute, end_minute - start_minute + (DAY if end_minute <= start_minute else 0))

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read ``{"start": "09:00", "end": "19:00"}``. ValueError says which part is wrong."""
        if not isinstance(value, Mapping) or set(value) != {"start", "end"}:
            raise ValueError('a period is {"start": "HH:MM", "end": "HH:MM"}')
        return cls.between(value["start"], value["end"])

    def to_json(self) -> dict[str, str]:
        return {"start": clock_text(self.start_minute), "end": clock_text(self.end_minute)}

    @property
    def end_minute(self) -> int:
        """Minutes from the start of its day, above 1440 when it passes midnight."""
        return self.start_minute + self.duration_minutes

    def __str__(self) -> str:
        return f"{clock_text(self.start_minute)}-{clock_text(self.end_minute)}"


Day = tuple[Period, ...]


class Overlap(ValueError):  # noqa: N818  it names what is wrong
    """Two periods of a week share time. ``weekday`` holds the first; ``into`` is the day of the second when it is the next."""

    def __init__(self, weekday: int, into: int | None, time: str) -> None:
        where = WEEKDAYS[weekday] + ("" if into is None else f" and {WEEKDAYS[into]}")
        super().__init__(f"{where}: periods overlap at {time}")
        self.weekday, self.into, self.time = weekday, into, time


@dataclass(frozen=True)
class Week:
    """Seven days of periods, Monday first, each in order of start.

    ValueError when two periods overlap, also over midnight and from Sunday into Monday; meeting end to start is fine.
    """

    days: tuple[Day, Day, Day, Day, Day, Day, Day]

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", tuple(tuple(sorted(day)) for day in self.days))
        spans = [
            (weekday * DAY + period.start_minute, weekday * DAY + period.end_minute, weekday)
            for weekday, day in enumerate(self.days)
            for period in day
        ]
        following = [*spans[1:], *((start + 7 * DAY, end + 7 * DAY, day) for start, end, day in spans[:1])]
        for (_, end, weekday), (start, _, next_weekday) in zip(spans, following, strict=True):
            if end > start:
                raise Overlap(weekday, next_weekday if next_weekday != weekday else None, clock_text(start % DAY))

    @classmethod
    def of(cls, days: Iterable[Iterable[Period]]) -> Self:
        """A week of seven days, Monday first."""
        monday, tuesday, wednesday, thursday, friday, saturday, sunday = (tuple(day) for day in days)
        return cls((monday, tuesday, wednesday, thursday, friday, saturday, sunday))

    @classmethod
    def daily(cls, *periods: Period) -> Self:
        """The same periods on every day."""
        return cls((periods,) * 7)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read seven lists of periods, Monday first. ValueError names the day and the period that is wrong."""
        if not _is_list(value) or len(value) != 7:
            raise ValueError("a week is a list of seven lists of periods, Monday first")
        return cls.of(day_from_json(day, WEEKDAYS[index]) for index, day in enumerate(value))

    def to_json(self) -> list[list[dict[str, str]]]:
        return [[period.to_json() for period in day] for day in self.days]

    @cached_property
    def always(self) -> bool | None:
        """True when the week is open without a gap, False when it never opens, None when it changes."""
        minutes = sum(period.duration_minutes for day in self.days for period in day)
        return {0: False, 7 * DAY: True}.get(minutes)

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """The minutes of the week, from Monday's midnight, at which it opens and closes in turn; the first is an opening.

        The last may lie in the next week. Empty for a week that never changes.
        """
        if self.always is not None:
            return ()
        found: list[int] = []
        for weekday, day in enumerate(self.days):
            for period in day:
                if found and found[-1] == weekday * DAY + period.start_minute:
                    found[-1] += period.duration_minutes
                else:
                    found += [weekday * DAY + period.start_minute, weekday * DAY + period.end_minute]
        if found[-1] == found[0] + 7 * DAY:
            # Sunday night goes on into Monday.
            del found[-1], found[0]
            found = [*found[1:], found[0] + 7 * DAY]
        return tuple(found)


def day_from_json(value: object, where: str = "day") -> Day:
    """Read a list of periods of one day. ValueError says where, and what is wrong."""
    if not _is_list(value):
        raise ValueError(f"{where}: a day is a list of periods")
    periods = []
    for index, item in enumerate(value, 1):
        try:
            periods.append(Period.from_json(item))
        except ValueError as error:
            raise ValueError(f"{where}, period {index}: {error}") from error
    return _checked_day(periods, where)


class Rule(NamedTuple):
    """What decided an answer: its kind, a sentence for people, and whether somebody stands behind it."""

    kind: str
    text: str
    confirmed: bool = True


@dataclass(frozen=True)
class SpecialDay:
    """The hours of one date in place of all others; without periods it is closed.

    An unconfirmed one is a proposal: it does not change the answer, but marks it as unconfirmed.
    """

    date: date
    periods: Day
    name: str = ""
    confirmed: bool = True
    by: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", _checked_day(self.periods, f"special day {self.date}"))


@dataclass(frozen=True)
class Closure:
    """No day opens from ``from_date`` on. ``until`` is the first day open again, None when nobody knows.

    Like a special day it speaks for the periods that start on its days: last night's are still finished.
    """

    from_date: date
    until: date | None = None
    permanent: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if self.permanent and self.until:
            raise ValueError("a permanent closure has no end")
        if self.until and self.until <= self.from_date:
            raise ValueError(f"a closure from {self.from_date} cannot end on {self.until}")


class MonthDay(NamedTuple):
    """A day of every year. 29 February stands for 1 March as a start, and for 28 February as an end, in other years."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _MONTH_DAY.fullmatch(text)
        if not match or int(match[2]) > _MONTH_LENGTHS[int(match[1]) - 1]:
            raise ValueError(f"{text!r} is not a day of the year as MM-DD")
        return cls(int(match[1]), int(match[2]))

    def within(self, first: MonthDay, last: MonthDay) -> bool:
        """Whether it lies between two days of the year, both included, also over the New Year."""
        if first <= last:
            return first <= self <= last
        return self >= first or self <= last

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True)
class Season:
    """A week for a part of every year, first and last day included; it may run over the New Year."""

    from_day: MonthDay
    to_day: MonthDay
    week: Week

    def includes(self, day: date) -> bool:
        return MonthDay(day.month, day.day).within(self.from_day, self.to_day)

    def __str__(self) -> str:
        return f"{self.from_day} to {self.to_day}"


class HolidayKind(StrEnum):
    HOLIDAY = "holiday"
    WORKING_DAY = "working_day"


class Certainty(StrEnum):
    """How sure a date is: Islamic ones are estimated, a year may be incomplete until its government publishes."""

    CERTAIN = "certain"
    ESTIMATED = "estimated"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Holiday:
    """A public holiday of a store's country or subdivision, or a make-up working day.

    A make-up working day is worked like ``counts_as`` (0 is Monday), the weekday that was given off for it; when nobody
    says which, like its own. ``in_parts`` only, and nobody knows in which part the store is: a question under every policy but
    ``normal``.
    """

    date: date
    name: str
    kind: HolidayKind = HolidayKind.HOLIDAY
    certainty: Certainty = Certainty.CERTAIN
    counts_as: int | None = None
    in_parts: bool = False


class HolidayPolicy(StrEnum):
    """What a store does on a public holiday that no special day settles."""

    CLOSED = "closed"
    SUNDAY_HOURS = "sunday_hours"
    NORMAL = "normal"
    ASK = "ask"
    """Regular hours, unconfirmed, until the manager decides."""
    OWN_HOURS = "own_hours"
    """The schedule's ``holiday_hours``."""


@dataclass(frozen=True)
class Schedule:
    """Everything that decides when one store is open for one purpose.

    ``regular`` None means that nobody knows the week. ``opens_on`` is the first trading day, ``closes_on`` the first
    day of permanent closure. ValueError when two special days or two seasons claim the same day.
    """

    zone: ZoneInfo
    regular: Week | None = None
    seasons: tuple[Season, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    policy: HolidayPolicy = HolidayPolicy.ASK
    holiday_hours: Day = ()
    closures: tuple[Closure, ...] = ()
    opens_on: date | None = None
    closes_on: date | None = None
    # Filled by evaluate with what it worked out once; never part of equality.
    resolved: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        _checked_day(self.holiday_hours, "holidays")
        for one, next_one in pairwise(sorted(special.date for special in self.special_days)):
            if one == next_one:
                raise ValueError(f"{one} has two special days")
        check_seasons(self.seasons)


def check_seasons(seasons: Sequence[Season]) -> None:
    """ValueError, which names them, when two seasons of a store claim the same day."""
    for index, season in enumerate(seasons):
        for other in seasons[:index]:
            if _seasons_meet(season, other):
                raise ValueError(f"the seasons {other} and {season} overlap")


def claimed_twice(spans: Iterable[tuple[str, str]]) -> bool:
    """Whether two of these seasons, each its first and last day as MM-DD, share a day. ValueError for a day of no year."""
    seasons = [Season(MonthDay.parse(first), MonthDay.parse(last), Week.daily()) for first, last in spans]
    return any(_seasons_meet(one, other) for one, other in combinations(seasons, 2))


def clock_text(minute: int) -> str:
    """``HH:MM`` of a minute counted from a day's start; a later day's midnight is written ``24:00``."""
    minute = minute % DAY or (DAY if minute else 0)
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(text: object, name: str) -> int:
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    minute = int(match[1]) * 60 + int(match[2]) if match else DAY + 1
    if minute > DAY:
        raise ValueError(f"{name} {str(text)[:20]!r} is not HH:MM")
    return minute


def _checked_day(periods: Sequence[Period], where: str) -> Day:
    ordered = tuple(sorted(periods))
    for earlier, later in pairwise(ordered):
        if earlier.end_minute > later.start_minute:
            raise ValueError(f"{where}: periods overlap at {clock_text(later.start_minute)}")
    return ordered


def _seasons_meet(one: Season, other: Season) -> bool:
    return any(
        season.includes(date(2028, day.month, day.day))
        for season, day in ((one, other.from_day), (one, other.to_day), (other, one.from_day), (other, one.to_day))
    )


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
