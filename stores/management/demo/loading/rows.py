"""Adding rows that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


def add(rows: Iterable[M], *, key: tuple[str, ...]) -> int:
    """Insert the rows whose key is not in their table. Returns how many. All rows are of one brand and one table."""
    made = list(rows)
    if not made:
        return 0
    table: Any = type(made[0])
    brand = getattr(made[0], "brand_id", None)
    known = set(table.objects.filter(**({"brand_id": brand} if brand else {})).values_list(*key))
    new = [row for row in made if tuple(getattr(row, name) for name in key) not in known]
    table.objects.bulk_create(new)
    return len(new)
