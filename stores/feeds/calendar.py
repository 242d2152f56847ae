"""Opening hours as a calendar (RFC 5545): one event for every time the door is open, as the rules resolve it.

Resolved events instead of recurrence rules: seasons, special days and holidays are in them already, and any calendar shows
the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

from icalendar import Calendar, Event

from stores.feeds.hours import name_of
from stores.feeds.store import FeedStore
from stores.timetable.evaluate import intervals
from stores.values import addresses

AHEAD = 62
"""Days: as far as the storefront API resolves hours in one answer."""


def calendar() -> Calendar:
    """An empty calendar to put events into."""
    made = Calendar()
    made.add("prodid", "-//Meridian//opening hours//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    return made


def events(record: FeedStore, language: str) -> Iterator[Event]:
    """One event for every open interval. Its identity stays the same while the opening does, so readers update it."""
    name, _ = record.name(language)
    place = record.address(language)
    where = ", ".join(addresses.envelope(place[0], record.market)) if place else ""
    for found in intervals(record.schedule, record.today, record.today + timedelta(days=AHEAD)):
        event = Event()
        event.add("uid", f"{record.uid}-{found.start:%Y%m%dT%H%M%SZ}@meridian")
        event.add("dtstamp", record.updated_at.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", found.start.astimezone(UTC))
        event.add("dtend", found.end.astimezone(UTC))
        event.add("summary", name)
        if called := name_of(record.schedule, found.start.astimezone(record.schedule.zone).date()):
            event.add("description", called)
        event.add("transp", "TRANSPARENT")  # an open shop makes nobody busy
        if where:
            event.add("location", where)
        if record.latitude is not None and record.longitude is not None:
            event.add("geo", (record.latitude, record.longitude))
        yield event
