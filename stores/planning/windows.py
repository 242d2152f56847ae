"""Campaign windows: from local wall clocks to instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from stores.timetable.localtime import local_clock


@dataclass(frozen=True)
class Window:
    """A campaign's window as people say it. ``zone`` is the market's, or the campaign's for a single instant."""

    starts: datetime
    ends: datetime
    zone: str


def resolve(window: Window) -> tuple[datetime, datetime]:
    """Start and end as UTC instants, half-open.

    A wall clock that does not exist means the first instant after it; one that happens twice starts at the earlier and ends
    at the later. So two calendar days over the end of summer time are 49 hours long.
    """
    return _at(window.starts, window.zone, end=False), _at(window.ends, window.zone, end=True)


def _at(wall: datetime, zone: str, *, end: bool) -> datetime:
    if wall.tzinfo is not None:
        raise ValueError("a wall clock has no zone of its own")
    clock = local_clock(ZoneInfo(zone))
    day, minute = wall.toordinal(), wall.hour * 60 + wall.minute
    seconds = clock.end(day, minute) if end else clock.start(day, minute)
    return datetime.fromtimestamp(seconds + wall.second, UTC)


def tzdata_version() -> str:
    """Which edition of the zone rules instants were resolved with."""
    return version("tzdata")
