"""Read whole channels back on a rolling schedule and compare what they hold with what they should.

Finds what no answer told us: a promotion that disappeared, was changed by somebody, exists twice, or came back after its
end through a write that landed late. Finding changes nothing remote: it marks rows for the reconciler, which searches before
it acts.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stores.connectors.contract import ChannelConfig, Connector, Held
from stores.connectors.registry import owned
from stores.sync import pace
from stores.sync.claims import channel_config
from stores.sync.converge import CALL_SECONDS
from stores.sync.database import Database
from stores.sync.rows import LONGEST_WORDS
from stores.values.documents import OfferDocument
from stores.values.words import storable

LEASE_SECONDS = 60
MOST_PAGES = 200

_BIRTH = """
INSERT INTO stores_channelreadback (channel_id, due_at, seen, missing, changed, duplicates, failures, last_error)
SELECT c.id, clock_timestamp() + random() * make_interval(secs => %(every)s), 0, 0, 0, 0, 0, '' FROM stores_channel c
WHERE c.connection_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stores_channelreadback r WHERE r.channel_id = c.id)
ON CONFLICT DO NOTHING
"""
_CLAIM = """
UPDATE stores_channelreadback r
SET lease_token = gen_random_uuid(), lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM stores_channel c JOIN stores_connection k ON k.id = c.connection_id
WHERE c.id = r.channel_id AND r.id IN (
    SELECT r.id FROM stores_channelreadback r JOIN stores_channel c ON c.id = r.channel_id
    LEFT JOIN stores_connectionhealth h ON h.connection_id = c.connection_id
    WHERE r.due_at <= clock_timestamp() AND (r.lease_until IS NULL OR r.lease_until < clock_timestamp())
        AND c.status IN ('active', 'paused')
        AND (h.open_until IS NULL OR h.open_until < clock_timestamp())
        AND (h.throttled_until IS NULL OR h.throttled_until < clock_timestamp())
    ORDER BY r.due_at LIMIT %(most)s FOR UPDATE OF r SKIP LOCKED
)
RETURNING r.id, r.lease_token, r.failures, c.id AS channel_id, c.code AS channel, c.remote_selector, c.currency,
    c.drift_policy, k.id AS connection_id, k.uid AS connection_uid, k.platform, k.base_url, k.credentials, k.options
"""
_EXPECTED = """
SELECT p.id, p.our_ref, p.presence, p.desired, p.desired_hash, p.starts_at, p.ends_at, p.version,
    p.applied_generation = p.generation AND p.lease_until IS NULL AND p.state IN ('live', 'ended') AS settled
FROM stores_channelpromotion p WHERE p.channel_id = %s
"""
# Only rows that have not moved since the reading began: anything newer is the reconciler's own doing. In doubt, a row is
# searched for before anything is done to it. A row that another transaction holds is just moving.
_MARK = """
UPDATE stores_channelpromotion p
SET next_at = clock_timestamp(), state = 'pending', observed_hash = '',
    suspect_until = GREATEST(p.suspect_until, clock_timestamp())
WHERE p.id IN (
    SELECT p.id FROM stores_channelpromotion p
    JOIN jsonb_to_recordset(%s) AS o(id bigint, version bigint) ON o.id = p.id AND o.version = p.version
    WHERE p.lease_until IS NULL FOR UPDATE OF p SKIP LOCKED
)
"""
_DONE = """
UPDATE stores_channelreadback SET lease_token = NULL, lease_until = NULL, read_at = clock_timestamp(),
    due_at = clock_timestamp() + make_interval(secs => %(next)s), seen = %(seen)s, missing = %(missing)s,
    changed = %(changed)s, duplicates = %(duplicates)s, failures = 0, last_error = ''
WHERE id = %(id)s AND lease_token = %(token)s
"""
_FAILED = """
UPDATE stores_channelreadback SET lease_token = NULL, lease_until = NULL, failures = failures + 1,
    due_at = clock_timestamp() + make_interval(secs => %(next)s), last_error = %(error)s
WHERE id = %(id)s AND lease_token = %(token)s
"""


@dataclass(frozen=True)
class Reading:
    """A channel under lease to be read, and what its rows wanted before the reading began."""

    row: Mapping[str, Any]
    config: ChannelConfig
    expected: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Page:
    """A channel's whole content as read, or why it could not be."""

    reading: Reading
    held: Sequence[Held]
    error: str


@dataclass
class Findings:
    """What differs, as ids and versions of rows."""

    seen: int = 0
    missing: list[tuple[int, int]] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    duplicates: list[tuple[int, int]] = field(default_factory=list)
    extra: list[tuple[int, int]] = field(default_factory=list)

    def all(self) -> list[tuple[int, int]]:
        return [*self.missing, *self.changed, *self.duplicates, *self.extra]


async def prepare(db: Database, *, every: float) -> None:
    """Schedule the first reading of channels that are new since the last run, spread over one round."""
    await db.execute(_BIRTH, {"every": every})


async def claim(db: Database, *, most: int) -> list[Reading]:
    """Lease channels whose reading is due, not from accounts that rest."""
    rows = await (await db.execute(_CLAIM, {"lease": LEASE_SECONDS, "most": most})).fetchall()
    return [
        Reading(
            row=row,
            config=channel_config(row),
            expected=await (await db.execute(_EXPECTED, [row["channel_id"]])).fetchall(),
        )
        for row in rows
    ]


async def fetch(reading: Reading, connector: Connector, *, until: float) -> Page:
    """Read the channel to its end, not beyond ``until`` on the monotonic clock. Touches no database, so that many can be
    under way."""
    held, error = await _everything(reading.config, connector, until=until)
    return Page(reading=reading, held=held, error=error)


def compare(rows: Sequence[Mapping[str, Any]], held: Sequence[Held], *, now: datetime, can_schedule: bool) -> Findings:
    """What the channel holds against what its settled rows want. Foreign references are not ours to judge."""
    there: dict[str, list[Held]] = defaultdict(list)
    for one in held:
        there[one.ref].append(one)
    findings = Findings(seen=len(held))
    for row in rows:
        if not row["settled"]:
            continue
        key, found = (row["id"], row["version"]), there.get(row["our_ref"], [])
        running = row["presence"] == "present" and now < row["ends_at"]
        if not running or (not can_schedule and now < row["starts_at"]):
            if found:
                findings.extra.append(key)
        elif not found:
            findings.missing.append(key)
        elif len(found) > 1:
            findings.duplicates.append(key)
        elif found[0].document is None or owned(found[0].document) != owned(OfferDocument.from_json(row["desired"])):
            findings.changed.append(key)
    return findings


async def finish(db: Database, page: Page, *, now: datetime, every: float) -> Findings | None:
    """Mark what differs and schedule the next reading. None when the channel could not be read."""
    reading, channel = page.reading, page.reading.row
    if page.error:
        wait = max(every, pace.wait_after(channel["failures"] + 1))
        parameters = {
            "id": channel["id"],
            "token": channel["lease_token"],
            "next": wait,
            "error": storable(page.error, longest=LONGEST_WORDS),
        }
        await db.execute(_FAILED, parameters)
        return None
    can_schedule = reading.config.capabilities.can_schedule
    findings = compare(reading.expected, page.held, now=now, can_schedule=can_schedule)
    async with db.transaction():
        # What should not be there is removed whatever the policy: the end is stronger than the start.
        marked = findings.all() if channel["drift_policy"] == "heal" else findings.extra
        if marked:
            marks = [{"id": key, "version": version} for key, version in marked]
            await db.execute(_MARK, [json.dumps(marks)])
        await db.execute(
            _DONE,
            {
                "id": channel["id"],
                "token": channel["lease_token"],
                "next": every * random.uniform(0.8, 1.0),
                "seen": findings.seen,
                "missing": len(findings.missing),
                "changed": len(findings.changed) + len(findings.extra),
                "duplicates": len(findings.duplicates),
            },
        )
    return findings


async def _everything(config: ChannelConfig, connector: Connector, *, until: float) -> tuple[list[Held], str]:
    held: list[Held] = []
    cursor: str | None = None
    for number in range(MOST_PAGES):
        if time.monotonic() + CALL_SECONDS > until:
            return [], f"too slow: only {number} pages in the time a reading may take"
        page = await connector.list_ours(config, cursor)
        if page.kind != "applied":
            return [], page.error or page.kind
        held.extend(page.held)
        cursor = page.cursor
        if cursor is None:
            return held, ""
    return [], f"more than {MOST_PAGES} pages"
