"""The staging table: every row of the file with what is known about it, matched and compared in the database.

It is temporary and gone at the transaction's end, so a preview leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from stores.actions.stores import STAGED
from stores.imports import copytext

# Types of what is copied in (stores.imports.copytext), where it is not text that is always there.
TYPES = {
    "row": "integer PRIMARY KEY",
    "market_id": "bigint",
    "latitude": "double precision",
    "longitude": "double precision",
    "opening_date": "date",
    "closing_date": "date",
    "languages": "text[] NOT NULL",
    "services": "text[] NOT NULL",
    "given": "text[] NOT NULL",
    **dict.fromkeys(("hours", "special_days", "holiday_hours"), "jsonb"),
    **dict.fromkeys(("names", "addresses", "reasons", "warnings"), "jsonb NOT NULL"),
}
# Filled by matching and comparing. The outcome follows from them, so that no statement has to write every row once more.
_MATCHED = {
    "store_id": "bigint",
    "operator_id": "bigint",
    "host_id": "bigint",
    "service_ids": "bigint[] NOT NULL DEFAULT '{}'",
    "changes": "jsonb",
    "before": "jsonb",
    "outcome": "text GENERATED ALWAYS AS (CASE WHEN reasons <> '[]' THEN 'refused' WHEN store_id IS NULL THEN 'created' "
    "WHEN changes = '{}' THEN 'unchanged' WHEN changes IS NOT NULL THEN 'changed' END) STORED",
}


def create() -> None:
    """Make the empty staging table for the rest of the transaction."""
    kinds = {name: TYPES.get(name, "text NOT NULL") for name in copytext.VALUES} | _MATCHED
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGED}")
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGED} ({columns}) ON COMMIT DROP")


def copy(blocks: Iterable[bytes]) -> None:
    """Stream blocks of COPY lines into the table."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {STAGED} ({', '.join(copytext.VALUES)}) FROM STDIN") as out,
    ):
        for block in blocks:
            out.write(block)


def counts() -> dict[str, int]:
    """How many rows have each outcome, all four named; and how many that come in have warnings."""
    found = dict.fromkeys(("created", "changed", "unchanged", "refused", "warned"), 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT outcome, count(*) FROM {STAGED} GROUP BY outcome")  # noqa: S608  (our names)
        found.update(dict(cursor.fetchall()))
        cursor.execute(f"SELECT count(*) FROM {STAGED} WHERE outcome <> 'refused' AND warnings <> '[]'")  # noqa: S608  (ours)
        found["warned"] = cursor.fetchone()[0]
    return found


def most_frequent(column: str, limit: int) -> list[tuple[str, int]]:
    """The most frequent findings of ``reasons`` or ``warnings``: a sentence with its column, and how many rows have it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (finding ->> 'column') || ': ' || (finding ->> 'reason') AS sentence, count(*) "  # noqa: S608  (our names)
            f"FROM {STAGED}, jsonb_array_elements({column}) AS finding GROUP BY sentence ORDER BY 2 DESC, 1 LIMIT %s",
            [limit],
        )
        return list(cursor.fetchall())


_TAKE = (
    *(
        "row",
        "outcome",
        "reasons",
        "warnings",
        "changes",
        "external_id",
        "code",
        "names",
        "market",
        "time_zone",
        "phone",
    ),
    *("latitude", "longitude", "hours", "email", "website", "format", "status", "operator", "located_in", "addresses"),
    "primary_address",
    "primary_name",
    *("languages", "services", "opening_date", "closing_date"),
    *("special_days", "holiday_policy", "holiday_hours"),
)


def rows(where: str = "TRUE", limit: int | None = None) -> Iterator[Mapping[str, Any]]:
    """Staged rows in the file's order, streamed. ``where`` is one of our own conditions, never a user's text."""
    sql = f"SELECT {', '.join(_TAKE)} FROM {STAGED} WHERE {where} ORDER BY row"  # noqa: S608  (our names)
    if limit is not None:
        sql += f" LIMIT {limit:d}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while chunk := cursor.fetchmany(1000):
            for values in chunk:
                yield {
                    name: json.loads(value) if name in _JSON and isinstance(value, str) else value
                    for name, value in zip(_TAKE, values, strict=True)
                }


# Django leaves jsonb of raw queries as text.
_JSON = frozenset({"reasons", "warnings", "changes", "names", "hours", "special_days", "holiday_hours", "addresses"})
