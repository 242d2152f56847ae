"""Do two schedules mean the same, whatever they are made of: and if not, from which instant on do they differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stores.timetable.evaluate import HORIZON_DAYS, state_at
from stores.timetable.schedule import Schedule

_HORIZON = timedelta(days=HORIZON_DAYS)


def first_difference(one: Schedule, other: Schedule, from_moment: datetime, to_moment: datetime) -> datetime | None:
    """The first instant of [from, to), in UTC, at which one state is not the other; None when they agree throughout.

    Goes from change to change, so that a year of two ordinary weeks takes some hundred steps. Rules may differ where states
    do not: a closed Sunday is the same as a Sunday closed by a special day.
    """
    moment = from_moment.astimezone(UTC)
    while moment < to_moment:
        answers = state_at(one, moment), state_at(other, moment)
        if answers[0].state is not answers[1].state:
            return moment
        # Without a change an answer holds for the horizon at least.
        moment = min(answer.until or moment + _HORIZON for answer in answers)
    return None
