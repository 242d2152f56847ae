"""Sync: what the reconciler writes in a second, and what it costs to find that there is nothing to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import psycopg
from django.db import connection
from psycopg.rows import DictRow, dict_row

from stores.management.bench.ground import Ground, small_database_url
from stores.management.bench.runner import GROWTH_TARGET, Line, compare, interleave
from stores.management.demo.loading.sealing import shop_token
from stores.models import Channel, ChannelPromotion, RemoteObject
from stores.sync import claims, reconciler
from stores.sync.database import Database, connected
from stores.values import clock

PROMOTIONS = 1_000
SYNC_ROUNDS = 5
TICKS = 200
OBSERVED = (
    "applied_generation", "applied_hash", "observed_hash", "state", "converged_at", "act_at", "next_at", "attempts",
    "failing_since", "lease_token", "lease_until", "create_intent_at", "suspect_until", "last_error_kind", "last_error",
)  # fmt: skip

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
    fresh = _fresh()
    shops = _shops(ground.shops, fresh)

    def ours() -> float:
        _as_never_sent(fresh, shops)
        began = time.perf_counter()
        tally = asyncio.run(reconciler.run(seconds=40))
        taken = time.perf_counter() - began
        if (tally.applied, tally.failed) != (len(fresh), 0):
            raise RuntimeError(f"the reconciler did something else than {len(fresh)} writes: {tally}")
        return len(fresh) / taken

    def floor() -> float:
        _as_never_sent(fresh, shops)
        began = time.perf_counter()
        asyncio.run(_send(writes))
        return len(writes) / (time.perf_counter() - began)

    ours()
    writes = _seen(shops)
    if len(writes) != len(fresh):
        raise RuntimeError(f"the shops saw {len(writes)} writes of {len(fresh)}")
    ground.say(f"sync: {len(fresh):,} promotions into {len(shops)} shops a round, ours and a bare client in turn")
    said_ours, said_floor = interleave([ours, floor], SYNC_ROUNDS)
    yield compare("sync", said_ours, said_floor, target=0.4)


def steady_tick(ground: Ground) -> Iterator[Line]:
    """The claim that finds nothing, over all promotions of the large network and over the small one's few."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)
        ground.say(f"steady_tick: {cursor.rowcount:,} settled promotions beside the small network's")
    large, small = asyncio.run(_ticks())
    yield compare("steady_tick", large, small, target=GROWTH_TARGET)


async def _ticks() -> tuple[list[float], list[float]]:
    said: tuple[list[float], list[float]] = ([], [])
    async with connected() as large, await _small() as small:
        await small.execute(_SETTLE)
        for db in (large, small):
            await db.execute("SET ROLE NONE")  # only the owner may vacuum; autovacuum does it within minutes
            await db.execute("VACUUM (ANALYZE) stores_channelpromotion, stores_channel, stores_connection")
            await claims.prepare(db)
        for _ in range(11):
            for db, rates in zip((large, small), said, strict=True):
                rates.append(await _tick(db))
    return said


async def _tick(db: Database) -> float:
    began = time.perf_counter()
    for _ in range(TICKS):
        if await claims.claim(db, now=clock.now(), most=64):
            raise RuntimeError("a settled network had something to do")
    return TICKS / (time.perf_counter() - began)


async def _small() -> psycopg.AsyncConnection[DictRow]:
    return await psycopg.AsyncConnection.connect(small_database_url(), autocommit=True, row_factory=dict_row)


def _fresh() -> list[dict[str, Any]]:
    """The sync columns of promotions that wait for their first write, whole channels; the others are put to rest."""
    rows: list[dict[str, Any]] = list(
        ChannelPromotion.objects.filter(applied_generation=0, state="pending")
        .order_by("channel_id", "id")
        .values("id", *OBSERVED)[:PROMOTIONS]
    )
    ChannelPromotion.objects.exclude(pk__in=[row["id"] for row in rows]).update(next_at=None, act_at=None)
    return rows


def _shops(sandbox: str, fresh: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Addresses of the shops of these promotions, with the token of each."""
    channels = Channel.objects.filter(channel_promotions__in=[row["id"] for row in fresh]).distinct()
    return {
        f"{sandbox}/{channel.remote_selector}": shop_token(channel.connection)
        for channel in channels.select_related("connection")
        if channel.connection is not None
    }


def _seen(shops: Mapping[str, str]) -> list[Write]:
    """The writes that the shops got so far, by their own account."""
    with httpx2.Client(trust_env=False, timeout=20) as client:
        return [
            Write(f"{shop}/api/promotions", token, line["body"])
            for shop, token in shops.items()
            for line in client.get(f"{shop}/history.json").raise_for_status().json()
            if line["method"] == "POST" and line["applied"]
        ]


def _as_never_sent(fresh: Sequence[dict[str, Any]], shops: Iterable[str]) -> None:
    """Shops and rows as they were before the first write."""
    RemoteObject.objects.filter(promotion_id__in=[row["id"] for row in fresh]).delete()
    ChannelPromotion.objects.bulk_update(
        [ChannelPromotion(pk=row["id"], **{name: row[name] for name in OBSERVED}) for row in fresh], list(OBSERVED)
    )
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
