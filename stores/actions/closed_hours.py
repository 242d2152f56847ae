"""Until when stores are known to be shut: written down ahead, so that nobody has to pass a sleeping continent door by door.

A row of ``stores_storeopening`` says of one version of a store that it is shut on [shut_from, shut_until), in seconds since
1970. The stores' own schedules were asked, so every rule is in it; a store that changes has another version, and its row says
nothing any more. A store without a row that counts may be open: the schedule decides, as about every store that is shown.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection

from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.opening_rows import schedules
from stores.timetable.evaluate import HORIZON_DAYS, State, state_at
from stores.timetable.schedule import Schedule
from stores.values import clock

CHUNK = 1_000
LOOK_AGAIN = timedelta(days=1)
"""A row stands no longer unasked: an update of the time zones, or of how we read hours, moves no store's version."""
_PUBLIC = "store.published_at IS NOT NULL AND store.status = ANY(%s)"
_DUE = f"""
SELECT store.id, store.version FROM stores_store store LEFT JOIN stores_storeopening known ON known.store_id = store.id
WHERE {_PUBLIC} AND (known.store_id IS NULL OR known.version <> store.version OR known.due_at <= %s)
ORDER BY store.id LIMIT {CHUNK}
"""  # noqa: S608  (our texts)
_WRITE = """
INSERT INTO stores_storeopening (store_id, version, shut_from, shut_until, due_at)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) ON CONFLICT (store_id) DO UPDATE
SET version = excluded.version, shut_from = excluded.shut_from, shut_until = excluded.shut_until, due_at = excluded.due_at
"""
_FORGET = (
    "DELETE FROM stores_storeopening known WHERE NOT EXISTS (SELECT 1 FROM stores_store WHERE id = known.store_id)"
)

Shut = tuple[int, int, int]
"""Shut from, shut until, and when to look again."""


def refresh(*, within_seconds: float = 40.0) -> int:
    """Write down what is missing or due, in chunks of their own; what is left after so many seconds waits for the next time.

    Returns how many stores were looked at.
    """
    until, count = time.monotonic() + within_seconds, 0
    while time.monotonic() < until and (done := _write_due(clock.now())):
        count += done
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
    return count


def _write_due(now: datetime) -> int:
    """Look at the next stores whose row is missing, of another version, or due. Returns how many; 0 when none is left.

    Versions are read before the rules, so a change meanwhile makes a row that does not count, never a wrong one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(PUBLIC_STATUSES), int(now.timestamp())])
        versions: dict[int, int] = dict(cursor.fetchall())
        if not versions:
            return 0
        said: dict[int, Shut] = {}
        found = schedules(versions)
        rows = [
            (store_id, versions[store_id], *_shut(schedule, now, said)) for store_id, schedule in sorted(found.items())
        ]
        cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5)
    return len(versions)


def _shut(schedule: Schedule, now: datetime, said: dict[int, Shut]) -> Shut:
    """Stores of a chain share schedules, so each is asked once."""
    if id(schedule) not in said:
        said[id(schedule)] = shut(schedule, now)
    return said[id(schedule)]


def shut(schedule: Schedule, now: datetime) -> Shut:
    """What a schedule says: shut around now, or nothing while it is open."""
    horizon = timedelta(days=HORIZON_DAYS)
    answer = state_at(schedule, now)
    if answer.state is State.OPEN:
        return 0, 0, _seconds(min(answer.until or now + horizon, now + LOOK_AGAIN))
    until = answer.until or now + horizon
    shuts_again = state_at(schedule, until).until or until + horizon
    due = min(shuts_again, now + LOOK_AGAIN)
    return _seconds(answer.since or now - horizon), _seconds(until), _seconds(due)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
