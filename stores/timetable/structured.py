"""Hours as other systems write them in JSON: schema.org, Google Business Profile and Google Places.

https://schema.org/OpeningHoursSpecification with the conventions search engines document (00:00 to 00:00 is closed, 00:00 to
23:59 around the clock), and ``regularHours`` with ``specialHours`` of Business Profile or ``periods`` of Places. A weekday that
is not named is closed, as these systems take it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from stores.timetable.osm_dates import MOST_DATES
from stores.timetable.reading import HoursNotUnderstood, ParsedHours
from stores.timetable.schedule import DAY, WEEKDAYS, Day, Period, SpecialDay, Week

_NAMES = {name.lower(): number for number, name in enumerate(WEEKDAYS)} | {
    name[:length].lower(): number for number, name in enumerate(WEEKDAYS) for length in (2, 3)
}
_CLOCK = re.compile(r"(\d{1,2}):?(\d{2})(?::00)?(?:Z|\+00:00)?", re.ASCII)
_HOLIDAYS = "publicholidays"
_OF_GOOGLE = frozenset({"periods", "regularHours", "specialHours", "specialHourPeriods"})
_OPENS = ("open", "opens", "opening", "openTime", "start", "from")
_CLOSES = ("close", "closes", "closing", "closeTime", "end", "to")
_SHUT = {"closed": True, "isClosed": True, "open": False, "isOpen": False}
"""Members of a weekday's object that say whether it has hours at all."""


def is_structured(document: Any) -> bool:
    """Whether the JSON has one of these shapes; otherwise it may be texts by weekday."""
    if isinstance(document, Sequence) and not isinstance(document, str):
        return True
    return isinstance(document, Mapping) and bool(
        {
            "@type",
            "dayOfWeek",
            "openingHoursSpecification",
            "specialOpeningHoursSpecification",
            "periods",
            "regularHours",
            "specialHours",
            "specialHourPeriods",
        }
        & document.keys()
    )


def read_structured(document: Any) -> ParsedHours:
    """The hours of a document of one of these shapes. HoursNotUnderstood says what of it could mean something else."""
    try:
        if isinstance(document, Mapping) and _OF_GOOGLE & document.keys():
            return _google(document)
        return _schema_org(document)
    except HoursNotUnderstood:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        raise HoursNotUnderstood(f"its JSON does not have the form of opening hours: {str(error)[:80]}") from error


def times_of_weekday(value: object) -> str:
    """What stands under one weekday, as a text of the tolerant grammar; blank where it is closed.

    ``value`` is a text, an object as ``{"open": "09:00", "close": "18:00"}`` (pairs of its members), or a list of these.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        # What stands under one day is that day's: in the grammar a semicolon would begin another rule.
        return value.replace(";", ",")
    if not isinstance(value, list) or any(isinstance(each, str) and _CLOCK.fullmatch(each) for each in value):
        raise HoursNotUnderstood("it is JSON, but not one text for each weekday")
    if all(isinstance(each, tuple) for each in value):
        return _times_of_object(dict(value)) if value else ""
    return ", ".join(filter(None, map(times_of_weekday, value)))


def _times_of_object(found: Mapping[str, Any]) -> str:
    if any(found.get(name) is shut for name, shut in _SHUT.items()):
        return ""
    said = {name: text for name, text in found.items() if text is not None and not isinstance(text, bool)}
    opens, closes = ([text for name in names if (text := said.pop(name, None))] for names in (_OPENS, _CLOSES))
    if said or len(opens) != 1 or len(closes) != 1 or not all(isinstance(text, str) for text in (*opens, *closes)):
        raise HoursNotUnderstood("it is JSON, but what stands under a weekday is not one opening and one closing time")
    return f"{opens[0]} - {closes[0]}"


def _schema_org(document: Any) -> ParsedHours:
    regular, special = document, []
    if (
        isinstance(document, Mapping)
        and document.get("@type") != "OpeningHoursSpecification"
        and "dayOfWeek" not in document
    ):
        regular = document.get("openingHoursSpecification", [])
        special = _listed(document.get("specialOpeningHoursSpecification", []))
    days: dict[int, list[Period]] = {}
    holidays: list[Period] | None = None
    dated: dict[date, list[Period]] = {}
    for each in [*_listed(regular), *special]:
        first, last = _date(each.get("validFrom")), _date(each.get("validThrough"))
        names = [_day_name(name) for name in _listed(each.get("dayOfWeek", []))]
        periods = _span(each)
        if first and first == last:
            dated.setdefault(first, []).extend(periods)
        elif first and last and not names and first < last <= first + timedelta(days=MOST_DATES):
            for number in range((last - first).days + 1):
                dated.setdefault(first + timedelta(days=number), []).extend(periods)
        elif first or last:
            raise HoursNotUnderstood("it holds for a part of one year only")
        elif not names:
            raise HoursNotUnderstood("it names neither weekdays nor a date")
        else:
            for name in names:
                if name == _HOLIDAYS:
                    holidays = [*(holidays or []), *periods]
                else:
                    days.setdefault(_NAMES[name], []).extend(periods)
    return _hours(days, dated, None if holidays is None else _day(holidays))


def _span(each: Mapping[str, Any]) -> list[Period]:
    opens, closes = each.get("opens"), each.get("closes")
    if opens is None and closes is None:
        return []
    start, end = _minute(opens), _minute(closes)
    if (start, end) == (0, DAY - 1):
        return [Period(0, DAY)]
    return [] if start == end else [_period(start, end)]


def _google(document: Mapping[str, Any]) -> ParsedHours:
    regular = document.get("regularHours", document)
    days: dict[int, list[Period]] = {}
    for each in _listed(regular.get("periods", [])):
        opening, closing = each.get("open", each), each.get("close", each)
        day = _google_day(opening, "openDay")
        start = _google_time(opening, "openTime")
        if "open" in each and "close" not in each:  # Places writes "always open" as an opening that never ends
            if len(_listed(regular["periods"])) > 1 or start:
                raise HoursNotUnderstood("a closing time is missing")
            return _hours({number: [Period(0, DAY)] for number in range(7)}, {}, None)
        later = (_google_day(closing, "closeDay") - day) % 7
        end = _google_time(closing, "closeTime") + later * DAY
        if not start < end <= start + DAY:
            raise HoursNotUnderstood("a period is longer than 24 hours or ends before it begins")
        days.setdefault(day, []).append(Period(start, end - start))
    dated: dict[date, list[Period]] = {}
    for each in _listed(document.get("specialHours", document).get("specialHourPeriods", [])):
        when = _google_date(each["startDate"])
        dated.setdefault(when, [])
        if not each.get("closed"):
            dated[when].append(_period(_google_time(each, "openTime"), _google_time(each, "closeTime")))
    return _hours(days, dated, None)


def _hours(
    days: Mapping[int, Iterable[Period]], dated: Mapping[date, Iterable[Period]], holidays: Day | None
) -> ParsedHours:
    week = Week.of(days.get(number, ()) for number in range(7))
    special = tuple(SpecialDay(day, _day(periods)) for day, periods in sorted(dated.items()))
    return ParsedHours(week, special_days=special, holidays=None if holidays is None else (holidays,) * 7)


def _day(periods: Iterable[Period]) -> Day:
    return tuple(sorted(periods))


def _period(start: int, end: int) -> Period:
    return Period(start, end - start + (DAY if end <= start else 0))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _day_name(name: object) -> str:
    plain = str(name).rpartition("/")[2].rpartition(":")[2].lower()
    if plain not in _NAMES and plain != _HOLIDAYS:
        raise HoursNotUnderstood(f"{str(name)[:40]!r} is not a day of the week")
    return plain


def _google_day(value: Mapping[str, Any], name: str) -> int:
    if name in value:
        return _NAMES[_day_name(value[name])]
    number = value["day"]
    if not isinstance(number, int) or not 0 <= number <= 6:
        raise HoursNotUnderstood(f"{str(number)[:20]!r} is not a day of the week")
    return (number - 1) % 7  # Places counts from Sunday


def _google_time(value: Mapping[str, Any], name: str) -> int:
    given = value.get(name, value.get("time", value))
    if isinstance(given, Mapping):
        hours, minutes = given.get("hours", given.get("hour", 0)), given.get("minutes", given.get("minute", 0))
        given = f"{int(hours):02}:{int(minutes):02}"
    return _minute(given)


def _google_date(value: Any) -> date:
    if isinstance(value, Mapping):
        return date(value["year"], value["month"], value["day"])
    return date.fromisoformat(str(value))


def _minute(text: object) -> int:
    match = _CLOCK.fullmatch(str(text))
    minute = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else DAY + 1
    if minute > DAY:
        raise HoursNotUnderstood(f"{str(text)[:20]!r} is not a time of day")
    return minute


def _date(text: object) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
