"""How far a job's step is, for the page that waits for it.

In the cache, not in the job: the step's transaction shows nothing until it ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from stores.imports.job import Progress
from stores.models import ImportJob

log = structlog.get_logger("meridian.imports")

_KEPT_SECONDS = 300
_TOLD_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """What the step does, how many of its rows are done, and of how many when that is known."""

    stage: str
    done: int
    total: int | None


def progress_of(job: ImportJob) -> Told | None:
    """How far the step is; None before it begins, after it ends, and when nobody knows."""
    try:
        found = cache.get(_key(job))
    except RedisError:
        return None
    return Told(*found) if found else None


@contextmanager
def telling(job: ImportJob) -> Iterator[Progress]:
    """A progress callback for the length of a step. A cache that is away is nothing to stop for."""
    last = 0.0

    def tell(stage: str, done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if done and now - last < _TOLD_EVERY:
            return
        last = now
        try:
            cache.set(_key(job), (stage, done, total), _KEPT_SECONDS)
        except RedisError as error:
            log.warning("progress not told", error=str(error))

    yield tell


def forget(job: ImportJob) -> None:
    """The step has ended."""
    try:
        cache.delete(_key(job))
    except RedisError as error:
        log.warning("progress not forgotten", error=str(error))


def _key(job: ImportJob) -> str:
    return f"import:{job.uid}"
