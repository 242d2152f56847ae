"""Who uses the embedded servers now, so that the last one out turns off the light.

Two lock files in ``run/``, both given back by the kernel when a process dies in whatever way:

- ``start.lock``: held alone by whoever starts or stops servers;
- ``users.lock``: shared by every process that uses them. Who can get it alone was the last.

1. To enter: take start.lock, start what does not run, take users.lock shared, give start.lock back.
2. To leave: take start.lock, try users.lock alone; if that works nobody else is in, and nobody can enter before
start.lock is back: stop.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from retail.embedded import folders
from retail.embedded.folders import EmbeddedError

# Longer than making a cluster on a slow disk, shorter than a person's patience with a hung one.
LONGEST_WAIT = 180


@contextmanager
def starting() -> Iterator[None]:
    """Hold the right to start and stop servers of this data folder."""
    handle = os.open(folders.run_folder() / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        limit = time.monotonic() + LONGEST_WAIT
        while not _lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > limit:
                raise EmbeddedError(
                    f"Another process has been starting or stopping the servers of {folders.var()} for too long."
                )
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def join() -> int:
    """Become a user; returns the handle that is the membership. Call while ``starting()``: no stop is under way."""
    handle = os.open(folders.run_folder() / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def leave(handle: int) -> bool:
    """Stop being a user; True when nobody else is one. Call while ``starting()``."""
    last = _lock(handle, fcntl.LOCK_EX)
    with suppress(OSError):
        os.close(handle)
    return last


def _lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
