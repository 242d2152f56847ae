"""Statements that PostgreSQL parses and plans once per connection.

For a locator's questions, planning takes longer than finding the rows. Django binds parameters on the client, which makes every
statement a new one; here they are bound on the server, and the same text is the same prepared statement from the first time
on. Only for texts of our own that are asked again and again: a connection keeps the hundred that were asked last. The settings
can turn it off (``prepare_threshold``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.numeric import Int8


class _Anew(psycopg.Cursor[Any]):
    """Binds on the server and prepares nothing, so that every plan is made for its values."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": False})


def ask(text: str, params: Sequence[Any], *, once: bool = False) -> list[Any]:
    """The rows that a statement of ours gives. Values are parameters, and each keeps its type from one time to the next.

    ``once`` plans for these very values: for statements whose best plan differs from value to value.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: Any = (_Anew if once else psycopg.Cursor)(connection.connection)
    with connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw) as cursor:
        # psycopg sends small and large whole numbers as different types, and each would be a statement of its own.
        cursor.execute(text, [Int8(each) if type(each) is int else each for each in params])
        return list(cursor.fetchall())
