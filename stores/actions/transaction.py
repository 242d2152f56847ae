"""Every change happens in one transaction that knows who acts and why; the history triggers read it from there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from stores.models import Actor, ApiKey, System, User
from stores.values.words import storable


def name_of(actor: Actor) -> str:
    """The actor as history, approvals and case events name it: an email, ``key:prefix`` or ``system:name``."""
    if isinstance(actor, User):
        return actor.email
    if isinstance(actor, ApiKey):
        return f"key:{actor.prefix}"
    return str(actor)


@contextmanager
def acting(by: Actor, reason: str = "") -> Iterator[None]:
    """Open a transaction (or join the current one) in which history rows carry the actor, the reason and a request id.

    Set in the database session, local to the transaction, so that COPY and raw SQL are covered. Joining keeps the outer
    actor's request id; the innermost actor and reason are what history shows.
    """
    if not isinstance(by, User | ApiKey | System):
        raise TypeError(f"an action needs an actor, not {by!r}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        row = cursor.fetchone()
        outer = json.loads(row[0]) if row and row[0] else {}
        context = {
            "actor": name_of(by),
            "reason": storable(reason),
            "request": outer.get("request") or str(uuid.uuid4()),
        }
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [json.dumps(context)])
        yield
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [row[0] if row and row[0] else ""])
