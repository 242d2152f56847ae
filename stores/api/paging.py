"""Pages of short lists, in the order of a unique column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stores.api.cursors import Cursor
from stores.api.endpoint import Call


def keyset(call: Call, rows: Any, column: str, kind: type) -> tuple[list[Any], Cursor | None, Cursor | None]:
    """The rows of the page that was asked for, and the cursors of the pages before and after it."""
    cursor = call.cursor(kind)
    backwards = cursor is not None and cursor.backwards
    if cursor:
        rows = rows.filter(**{f"{column}__{'lt' if backwards else 'gt'}": cursor.place[0]})
    found = list(rows.order_by(f"-{column}" if backwards else column)[: call.limit + 1])
    more = len(found) > call.limit
    found = found[: call.limit]
    if backwards:
        found.reverse()
    previous, following = links([_value(row, column) for row in found], cursor, more=more)
    return found, previous, following


def links(places: Sequence[Any], cursor: Cursor | None, *, more: bool) -> tuple[Cursor | None, Cursor | None]:
    """Cursors of the pages before and after one that shows ``places``; ``more`` lie beyond it in its own direction."""
    if not places:
        return None, None
    backwards = cursor is not None and cursor.backwards
    first, last = (place if isinstance(place, tuple) else (place,) for place in (places[0], places[-1]))
    before = more if backwards else cursor is not None
    after = backwards or more
    return Cursor(first, backwards=True) if before else None, Cursor(last) if after else None


def _value(row: Any, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name)
    return row
