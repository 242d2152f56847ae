"""``stores/{code}/hours/``: a store's hours day by day, each with the rule that decided it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from stores.api import parameters
from stores.api.cards import openings
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps
from stores.api.parameters import Parameter
from stores.api.problems import NOT_FOUND, Problem
from stores.api.stores import found_by_code
from stores.models.hours import PURPOSES
from stores.models.queries.locator import Found
from stores.models.queries.opening_rows import schedules
from stores.timetable.evaluate import DayHours, State, days
from stores.timetable.schedule import WEEKDAYS, Schedule

MOST_DAYS = 62
DEFAULT_DAYS = 14
OLDEST_DAYS = 366
"""Special days are kept for ever and answered for a year back: earlier, they no longer decide anything here."""


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year < 2100:
        raise ValueError("is not a date such as 2026-12-24, in the years 2000 to 2099.")
    return found


def _purpose(text: str) -> str:
    if text not in PURPOSES:
        raise ValueError(f"is not a purpose. Known are: {', '.join(PURPOSES)}.")
    return text


_DATE = {"type": "string", "format": "date"}


@documented("A store's hours by day", "StoreHours", tag="stores", path=("code", "Code of the store."))
class StoreHours(Endpoint):
    """Every local day of a span with its periods and the rule that decided it, closed days included.

    A period belongs to the day it starts on and may end on the next. What is left of the night before the first day is not
    part of the answer. `confirmed` is false where nobody has decided about a holiday yet.
    """

    parameters = (
        parameters.LANGUAGE,
        Parameter("from", _date, "First local day. Without it, today in the store's time zone.", _DATE, "2026-12-20"),
        Parameter(
            "to", _date, f"First local day that is no longer wanted, at most {MOST_DAYS} days later ({DEFAULT_DAYS}).", _DATE
        ),
        Parameter(
            "purpose", _purpose, "Whose hours: the store's, or its service desk's, pick-up's or demo's.",
            {"type": "string", "enum": list(PURPOSES), "default": "store"},
        ),
    )  # fmt: skip

    def answer(self, call: Call, **path: str) -> Answer:
        """The days, or the same 404 whether the store does not exist or is not for this key."""
        found = found_by_code(call, path["code"])
        schedule = _schedule(found, call.given.get("purpose", "store")) if found else None
        if found is None or schedule is None:
            raise Problem("not-found", NOT_FOUND)
        today = call.now.astimezone(schedule.zone).date()
        first, after = _span(call, today)
        body = dumps(
            {
                "code": found.code,
                "purpose": call.given.get("purpose", "store"),
                "time_zone": schedule.zone.key,
                "from": first.isoformat(),
                "to": after.isoformat(),
                "days": [_day(day, schedule) for day in days(schedule, first, after)],
            }
        )
        # Without a first day the answer is about today, until the store's midnight.
        midnight = datetime.combine(today + timedelta(days=1), time(), schedule.zone).astimezone(UTC)
        return Answer(body, call.age_until(None if "from" in call.given else midnight))


def _schedule(found: Found, purpose: str) -> Schedule | None:
    if purpose == "store":
        [opening] = openings([found])
        return opening.schedule
    return schedules([found.id], purpose=purpose).get(found.id)


def _span(call: Call, today: date) -> tuple[date, date]:
    """The first day and the day after the last. Problem 400 for a span that is empty, too long or too old."""
    first: date = call.given.get("from", today)
    after: date = call.given.get("to", first + timedelta(days=DEFAULT_DAYS))
    if not first < after <= first + timedelta(days=MOST_DAYS):
        raise parameters.wrong([{"parameter": "to", "detail": f"is 1 to {MOST_DAYS} days after from ({first})."}])
    if first < today - timedelta(days=OLDEST_DAYS):
        raise parameters.wrong([{"parameter": "from", "detail": f"lies more than {OLDEST_DAYS} days back."}])
    return first, after


def _day(day: DayHours, schedule: Schedule) -> dict[str, Any]:
    state = State.OPEN if day.intervals else State.CLOSED if day.known else State.UNKNOWN
    return {
        "date": day.date.isoformat(),
        "weekday": WEEKDAYS[day.date.weekday()],
        "state": state.value,
        "periods": [
            {
                "opens": each.start.astimezone(schedule.zone).isoformat(),
                "closes": each.end.astimezone(schedule.zone).isoformat(),
            }
            for each in day.intervals
        ],
        "rule": day.rule.kind,
        "reason": day.rule.text,
        "confirmed": day.rule.confirmed,
    }
