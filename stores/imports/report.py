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
    column, value and reason, ``changes`` both values of each field, ``normalized`` the record that would be stored.
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
    refused = row["outcome"] == "refused"
    return {
        "row": row["row"],
        "outcome": row["outcome"],
        "reasons": row["reasons"],
        "warnings": row["warnings"],
        "changes": {field: {"from": old, "to": new} for field, (old, new) in (row["changes"] or {}).items()},
        "normalized": None if refused else _normalized(row),
    }


def _normalized(row: Mapping[str, Any]) -> dict[str, Any]:
    names: Mapping[str, str] = row["names"]
    return {
        "code": row["code"],
        "external_id": row["external_id"],
        "name": next(iter(names.values()), ""),
        "names": names,
        "country": row["market"],
        "format": row["format"],
        "status": row["status"],
        "operator": row["operator"] or None,
        "located_in": row["located_in"] or None,
        "time_zone": row["time_zone"],
        "phone_e164": row["phone"] or None,
        "email": row["email"] or None,
        "website": row["website"] or None,
        "lat": row["latitude"],
        "lng": row["longitude"],
        "hours": osm_of(row["hours"]) if row["hours"] else None,
        "address": row["addresses"].get(row["primary_address"]),
        "address_language": row["primary_address"] or None,
    }
