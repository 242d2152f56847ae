"""What web processes share through Valkey: documents and counts. Never needed to answer, so never waited for.

A call that fails or takes longer than a quarter of a second counts as "not there"; for two seconds after a failure nothing is
asked at all, so that a hanging server costs one request in two seconds a moment and the others nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger("meridian.api")

PATIENCE = 0.25
PAUSE = 2.0
PREFIX = "meridian:api:"


class _State:
    """When the server may be asked again, on the monotonic clock."""

    silent_until = 0.0


@cache
def client() -> redis.Redis:
    """One pool per process, with short timeouts and no retries."""
    return redis.Redis.from_url(
        settings.CACHES["default"]["LOCATION"],
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )


def documents(keys: Sequence[str]) -> list[bytes | None]:
    """The shared documents under the keys, None for each that is not there."""
    if not keys or time.monotonic() < _State.silent_until:
        return [None] * len(keys)
    try:
        return cast("list[bytes | None]", client().mget([PREFIX + key for key in keys]))
    except redis.RedisError as error:
        _failed(error)
        return [None] * len(keys)


def keep(made: Mapping[str, bytes], seconds: int) -> None:
    """Share documents with the other processes."""
    if not made or time.monotonic() < _State.silent_until:
        return
    try:
        pipeline = client().pipeline(transaction=False)
        for key, document in made.items():
            pipeline.set(PREFIX + key, document, ex=seconds)
        pipeline.execute()
    except redis.RedisError as error:
        _failed(error)


def count(key: str, amount: int, seconds: int) -> int | None:
    """Add to a shared count that is forgotten after some seconds; its new value, None when nobody can say."""
    if time.monotonic() < _State.silent_until:
        return None
    try:
        pipeline = client().pipeline(transaction=False)
        pipeline.incrby(PREFIX + key, amount)
        pipeline.expire(PREFIX + key, seconds)
        return int(pipeline.execute()[0])
    except redis.RedisError as error:
        _failed(error)
        return None


def _failed(error: redis.RedisError) -> None:
    _State.silent_until = time.monotonic() + PAUSE
    log.warning("shared cache does not answer; going on without it", error=str(error)[:200], pause_s=PAUSE)
