"""Sync: what the reconciler writes in a second, and what it costs to find that there is nothing to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from django.db import connection

from stores.management.bench.ground import Ground
from stores.management.bench.runner import ROUNDS, Line, compare, interleave
from stores.management.demo.loading.sealing import shop_token
from stores.models import Channel, ChannelPromotion, ChannelReadback, RemoteObject
from stores.sync import claims, reconciler
from stores.sync.database import Database, connected
from stores.values import clock

PROMOTIONS = 1_000
SYNC_ROUNDS = 5
TICKS = 200
# What sync knows of a promotion that nobody has looked at yet.
UNSENT: dict[str, Any] = {
    "applied_generation": 0, "applied_hash": "", "observed_hash": "", "state": "pending", "converged_at": None,
    "act_at": None, "attempts": 0, "failing_since": None, "lease_token": None, "lease_until": None,
    "create_intent_at": None, "suspect_until": None, "last_error_kind": "", "last_error": "",
}  # fmt: skip

# What sync leaves behind when a channel holds what it should: nothing to do before the end.
_SETTLE = """
UPDATE stores_channelpromotion SET state = 'live', applied_generation = generation, applied_hash = desired_hash,
    observed_hash = desired_hash, next_at = NULL, act_at = ends_at, attempts = 0, create_intent_at = NULL
"""


@dataclass(frozen=True)
class Write:
    """One promotion as its shop should get it."""

    url: str
    token: str
    document: dict[str, Any]


def sync(ground: Ground) -> Iterator[Line]:
    """A thousand approved promotions into their shops, beside a bare async client that sends the same.

    Ours claims, fences, journals and records each write; the floor forgets everything.
    """
    chosen = _chosen()
    shops = _shops(ground.shops, chosen)

    def ours() -> float:
        _as_never_sent(chosen, shops)
        began = time.perf_counter()
        tally = asyncio.run(reconciler.run(seconds=40))
        taken = time.perf_counter() - began
        if (tally.applied, tally.failed) != (len(chosen), 0):
            raise RuntimeError(f"the reconciler did something else than {len(chosen)} writes: {tally}")
        return len(chosen) / taken

    def floor() -> float:
        _as_never_sent(chosen, shops)
        began = time.perf_counter()
        asyncio.run(_send(writes))
        return len(writes) / (time.perf_counter() - began)

    ours()
    writes = _seen(shops)
    if len(writes) != len(chosen):
        raise RuntimeError(f"the shops saw {len(writes)} writes of {len(chosen)}")
    ground.say(f"sync: {len(chosen):,} promotions into {len(shops)} shops a round, ours and a bare client in turn")
    said_ours, said_floor = interleave([ours, floor], SYNC_ROUNDS)
    yield compare("sync", said_ours, said_floor, target=0.4)


def steady_tick(ground: Ground) -> Iterator[Line]:
    """The claim that finds nothing among all settled promotions, beside a transaction that asks for nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)
        ground.say(f"steady_tick: {cursor.rowcount:,} settled promotions, the claim and an empty transaction in turn")
    claiming, empty = asyncio.run(_ticks())
    yield compare("steady_tick", claiming, empty, target=0.5)


async def _ticks() -> tuple[list[float], list[float]]:
    said: tuple[list[float], list[float]] = ([], [])
    async with connected() as db:
        await db.execute("SET ROLE NONE")  # only the owner may vacuum; autovacuum does it within minutes
        await db.execute("VACUUM (ANALYZE) stores_channelpromotion, stores_channel, stores_connection")
        await claims.prepare(db)
        for _ in range(ROUNDS):
            said[0].append(await _a_second_holds(lambda: _claim(db)))
            said[1].append(await _a_second_holds(lambda: _nothing(db)))
    return said


async def _a_second_holds(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    for _ in range(TICKS):
        await work()
    return TICKS / (time.perf_counter() - began)


async def _claim(db: Database) -> None:
    if await claims.claim(db, now=clock.now(), most=reconciler.MOST_AT_ONCE):
        raise RuntimeError("a settled network had something to do")


async def _nothing(db: Database) -> None:
    async with db.transaction():
        await (await db.execute("SELECT 1")).fetchall()


def _chosen() -> list[int]:
    """Promotions to send, whole channels; the others, and reading back, are put to rest."""
    wanted = ChannelPromotion.objects.filter(presence="present", ends_at__gt=clock.now())
    chosen = list(wanted.order_by("channel_id", "pk").values_list("pk", flat=True)[:PROMOTIONS])
    ChannelPromotion.objects.exclude(pk__in=chosen).update(next_at=None, act_at=None)
    ChannelReadback.objects.update(due_at=clock.now() + timedelta(days=365))
    return chosen


def _shops(sandbox: str, chosen: Sequence[int]) -> dict[str, str]:
    """Addresses of the shops of these promotions, with the token of each."""
    channels = Channel.objects.filter(channel_promotions__in=chosen).distinct()
    return {
        f"{sandbox}/{channel.remote_selector}": shop_token(channel.connection)
        for channel in channels.select_related("connection")
        if channel.connection is not None
    }


def _seen(shops: Mapping[str, str]) -> list[Write]:
    """The writes that the shops got, by their own account: the last of each reference."""
    with httpx2.Client(trust_env=False, timeout=20) as client:
        found = {
            (shop, line["ref"]): Write(f"{shop}/api/promotions", token, line["body"])
            for shop, token in shops.items()
            for line in client.get(f"{shop}/history.json").raise_for_status().json()
            if line["method"] == "POST" and line["applied"]
        }
    return list(found.values())


def _as_never_sent(chosen: Sequence[int], shops: Iterable[str]) -> None:
    """Shops and rows as they were before the first write."""
    RemoteObject.objects.filter(promotion_id__in=chosen).delete()
    rows = ChannelPromotion.objects.filter(pk__in=chosen)
    rows.update(**UNSENT)
    rows.look_now()
    with httpx2.Client(trust_env=False, timeout=20) as client:
        for shop in shops:
            client.post(f"{shop}/faults", json={"kind": "wipe"}).raise_for_status()


async def _send(writes: Sequence[Write]) -> None:
    """The same writes with as many under way as the reconciler has, and a look at the status alone."""
    waiting = iter(writes)
    most = reconciler.MOST_AT_ONCE
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
    async with httpx2.AsyncClient(trust_env=False, timeout=20, limits=limits) as client:

        async def work() -> None:
            for write in waiting:
                headers = {"Authorization": f"Bearer {write.token}"}
                (await client.post(write.url, json=write.document, headers=headers)).raise_for_status()

        async with asyncio.TaskGroup() as group:
            for _ in range(most):
                group.create_task(work())
