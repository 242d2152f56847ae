"""The reconciler's own connections: async psycopg, because the hot path waits on many shops and few rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.rows import DictRow, dict_row

Database = psycopg.AsyncConnection[DictRow]


@asynccontextmanager
async def connected() -> AsyncIterator[Database]:
    """One autocommitting connection as the application's role. No pool: a worker process has one loop at a time."""
    parameters: dict[str, Any] = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name not in {"cursor_factory", "context", "prepare_threshold"}
    }
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True, row_factory=dict_row) as made:
        if settings.DATABASES["default"].get("OPTIONS", {}).get("assume_role"):
            await made.execute(f"SET ROLE {settings.APP_ROLE}")
        yield made
