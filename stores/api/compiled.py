"""Which rows a key may see under some filters, compiled and remembered for a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from stores.api.endpoint import Call
from stores.api.remembered import Remembered
from stores.models.queries.selection import Selection

REMEMBERED_S = 5.0
"""As long as a key is remembered: whatever narrows or moves a scope holds within this time."""

_selections: Remembered[Any, tuple[float, Selection]] = Remembered(2_000)


def compiled(call: Call, rows: Callable[[Call], Any], filters: Collection[str], part: float = 0) -> Selection:
    """The selection of ``rows(call)``, which depends on the key, on these query parameters and on ``part`` only."""
    given = tuple(sorted(pair for pair in call.request.GET.items() if pair[0] in filters))
    name = (rows, call.key.pk, call.key.version, given, part)
    known = _selections.get(name)
    now = time.monotonic()
    if known is None or known[0] < now:
        known = now + REMEMBERED_S, Selection.of(rows(call))
        _selections.put(name, known)
    return known[1]


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _selections.clear()
