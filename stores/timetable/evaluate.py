"""Is a store open at an instant, since when, until when, and which rule decided.

An answer looks only at the days it needs: yesterday (whose periods may run past midnight), today, and on to the next
change. Stretches without any change (always open, closed for a season, unknown) are crossed in one step.
Intervals are half-open: open at the opening second, closed at the closing second.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from stores.timetable.localtime import DAY_SECONDS, EPOCH_DAY, local_clock
from stores.timetable.rules import Rules, Ruling, Stretch
from stores.timetable.schedule import DAY, Rule, Schedule

HORIZON_DAYS = 366
"""How far an answer looks for a change, both ways; further away is "none"."""

_HORIZON = HORIZON_DAYS * 86_400
_LAST_DAY = date.max.toordinal() - 3
_FIRST_DAY = 3
_NEVER = -1 << 62
_WEEK = 7 * DAY

_MOST_DAYS = 40
"""Days kept ready per schedule: a month's page and the weeks around now, about 15 kB."""


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Answer(NamedTuple):
    """The state on [since, until), in UTC, None when more than 366 days away; ``rule`` decided at the moment."""

    state: State
    since: datetime | None
    until: datetime | None
    rule: Rule


class Interval(NamedTuple):
    """Open from ``start`` until ``end``, both in UTC, by one rule."""

    start: datetime
    end: datetime
    rule: Rule


def state_at(schedule: Schedule, moment: datetime) -> Answer:
    """The answer for one instant. ValueError when ``moment`` carries no time zone."""
    return timetable(schedule).state_at(moment)


def intervals(schedule: Schedule, from_date: date, to_date: date) -> list[Interval]:
    """When the store is open by the periods that start on ``from_date`` .. the day before ``to_date``, in order.

    What is left of the night before comes first. Nothing overlaps: a period that starts before another has ended begins
    when that one ends. Neighbours stay apart, so that each names its rule.
    """
    return list(timetable(schedule).intervals(from_date.toordinal(), to_date.toordinal()))


class DayHours(NamedTuple):
    """One local day: the periods that start on it, and the rule that decided it. ``known`` False: nobody knows its hours."""

    date: date
    intervals: tuple[Interval, ...]
    rule: Rule
    known: bool


def days(schedule: Schedule, from_date: date, to_date: date) -> list[DayHours]:
    """Every local day from ``from_date`` to the day before ``to_date``, closed ones included. Nothing overlaps."""
    return list(timetable(schedule).days(from_date.toordinal(), to_date.toordinal()))


def timetable(schedule: Schedule) -> Timetable:
    """The schedule made ready for many questions; worked out once per schedule."""
    found = schedule.resolved.get("timetable")
    if not isinstance(found, Timetable):
        found = schedule.resolved["timetable"] = Timetable(schedule)
    return found


class _Day(NamedTuple):
    """One local day on the clock: its first instant, its ruling, and the periods that start on it as instants."""

    midnight: int
    ruling: Ruling
    spans: tuple[tuple[int, int], ...]

    @property
    def known(self) -> bool:
        return self.ruling.periods is not None


class Timetable:
    """A schedule on its zone's clock. Days are ordinals, instants whole seconds since 1970 UTC."""

    def __init__(self, schedule: Schedule) -> None:
        self._clock = local_clock(schedule.zone)
        self._rules = Rules(schedule)
        self._days: dict[int, _Day] = {}
        self._stretch: Stretch | None = None

    def state_at(self, moment: datetime) -> Answer:
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone is not an instant")
        now = moment.timestamp()
        today = self._clock.day_of(moment)
        if answer := self._within_a_week(today, now):
            return answer
        for number in (today - 1, today):
            day = self._day(number)
            for start, end in day.spans:
                if start <= now < end:
                    since, until = self._open_since(number, start, now), self._open_until(number, end, now)
                    return Answer(State.OPEN, _instant(since), _instant(until), day.ruling.rule)
        day = self._day(today)
        state = State.CLOSED if day.known else State.UNKNOWN
        since, until = self._shut_since(today, now), self._shut_until(today, now)
        return Answer(state, _instant(since), _instant(until), day.ruling.rule)

    def _within_a_week(self, today: int, now: float) -> Answer | None:
        """The answer where nothing but one week decides and no clock changes, from the last change to the next.

        Most questions are of this kind, and need no days. The rest is None.
        """
        stretch = self._stretch
        if stretch is None or not stretch.first <= today < stretch.after:
            stretch = self._stretch = self._rules.stretch(today) if _FIRST_DAY + 8 < today < _LAST_DAY - 8 else None
        offset = self._clock.steady_offset(today)
        if stretch is None or offset is None or not (changes := stretch.week.changes):
            return None
        monday = today - (today - 1) % 7
        begins = (monday - EPOCH_DAY) * DAY_SECONDS - offset
        minute = (now - begins) / 60
        if minute < changes[0] or (minute < changes[-1] - _WEEK):
            minute, begins = minute + _WEEK, begins - _WEEK * 60
        passed = bisect_right(changes, minute)
        last = changes[passed - 1]
        following = changes[passed] if passed < len(changes) else changes[0] + _WEEK
        since, until = begins + last * 60, begins + following * 60
        # The state of a day hangs on that day and the one before, which must be this week's too.
        first_day = (since + offset) // DAY_SECONDS + EPOCH_DAY
        last_day = (until + offset) // DAY_SECONDS + EPOCH_DAY
        if first_day <= stretch.first or last_day >= stretch.after:
            return None
        if any(self._clock.steady_offset(day) != offset for day in range(first_day, last_day + 1)):
            return None
        state = State.OPEN if passed % 2 else State.CLOSED
        return Answer(state, datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC), stretch.rule)

    def intervals(self, first: int, after: int) -> Iterator[Interval]:
        begins = self._clock.start(first, 0)
        reached = 0
        for number in range(first - 1, after):
            day = self._day(number)
            for start, end in day.spans:
                free = max(start, reached)
                if free < end and end > begins:
                    opening, closing = datetime.fromtimestamp(free, UTC), datetime.fromtimestamp(end, UTC)
                    yield Interval(opening, closing, day.ruling.rule)
                    reached = end

    def days(self, first: int, after: int) -> Iterator[DayHours]:
        reached = 0
        for number in range(first - 1, after):
            day = self._day(number)
            found = []
            for start, end in day.spans:
                free = max(start, reached)
                if free < end:
                    opening, closing = datetime.fromtimestamp(free, UTC), datetime.fromtimestamp(end, UTC)
                    found.append(Interval(opening, closing, day.ruling.rule))
                    reached = end
            if number >= first:
                yield DayHours(date.fromordinal(number), tuple(found), day.ruling.rule, day.known)

    def _day(self, number: int) -> _Day:
        try:
            return self._days[number]
        except KeyError:
            pass
        clock, ruling = self._clock, self._rules.on(number)
        spans = [(clock.start(number, p.start_minute), clock.end(number, p.end_minute)) for p in ruling.periods or ()]
        # A period that lies in the gap of a spring night has no duration.
        day = _Day(clock.start(number, 0), ruling, tuple(span for span in spans if span[0] < span[1]))
        if len(self._days) >= _MOST_DAYS:
            self._days.clear()
        self._days[number] = day
        return day

    def _open_until(self, number: int, until: int, now: float) -> int | None:
        """Follow periods that meet or overlap, forwards."""
        day = self._day(number)
        while day.midnight <= until:
            for start, end in day.spans:
                if start <= until < end:
                    until = end
            if until > now + _HORIZON or number >= _LAST_DAY:
                return None
            steady = day.ruling.steady
            number += 1
            day = self._day(number)
            # Open all of yesterday by a week without gaps: so it goes on until the day before another rule speaks.
            if steady and until >= day.midnight:
                change = self._rules.next_break(number - 1)
                if change is None:
                    return None
                if change - 1 > number:
                    number = change - 1
                    until = max(until, *(end for _, end in self._day(number - 1).spans))
                    day = self._day(number)
        return until

    def _open_since(self, number: int, since: int, now: float) -> int | None:
        """Follow periods that meet or overlap, backwards. A period ends before the second midnight after its start."""
        while self._clock.start(number + 2, 0) > since:
            day = self._day(number)
            for start, end in reversed(day.spans):
                if start < since <= end:
                    since = start
            if since < now - _HORIZON or number <= _FIRST_DAY:
                return None
            if day.ruling.steady and since <= day.midnight:
                change = self._rules.last_break(number)
                if change is None:
                    return None
                if change < number - 1:
                    number = change + 1
                    since = min(since, self._clock.start(number, 0))
            number -= 1
        return since

    def _shut_until(self, today: int, now: float) -> int | None:
        """The next opening, or the next midnight between a day that is known and one that is not."""
        number, day = today, self._day(today)
        known, limit = day.known, now + _HORIZON
        while day.midnight <= limit and number < _LAST_DAY:
            if day.known is not known:
                return day.midnight
            for start, _ in day.spans:
                if start > now:
                    return start if start <= limit else None
            change = self._rules.next_break(number) if day.ruling.steady is False else number + 1
            if change is None:
                return None
            number, day = change, self._day(change)
        return None

    def _shut_since(self, today: int, now: float) -> int | None:
        """The last closing, or the last midnight between a day that is known and one that is not."""
        number, latest, limit = today, _NEVER, now - _HORIZON
        day = self._day(today)
        while number > _FIRST_DAY:
            before = self._day(number - 1)
            if day.known is not before.known:
                latest = max(latest, day.midnight)
            # Yesterday's last period may end after today's first one began by another rule, so look at both days.
            for _, end in before.spans + day.spans:
                if latest < end <= now:
                    latest = end
            if latest >= day.midnight:
                return latest if latest >= limit else None
            if day.midnight < limit:
                return None
            number, day = number - 1, before
            if before.ruling.steady is False:
                change = self._rules.last_break(number)
                if change is None:
                    return None
                if change < number:
                    number, day = change, self._day(change)
        return None


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
