"""Claim due rows: who may work on what, how much each account takes now, all decided by the database in one transaction.

Steps: (1) find the accounts with due rows and lock their health rows, skipping those another worker is just claiming from;
(2) work out how many calls each may make (token bucket, calls in flight by unexpired leases, breaker, throttle); (3) lease that
many rows per account, counting the attempt and writing the intent to create; (4) read what they want; (5) take the tokens.
Commit, then call.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from stores.connectors.contract import ChannelConfig, Remote
from stores.models.channels import credentials_context
from stores.sync.database import Database
from stores.sync.rows import Claimed
from stores.values import crypto
from stores.values.documents import Capabilities

# Longer than all calls of one row together may take (each ends within 10 s and is not begun too late).
LEASE_SECONDS = 45
# How long a call of a worker that died may still land. The lease has run out by then, so little is left.
LATE_SECONDS = 10
_CAPABILITIES = frozenset(field.name for field in fields(Capabilities))

_DUE = """
    (p.next_at <= clock_timestamp() OR p.act_at <= %(now)s)
    AND (p.lease_until IS NULL OR p.lease_until < clock_timestamp())
    -- a paused channel takes nothing new, but an end is stronger than a pause
    AND (c.status = 'active' OR p.presence = 'absent' OR p.ends_at <= %(now)s)
"""

_LOCKED = f"""
WITH due AS (
    SELECT DISTINCT c.connection_id AS id
    FROM stores_channelpromotion p JOIN stores_channel c ON c.id = p.channel_id
    WHERE c.connection_id IS NOT NULL AND {_DUE}
)
SELECT h.connection_id AS id FROM stores_connectionhealth h JOIN due ON due.id = h.connection_id
FOR UPDATE OF h SKIP LOCKED
"""  # noqa: S608  (only the fixed condition above is put in)

# A statement of its own, after the lock: it sees the leases of whoever held the lock a moment ago.
_ACCOUNTS = """
SELECT h.connection_id AS id,
    LEAST(k.burst, h.tokens + k.rate_per_second * EXTRACT(EPOCH FROM clock_timestamp() - h.tokens_at))::float8 AS tokens,
    k.max_in_flight,
    (
        SELECT count(*) FROM stores_channelpromotion p JOIN stores_channel c ON c.id = p.channel_id
        WHERE c.connection_id = k.id AND p.lease_until > clock_timestamp()
    ) AS in_flight,
    h.open_until IS NOT NULL AS resting,
    (h.open_until > clock_timestamp() OR h.throttled_until > clock_timestamp()) IS TRUE AS silent
FROM stores_connectionhealth h JOIN stores_connection k ON k.id = h.connection_id
WHERE h.connection_id = ANY(%s)
"""

_LEASE = f"""
WITH chosen AS (
    SELECT p.id, p.create_intent_at IS NOT NULL AS had_intent
    FROM unnest(%(accounts)s::bigint[], %(limits)s::int[]) AS a(account, most)
    CROSS JOIN LATERAL (
        SELECT p.id, p.create_intent_at
        FROM stores_channelpromotion p JOIN stores_channel c ON c.id = p.channel_id
        WHERE c.connection_id = a.account AND {_DUE}
        -- ends before starts, then whoever waits longest
        ORDER BY p.presence = 'present' AND p.ends_at > %(now)s, COALESCE(p.next_at, p.act_at)
        LIMIT a.most FOR UPDATE OF p SKIP LOCKED
    ) p
)
UPDATE stores_channelpromotion p
SET lease_token = gen_random_uuid(),
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    attempts = p.attempts + 1,
    -- an earlier lease that nobody ended: its caller died, and its last call may still land
    suspect_until = CASE
        WHEN p.lease_until IS NOT NULL THEN GREATEST(p.suspect_until, clock_timestamp() + make_interval(secs => %(late)s))
        ELSE p.suspect_until END,
    create_intent_at = CASE
        WHEN p.presence = 'present' AND r.remote_id IS NULL THEN COALESCE(p.create_intent_at, clock_timestamp())
        ELSE p.create_intent_at END
FROM chosen LEFT JOIN stores_remoteobject r ON r.promotion_id = chosen.id AND r.role = 'promotion'
WHERE p.id = chosen.id
RETURNING p.id, chosen.had_intent
"""  # noqa: S608  (only the fixed condition above is put in)

# A statement of its own, after the lease: the row, its plan and its revision are of one moment. In the statement above a row
# that an approval has just changed would be met beside the plan from before it, and be taken for not approved.
_READ = """
SELECT p.id, p.lease_token, p.generation, p.our_ref, p.presence, p.desired, p.desired_hash, p.starts_at, p.ends_at,
    p.attempts, p.suspect_until, (p.suspect_until <= clock_timestamp()) IS TRUE AS doubt_over,
    p.content_hash = revision.content_hash AND plan.approved_revision_id = p.revision_id AS reviewed,
    c.code AS channel, c.remote_selector, c.currency, k.id AS connection_id, k.uid AS connection_uid, k.platform,
    k.base_url, k.credentials, k.options, r.remote_id, r.remote_version
FROM stores_channelpromotion p
JOIN stores_channel c ON c.id = p.channel_id
JOIN stores_connection k ON k.id = c.connection_id
JOIN stores_marketplan plan ON plan.id = p.plan_id
JOIN stores_planrevision revision ON revision.id = p.revision_id
LEFT JOIN stores_remoteobject r ON r.promotion_id = p.id AND r.role = 'promotion'
WHERE p.id = ANY(%s)
"""

_BIRTH = """
INSERT INTO stores_connectionhealth (connection_id, tokens, tokens_at, failures)
SELECT k.id, k.burst, clock_timestamp(), 0 FROM stores_connection k
WHERE NOT EXISTS (SELECT 1 FROM stores_connectionhealth h WHERE h.connection_id = k.id)
ON CONFLICT DO NOTHING
"""

_TAKE = """
UPDATE stores_connectionhealth h SET tokens = GREATEST(0, t.left_over), tokens_at = clock_timestamp()
FROM unnest(%s::bigint[], %s::float8[]) AS t(account, left_over) WHERE h.connection_id = t.account
"""


async def prepare(db: Database) -> None:
    """Give accounts that are new since the last run their health row. Once per run, before the first claim."""
    await db.execute(_BIRTH)


async def claim(db: Database, *, now: datetime, most: int) -> list[Claimed]:
    """Lease up to ``most`` due rows over all accounts. ``now`` is the business moment; leases are the database's.

    Rows come back in no particular order. An account that rests gets nothing; one that just rested gets a single probe.
    """
    async with db.transaction():
        locked = await (await db.execute(_LOCKED, {"now": now})).fetchall()
        if not locked:
            return []
        accounts = await (await db.execute(_ACCOUNTS, [[account["id"] for account in locked]])).fetchall()
        limits = _share(accounts, most)
        if not limits:
            return []
        leased_at = time.monotonic()
        cursor = await db.execute(
            _LEASE,
            {
                "now": now,
                "accounts": list(limits),
                "limits": list(limits.values()),
                "lease": LEASE_SECONDS,
                "late": LATE_SECONDS,
            },
        )
        intents = {row["id"]: row["had_intent"] for row in await cursor.fetchall()}
        found = await (await db.execute(_READ, [list(intents)])).fetchall()
        rows = [_claimed(row, leased_at, had_intent=intents[row["id"]]) for row in found]
        taken: dict[int, int] = {}
        for row in rows:
            taken[row.connection_id] = taken.get(row.connection_id, 0) + 1
        tokens = {account["id"]: account["tokens"] for account in accounts}
        await db.execute(_TAKE, [list(taken), [tokens[account] - count for account, count in taken.items()]])
    return rows


def _share(accounts: list[Any], most: int) -> dict[int, int]:
    """How many rows each account gets: its own limits first, then round by round, so that no account starves another.

    Whoever has the fewest calls under way comes first: accounts that answer slowly hold many, and would otherwise take
    every place that becomes free.
    """
    room = {}
    for account in sorted(accounts, key=lambda account: account["in_flight"]):
        allowed = (
            0 if account["silent"] else min(int(account["tokens"]), account["max_in_flight"] - account["in_flight"])
        )
        if account["resting"]:
            # One probe at a time, over all workers.
            allowed = min(allowed, 1 - account["in_flight"])
        if allowed > 0:
            room[account["id"]] = allowed
    shares = dict.fromkeys(room, 0)
    left = min(most, sum(room.values()))
    while left > 0:
        for account, allowed in room.items():
            if left > 0 and shares[account] < allowed:
                shares[account] += 1
                left -= 1
    return {account: share for account, share in shares.items() if share}


def _claimed(row: Mapping[str, Any], leased_at: float, *, had_intent: bool) -> Claimed:
    return Claimed(
        id=row["id"],
        token=row["lease_token"],
        generation=row["generation"],
        ref=row["our_ref"],
        presence=row["presence"],
        desired=row["desired"],
        desired_hash=row["desired_hash"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        reviewed=bool(row["reviewed"]),
        remote=Remote(row["remote_id"], row["remote_version"]) if row["remote_id"] else None,
        had_intent=had_intent,
        suspect_until=row["suspect_until"],
        doubt_over=row["doubt_over"],
        attempts=row["attempts"],
        connection_id=row["connection_id"],
        platform=row["platform"],
        config=channel_config(row),
        lease_ends=leased_at + LEASE_SECONDS,
    )


def channel_config(row: Mapping[str, Any]) -> ChannelConfig:
    """What a connector needs, from columns of channel and connection."""
    return ChannelConfig(
        channel=row["channel"],
        base_url=row["base_url"],
        selector=row["remote_selector"],
        token=_token(bytes(row["credentials"]), row["connection_uid"]),
        currency=row["currency"],
        # A newer release may know options that this one does not.
        capabilities=Capabilities(**{name: value for name, value in row["options"].items() if name in _CAPABILITIES}),
    )


@lru_cache(maxsize=4096)
def _token(credentials: bytes, uid: uuid.UUID) -> str:
    """The account's token, opened once per process and version of the credentials."""
    try:
        return crypto.unseal(credentials, context=credentials_context(uid)).decode() if credentials else ""
    except crypto.Unsealable:
        # Sealed with a key this installation does not have. The channel's own refusal will show it on the board, while
        # the other accounts go on.
        return ""
