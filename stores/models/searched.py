"""Keeps what searches look at: a line of comparable text per store and per address, beside their own tables.

The tables' triggers write it, so that imports and COPY are covered and a new store is found at once. The lines live in a table
of their own (``stores_storesearch``) with an index of their pieces (``stores_pieces``).
"""

from __future__ import annotations

import pgtrigger

from stores.models.base import referencing

_LINES = "INSERT INTO stores_storesearch (store_id, address_id, text) "
_NEWER = "ON CONFLICT (store_id, address_id) DO UPDATE SET text = excluded.text"


def searched(rows: str, changed: str, gone: str) -> list[pgtrigger.Trigger]:
    """Triggers of a table whose rows are searched.

    ``rows`` selects store, address and text from ``fresh``, the new rows; ``changed`` compares them with ``former``; ``gone``
    tells the lines that belong to ``former`` rows.
    """
    write = f"{_LINES}{rows.format(fresh='new_rows fresh')} {_NEWER}; RETURN NULL;"
    both = f"new_rows fresh JOIN old_rows former ON former.id = fresh.id AND ({changed})"
    rewrite = f"{_LINES}{rows.format(fresh=both)} {_NEWER}; RETURN NULL;"
    return [
        _after("insert", pgtrigger.Insert, referencing(new="new_rows"), write),
        _after("update", pgtrigger.Update, referencing(old="old_rows", new="new_rows"), rewrite),
        _after(
            "delete",
            pgtrigger.Delete,
            referencing(old="old_rows"),
            f"DELETE FROM stores_storesearch line USING old_rows former WHERE {gone}; RETURN NULL;",  # noqa: S608  (our names)
        ),
    ]


def _after(event: str, operation: pgtrigger.Operation, tables: pgtrigger.Referencing, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"search_{event}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=tables,
        func=func,
    )


SEARCHED_STORE = searched(
    "SELECT fresh.id, 0, stores_searchable(concat_ws(' ', fresh.code, "
    "(SELECT string_agg(said.value, ' ') FROM jsonb_each_text(fresh.name) said))) FROM {fresh}",
    "(former.code, former.name) IS DISTINCT FROM (fresh.code, fresh.name)",
    "line.store_id = former.id",
)
SEARCHED_ADDRESS = searched(
    # From the large to the small, as Chinese and Japanese addresses are written.
    "SELECT fresh.store_id, fresh.id, stores_searchable(concat_ws(' ', fresh.postal_code, fresh.administrative_area, "
    "fresh.locality, fresh.sublocality, array_to_string(fresh.lines, ' '))) FROM {fresh}",
    "(former.postal_code, former.administrative_area, former.locality, former.sublocality, former.lines) IS DISTINCT FROM "
    "(fresh.postal_code, fresh.administrative_area, fresh.locality, fresh.sublocality, fresh.lines)",
    "line.store_id = former.store_id AND line.address_id = former.id",
)
