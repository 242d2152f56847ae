"""Templates of special days: what a store does around a date, said once for many stores.

``[{"from": -1, "to": -1, "closes": "15:00"}, {"from": 0, "to": 2, "periods": []}]`` is "the eve closes at 15:00, that day and
the two after it are closed". Days count from the date the template is applied to. ``periods`` replace a day's hours;
``opens`` and ``closes`` cut what the store has on that day anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from stores.timetable.schedule import DAY, Day, Period, clock_text, day_from_json

FURTHEST = 31
"""How many days before or after its date a template may speak about."""

_KEYS = {"from", "to", "periods", "opens", "closes"}


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Days ``first`` .. ``last`` from the date: hours of their own, or the usual hours cut to minutes of the day."""

    first: int
    last: int
    periods: Day | None = None
    opens: int | None = None
    closes: int | None = None

    def dates(self, anchor: date) -> tuple[date, ...]:
        """The local dates it speaks about."""
        return tuple(anchor + timedelta(days=offset) for offset in range(self.first, self.last + 1))

    def hours(self, usual: Day | None) -> Day | None:
        """The hours of a day that usually has ``usual``; None when nobody knows those and the plan only cuts them."""
        if self.periods is not None:
            return self.periods
        if usual is None:
            return None
        opens, closes = self.opens or 0, 2 * DAY if self.closes is None else self.closes
        cut = ((max(period.start_minute, opens), min(period.end_minute, closes)) for period in usual)
        return tuple(Period(start, end - start) for start, end in cut if start < min(end, DAY))

    def __str__(self) -> str:
        if self.periods is not None:
            return ", ".join(map(str, self.periods)) or "closed"
        said = []
        if self.opens is not None:
            said.append(f"opens {clock_text(self.opens)}")
        if self.closes is not None:
            said.append(f"closes {clock_text(self.closes)}")
        return ", ".join(said)


def plan_from_json(value: object) -> tuple[DayPlan, ...]:
    """Read a template's days, in order. ValueError says which is wrong, and what two of them say about the same day."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
        raise ValueError("a template is a list of days, at least one")
    plans = []
    for number, item in enumerate(value, 1):
        try:
            plans.append(_plan(item))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    plans.sort(key=lambda plan: plan.first)
    for before, after in pairwise(plans):
        if before.last >= after.first:
            raise ValueError(f"day {after.first} is named twice")
    return tuple(plans)


def _plan(item: object) -> DayPlan:
    if not isinstance(item, Mapping) or not set(item) <= _KEYS or "from" not in item:
        raise ValueError('days are {"from": 0, "to": 2, "periods": [...]} or with "opens" and "closes"')
    first, last = item["from"], item.get("to", item["from"])
    if not all(type(day) is int and -FURTHEST <= day <= FURTHEST for day in (first, last)) or last < first:
        raise ValueError(f"days are whole numbers from -{FURTHEST} to {FURTHEST}, the first not after the last")
    cuts = {name: _minute(item[name]) for name in ("opens", "closes") if name in item}
    if ("periods" in item) == bool(cuts):
        raise ValueError("a day has either hours of its own, or another opening or closing time")
    if "periods" in item:
        return DayPlan(first, last, periods=day_from_json(item["periods"], f"day {first}"))
    if cuts.get("opens", 0) >= cuts.get("closes", DAY):
        raise ValueError("it closes before it opens")
    return DayPlan(first, last, opens=cuts.get("opens"), closes=cuts.get("closes"))


def _minute(text: object) -> int:
    # A period's end may be 24:00 and its start 00:00; one of both reads any clock.
    return DAY if text == "24:00" else Period.between(text, "24:00").start_minute
