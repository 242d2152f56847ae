"""Opening hours: one store at one moment, beside opening-hours-py's native code."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours
from opening_hours import State as NativeState

from stores.management.bench.ground import Ground
from stores.management.bench.runner import Line, compare, interleave
from stores.management.demo.hours import week
from stores.management.network.plausible import WEEKS
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Schedule

ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
QUESTIONS = 20_000
DAYS = 365
APART = 0.002
"""In OSM a Sunday's own hours end what is left of Saturday night; with us the night goes on. Such nights are this rare."""


def hours(ground: Ground) -> Iterator[Line]:
    """States of thirty schedules at random moments of a year. Both sides have read the hours before.

    Ours says since when, until when and by which rule as well; theirs is asked for the state alone.
    """
    chance = random.Random(1)
    kinds = [(text, ZoneInfo(zone)) for text in WEEKS for zone in ZONES]
    schedules = [Schedule(zone=zone, regular=week(text)) for text, zone in kinds]
    theirs = [OpeningHours(text, timezone=zone) for text, zone in kinds]
    began = datetime(2026, 3, 1, tzinfo=UTC)
    places = [chance.randrange(len(kinds)) for _ in range(QUESTIONS)]
    moments = [began + timedelta(seconds=chance.randrange(DAYS * 86_400)) for _ in range(QUESTIONS)]
    asked_ours = [(schedules[place], moment) for place, moment in zip(places, moments, strict=True)]
    asked_theirs = [
        (theirs[place].state, moment.astimezone(kinds[place][1])) for place, moment in zip(places, moments, strict=True)
    ]

    def ours() -> None:
        for schedule, moment in asked_ours:
            state_at(schedule, moment)

    def native() -> None:
        for state, moment in asked_theirs:
            state(moment)

    differing = sum(
        (state_at(schedule, moment).state is State.OPEN) is not (state(local)[0] == NativeState.OPEN)
        for (schedule, moment), (state, local) in zip(asked_ours, asked_theirs, strict=True)
    )
    if differing > QUESTIONS * APART:
        raise ValueError(f"the two sides differ in {differing} of {QUESTIONS} answers: they do not do the same work")
    ground.say(f"hours: {QUESTIONS:,} questions a round to {len(kinds)} schedules")
    said_ours, said_native = interleave([lambda: _rate(ours), lambda: _rate(native)])
    yield compare("hours", said_ours, said_native, target=1 / 5)


def _rate(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return QUESTIONS / (time.perf_counter() - began)
