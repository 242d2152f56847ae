"""Stores that a list closes or takes away: those that a complete list lacks, and how many there are in all.

A list of the wrong market, or cut in the middle, must not close a network. So what it takes away is counted, whichever way it
does so, and beyond a fifth somebody has to say that it is meant.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from stores.actions.stores import STAGED
from stores.imports import copytext
from stores.imports.errors import ImportRefused
from stores.imports.staging import TYPES
from stores.models import Brand
from stores.values import clock

ENDED = ("closing", "closed", "cancelled")
SERVING = ("soft_open", "open")

_ENDED = ", ".join(f"'{status}'" for status in ENDED)
_SERVING = ", ".join(f"'{status}'" for status in SERVING)

_LACKING = {
    "row": "(SELECT max(row) FROM import_rows) + row_number() OVER (ORDER BY s.code)",
    "code": "s.code",
    "market": "m.code",
    "market_id": "s.market_id",
    "status": "'closed'",
    "closing_date": "%(today)s::date",
    # A date that is known already, or a store that was to open later, keeps its dates.
    "given": "CASE WHEN coalesce(s.closing_date > %(today)s, true) AND coalesce(s.opening_date <= %(today)s, true) "
    "THEN ARRAY['closing_date', 'status'] ELSE ARRAY['status'] END",
    "warnings": "jsonb_build_array(jsonb_build_object('column', '', 'value', s.code, "
    "'reason', 'the list is complete and lacks this store, so it is closed'))",
}
_EMPTY = {"text[] NOT NULL": "'{}'::text[]", "text NOT NULL": "''"}


def stage_lacking(brand: Brand, *, source: str, own_codes: bool) -> None:
    """Add a row that closes it for every open store of the list's markets that the list lacks.

    Only stores that this source brought in before can be lacking from it; from a list with our own codes, any can. A row that
    is refused still names its store.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(row) FROM {STAGED} WHERE external_id = '' AND code = ''")  # noqa: S608  (our own words)
        nameless = cursor.fetchone()[0]
        if nameless is not None:
            raise ImportRefused(
                f"row {nameless} does not say which store it means, so what the list lacks cannot be told. "
                "Mend it, or import the list as one that is not complete"
            )
        values = ", ".join(_LACKING.get(name) or _empty(name) for name in copytext.VALUES)
        known = "" if own_codes else (
            " AND EXISTS (SELECT 1 FROM stores_storesource o WHERE o.store_id = s.id AND o.brand_id = %(brand)s "
            "AND o.source = %(source)s)"
        )  # fmt: skip
        cursor.execute(
            f"INSERT INTO {STAGED} ({', '.join(copytext.VALUES)}, store_id) "  # noqa: S608  (our names)
            f"SELECT {values}, s.id FROM stores_store s JOIN stores_market m ON m.id = s.market_id "
            f"WHERE s.brand_id = %(brand)s AND s.status IN ({_SERVING}, 'temporarily_closed', 'closing') "
            f"AND s.market_id IN (SELECT market_id FROM {STAGED} WHERE reasons = '[]')"
            f"{known} AND NOT EXISTS (SELECT 1 FROM {STAGED} r WHERE r.store_id = s.id) "
            f"AND NOT EXISTS (SELECT 1 FROM {STAGED} r WHERE r.code = s.code) "
            f"AND NOT EXISTS (SELECT 1 FROM {STAGED} r JOIN stores_storesource o ON o.brand_id = %(brand)s "
            "AND o.source = %(source)s AND o.external_id = r.external_id WHERE o.store_id = s.id)",
            {"brand": brand.pk, "source": source, "today": clock.now().date()},
        )


def _empty(name: str) -> str:
    kind = TYPES.get(name, "text NOT NULL")
    if kind in _EMPTY:
        return _EMPTY[kind]
    if kind == "jsonb NOT NULL":
        return "'[]'::jsonb" if name in {"reasons", "warnings"} else "'{}'::jsonb"
    return f"NULL::{kind}"


# Every way a row can take a store away from customers: it ends, it stops serving, it will end, it has not opened yet after all,
# it leaves the market, or it never opens its door.
_TAKEN_AWAY = f"""
SELECT count(*) FROM {STAGED} r JOIN stores_store s ON s.id = r.store_id
WHERE r.outcome = 'changed' AND s.status NOT IN ({_ENDED}) AND (
    r.changes ? 'status' AND (r.status IN ({_ENDED}) OR s.status IN ({_SERVING}) AND r.status NOT IN ({_SERVING}))
    OR r.changes ? 'closing_date' AND r.closing_date IS NOT NULL AND coalesce(r.closing_date < s.closing_date, true)
    OR r.changes ? 'opening_date' AND r.opening_date > %(today)s AND s.status IN ({_SERVING})
    OR r.changes ? 'market'
    OR r.changes ? 'hours' AND NOT jsonb_path_exists(r.hours, '$[*].periods[*][*]') AND EXISTS (
        SELECT 1 FROM stores_weeklyhours h WHERE h.store_id = s.id AND h.purpose = 'store'
        AND jsonb_path_exists(h.periods, '$[*][*]')))
"""  # noqa: S608  (our names)
_THERE = f"""
SELECT count(*) FROM stores_store s WHERE s.brand_id = %(brand)s AND s.status NOT IN ({_ENDED})
    AND s.market_id IN (SELECT market_id FROM {STAGED} UNION
        SELECT had.market_id FROM {STAGED} r JOIN stores_store had ON had.id = r.store_id WHERE r.changes ? 'market')
"""  # noqa: S608  (our names)


def taken_away(brand: Brand) -> tuple[int, int]:
    """How many stores the staged rows would close or take away, and how many the brand has in the list's markets."""
    parameters: dict[str, Any] = {"brand": brand.pk, "today": clock.now().date()}
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_AWAY, parameters)
        taken = cursor.fetchone()[0]
        cursor.execute(_THERE, parameters)
        return taken, cursor.fetchone()[0]
