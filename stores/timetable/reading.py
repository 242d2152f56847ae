"""What reading a text of opening hours gives, and the arithmetic that both grammars share.

While a text is read, a span is (start, end) in minutes of its day; an end above 1440 is on the next day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from stores.timetable.schedule import DAY, WEEKDAYS, Day, HolidayPolicy, MonthDay, Period, Season, SpecialDay, Week

Span = tuple[int, int]

_LONG = 20 * 60


class HoursNotUnderstood(ValueError):  # noqa: N818  it reads as the answer it is, in logs and reports
    """A text whose meaning is not certain. ``reason`` is a clause for the person who has to fix it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ParsedHours:
    """What a text says.

    ``holidays`` are the hours of a public holiday by weekday, None when the text is silent about holidays; within the
    ``holiday_seasons`` and on the ``holiday_dates``, if they are holidays, other hours are. ``unknown`` are times of which
    the text says that nobody knows. ``warnings`` are sentences for whoever checks the result; ``complete`` is False when one
    of them says that a part was left out. A week ends a night where the next day's hours begin; ``exactly`` are the hours of a
    date, as a holiday or not, without that.
    """

    week: Week
    seasons: tuple[Season, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    holidays: tuple[Day, ...] | None = None
    holiday_seasons: tuple[tuple[MonthDay, MonthDay, tuple[Day, ...]], ...] = ()
    holiday_dates: tuple[SpecialDay, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True
    unknown: ParsedHours | None = None
    exactly: Callable[[date, bool], Day] | None = field(default=None, compare=False, repr=False)

    def on_holiday(self, day: date) -> Day | None:
        """The hours of a date that is a public holiday; None when the text does not speak of holidays."""
        if self.holidays is None:
            return None
        named = {special.date: special.periods for special in (*self.special_days, *self.holiday_dates)}
        if day in named:
            return named[day]
        when = MonthDay(day.month, day.day)
        weekdays = next((days for first, last, days in self.holiday_seasons if when.within(first, last)), self.holidays)
        return weekdays[day.weekday()]

    @property
    def policy(self) -> HolidayPolicy | None:
        """The holiday policy that says the same; None when the text is silent or when no policy can say it."""
        if self.holidays is None or self.holiday_seasons or self.holiday_dates:
            return None
        if not any(self.holidays):
            return HolidayPolicy.CLOSED
        if self.holidays == self.week.days:
            return None if self.seasons else HolidayPolicy.NORMAL
        if any(day != self.holidays[0] for day in self.holidays):
            return None
        return (
            HolidayPolicy.OWN_HOURS
            if self.seasons or self.holidays[0] != self.week.days[6]
            else HolidayPolicy.SUNDAY_HOURS
        )


def to_day(spans: Iterable[Span]) -> Day:
    """Periods of one day. Spans that overlap become one unless that would be longer than a day; such are cut instead."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if end - start > DAY:
            raise HoursNotUnderstood("a period is longer than 24 hours")
        if start >= DAY:
            raise HoursNotUnderstood("a closed time splits a night")
        if not joined or start >= joined[-1][1]:
            joined.append((start, end))
            continue
        first, last = joined.pop()
        reach = max(last, end)
        joined += [(first, reach)] if reach - first <= DAY else [(first, start), (start, reach)]
    return tuple(Period(start, end - start) for start, end in joined)


def to_week(days: Sequence[Iterable[Span]]) -> Week:
    """A week from seven days of spans. Where a night runs into the next day's hours, it ends when those begin."""
    line = [
        (weekday * DAY + period.start_minute, weekday * DAY + period.end_minute)
        for weekday, spans in enumerate(days)
        for period in to_day(spans)
    ]
    kept = _without_overlap(line)
    return Week.of(
        [Period(start - weekday * DAY, end - start) for start, end in kept if start // DAY == weekday]
        for weekday in range(7)
    )


def overlapping_nights(days: Sequence[Iterable[Span]]) -> str | None:
    """The weekday whose hours run into the next day's, unless that day never closes."""
    read = [to_day(spans) for spans in days]
    for weekday, day in enumerate(read):
        following = read[(weekday + 1) % 7]
        if not day or not following or following == (Period(0, DAY),):
            continue
        if day[-1].end_minute - DAY > following[0].start_minute:
            return WEEKDAYS[weekday]
    return None


def long_periods(week: Week) -> list[str]:
    """A warning for each weekday with a period that looks like 12-hour times written without am and pm."""
    return [
        f"{WEEKDAYS[weekday]} is open for {period.duration_minutes / 60:g} hours ({period})"
        for weekday, day in enumerate(week.days)
        for period in day
        if _LONG < period.duration_minutes < DAY
    ]


def subtract(spans: Iterable[Span], hole: Span) -> list[Span]:
    left: list[Span] = []
    for start, end in spans:
        left += [(start, min(end, hole[0])), (max(start, hole[1]), end)]
    return [(start, end) for start, end in left if start < end]


def _without_overlap(line: list[Span]) -> list[Span]:
    """Cut each span where the next one begins, around the end of the week too; a span inside another goes."""
    kept: list[Span] = []
    for start, end in sorted(line, key=lambda span: (span[0], -span[1])):
        if kept and end <= kept[-1][1]:
            continue
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], start)
        kept.append((start, end))
    # What runs over the end of Sunday meets Monday's first spans, a week later.
    while len(kept) > 1 and kept[-1][1] >= kept[0][1] + 7 * DAY:
        kept.pop(0)
    if kept and kept[-1][1] > kept[0][0] + 7 * DAY:
        kept[-1] = (kept[-1][0], kept[0][0] + 7 * DAY)
    return kept
