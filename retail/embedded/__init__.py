"""Embedded PostgreSQL and Valkey: what runs when ``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` are not set.

Every process that needs them calls ``ensure_for_this_process()`` first. It uses the servers that ``manage.py up``
started, or starts them and stops them when the last process that uses them ends. See
docs/decisions/0002-embedded-servers.md.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType

from retail.embedded import holders, postgres, valkey
from retail.embedded.folders import EmbeddedError, var

__all__ = [
    "EmbeddedError",
    "database_url",
    "ensure_for_this_process",
    "is_running",
    "leave",
    "needs_postgres",
    "needs_valkey",
    "start_postgres",
    "start_valkey",
    "stop_postgres",
    "stop_valkey",
    "users_handle",
    "valkey_url",
    "var",
]

database_url = postgres.url
valkey_url = valkey.url
start_postgres = postgres.start
stop_postgres = postgres.stop
start_valkey = valkey.start
stop_valkey = valkey.stop

# The membership in users.lock and the process that took it: a forked child inherits the memory but must not leave for
# its parent.
_membership: tuple[int, int] | None = None


def needs_postgres() -> bool:
    """Whether no database was given."""
    return not os.environ.get("DATABASE_URL")


def needs_valkey() -> bool:
    """Whether the cache or the broker was not given."""
    return not (os.environ.get("REDIS_URL") and os.environ.get("CELERY_BROKER_URL"))


def is_running() -> bool:
    """Whether every embedded server that this environment needs answers now."""
    return (not needs_postgres() or postgres.is_running()) and (not needs_valkey() or valkey.is_running())


def ensure_for_this_process() -> None:
    """Have the embedded servers running until this process ends. Calling it again starts what stopped meanwhile.

    Raises EmbeddedError with a sentence for the person at the terminal when a server cannot run here.
    """
    global _membership  # noqa: PLW0603 - one membership per process is the point
    if not (needs_postgres() or needs_valkey()):
        return
    with holders.starting():
        if needs_postgres():
            postgres.start()
        if needs_valkey():
            valkey.start()
        if _membership is None or _membership[1] != os.getpid():
            _membership = (holders.join(), os.getpid())
            atexit.register(leave)
            _exit_on_signals()


def users_handle() -> int | None:
    """The handle of this process's membership: a child that inherits it keeps the servers when its parent is killed."""
    return _membership[0] if _membership else None


def leave() -> bool:
    """Stop using the servers; the last to leave stops them. True when they were stopped."""
    global _membership  # noqa: PLW0603  (one membership a process)
    if _membership is None or _membership[1] != os.getpid():
        return False
    handle, _ = _membership
    _membership = None
    with holders.starting():
        if not holders.leave(handle):
            return False
        postgres.stop()
        valkey.stop()
    return True


def _exit_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the process in the ordinary way, so that ``leave`` runs. A handler in place stays."""
    if threading.current_thread() is not threading.main_thread():
        return
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) == signal.SIG_DFL:
            signal.signal(sign, _exit)


def _exit(sign: int, frame: FrameType | None) -> None:
    sys.exit(128 + sign)
