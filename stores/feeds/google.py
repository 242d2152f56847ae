"""Stores as the bulk sheet of Google Business Profile: its columns, hours as it writes them, ``x`` for a closed day.

https://support.google.com/business/answer/3370250. The sheet has one row of hours a weekday, so of a store with seasons it is
given the week that holds today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from stores.feeds.hours import clocks, shut, special_hours, weeks_in_force
from stores.feeds.store import FeedStore
from stores.timetable.schedule import WEEKDAYS, Day

COLUMNS = (
    "Store code", "Business name", *(f"Address line {number}" for number in range(1, 6)), "Sub-locality", "Locality",
    "Administrative area", "Country / Region", "Postal code", "Latitude", "Longitude", "Primary phone", "Website",
    "Primary category", *(f"{day} hours" for day in WEEKDAYS), "Special hours", "From the business", "Opening date", "Labels",
)  # fmt: skip
CATEGORY = "Electronics store"
LONGEST_DESCRIPTION = 750
"""Characters that Google takes of "From the business"."""


def row(record: FeedStore, language: str) -> list[str]:
    """One store as the cells of :data:`COLUMNS`."""
    place = record.address(language)
    lines = list(place[0].lines)[:5] if place else []
    weeks = weeks_in_force(record.schedule, record.today)
    week = weeks[0].week if weeks and weeks[0].first in {None, record.today} else None
    cells = {
        "Store code": record.code,
        "Business name": record.name(language)[0],
        **{f"Address line {number}": line for number, line in enumerate(lines, 1)},
        "Country / Region": record.market,
        "Latitude": "" if record.latitude is None else repr(record.latitude),
        "Longitude": "" if record.longitude is None else repr(record.longitude),
        "Primary phone": record.phone,
        "Website": record.website,
        "Primary category": CATEGORY,
        **({f"{day} hours": _times(periods) for day, periods in zip(WEEKDAYS, week.days, strict=True)} if week else {}),
        "Special hours": ", ".join(
            f"{day.isoformat()}: {times}" for day, periods in _special(record) for times in _times(periods).split(", ")
        ),
        "From the business": record.description(language)[:LONGEST_DESCRIPTION],
        "Opening date": record.opening_date.isoformat() if record.opening_date else "",
        "Labels": record.format,
    }
    if place:
        address = place[0]
        cells |= {
            "Sub-locality": address.sublocality,
            "Locality": address.locality,
            "Administrative area": address.administrative_area,
            "Postal code": address.postal_code,
        }
    return [cells.get(column, "") for column in COLUMNS]


def _special(record: FeedStore) -> Iterator[tuple[date, Day]]:
    """Dates with other hours. The sheet has no column for a store that is closed for a time: each of its dates is closed."""
    closed = shut(record) if record.life.on(record.today) == "paused" else None
    for number in range((closed[1] - closed[0]).days + 1 if closed else 0):
        yield record.today + timedelta(days=number), ()
    for each in special_hours(record.schedule, record.today):
        if closed is None or each.date > closed[1]:
            yield each.date, each.periods


def _times(periods: Day) -> str:
    return ", ".join(f"{opens}-{closes}" for opens, closes in clocks(periods)) or "x"
