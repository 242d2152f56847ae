"""Record outcomes: fenced by the lease token, in micro-batches, with journal and account health in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stores.sync import pace
from stores.sync.database import Database
from stores.sync.rows import LONGEST_WORDS, Outcome
from stores.values.words import storable

# In the order in which actions lock them, so that neither waits for the other in a circle.
_LOCK = "SELECT FROM stores_channelpromotion WHERE id = ANY(%s) ORDER BY plan_id, id FOR NO KEY UPDATE"
# A converged row keeps its generation even when an older outcome arrives late: never backwards.
_COMPLETE = """
WITH o AS (
    SELECT * FROM jsonb_to_recordset(%s) AS o(
        id bigint, token uuid, generation bigint, ok boolean, hash text, state text, delay float8, act_at timestamptz,
        keep_intent boolean, doubt float8, settled boolean, suspected timestamptz, error_kind text, error text)
)
UPDATE stores_channelpromotion p SET
    lease_token = NULL,
    lease_until = NULL,
    applied_generation = CASE WHEN o.ok THEN GREATEST(p.applied_generation, o.generation) ELSE p.applied_generation END,
    applied_hash = CASE WHEN o.ok THEN o.hash ELSE p.applied_hash END,
    observed_hash = CASE WHEN o.ok THEN o.hash ELSE '' END,
    converged_at = CASE WHEN o.ok AND p.generation = o.generation AND p.applied_generation < o.generation
        THEN clock_timestamp() ELSE p.converged_at END,
    state = CASE WHEN o.ok AND p.generation > o.generation THEN 'pending' ELSE o.state END,
    attempts = CASE WHEN o.ok OR p.generation > o.generation THEN 0 ELSE p.attempts END,
    failing_since = CASE WHEN o.ok THEN NULL ELSE COALESCE(p.failing_since, clock_timestamp()) END,
    create_intent_at = CASE WHEN o.keep_intent THEN p.create_intent_at END,
    suspect_until = CASE
        WHEN o.doubt > 0 THEN clock_timestamp() + make_interval(secs => o.doubt)
        -- a doubt that came up during the call is not settled by it
        WHEN o.settled AND p.suspect_until IS NOT DISTINCT FROM o.suspected THEN NULL ELSE p.suspect_until END,
    next_at = CASE
        WHEN p.generation > o.generation THEN clock_timestamp()
        WHEN o.delay IS NOT NULL THEN clock_timestamp() + make_interval(secs => o.delay)
        WHEN o.doubt > 0 THEN clock_timestamp() + make_interval(secs => o.doubt)
        WHEN NOT o.settled OR p.suspect_until IS DISTINCT FROM o.suspected THEN p.suspect_until END,
    act_at = o.act_at,
    last_error_kind = o.error_kind,
    last_error = o.error
FROM o WHERE p.id = o.id AND p.lease_token = o.token
RETURNING p.id
"""

# The lease was lost while the call was under way: the row belongs to somebody else now, but this write may have landed
# after theirs. So the row is looked at again once a late write cannot land any more.
_SUSPECT = """
UPDATE stores_channelpromotion SET
    suspect_until = clock_timestamp() + make_interval(secs => o.late),
    next_at = LEAST(COALESCE(next_at, 'infinity'), clock_timestamp() + make_interval(secs => o.late))
FROM jsonb_to_recordset(%s) AS o(id bigint, late float8) WHERE stores_channelpromotion.id = o.id
"""

_FORGET = "DELETE FROM stores_remoteobject WHERE promotion_id = ANY(%s) AND role = 'promotion'"
_REMEMBER = """
INSERT INTO stores_remoteobject (promotion_id, role, remote_id, remote_version)
SELECT o.id, 'promotion', o.remote_id, o.remote_version
FROM jsonb_to_recordset(%s) AS o(id bigint, remote_id text, remote_version text)
ON CONFLICT (promotion_id, role) DO UPDATE SET remote_id = EXCLUDED.remote_id, remote_version = EXCLUDED.remote_version
WHERE (stores_remoteobject.remote_id, stores_remoteobject.remote_version)
    IS DISTINCT FROM (EXCLUDED.remote_id, EXCLUDED.remote_version)
"""
_JOURNAL = """
INSERT INTO stores_syncattempt (at, promotion_id, generation, operation, outcome, status, error, duration_ms)
SELECT clock_timestamp(), o.promotion_id, o.generation, o.operation, o.outcome, o.status, o.error, o.duration_ms
FROM jsonb_to_recordset(%s) AS o(promotion_id bigint, generation bigint, operation text, outcome text, status smallint,
    error text, duration_ms int)
"""

_FAILED = """
UPDATE stores_connectionhealth SET failures = failures + %(failures)s,
    throttled_until = CASE WHEN %(throttled)s > 0
        THEN clock_timestamp() + make_interval(secs => %(throttled)s) ELSE throttled_until END
WHERE connection_id = %(account)s RETURNING failures
"""
_REST = """
UPDATE stores_connectionhealth SET open_until = clock_timestamp() + make_interval(secs => %s)
WHERE connection_id = %s AND (open_until IS NULL OR open_until < clock_timestamp())
"""
_TRUSTED = """
WITH was AS (
    SELECT id, open_until IS NOT NULL AS rested FROM stores_connectionhealth
    WHERE connection_id = %s AND (failures > 0 OR open_until IS NOT NULL) FOR UPDATE
)
UPDATE stores_connectionhealth h SET failures = 0, open_until = NULL FROM was WHERE h.id = was.id RETURNING was.rested
"""
# The account answers again after a rest: what waited out a failure need not wait any longer. Not after a single failure, or
# one row that always fails would be tried again with every other row's success. Rows in other hands are seen to already.
_PULL_FORWARD = """
UPDATE stores_channelpromotion SET next_at = clock_timestamp() WHERE id IN (
    SELECT p.id FROM stores_channelpromotion p JOIN stores_channel c ON c.id = p.channel_id
    WHERE c.connection_id = %s AND p.state = 'failing' AND p.next_at > clock_timestamp() AND p.lease_until IS NULL
    FOR UPDATE OF p SKIP LOCKED
)
"""


async def complete(db: Database, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write what became of claimed rows. Order and duplicates do not matter; a lost lease writes only doubt and journal."""
    async with db.transaction():
        await db.execute(_LOCK, [[o.row.id for o in outcomes]])
        cursor = await db.execute(_COMPLETE, [json.dumps([_columns(o, now) for o in outcomes])])
        fenced_in = {row["id"] for row in await cursor.fetchall()}
        kept = [o for o in outcomes if o.row.id in fenced_in]
        lost = [o for o in outcomes if o.row.id not in fenced_in and o.calls]
        if lost:
            late = [{"id": o.row.id, "late": o.row.config.capabilities.late_write_seconds} for o in lost]
            await db.execute(_SUSPECT, [json.dumps(late)])
        gone = [o.row.id for o in kept if o.remote is None and o.row.remote is not None]
        if gone:
            await db.execute(_FORGET, [gone])
        there = [
            {"id": o.row.id, "remote_id": o.remote.remote_id, "remote_version": o.remote.version}
            for o in kept
            if o.remote
        ]
        if there:
            await db.execute(_REMEMBER, [json.dumps(there)])
        journal = [entry for o in outcomes for entry in o.journal()]
        if journal:
            await db.execute(_JOURNAL, [json.dumps(journal)])
        await _health(db, outcomes)


def _columns(outcome: Outcome, now: datetime) -> dict[str, Any]:
    row = outcome.row
    late = row.config.capabilities.late_write_seconds
    # A search after the time for late writes found everything in order: the doubt is over.
    answered = outcome.ok or outcome.final
    settled = answered and (not row.in_doubt or (row.doubt_over and outcome.verified))
    return {
        "id": row.id,
        "token": str(row.token),
        "generation": row.generation,
        "ok": outcome.ok,
        "hash": row.desired_hash,
        "state": _state(outcome),
        "delay": _delay(outcome),
        "act_at": _next_boundary(outcome, now),
        # An intent ends when the object is known, or is certainly not there.
        "keep_intent": not outcome.ok and (row.had_intent or any(call.operation == "create" for call in outcome.calls)),
        "doubt": float(late) if outcome.doubt else 0.0,
        "settled": settled,
        "suspected": row.suspect_until.isoformat() if row.suspect_until else None,
        "error_kind": "" if outcome.ok else outcome.kind,
        "error": storable(outcome.error, longest=LONGEST_WORDS),
    }


def _state(outcome: Outcome) -> str:
    if outcome.ok:
        return {"hold": "live", "empty": "ended", "wait": "scheduled"}[outcome.goal]
    return "rejected" if outcome.kind == "rejected" else "failing"


def _delay(outcome: Outcome) -> float | None:
    """Seconds until the next look; None for done, or refused until somebody changes something."""
    if outcome.ok or outcome.final:
        return None
    if outcome.kind == "gone" and outcome.row.remote and outcome.remote is None:
        return 0.0  # the object we knew of: forgotten now, and made again at once
    return pace.wait_after(outcome.row.attempts, outcome.retry_after)


def _next_boundary(outcome: Outcome, now: datetime) -> str | None:
    """The business moment at which the row has to act again, whatever else happens."""
    row = outcome.row
    if row.presence != "present" or outcome.goal == "empty":
        # Emptied before its start on a channel that cannot schedule: it begins at the minute.
        upcoming = row.presence == "present" and now < row.starts_at
        return row.starts_at.isoformat() if outcome.ok and upcoming else None
    return (row.starts_at if outcome.goal == "wait" else row.ends_at).isoformat()


async def _health(db: Database, outcomes: Sequence[Outcome]) -> None:
    """Count failures of accounts, let them rest or trust them again. A refusal is an answer: the account works."""
    failed: Counter[int] = Counter()
    throttled: dict[int, float] = {}
    answered: set[int] = set()
    for outcome in outcomes:
        account = outcome.row.connection_id
        if outcome.kind in {"retry", "ambiguous", "auth_lost"} and outcome.calls:
            if outcome.retry_after and outcome.calls[-1].status == 429:
                throttled[account] = max(throttled.get(account, 0.0), outcome.retry_after)
            else:
                failed[account] += 1
        elif outcome.calls:
            answered.add(account)
    # In one order for everybody: two workers must not wait for each other's accounts in a circle.
    for account in sorted(answered | set(failed) | set(throttled)):
        if account in answered:
            trusted = await (await db.execute(_TRUSTED, [account])).fetchone()
            if trusted and trusted["rested"]:
                await db.execute(_PULL_FORWARD, [account])
            continue
        parameters = {"account": account, "failures": failed[account], "throttled": throttled.get(account, 0.0)}
        health = await (await db.execute(_FAILED, parameters)).fetchone()
        rest = pace.rest_after(health["failures"]) if health and failed[account] else None
        if rest is not None:
            await db.execute(_REST, [rest, account])
