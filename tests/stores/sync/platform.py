"""A platform in memory, to say exactly what it answers: what a real shop cannot be made to do on demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from stores.connectors.contract import Answer, ChannelConfig, Held, Remote
from stores.sync.database import connected
from stores.sync.reconciler import Loop, Tally
from stores.values import clock
from stores.values.documents import OfferDocument
from stores.values.guarded import GuardedClient


class Platform:
    """Holds promotions without key or lock. ``answers[operation]`` are given first, in order; an exception is raised.

    With ``after`` the write is done before the answer is given, as on a platform that breaks on its way back.
    """

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.calls: list[str] = []
        self.answers: dict[str, list[Answer | Exception]] = defaultdict(list)
        self.always: dict[str, Answer] = {}
        self.after = False

    async def find(self, config: ChannelConfig, ref: str) -> Answer:
        return self._said("find") or Answer(kind="applied", held=[one for one in self.held if one.ref == ref])

    async def create(self, config: ChannelConfig, document: OfferDocument) -> Answer:
        made = Held(Remote(f"p{len(self.calls)}"), document.ref, document)
        if self.after:
            self.held.append(made)
        said = self._said("create")
        if said is None and not self.after:
            self.held.append(made)
        return said or Answer(kind="applied", remote=made.remote)

    async def update(self, config: ChannelConfig, remote: Remote, document: OfferDocument) -> Answer:
        said = self._said("update")
        if said is None and not any(one.remote == remote for one in self.held):
            return Answer(kind="gone", status=404)
        return said or Answer(kind="applied", remote=remote)

    async def withdraw(self, config: ChannelConfig, remote: Remote) -> Answer:
        said = self._said("withdraw")
        if said is None:
            self.held = [one for one in self.held if one.remote != remote]
        return said or Answer(kind="applied")

    async def list_ours(self, config: ChannelConfig, cursor: str | None) -> Answer:
        return self._said("list") or Answer(kind="applied", held=list(self.held))

    async def probe_price(self, config: ChannelConfig, sku: str) -> Decimal | None:
        return None

    def _said(self, operation: str) -> Answer | None:
        self.calls.append(operation)
        if operation in self.always:
            return self.always[operation]
        said = self.answers[operation].pop(0) if self.answers[operation] else None
        if isinstance(said, Exception):
            raise said
        return said


def sync(platform: Platform, *, now: datetime | None = None, seconds: float = 0) -> Tally:
    """One run against the platform, as if the business moment were ``now``."""

    async def work() -> Tally:
        async with connected() as db, GuardedClient(allow_loopback_http=True) as client:
            loop = Loop(db, client, lambda: now or clock.now(), seconds)
            loop.connectors = dict.fromkeys(loop.connectors, platform)
            return await loop.run()

    return asyncio.run(work())
