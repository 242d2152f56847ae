"""Opening hours as real feeds write them: ``Mon-Fri: 7am to 8pm; Sat: 7am to 6pm``, ``MO 09:00-19:00 TU 09:00-19:00``,
``周日～周四10:00-22:00 周五～周六10:00-22:30``.

A text is a row of groups, each some days and their times. A day that is not named is closed. Whatever could mean two things
is refused: a day named twice with different times, hours that run into the next day's, one time with am and one without,
times that may be those of a twelve-hour clock, any word that is not known. Hours on the eve of holidays and of other
departments are left out and reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import pairwise

from stores.timetable.reading import (
    HoursNotUnderstood,
    ParsedHours,
    Span,
    long_periods,
    overlapping_nights,
    to_day,
    to_week,
)
from stores.timetable.schedule import DAY, WEEKDAYS, Day
from stores.timetable.vocabulary import Kind, Token
from stores.timetable.words import tokens

_COMMENT = re.compile(r"<!-.*?(?:->|$)", re.DOTALL)
_MAIN = re.compile(r"\s*main\s+store\s*:?\s*", re.IGNORECASE)

_DAYS = {Kind.DAY, Kind.DAYS, Kind.HOLIDAY, Kind.EVE}
_BETWEEN = {Kind.LIST, Kind.END, Kind.COLON, Kind.FILLER}
_TIMES = {Kind.TIME, Kind.ALL_DAY}
_PLAIN = {*_DAYS, *_TIMES, *_BETWEEN, Kind.RANGE}
_EARLY = 6 * 60
"""Minutes before which shops do not open: a text of a twelve-hour clock that leaves out am and pm seems to say so."""


@dataclass
class _Group:
    """Days and their times; ``days`` empty and no holiday means that the text names none."""

    days: set[int] = field(default_factory=set)
    holiday: bool = False
    eve: bool = False
    spans: list[Span] = field(default_factory=list)

    @property
    def names_days(self) -> bool:
        return bool(self.days) or self.holiday or self.eve


def read_dialect(text: str) -> ParsedHours:
    """What a tidied text says, when it is certain; otherwise HoursNotUnderstood names what is not."""
    warnings: list[str] = []
    bare = _COMMENT.sub(" ", text)
    if bare != text:
        warnings.append("a hidden comment was left out")
    found = tokens(bare)
    if main := _MAIN.match(bare):
        found, rest = _main_store(tokens(bare[main.end() :]))
        if rest:
            warnings.append(f"left out: {rest}")
    groups = _Reader(_days_first(found)).groups()
    if _may_be_twelve_hours(found, groups):
        raise HoursNotUnderstood("its times may be those of a twelve-hour clock without am and pm")
    if any(group.eve for group in groups):
        warnings.append("hours on the eve of holidays were left out")
    return _hours(groups, warnings, whole_week=main is not None and bool(warnings))


def _days_first(found: list[Token]) -> list[Token]:
    """``9am-5pm Mon-Fri, 10am-4pm Sat`` with the days before their times, if all of it is written the other way round."""
    if not found or found[0].kind not in _TIMES or any(token.kind not in _PLAIN for token in found):
        return found
    turns: list[list[Token]] = []
    for token in found:
        if not turns or (token.kind in _TIMES | _DAYS and (token.kind in _DAYS) == len(turns) % 2):
            turns.append([])
        turns[-1].append(token)
    for turn in turns:
        while turn[-1].kind in _BETWEEN:
            turn.pop()
    if len(turns) % 2:
        return found
    return [token for times, days in zip(turns[::2], turns[1::2], strict=True) for token in (*days, *times)]


def _may_be_twelve_hours(found: list[Token], groups: list[_Group]) -> bool:
    """Whether the text says nothing of am and pm, has no hour after 12 and no leading zero, and would open oddly early or
    through the night: ``Mon-Fri 9:00-5:00``, ``9:00-12:00, 1:00-5:00``."""
    clocks = [token for token in found if token.kind is Kind.TIME]
    if any(token.twelve_hour or token.value > 12 * 60 + 59 or token.text.startswith("0") for token in clocks):
        return False
    spans = [span for group in groups for span in group.spans if span != (0, DAY)]
    return any(0 < start < _EARLY or end > DAY for start, end in spans)


def _main_store(found: list[Token]) -> tuple[list[Token], str]:
    """The tokens of the first department and the words of the others."""
    for index, token in enumerate(found):
        if token.kind is Kind.WORD:
            return found[:index], " ".join(token.text for token in found[index:])
    return found, ""


def _hours(groups: list[_Group], warnings: list[str], *, whole_week: bool) -> ParsedHours:
    days: list[list[Span] | None] = [None] * 7
    holidays: list[Span] | None = None
    for group in groups:
        if any(after < end for (_, end), (after, _) in pairwise(group.spans)):
            raise HoursNotUnderstood("times of the same days overlap or are not in order")
        for weekday in sorted(group.days):
            if days[weekday] is not None and days[weekday] != group.spans:
                raise HoursNotUnderstood(f"{WEEKDAYS[weekday]} is named twice with different times")
            days[weekday] = group.spans
        if group.holiday:
            if holidays is not None and holidays != group.spans:
                raise HoursNotUnderstood("holidays are named twice with different times")
            holidays = group.spans
    if whole_week and None in days:
        # What was left out may be about the days that are missing.
        raise HoursNotUnderstood("it is not clear which part speaks of the days that the first one leaves out")
    if days == [None] * 7:
        raise HoursNotUnderstood("it speaks of holidays only")
    if None in days and not any(days):
        raise HoursNotUnderstood("it names only days that are closed")
    spans = [day or [] for day in days]
    if night := overlapping_nights(spans):
        raise HoursNotUnderstood(f"the hours of {night} run into those of the next day")
    week = to_week(spans)
    return ParsedHours(
        week,
        holidays=None if holidays is None else (to_day(holidays),) * 7,
        warnings=(*warnings, *long_periods(week)),
        complete=not warnings,
        exactly=partial(_day, spans, holidays),
    )


def _day(days: list[list[Span]], holidays: list[Span] | None, day: date, holiday: bool) -> Day:  # noqa: FBT001  it is called by position
    return to_day(holidays if holiday and holidays is not None else days[day.weekday()])


class _Reader:
    """Reads groups from tokens, left to right, without going back."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def groups(self) -> list[_Group]:
        groups: list[_Group] = []
        self._skip(_BETWEEN)
        while token := self._peek():
            ended = self._at > 0 and self._tokens[self._at - 1].kind is Kind.END
            group = self._group()
            if groups and not group.names_days:
                # "Mon 9:00-12:00 13:00-17:00" goes on with the same day; anything else without a day is anybody's.
                if ended or not group.spans or not groups[-1].spans or (0, DAY) in (*groups[-1].spans, *group.spans):
                    raise HoursNotUnderstood(f"{token.text!r} stands without a day")
                groups[-1].spans += group.spans
            else:
                groups.append(group)
            self._skip(_BETWEEN)
        if not groups:
            raise HoursNotUnderstood("it names no times")
        if not groups[0].names_days:
            others = groups[1:]
            if any(group.spans for group in others):
                raise HoursNotUnderstood("times stand before the first day")
            # "10:00-20:00, closed on Monday": the other days have these times.
            groups[0].days = set(range(7)).difference(*(group.days for group in others))
        return groups

    def _group(self) -> _Group:
        group = _Group()
        if self._closed_days(group):
            return group
        self._read_days(group)
        self._skip({Kind.COLON, Kind.FILLER})
        if self._kinds(1) == [Kind.END] and self._kinds(2)[-1] in {Kind.TIME, Kind.CLOSED, Kind.ALL_DAY}:
            self._at += 1  # a table has the day on one line and its times on the next
        self._read_times(group)
        return group

    def _closed_days(self, group: _Group) -> bool:
        """Reads ``closed Sat & Sun`` or ``except public holidays``; False, and nothing read, where the group is another."""
        token, began = self._peek(), self._at
        if token is None or token.kind not in {Kind.CLOSED, Kind.EXCEPT}:
            return False
        self._at += 1
        self._skip({Kind.COLON, Kind.FILLER})
        self._read_days(group)
        if not group.names_days:
            self._at = began
            return False
        following = self._peek()
        if following and following.kind not in _BETWEEN:
            raise HoursNotUnderstood(f"{following.text!r} after days that are closed could mean two things")
        return True

    def _read_days(self, group: _Group) -> None:
        while token := self._peek():
            if token.kind not in _DAYS:
                # "Mon, Tue" and "Fri, PH Eve" go on after the separator, "Mon, 9:00" does not.
                if (
                    token.kind is Kind.LIST
                    and self._peek(1)
                    and self._tokens[self._at + 1].kind in _DAYS
                    and group.names_days
                ):
                    self._at += 1
                    continue
                return
            self._at += 1
            if token.kind is Kind.HOLIDAY:
                group.holiday = True
            elif token.kind is Kind.EVE:
                group.eve = True
            elif token.kind is Kind.DAYS:
                group.days |= token.days
            else:
                group.days |= self._day_range(token)

    def _day_range(self, first: Token) -> set[int]:
        separator, last = self._peek(), self._peek(1)
        if separator is None or separator.kind is not Kind.RANGE:
            return {first.value}
        if last is None or last.kind is not Kind.DAY:
            raise HoursNotUnderstood(f"{first.text!r} begins a range of days without an end")
        self._at += 2
        return {day % 7 for day in range(first.value, last.value + 1 + (7 if last.value < first.value else 0))}

    def _read_times(self, group: _Group) -> None:
        token = self._peek()
        if token is None:
            raise HoursNotUnderstood("the last days have no times")
        if token.kind is Kind.ALL_DAY:
            self._at += 1
            group.spans = [(0, DAY)]
            if token.days and not group.names_days:
                group.days = set(token.days)
            return
        if token.kind is Kind.CLOSED:
            self._at += 1
            # Some feeds fill an opening and a closing column: "Closed - Closed".
            if self._kinds(2) == [Kind.RANGE, Kind.CLOSED]:
                self._at += 2
            return
        group.spans.append(self._span())
        while self._kinds(2) == [Kind.LIST, Kind.TIME]:
            self._at += 1
            group.spans.append(self._span())

    def _span(self) -> Span:
        kinds = self._kinds(3)
        if kinds != [Kind.TIME, Kind.RANGE, Kind.TIME]:
            wrong = next((token for token in self._tokens[self._at :] if token.kind is Kind.WORD), self._peek())
            raise HoursNotUnderstood(f"{wrong.text!r} was not understood" if wrong else "a time is missing")
        start, _, end = self._tokens[self._at : self._at + 3]
        self._at += 3
        if {start.twelve_hour, end.twelve_hour} == {True, False}:
            raise HoursNotUnderstood(f"only one of {start.text!r} and {end.text!r} says am or pm")
        self._skip({Kind.FILLER})
        if start.value == DAY or (start.value == end.value and start.value):
            raise HoursNotUnderstood(f"{start.text}-{end.text} is not a period of a day")
        return start.value, end.value + (DAY if end.value <= start.value else 0)

    def _kinds(self, count: int) -> list[Kind]:
        return [token.kind for token in self._tokens[self._at : self._at + count]]

    def _peek(self, ahead: int = 0) -> Token | None:
        index = self._at + ahead
        return self._tokens[index] if index < len(self._tokens) else None

    def _skip(self, kinds: set[Kind]) -> None:
        while (token := self._peek()) and token.kind in kinds:
            self._at += 1
