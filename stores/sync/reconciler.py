"""The rolling loop: claim, call many channels at once, complete in micro-batches as answers arrive. No batch barriers.

A slow channel holds sockets, not workers: while its calls wait, every other channel's rows are claimed and completed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from stores.connectors import registry
from stores.connectors.contract import Connector
from stores.sync import claims, completion, readback
from stores.sync.converge import CALL_SECONDS, begun, converge
from stores.sync.database import Database, connected
from stores.sync.rows import Outcome
from stores.values import clock
from stores.values.guarded import GuardedClient

log = structlog.get_logger("meridian.sync")

# Calls under way at once in one loop. Two cores saturate at about fifty.
MOST_AT_ONCE = 64
READINGS_AT_ONCE = 8
# A loop claims for this long, and ends within the task's soft limit of 60 s whatever its calls do.
CLAIM_SECONDS = 40.0
END_SECONDS = 55.0
# How often to claim while calls are under way and there is little room for more.
PAUSE_SECONDS = 0.25
CLAIM_AT_LEAST = 16
LINGER_SECONDS = 0.01


@dataclass
class Tally:
    """What a run did."""

    claimed: int = 0
    applied: int = 0
    failed: int = 0
    read: int = 0


class Loop:
    """One run. ``now`` gives the business moment, asked anew for every claim."""

    def __init__(self, db: Database, client: GuardedClient, now: Callable[[], datetime], seconds: float) -> None:
        self.db = db
        self.now = now
        self.connectors: dict[str, Connector] = {name: registry.connector(name, client) for name in registry.PLATFORMS}
        self.tally = Tally()
        begun = time.monotonic()
        self.claim_until = begun + seconds
        self.end_at = begun + seconds + (END_SECONDS - CLAIM_SECONDS)
        self.pushes: dict[asyncio.Task[Outcome], Outcome] = {}
        self.readings: dict[asyncio.Task[readback.Page], readback.Reading] = {}

    async def run(self) -> Tally:
        """Until nothing is due and nothing is under way, or the time to claim is over and the last call has ended."""
        await claims.prepare(self.db)
        await readback.prepare(self.db, every=settings.SYNC_READBACK_SECONDS)
        next_claim = 0.0
        while True:
            idle = True
            # The first claim is made whatever the time: a run of zero seconds looks once.
            if next_claim == 0.0 or time.monotonic() < self.claim_until:
                if time.monotonic() >= next_claim or len(self.pushes) <= MOST_AT_ONCE - CLAIM_AT_LEAST:
                    idle = not await self._begin()
                    next_claim = time.monotonic() + PAUSE_SECONDS
                else:
                    idle = False
            under_way: set[asyncio.Task[Any]] = {*self.pushes, *self.readings}
            if not under_way:
                if idle:
                    return self.tally
                continue
            await asyncio.wait(under_way, timeout=PAUSE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            # Answers come in flocks: one transaction for those of the same hundredth of a second.
            await asyncio.sleep(LINGER_SECONDS)
            await self._finish()

    async def _begin(self) -> bool:
        """Claim what is due and start calling. Whether anything was found."""
        found = False
        room = MOST_AT_ONCE - len(self.pushes)
        if room > 0:
            for row in await claims.claim(self.db, now=self.now(), most=room):
                found = True
                self.tally.claimed += 1
                bounded = replace(row, lease_ends=min(row.lease_ends, self.end_at))
                outcome = begun(bounded, self.now())
                self.pushes[asyncio.create_task(converge(outcome, self.connectors[row.platform]))] = outcome
        room = READINGS_AT_ONCE - len(self.readings)
        if room > 0 and self.end_at - time.monotonic() > CALL_SECONDS:
            for reading in await readback.claim(self.db, most=room):
                found = True
                connector = self.connectors[reading.row["platform"]]
                fetching = readback.fetch(
                    reading, connector, until=min(self.end_at, time.monotonic() + readback.LEASE_SECONDS)
                )
                self.readings[asyncio.create_task(fetching)] = reading
        return found

    async def _finish(self) -> None:
        """Record whatever has ended. A defect in one row is that row's failure, not the loop's."""
        outcomes = []
        for push in [task for task in self.pushes if task.done()]:
            outcome = self.pushes.pop(push)
            defect = push.exception()
            if defect is not None:
                row = outcome.row
                log.error("row failed inside", row=row.id, channel=row.config.channel, exc_info=defect)
                # Whatever was under way may have been done: in doubt, it is searched for before anything is created.
                outcome.kind, outcome.doubt = "retry", True
                outcome.error = f"internal error: {type(defect).__name__}"
            outcomes.append(outcome)
        if outcomes:
            await completion.complete(self.db, outcomes, now=self.now())
            applied = sum(outcome.ok for outcome in outcomes)
            self.tally.applied += applied
            self.tally.failed += len(outcomes) - applied
        for task in [task for task in self.readings if task.done()]:
            reading = self.readings.pop(task)
            defect = task.exception()
            if defect is not None:
                log.error("reading failed inside", channel=reading.config.channel, exc_info=defect)
                page = readback.Page(reading=reading, held=[], error=f"internal error: {type(defect).__name__}")
            else:
                page = task.result()
            every = settings.SYNC_READBACK_SECONDS
            if await readback.finish(self.db, page, now=self.now(), every=every) is not None:
                self.tally.read += 1


async def run(*, seconds: float = CLAIM_SECONDS, now: Callable[[], datetime] = clock.now) -> Tally:
    """Work until nothing is due, at most about ``seconds`` (calls under way then end within 15 s more)."""
    async with (
        connected() as db,
        GuardedClient(
            allow_loopback_http=settings.SYNC_ALLOW_LOOPBACK_HTTP,
            call_seconds=CALL_SECONDS,
            connections=MOST_AT_ONCE + READINGS_AT_ONCE,
        ) as client,
    ):
        return await Loop(db, client, now, seconds).run()
