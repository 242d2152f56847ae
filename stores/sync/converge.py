"""Make one channel hold what it should, by whatever calls that takes. Outside any transaction, within the lease.

The order of things is the protection: an intent is on record before a create; after any doubt the channel is searched by our
reference before anything is created again; the oldest object is adopted and later ones are retired.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from stores.connectors.contract import Answer, Connector, Held, Remote
from stores.connectors.registry import owned
from stores.sync.rows import Call, Claimed, Outcome

# The longest a single call may take; the guarded client holds it to this.
CALL_SECONDS = 10.0


class _Work:
    """The calls made for one row, with their journal."""

    def __init__(self, outcome: Outcome, connector: Connector) -> None:
        self.row = outcome.row
        self.connector = connector
        self.outcome = outcome

    async def call(self, operation: str, awaitable: Awaitable[Answer]) -> Answer:
        """One call, journaled. The lease is looked at just before sending."""
        started = time.monotonic()
        if not self.row.may_send(CALL_SECONDS):
            awaitable.close()  # type: ignore[attr-defined]  # a coroutine that will not be awaited
            return Answer(kind="retry", error="the lease is too short for another call")
        answer = await awaitable
        milliseconds = int((time.monotonic() - started) * 1000)
        self.outcome.calls.append(Call(operation, answer.kind, answer.status, answer.error, milliseconds))
        return answer

    def stop(self, answer: Answer) -> Outcome:
        """End with a call that did not succeed."""
        self.outcome.kind = answer.kind
        self.outcome.error = answer.error
        self.outcome.retry_after = answer.retry_after
        if answer.kind == "ambiguous":
            self.outcome.doubt = True
        return self.outcome

    async def search(self) -> tuple[Held | None, Answer | None]:
        """What is there under our reference: the oldest, after retiring any later ones; or the answer that went wrong."""
        config = self.row.config
        found = await self.call("find", self.connector.find(config, self.row.ref))
        if found.kind != "applied":
            return None, _of_a_search(found)
        oldest = found.held[0] if found.held else None
        for extra in found.held[1:]:
            retired = await self.call("retire", self.connector.withdraw(config, extra.remote))
            if retired.kind not in {"applied", "gone"}:
                return oldest, _of_a_search(retired)
        self.outcome.remote = oldest.remote if oldest else None
        return oldest, None


def begun(row: Claimed, now: datetime) -> Outcome:
    """The outcome that :func:`converge` fills for a row at the business moment ``now``."""
    return Outcome(row=row, kind="applied", goal=row.goal(now), remote=row.remote)


async def converge(outcome: Outcome, connector: Connector) -> Outcome:  # noqa: PLR0911  (each is an end)
    """Do what the row needs. Never raises for what a platform or a network may do.

    The outcome comes from outside, so that the calls made are known even when something here is broken.
    """
    row, work = outcome.row, _Work(outcome, connector)
    if work.outcome.goal == "wait":
        return work.outcome
    there: Held | None = None
    if row.in_doubt or (row.remote is None and row.had_intent):
        there, problem = await work.search()
        if problem is not None:
            return work.stop(problem)
        work.outcome.verified = True
        if there is None and row.remote is not None and work.outcome.goal == "hold":
            # What we knew of is not there. Not created in this claim: an intent has to be on record first.
            return work.stop(Answer(kind="gone", error="not found under its reference"))
    if work.outcome.goal == "empty":
        return await _empty(work)
    if not row.approved:
        work.outcome.held_back = True
        return work.stop(Answer(kind="rejected", error="held back: this content is not what was approved"))
    if there is not None and there.document is not None and owned(there.document) == owned(row.document):
        return work.outcome
    return await _hold(work)


def _of_a_search(answer: Answer) -> Answer:
    """A refusal to search or to delete says nothing about the content, so it is not final."""
    return replace(answer, kind="retry") if answer.kind == "rejected" else answer


async def _empty(work: _Work) -> Outcome:
    remote = work.outcome.remote
    if remote is None:
        return work.outcome
    answer = await work.call("withdraw", work.connector.withdraw(work.row.config, remote))
    if answer.kind not in {"applied", "gone"}:
        return work.stop(answer)
    work.outcome.remote = None
    return work.outcome


async def _hold(work: _Work) -> Outcome:
    remote = work.outcome.remote
    if remote is not None:
        return await _update(work, remote)
    answer = await work.call("create", work.connector.create(work.row.config, work.row.document))
    if answer.kind != "conflict":
        return _settled(work, answer)
    # The platform's own key: an earlier create arrived after all.
    there, problem = await work.search()
    if problem is not None:
        return work.stop(problem)
    if there is None:
        return work.stop(Answer(kind="retry", error="the reference is taken, but nothing is found under it"))
    return await _update(work, there.remote)


async def _update(work: _Work, remote: Remote) -> Outcome:
    config, document = work.row.config, work.row.document
    answer = await work.call("update", work.connector.update(config, remote, document))
    if answer.kind == "conflict":
        # Somebody else changed it meanwhile: read the version that is there now, once.
        there, problem = await work.search()
        if problem is not None:
            return work.stop(problem)
        if there is None:
            answer = Answer(kind="gone", error="it disappeared while being changed")
        else:
            answer = await work.call("update", work.connector.update(config, there.remote, document))
            if answer.kind == "conflict":
                answer = Answer(kind="retry", error=answer.error, status=answer.status)
    if answer.kind == "gone":
        # Not created in this claim: an intent has to be on record first.
        work.outcome.remote = None
        return work.stop(answer)
    return _settled(work, answer)


def _settled(work: _Work, answer: Answer) -> Outcome:
    if answer.kind != "applied":
        return work.stop(answer)
    work.outcome.remote = answer.remote
    return work.outcome
