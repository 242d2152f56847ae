"""The demo stores' hours, written the OSM way in the files (``Mo-Fr 10:00-13:00,14:00-19:00; Su off``), as stored weeks."""

from __future__ import annotations

from stores.timetable.schedule import Period, Week

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def week(text: str) -> Week:
    """A week from rules of days and times; a day no rule names is closed. ValueError names the rule that is wrong.

    Public holidays (``PH``) are passed over: a store's holiday policy decides them, not its week.
    """
    days: dict[str, tuple[Period, ...]] = dict.fromkeys(DAYS, ())
    for rule in text.split(";"):
        which, _, times = rule.strip().partition(" ")
        periods = () if times == "off" else tuple(_period(span, rule) for span in times.split(","))
        for part in which.split(","):
            for day in _span(part, rule):
                days[day] = periods
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (days[day] for day in DAYS)
    return Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))


def _span(part: str, rule: str) -> tuple[str, ...]:
    first, _, last = part.partition("-")
    if part == "PH":
        return ()
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"{rule.strip()!r}: {part!r} is not a day or a span of days")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return DAYS[start : end + 1] if start <= end else (*DAYS[start:], *DAYS[: end + 1])


def _period(span: str, rule: str) -> Period:
    start, dash, end = span.partition("-")
    if not dash:
        raise ValueError(f"{rule.strip()!r}: {span!r} is not a span of time")
    return Period.between(start, end)
