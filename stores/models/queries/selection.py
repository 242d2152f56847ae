"""A QuerySet's conditions as SQL text, compiled once and asked many times.

Django builds and compiles a query anew for every request, which takes longer than PostgreSQL takes to answer the hot ones.
Which rows a key may see and which filters apply is still said by QuerySets (``visible_to`` is the only door); only the text
that comes out is kept, and PostgreSQL keeps its plan (``prepared``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from stores.models.queries import prepared


class Selection(NamedTuple):
    """Everything after ``SELECT ... FROM``: tables, joins and conditions, with their parameters."""

    source: str
    params: tuple[Any, ...]

    @property
    def varied(self) -> bool:
        """Whether the values decide how the rows are best found: a word may be in one store's name or in all of them."""
        return "stores_storesearch" in self.source

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Selection:
        """The selection of a QuerySet. Order and limits are given with each question instead."""
        table = rows.model._meta.db_table
        query = rows.filter(pk__isnull=False).order_by().values_list("pk").query
        try:
            sql, params = query.sql_with_params()
        except EmptyResultSet:
            return cls(f'"{table}" WHERE FALSE', ())
        return cls(sql.partition(" FROM ")[2], tuple(params))

    def where(self, condition: str, params: Sequence[Any]) -> Selection:
        """The selection narrowed by a condition of our own."""
        return Selection(f"{self.source} AND {condition}", (*self.params, *params))

    def ask(
        self,
        columns: str,
        column_params: Sequence[Any] = (),
        *,
        condition: str = "TRUE",
        params: Sequence[Any] = (),
        order: str = "",
        limit: int | None = None,
    ) -> list[Any]:
        """Rows of the selection as tuples. All texts are our own; values are parameters."""
        text = f"SELECT {columns} FROM {self.source} AND {condition}"  # noqa: S608  (our texts)
        if order:
            text += f" ORDER BY {order}"
        if limit is not None:
            text += f" LIMIT {int(limit)}"
        return prepared.ask(text, [*column_params, *self.params, *params], once=self.varied)

    def ask_both(
        self,
        columns: str,
        some: tuple[str, Sequence[Any]],
        other_columns: str,
        others: tuple[str, Sequence[Any]],
        *,
        order: str,
        limit: int,
    ) -> list[Any]:
        """Rows under one condition, ordered and limited, and after them rows under another: two questions in one call."""
        text = (
            f"(SELECT {columns} FROM {self.source} AND {some[0]} ORDER BY {order} LIMIT {int(limit)}) "  # noqa: S608  (our names)
            f"UNION ALL SELECT {other_columns} FROM {self.source} AND {others[0]}"
        )
        return prepared.ask(text, [*self.params, *some[1], *self.params, *others[1]])
