"""Which rule decides a store's hours on a date, and until when the same rule keeps speaking.

The first that speaks wins: closure (permanent, temporary, before the opening, after the closing date) > confirmed
special day > holiday policy > seasonal week > regular week > unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from stores.timetable.schedule import (
    WEEKDAYS,
    Certainty,
    Closure,
    Day,
    Holiday,
    HolidayKind,
    HolidayPolicy,
    Rule,
    Schedule,
    Season,
    SpecialDay,
    Week,
)

_UNKNOWN = Rule("unknown", "no hours known")
_REGULAR = Rule("regular", "regular hours")


class Ruling(NamedTuple):
    """The hours of one date. ``periods`` None is unknown. ``steady`` is what every day until the next break repeats:
    True open without a gap, False never open (or unknown), None something that changes within the week."""

    periods: Day | None
    rule: Rule
    steady: bool | None = None


class Stretch(NamedTuple):
    """The days from ``first`` up to ``after``, all decided by one week."""

    first: int
    after: int
    week: Week
    rule: Rule


class Rules:
    """The rules of one schedule by date; dates are ordinals."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._closures = _closures(schedule)
        self._special = {special.date.toordinal(): special for special in schedule.special_days}
        heeded = schedule.holidays if schedule.policy is not HolidayPolicy.NORMAL else ()
        self._holidays = _by_date(heeded)
        self._seasons = [(season, Rule("season", f"season {season}")) for season in schedule.seasons]
        self._breaks = sorted(
            {day for start, end, _ in self._closures for day in (start, end) if day}
            | {day + shift for day in (*self._special, *self._holidays) for shift in (0, 1)}
        )
        self._season_breaks: dict[int, list[int]] = {}

    def on(self, day: int) -> Ruling:
        """What decides the hours of a date."""
        for start, end, rule in self._closures:
            if start <= day and (end is None or day < end):
                return Ruling((), rule, steady=False)
        special = self._special.get(day)
        if special is not None and special.confirmed:
            return Ruling(special.periods, _special_rule(special))
        ruling = self._without_special(day)
        if special is not None and ruling.rule.confirmed:
            text = f"{ruling.rule.text}; {_special_name(special)} is proposed, unconfirmed"
            return Ruling(ruling.periods, Rule(ruling.rule.kind, text, confirmed=False))
        return ruling

    def stretch(self, day: int) -> Stretch | None:
        """The days around ``day`` on which one week speaks and nothing else; None when something else decides the day."""
        week, rule = self._week(day)
        if week is None or self.on(day).rule is not rule:
            return None
        first, after = self.last_break(day), self.next_break(day)
        return Stretch(first or 0, after or date.max.toordinal(), week, rule)

    def next_break(self, day: int) -> int | None:
        """The first date after ``day`` on which another rule may begin to speak."""
        found = bisect_right(self._breaks, day)
        later = self._breaks[found : found + 1]
        if self._seasons:
            year = date.fromordinal(day).year
            later = (
                later + [start for near in (year, year + 1) for start in self._season_starts(near) if start > day][:1]
            )
        return min(later, default=None)

    def last_break(self, day: int) -> int | None:
        """The date, ``day`` or before, since which the same rule has been speaking."""
        found = bisect_right(self._breaks, day)
        earlier = self._breaks[max(0, found - 1) : found]
        if self._seasons:
            year = date.fromordinal(day).year
            earlier = (
                earlier
                + [start for near in (year - 1, year) for start in self._season_starts(near) if start <= day][-1:]
            )
        return max(earlier, default=None)

    def _without_special(self, day: int) -> Ruling:
        holiday = self._holidays.get(day)
        if holiday is not None:
            holiday_ruling = self._on_holiday if holiday.kind is HolidayKind.HOLIDAY else self._on_working_day
            if ruling := holiday_ruling(day, holiday):
                return ruling
        week, rule = self._week(day)
        if week is None:
            return Ruling(None, rule, steady=False)
        return Ruling(week.days[(day - 1) % 7], rule, week.always)

    def _week(self, day: int) -> tuple[Week | None, Rule]:
        if self._seasons:
            when = date.fromordinal(day)
            for season, rule in self._seasons:
                if season.includes(when):
                    return season.week, rule
        regular = self._schedule.regular
        return regular, _REGULAR if regular else _UNKNOWN

    def _on_holiday(self, day: int, holiday: Holiday) -> Ruling:
        certain = holiday.certainty is Certainty.CERTAIN
        week, _ = self._week(day)
        if holiday.in_parts:
            rule = Rule("holiday", f"holiday in parts of the country, unconfirmed: {holiday.name}", confirmed=False)
            return Ruling(week.days[(day - 1) % 7] if week else None, rule)
        match self._schedule.policy:
            case HolidayPolicy.CLOSED:
                return Ruling((), Rule("holiday", f"holiday {holiday.name}: closed", certain))
            case HolidayPolicy.OWN_HOURS:
                rule = Rule("holiday", f"holiday {holiday.name}: holiday hours", certain)
                return Ruling(self._schedule.holiday_hours, rule)
            case HolidayPolicy.SUNDAY_HOURS:
                rule = Rule("holiday", f"holiday {holiday.name}: Sunday hours", certain)
                return Ruling(week.days[6] if week else None, rule)
            case _:
                rule = Rule("holiday", f"holiday, unconfirmed: {holiday.name}", confirmed=False)
                return Ruling(week.days[(day - 1) % 7] if week else None, rule)

    def _on_working_day(self, day: int, holiday: Holiday) -> Ruling | None:
        """A weekend day worked like a weekday; None when that makes no difference to the store."""
        week, _ = self._week(day)
        own_weekday = (day - 1) % 7
        weekday = own_weekday if holiday.counts_as is None else holiday.counts_as
        if week is None or week.days[weekday] == week.days[own_weekday]:
            return None
        if self._schedule.policy is HolidayPolicy.ASK:
            rule = Rule("working_day", f"make-up working day, unconfirmed: {holiday.name}", confirmed=False)
            return Ruling(week.days[own_weekday], rule)
        text = f"make-up working day {holiday.name}: {WEEKDAYS[weekday]} hours"
        return Ruling(week.days[weekday], Rule("working_day", text, holiday.certainty is Certainty.CERTAIN))

    def _season_starts(self, year: int) -> list[int]:
        """Ordinals of the year on which a season begins or has ended, sorted."""
        starts = self._season_breaks.get(year)
        if starts is None:
            starts = sorted(day for season, _ in self._seasons for day in _season_edges(season, year))
            self._season_breaks[year] = starts
        return starts


def _closures(schedule: Schedule) -> list[tuple[int, int | None, Rule]]:
    """(first day, first day open again, rule), what is final before what passes."""
    found: list[tuple[int, int | None, Rule]] = []
    if schedule.closes_on:
        rule = Rule("closure", f"closed for good since {schedule.closes_on}")
        found.append((schedule.closes_on.toordinal(), None, rule))
    found += [_closure(closure) for closure in sorted(schedule.closures, key=lambda closure: not closure.permanent)]
    if schedule.opens_on:
        found.append((0, schedule.opens_on.toordinal(), Rule("opening", f"opens on {schedule.opens_on}")))
    return found


def _closure(closure: Closure) -> tuple[int, int | None, Rule]:
    since_ever = closure.from_date == date.min
    if closure.permanent:
        text = "closed for good" if since_ever else f"closed for good since {closure.from_date}"
    else:
        text = f"temporary closure until {closure.until or 'further notice'}"
    if closure.reason:
        # What was never open is not closed for a time: the reason says all there is.
        never_open = since_ever and not closure.permanent and closure.until is None
        text = closure.reason if never_open else f"{text}: {closure.reason}"
    return closure.from_date.toordinal(), closure.until.toordinal() if closure.until else None, Rule("closure", text)


def _by_date(holidays: tuple[Holiday, ...]) -> dict[int, Holiday]:
    """One entry a date: a holiday beats a make-up working day, a certain date an estimated one."""
    ranked = sorted(holidays, key=lambda day: (day.kind is HolidayKind.HOLIDAY, day.certainty is Certainty.CERTAIN))
    return {holiday.date.toordinal(): holiday for holiday in ranked}


def _special_rule(special: SpecialDay) -> Rule:
    return Rule("special_day", _special_name(special) + (f", confirmed by {special.by}" if special.by else ""))


def _special_name(special: SpecialDay) -> str:
    return f"special day {special.name or special.date}"


def _season_edges(season: Season, year: int) -> tuple[int, int]:
    """The ordinals of a season's first day and of the day after its last, in one calendar year."""
    return _in_year(season.from_day, year), _in_year(season.to_day, year, after=True)


def _in_year(when: tuple[int, int], year: int, *, after: bool = False) -> int:
    if when == (2, 29):
        # Both the start on 29 February and the day after its end fall on 1 March in a year without one.
        leap = date(year, 3, 1).toordinal() - date(year, 2, 28).toordinal() == 2
        return date(year, 3, 1).toordinal() - (leap and not after)
    return date(year, *when).toordinal() + after
