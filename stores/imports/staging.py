"""The staging table: every row of the file with what is known about it, matched and compared in the database.

It is temporary and gone at the transaction's end, so a preview leaves nothing behind. Matching and comparing are a few
set-based statements, whatever the number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from stores.actions.reverting import before_json
from stores.actions.stores import ADDRESS_JSON, PARTNERS, SIMPLE_FIELDS, STAGED
from stores.imports import copytext
from stores.models import Brand
from stores.models.network import PUBLIC_STATUSES

# Types of what is copied in (stores.imports.copytext), where it is not text that is always there.
_TYPES = {
    "row": "integer PRIMARY KEY",
    "market_id": "bigint",
    "latitude": "double precision",
    "longitude": "double precision",
    "opening_date": "date",
    "closing_date": "date",
    "languages": "text[] NOT NULL",
    "given": "text[] NOT NULL",
    "hours": "jsonb",
    **dict.fromkeys(("names", "addresses", "reasons", "warnings"), "jsonb NOT NULL"),
}
# Filled by matching and comparing. The outcome follows from them, so that no statement has to write every row once more.
_MATCHED = {
    "store_id": "bigint",
    "operator_id": "bigint",
    "host_id": "bigint",
    "changes": "jsonb",
    "before": "jsonb",
    "outcome": "text GENERATED ALWAYS AS (CASE WHEN reasons <> '[]' THEN 'refused' WHEN store_id IS NULL THEN 'created' "
    "WHEN changes = '{}' THEN 'unchanged' WHEN changes IS NOT NULL THEN 'changed' END) STORED",
}

_NOT_REFUSED = "r.reasons = '[]'"
_FIND_PARTNER = f"""
UPDATE {STAGED} r SET {{link}} = p.id FROM stores_partner p
WHERE r.{{field}} <> '' AND p.brand_id = %(brand)s AND (p.code = r.{{field}} OR EXISTS (
    SELECT 1 FROM jsonb_each_text(p.name) AS named WHERE lower(named.value) = lower(r.{{field}})))
"""  # noqa: S608
_MISS_PARTNER = f"""
UPDATE {STAGED} r SET warnings = warnings || jsonb_build_array(jsonb_build_object('column', '{{field}}', 'value', r.{{field}},
    'reason', 'no partner of the brand has this code or name; left out'))
WHERE r.{{field}} <> '' AND r.{{link}} IS NULL
"""  # noqa: S608
# The first row of an identity comes in; the same identity again is refused and names that row.
_REFUSE_TWICE = f"""
UPDATE {STAGED} r SET reasons = jsonb_build_array(jsonb_build_object('column', %(column)s::text, 'value', twice.identity,
    'reason', 'the same identity is in row ' || twice.first))
FROM (SELECT row, identity, min(row) OVER (PARTITION BY identity) AS first
      FROM (SELECT row, {{identity}} AS identity FROM {STAGED} r WHERE {_NOT_REFUSED}) named) twice
WHERE twice.row = r.row AND twice.first < r.row
"""  # noqa: S608
_MATCH_SOURCE = f"""
UPDATE {STAGED} r SET store_id = s.store_id FROM stores_storesource s
WHERE s.brand_id = %(brand)s AND s.source = %(source)s AND s.external_id = r.external_id AND {_NOT_REFUSED}
"""  # noqa: S608
_MATCH_CODE = f"""
UPDATE {STAGED} r SET store_id = s.id FROM stores_store s
WHERE s.brand_id = %(brand)s AND s.code = r.code AND r.store_id IS NULL AND {_NOT_REFUSED}
"""  # noqa: S608
_REFUSE_TAKEN = f"""
UPDATE {STAGED} r SET reasons = jsonb_build_array(jsonb_build_object('column', %(column)s::text, 'value', r.external_id,
    'reason', 'the code ' || r.code || ' already belongs to another store'))
FROM stores_store s WHERE s.brand_id = %(brand)s AND s.code = r.code AND r.store_id IS NULL AND {_NOT_REFUSED}
"""  # noqa: S608
# The table would refuse these and with them the whole file, so the field stays as it is and the row says why.
_PUBLIC = ", ".join(f"'{status}'" for status in (*PUBLIC_STATUSES, "closed", "cancelled"))
_KEEP_PUBLISHED = f"""
UPDATE {STAGED} r SET given = array_remove(r.given, 'status'),
    warnings = r.warnings || jsonb_build_array(jsonb_build_object('column', 'status', 'value', r.status, 'reason',
        'the store is published and stays ' || s.status || '; only a store that is not may be ' || r.status))
FROM stores_store s
WHERE s.id = r.store_id AND 'status' = ANY (r.given) AND s.published_at IS NOT NULL AND r.status NOT IN ({_PUBLIC})
"""  # noqa: S608
_KEEP_DATES = f"""
UPDATE {STAGED} r SET given = array_remove(array_remove(r.given, 'opening_date'), 'closing_date'),
    warnings = r.warnings || jsonb_build_array(jsonb_build_object('column', 'closing_date', 'value', r.closing_date, 'reason',
        'with the dates that are known the store would close before it opens; the dates stay as they are'))
FROM stores_store s
WHERE s.id = r.store_id AND r.given && ARRAY['opening_date', 'closing_date']
    AND CASE WHEN 'closing_date' = ANY (r.given) THEN r.closing_date ELSE s.closing_date END
      < CASE WHEN 'opening_date' = ANY (r.given) THEN r.opening_date ELSE s.opening_date END
"""  # noqa: S608
# What undoing the import will need: of stores that change, and of those that get this source's identity.
_REMEMBER = f"""
UPDATE {STAGED} r SET before = {before_json("s")} FROM stores_store s
WHERE s.id = r.store_id AND (r.outcome = 'changed' OR r.outcome = 'unchanged' AND r.external_id <> '' AND NOT EXISTS (
    SELECT 1 FROM stores_storesource o
    WHERE o.brand_id = %(brand)s AND o.source = %(source)s AND o.external_id = r.external_id))
"""  # noqa: S608
_LOCK = f"SELECT 1 FROM stores_store WHERE id IN (SELECT store_id FROM {STAGED}) ORDER BY id FOR UPDATE"  # noqa: S608


def _changed(field: str, old: str, new: str, when: str | None = None) -> str:
    """A piece of the changes object: both values of a field that differs, nothing otherwise."""
    speaks = when or f"'{field}' = ANY (r.given)"
    return f"'{field}', CASE WHEN {speaks} AND {old} IS DISTINCT FROM {new} THEN jsonb_build_array({old}, {new}) END"


_OLD_ADDRESSES = f"(SELECT coalesce(jsonb_object_agg(a.language, {ADDRESS_JSON}), '{{}}') FROM stores_storeaddress a \
WHERE a.store_id = s.id AND r.addresses ? a.language)"  # noqa: S608
_NEW_ADDRESSES = f"""(SELECT coalesce(jsonb_object_agg(tag, coalesce({ADDRESS_JSON},
    '{{"lines": [], "sublocality": "", "locality": "", "administrative_area": "", "postal_code": ""}}') || part), '{{}}')
    FROM jsonb_each(r.addresses) AS one (tag, part)
    LEFT JOIN stores_storeaddress a ON a.store_id = s.id AND a.language = tag)"""  # noqa: S608
_OLD_HOURS = """(SELECT jsonb_agg(jsonb_build_object('from', h.season_from, 'to', h.season_to, 'periods', h.periods)
    ORDER BY h.season_from) FROM stores_weeklyhours h WHERE h.store_id = s.id AND h.purpose = 'store')"""
_NEW_HOURS = "(SELECT jsonb_agg(week ORDER BY week ->> 'from') FROM jsonb_array_elements(r.hours) week)"
_CHANGES = ",\n    ".join(
    [
        _changed("market", "(SELECT m.code FROM stores_market m WHERE m.id = s.market_id)", "r.market"),
        _changed("name", "s.name", "s.name || r.names"),
        _changed(
            "position",
            "jsonb_build_array(s.latitude, s.longitude)",
            "jsonb_build_array(r.latitude, r.longitude)",
        ),
        *(
            _changed(
                staged,
                f"s.{column}::text[]" if column == "languages" else f"s.{column}",
                f"r.{staged}",
            )
            for column, staged in SIMPLE_FIELDS.items()
        ),
        *(_changed(field, f"s.{link}", f"r.{link}", f"r.{link} IS NOT NULL") for field, link in PARTNERS.items()),
        _changed("address", _OLD_ADDRESSES, _NEW_ADDRESSES),
        _changed("hours", _OLD_HOURS, _NEW_HOURS),
    ]
)
_COMPARE = f"""
UPDATE {STAGED} r SET changes = jsonb_strip_nulls(jsonb_build_object(
    {_CHANGES}
)) FROM stores_store s WHERE s.id = r.store_id AND {_NOT_REFUSED}
"""  # noqa: S608


def create() -> None:
    """Make the empty staging table for the rest of the transaction."""
    kinds = {name: _TYPES.get(name, "text NOT NULL") for name in copytext.VALUES} | _MATCHED
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


def match_and_compare(*, brand: Brand, source: str, own_codes: bool, identity: str, lock: bool) -> None:
    """Find each row's store, say what would change, and decide its outcome.

    Args:
        own_codes: the file's codes are ours, so a row without a known source is matched by code.
        identity: the column named in refusals of a double identity.
        lock: hold the matched stores until the transaction ends, so that what was compared is what is written over.
    """
    parameters: dict[str, int | str] = {"brand": brand.pk, "source": source, "column": identity}
    statements = [
        *(
            each.format(field=field, link=link)
            for field, link in PARTNERS.items()
            for each in (_FIND_PARTNER, _MISS_PARTNER)
        ),
        _REFUSE_TWICE.format(identity="coalesce(nullif(r.external_id, ''), r.code)"),
        _REFUSE_TWICE.format(identity="r.code"),
        f"ANALYZE {STAGED}",
        _MATCH_SOURCE,
        _MATCH_CODE if own_codes else _REFUSE_TAKEN,
        # A source's id and our code may name one store in two rows.
        _REFUSE_TWICE.format(identity="coalesce('store ' || r.store_id, 'row ' || r.row)"),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
        if lock:
            cursor.execute(_LOCK)
        cursor.execute(_KEEP_PUBLISHED)
        cursor.execute(_KEEP_DATES)
        cursor.execute(_COMPARE)
        if lock:
            cursor.execute(_REMEMBER, parameters)


def counts() -> dict[str, int]:
    """How many rows have each outcome, all four named; and how many that come in have warnings."""
    found = dict.fromkeys(("created", "changed", "unchanged", "refused", "warned"), 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT outcome, count(*) FROM {STAGED} GROUP BY outcome")  # noqa: S608
        found.update(dict(cursor.fetchall()))
        cursor.execute(f"SELECT count(*) FROM {STAGED} WHERE outcome <> 'refused' AND warnings <> '[]'")  # noqa: S608
        found["warned"] = cursor.fetchone()[0]
    return found


def most_frequent(column: str, limit: int) -> list[tuple[str, int]]:
    """The most frequent findings of ``reasons`` or ``warnings``: a sentence with its column, and how many rows have it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (finding ->> 'column') || ': ' || (finding ->> 'reason') AS sentence, count(*) "  # noqa: S608
            f"FROM {STAGED}, jsonb_array_elements({column}) AS finding GROUP BY sentence ORDER BY 2 DESC, 1 LIMIT %s",
            [limit],
        )
        return list(cursor.fetchall())


def closing(brand: Brand) -> tuple[int, int]:
    """How many open stores the file would close, and how many open stores the brand has in the file's markets."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {STAGED} r JOIN stores_store s ON s.id = r.store_id "  # noqa: S608
            "WHERE r.changes ? 'status' AND r.status IN ('closing', 'closed', 'cancelled') "
            "AND s.status NOT IN ('closing', 'closed', 'cancelled')"
        )
        closed = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT count(*) FROM stores_store s WHERE s.market_id IN (SELECT market_id FROM {STAGED}) "  # noqa: S608
            "AND s.brand_id = %s AND s.status NOT IN ('closing', 'closed', 'cancelled')",
            [brand.pk],
        )
        return closed, cursor.fetchone()[0]


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
)


def rows(where: str = "TRUE", limit: int | None = None) -> Iterator[Mapping[str, Any]]:
    """Staged rows in the file's order, streamed. ``where`` is one of our own conditions, never a user's text."""
    sql = f"SELECT {', '.join(_TAKE)} FROM {STAGED} WHERE {where} ORDER BY row"  # noqa: S608
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
_JSON = frozenset({"reasons", "warnings", "changes", "names", "hours", "addresses"})
