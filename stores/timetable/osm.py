"""OSM ``opening_hours``: texts that opening-hours-py accepts, read into what our model can say, and written back.

opening-hours-py checks the text and puts it into its normal form; the meaning is worked out here, rule by rule, for each
kind of date: a later rule replaces the day, one after a comma adds to it, "closed" takes its times away. What needs the sun,
week numbers, the n-th weekday or a school calendar is refused by name.
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from opening_hours import OpeningHours, validate

from stores.timetable.osm_dates import LONGEST_DATES, MONTHS, MOST_DATES, read_dates
from stores.timetable.reading import HoursNotUnderstood, ParsedHours, Span, long_periods, subtract, to_day, to_week
from stores.timetable.schedule import DAY, Day, MonthDay, Season, SpecialDay, Week

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

_DAY, _MONTH = "|".join(DAYS), "|".join(MONTHS)
_DATE = rf"(?:\d{{4}} ?)?(?:{_MONTH})(?: \d{{1,2}})?"
_DATES = rf"{_DATE}(?:-{_DATE})?"
_YEARS = r"\d{4}(?:-\d{4})?"
_SOME_DAYS = rf"(?:(?:{_DAY})(?:-(?:{_DAY}))?|PH|SH)"
_TIMES = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?P<dates>{_DATES}(?:,{_DATES})*|{_YEARS}(?:,{_YEARS})*)? ?"
    rf"(?P<days>{_SOME_DAYS}(?:,{_SOME_DAYS})*)? ?"
    rf"(?P<times>24/7|{_TIMES}(?:,{_TIMES})*)? ?"
    r'(?P<kind>closed|unknown)? ?(?:"(?P<comment>[^"]*)")?'
)
_SEPARATED = re.compile(r'((?:"[^"]*"|[^";,|]|,(?!\ )|\|(?!\|))+)(;\ |,\ |\ \|\|\ |$)')

REFUSALS = (
    (r"sun(rise|set)|dawn|dusk", "it depends on the sun"),
    (r"\|\|", "it has a fallback rule"),
    (r"\bweek ?\d", "it counts weeks"),
    (r"\beaster\b", "it depends on Easter"),
    (r"\[", "it counts weekdays of a month"),
    (r"\d\+", "a closing time is missing"),
    (r"[PS]H -?\d", "it means days next to holidays"),
    (r"\b\d+ days?\b", "it shifts a date by days"),
    (r"/\d", "it repeats at an interval"),
    (r"\b\d{4}\b", "it names years"),
)
_BY_APPOINTMENT = re.compile(
    r"appoint|reserv|request|on demand|arrangement|booking|vereinbarung|termin|rendez|appuntament|\bcita\b|afspraak"
    r"|reserva|予約|预约|預約|예약|นัด",
    re.IGNORECASE,
)
# In OSM "PH Mo" is a holiday that falls on a Monday, the parser reads it as "PH,Mo"; nobody can tell what was meant.
_HOLIDAY_AND_DAY = re.compile(rf"\b[PS]H\s+(?:{_DAY})\b|\b(?:{_DAY})\s+[PS]H\b", re.IGNORECASE)
# The parser reads a comment alone as "24/7"; in OSM it leaves the state unknown.
_ONLY_COMMENT = re.compile(r'(?:^|;|,\s)\s*"(?P<comment>[^"]*)"\s*(?:$|;|,\s)')


def normal_form(text: str) -> str | None:
    """The text as opening-hours-py writes it, None when it is not OSM syntax."""
    return str(OpeningHours(text)) if validate(text) else None


def read_osm(text: str, *, for_store: bool = True) -> ParsedHours:
    """What an OSM text says. HoursNotUnderstood names what our model cannot say, and what no store's week can hold."""
    normal = normal_form(text)
    if normal is None:
        raise HoursNotUnderstood("it is not OSM opening_hours")
    if _HOLIDAY_AND_DAY.search(text):
        raise HoursNotUnderstood("holidays and a weekday stand side by side without a comma")
    if comment := _ONLY_COMMENT.search(text):
        raise HoursNotUnderstood(f"a comment changes its meaning: {comment['comment']!r}")
    rules, warnings, complete = _rules(normal)
    unsure = any(rule.unknown for rule in rules)
    if for_store and all(rule.days == frozenset() for rule in rules):
        raise HoursNotUnderstood("it speaks of holidays only")
    if for_store and all(rule.closed and not rule.speaks_always for rule in rules):
        raise HoursNotUnderstood("it names only days that are closed")
    if for_store and unsure:
        raise HoursNotUnderstood("it says itself that the state is unknown")
    most = MOST_DATES if for_store else LONGEST_DATES
    hours = _worked_out(_about(rules, unknown=False), most)
    return replace(
        hours,
        warnings=(*warnings, *long_periods(hours.week)),
        complete=complete,
        unknown=_worked_out(_about(rules, unknown=True), most) if unsure else None,
    )


def format_osm(week: Week) -> str:
    """The week as OSM ``opening_hours``, shortest form: ``Mo-Fr 09:00-18:00; Sa 10:00-14:00``.

    Rules are joined by ``,`` where a night runs into the next day, because ``;`` would end that night at midnight.
    """
    if week.always is not None and all(day in {(), week.days[0]} for day in week.days) and _is_plain(week):
        return "24/7" if week.always else "off"
    texts: dict[str, list[int]] = {}
    for weekday, day in enumerate(week.days):
        if day:
            texts.setdefault(",".join(str(period) for period in day), []).append(weekday)
    nightly = any(period.end_minute > DAY for day in week.days for period in day)
    rules = [f"{_day_names(weekdays)} {times}" for times, weekdays in texts.items()]
    return (", " if nightly else "; ").join(rules)


def _is_plain(week: Week) -> bool:
    return all(period.duration_minutes == DAY and period.start_minute == 0 for day in week.days for period in day)


def _day_names(weekdays: list[int]) -> str:
    names = []
    for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0]):
        days = [day for _, day in run]
        names.append(DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}")
    return ",".join(names)


@dataclass(frozen=True)
class _Rule:
    """One OSM rule. Empty ``seasons`` and ``dates`` mean all year; ``days`` None means every day, holidays included."""

    days: frozenset[int] | None
    holidays: bool
    seasons: tuple[Season, ...]
    dates: tuple[tuple[date, date], ...]
    spans: tuple[Span, ...]
    closed: bool
    adds: bool
    unknown: bool = False

    @property
    def speaks_always(self) -> bool:
        return not self.seasons and not self.dates and (self.days is None or len(self.days) == 7)

    def speaks(self, day: date, *, dated: bool, weekday: int, holiday: bool) -> bool:
        """Whether the rule is about this day; ``dated`` means that the year counts too."""
        if self.seasons or self.dates:
            in_season = any(season.includes(day) for season in self.seasons)
            if not in_season and not (dated and any(start <= day <= end for start, end in self.dates)):
                return False
        return self.days is None or weekday in self.days or (self.holidays and holiday)


def _rules(normal: str) -> tuple[list[_Rule], list[str], bool]:
    rules: list[_Rule] = []
    warnings: list[str] = []
    complete = True
    adds = False
    for match in _SEPARATED.finditer(normal):
        text, separator = match[1].strip(), match[2]
        parts = _RULE.fullmatch(text)
        if separator == " || " or parts is None or not text:
            raise HoursNotUnderstood(_refusal(normal))
        comment = parts["comment"]
        if comment is not None and not parts["kind"]:
            if _BY_APPOINTMENT.search(comment) or not parts["times"]:
                raise HoursNotUnderstood(f"a comment changes its meaning: {comment!r}")
            warnings.append(f"a comment was left out: {comment!r}")
        if parts["days"] and "SH" in parts["days"].split(","):
            warnings.append("school holidays were left out")
            complete = False
        rules.append(_rule(parts, adds=adds))
        adds = separator == ", "
    return rules, warnings, complete


def _refusal(normal: str) -> str:
    return next((reason for pattern, reason in REFUSALS if re.search(pattern, normal)), "it says more than a week")


def _rule(parts: re.Match[str], *, adds: bool) -> _Rule:
    days: frozenset[int] | None = None
    names = parts["days"].split(",") if parts["days"] else []
    if names:
        days = frozenset(day for name in names if name not in {"PH", "SH"} for day in _weekdays(name))
    seasons, dates = read_dates(parts["dates"]) if parts["dates"] else ((), ())
    times = parts["times"]
    if times is None or times == "24/7":
        spans: tuple[Span, ...] = ((0, DAY),)
    else:
        spans = tuple(_span(text) for text in times.split(","))
    closed = parts["kind"] == "closed"
    if closed and times is None:
        spans = ()
    return _Rule(days, "PH" in names, seasons, dates, spans, closed, adds, parts["kind"] == "unknown")


def _weekdays(name: str) -> Iterator[int]:
    first, _, last = name.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return (day % 7 for day in range(start, end + 1 + (7 if end < start else 0)))


def _span(text: str) -> Span:
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return start, end + (DAY if end <= start else 0)


def _hours(rules: list[_Rule], day: date, *, dated: bool, weekday: int, holiday: bool) -> list[Span]:
    spans: list[Span] = []
    for rule in rules:
        if not rule.speaks(day, dated=dated, weekday=weekday, holiday=holiday):
            continue
        if rule.closed:
            left = [] if not rule.spans else spans
            for hole in rule.spans:
                left = subtract(left, hole)
            spans = left
        else:
            spans = [*spans, *rule.spans] if rule.adds else list(rule.spans)
    return spans


def _about(rules: list[_Rule], *, unknown: bool) -> list[_Rule]:
    """The rules as they tell when it is open, or when it is unknown: a rule of the other state ends what it speaks of."""
    return [
        rule if rule.closed or rule.unknown is unknown else replace(rule, closed=True, spans=rule.spans * rule.adds)
        for rule in rules
    ]


def _worked_out(rules: list[_Rule], most: int) -> ParsedHours:
    hours = ParsedHours(*_year(rules), tuple(_special_days(rules, most)), exactly=partial(_day, rules))
    return _with_holidays(hours, rules) if any(rule.holidays for rule in rules) else hours


def _day(rules: list[_Rule], day: date, holiday: bool) -> Day:  # noqa: FBT001  it is called by position
    return to_day(_hours(rules, day, dated=True, weekday=day.weekday(), holiday=holiday))


_Said = TypeVar("_Said", bound=Hashable)
_YEAR = tuple(date(2028, 1, 1) + timedelta(days=index) for index in range(366))


def _week_on(rules: list[_Rule], day: date) -> Week:
    days = [_hours(rules, day, dated=False, weekday=weekday, holiday=False) for weekday in range(7)]
    for weekday in range(7):
        speaking = [rule for rule in rules if rule.speaks(day, dated=False, weekday=weekday, holiday=False)]
        _refuse_holes_in_nights(speaking, days[weekday - 1], days[(weekday + 1) % 7])
    return to_week(days)


def _refuse_holes_in_nights(rules: list[_Rule], before: list[Span], after: list[Span]) -> None:
    """A closed time is taken from the periods that start on its day. One that also touches the night before, or that runs
    into the next day's periods, would have to cut those as well."""
    last_night = max((end - DAY for _, end in before), default=0)
    morning = min((start for start, _ in after), default=DAY)
    for rule in rules:
        for start, end in rule.spans if rule.closed else ():
            if start < last_night or end - DAY > morning:
                raise HoursNotUnderstood("a closed time lies within a night of another day")


def _year(rules: list[_Rule]) -> tuple[Week, tuple[Season, ...]]:
    """The week of most of the year, and seasons for the rest."""
    regular, runs = _by_season(rules, lambda day: _week_on(rules, day).days)
    return Week(regular), tuple(Season(first, last, Week(days)) for first, last, days in runs)


def _by_season(
    rules: list[_Rule], said: Callable[[date], _Said]
) -> tuple[_Said, list[tuple[MonthDay, MonthDay, _Said]]]:
    """What is said on most days of the year, and the runs of days on which something else is."""
    if not any(rule.seasons for rule in rules):
        return said(_YEAR[0]), []
    kinds: dict[tuple[bool, ...], _Said] = {}
    days: list[_Said] = []
    for day in _YEAR:
        kind = tuple(any(season.includes(day) for season in rule.seasons) for rule in rules if rule.seasons)
        if kind not in kinds:
            kinds[kind] = said(day)
        days.append(kinds[kind])
    regular = Counter(days).most_common(1)[0][0]
    runs = [(list(run), other) for other, run in groupby(range(366), key=days.__getitem__) if other != regular]
    if len(runs) > 1 and runs[0][0][0] == 0 and runs[-1][0][-1] == 365 and runs[0][1] == runs[-1][1]:
        (head, other), *runs = runs
        runs[-1] = (runs[-1][0] + head, other)
    return regular, [(_of_year(_YEAR[run[0]]), _of_year(_YEAR[run[-1]]), other) for run, other in runs]


def _of_year(day: date) -> MonthDay:
    return MonthDay(day.month, day.day)


def _with_holidays(hours: ParsedHours, rules: list[_Rule]) -> ParsedHours:
    """The same with the hours of a holiday by weekday, by season where they differ, and on dates that are named."""
    weekdays, seasons = _by_season(rules, lambda day: _on_holiday(rules, day))
    dates = []
    for special in hours.special_days:
        day = special.date
        festive = _day(rules, day, True)
        if festive != special.periods:
            dates.append(SpecialDay(day, festive))
    return replace(hours, holidays=weekdays, holiday_seasons=tuple(seasons), holiday_dates=tuple(dates))


def _on_holiday(rules: list[_Rule], day: date) -> tuple[Day, ...]:
    return tuple(to_day(_hours(rules, day, dated=False, weekday=weekday, holiday=True)) for weekday in range(7))


def _special_days(rules: list[_Rule], most: int) -> Iterator[SpecialDay]:
    dates = {
        start + timedelta(days=index)
        for rule in rules
        for start, end in rule.dates
        for index in range(min((end - start).days + 1, most + 1))
    }
    if len(dates) > most:
        raise HoursNotUnderstood(f"it names more than {most} dates")
    for day in sorted(dates):
        naming = [rule for rule in rules if any(start <= day <= end for start, end in rule.dates)]
        if not any(rule.speaks(day, dated=True, weekday=day.weekday(), holiday=True) for rule in naming):
            continue  # "2026 Dec 20-26 Su 12:00-18:00" says nothing of that Friday
        speaking = [rule for rule in rules if rule.speaks(day, dated=True, weekday=day.weekday(), holiday=False)]
        before, after = (
            _hours(rules, near, dated=True, weekday=near.weekday(), holiday=False)
            for near in (day - timedelta(days=1), day + timedelta(days=1))
        )
        _refuse_holes_in_nights(speaking, before, after)
        yield SpecialDay(day, _day(rules, day, False))
