"""What an import did or would do, row by row, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stores.imports import staging
from stores.imports.errors import ImportRefused
from stores.imports.hours import osm_of


def write_report(path: Path) -> int:
    """One JSON object a line and row, in the file's order; how many lines.

    ``row`` counts the header as row 1, ``outcome`` is created, changed, unchanged or refused, ``reasons`` and ``warnings`` have
    column, value and reason, ``changes`` both values of each field, ``normalized`` the record as it would be stored.
    """
    return write_lines(path, (json.dumps(line(row), ensure_ascii=False) + "\n" for row in staging.rows()))


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """A text file of the lines; how many. Finished or not there: a reader must not take half a file for the whole import."""
    count = 0
    part = path.with_name(f"{path.name}.part") if path.is_file() or not path.exists() else path
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            for each in lines:
                file.write(each)
                count += 1
        if part != path:
            part.replace(path)
    except OSError as error:
        raise ImportRefused(f"{path}: {error.strerror or error}") from error
    return count


def line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A staged row as a line of the report."""
    return {
        "row": row["row"],
        "outcome": row["outcome"],
        "reasons": row["reasons"],
        "warnings": row["warnings"],
        "changes": {field: {"from": old, "to": new} for field, (old, new) in (row["changes"] or {}).items()},
        "normalized": _normalized(row),
    }


def _normalized(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record; of a refused row what was understood. What is not known is null."""
    names: Mapping[str, str] = row.get("names") or {}
    addresses: Mapping[str, Any] = row.get("addresses") or {}
    texts = ("external_id", "format", "status", "operator", "located_in", "time_zone", "email", "website")
    dates = {name: str(row[name]) if row.get(name) else None for name in ("opening_date", "closing_date")}
    return {
        "code": row["code"] or None,
        # The text of the list's own name; without one, the first of the names.
        "name": names.get(row.get("primary_name") or "") or next(iter(names.values()), None),
        "names": names,
        "country": row.get("market") or None,
        **{name: row.get(name) or None for name in texts},
        "phone_e164": row.get("phone") or None,
        "lat": row.get("latitude"),
        "lng": row.get("longitude"),
        **{name: row.get(name) or [] for name in ("languages", "services")},
        **dates,
        "hours": osm_of(row["hours"]) if row.get("hours") else None,
        "special_days": row.get("special_days") or {},
        "holiday_policy": row.get("holiday_policy") or None,
        "holiday_hours": row.get("holiday_hours"),
        "address": addresses.get(row.get("primary_address") or ""),
        "address_language": row.get("primary_address") or None,
    }
