"""Records as lines of PostgreSQL's COPY text format, made where they are parsed, so that processes hand over plain bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from stores.imports.rows import Record

# The staging table's columns in the order of COPY, and how each comes out of a record.
VALUES: dict[str, Callable[[Record], Any]] = {
    "row": lambda record: record.row,
    "external_id": lambda record: record.external_id,
    "code": lambda record: record.code,
    "market": lambda record: record.market,
    "market_id": lambda record: record.market_id,
    "names": lambda record: json.dumps(record.names),
    "primary_name": lambda record: record.primary_name,
    "format": lambda record: record.format,
    "status": lambda record: record.status,
    "time_zone": lambda record: record.time_zone,
    "latitude": lambda record: record.latitude,
    "longitude": lambda record: record.longitude,
    "datum": lambda record: record.datum,
    "phone": lambda record: record.phone,
    "email": lambda record: record.email,
    "website": lambda record: record.website,
    "operator": lambda record: record.operator,
    "located_in": lambda record: record.located_in,
    "languages": lambda record: array(record.languages),
    "services": lambda record: array(record.services),
    "opening_date": lambda record: record.opening_date,
    "closing_date": lambda record: record.closing_date,
    "addresses": lambda record: json.dumps(record.addresses),
    "primary_address": lambda record: record.primary_address,
    "hours": lambda record: None if record.hours is None else json.dumps(record.hours),
    "special_days": lambda record: None if record.special_days is None else json.dumps(record.special_days),
    "holiday_policy": lambda record: record.holiday_policy,
    "holiday_hours": lambda record: None if record.holiday_hours is None else json.dumps(record.holiday_hours),
    "given": lambda record: array(sorted(record.given)),
    "reasons": lambda record: json.dumps([finding.to_json() for finding in record.reasons]),
    "warnings": lambda record: json.dumps([finding.to_json() for finding in record.warnings]),
}
_TAKE = tuple(VALUES.values())
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def lines(records: Iterable[Record]) -> bytes:
    """One line a record."""
    return "".join("\t".join(field(take(record)) for take in _TAKE) + "\n" for record in records).encode()


def field(value: str | float | date | None) -> str:
    """One field: text with its controls escaped, numbers so that they read back the same, NULL for None."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return repr(value) if isinstance(value, int | float) else value.isoformat()


def array(texts: Iterable[str]) -> str:
    """A text[] as PostgreSQL reads it."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
