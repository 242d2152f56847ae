"""Stores as rows of a plain table, for partners and people with a spreadsheet; cells never start a formula."""

from __future__ import annotations

from datetime import timedelta

from stores.feeds.hours import AHEAD
from stores.feeds.store import FeedStore
from stores.timetable.osm_schedule import format_schedule
from stores.values.addresses import Address, one_cell
from stores.values.cells import neutral

COLUMNS = (
    "code", "name", "market", "format", "status", "operator", "address_lines", "sublocality", "locality",
    "administrative_area", "postal_code", "latitude", "longitude", "time_zone", "phone", "email", "website", "hours",
    "opening_date", "closing_date", "languages", "services",
)  # fmt: skip
"""Named as the fields of an import, so that the table can be read back by one."""


def row(record: FeedStore, language: str) -> list[str]:
    """One store as the cells of :data:`COLUMNS`, its name and address in the reader's language."""
    place = record.address(language)
    address = place[0] if place else Address()
    cells = (
        record.code,
        record.name(language)[0],
        record.market,
        record.format,
        record.status,
        record.operated_by(language),
        one_cell(address.lines),
        address.sublocality,
        address.locality,
        address.administrative_area,
        address.postal_code,
        "" if record.latitude is None else repr(record.latitude),
        "" if record.longitude is None else repr(record.longitude),
        record.time_zone,
        record.phone,
        record.email,
        record.website,
        format_schedule(record.schedule, record.today, record.today + timedelta(days=AHEAD)) or "",
        record.opening_date.isoformat() if record.opening_date else "",
        record.closing_date.isoformat() if record.closing_date else "",
        ", ".join(record.spoken),
        ", ".join(record.services),
    )
    return [neutral(cell) for cell in cells]
