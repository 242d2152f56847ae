"""How many requests a key may make in a minute, counted across all web processes.

A process takes permits from the shared count in small lots, so that most requests are counted without a call. With several
processes a key may be stopped a few permits early (a lot per process), never late. A publishable key is counted per visitor:
one visitor cannot stop the locator for everybody. When the count cannot be reached, requests pass.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

from stores.api import shared
from stores.api.problems import Problem
from stores.models import ApiKey
from stores.values import visitors

WINDOW = 60
# A lot is at most a third of a per cent of the rate: 20 permits of 6,000.
_LOTS = 300
_MOST_CALLERS = 20_000

_permits: dict[str, tuple[int, int]] = {}
_lock = threading.Lock()


def check(key: ApiKey, request: HttpRequest) -> None:
    """Take one permit. Problem 429 with ``Retry-After`` when the minute's are used up."""
    caller = key.prefix if key.kind == "secret" else f"{key.prefix}:{visitor(request)}"
    limit = settings.API_RATE_PER_MINUTE
    now = time.time()
    window = int(now // WINDOW)
    with _lock:
        seen, left = _permits.get(caller, (window, 0))
        if seen != window:
            left = 0
        if left > 0:
            _permits[caller] = (window, left - 1)
            return
    if left == 0:
        left = _take(caller, window, limit)
        with _lock:
            if len(_permits) >= _MOST_CALLERS:
                _permits.clear()
            _permits[caller] = (window, left - 1 if left > 0 else -1)
    if left < 0:
        wait = max(1, int((window + 1) * WINDOW - now) + 1)
        raise Problem(
            "throttled",
            f"This key may make {limit} requests a minute. Try again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )


def _take(caller: str, window: int, limit: int) -> int:
    """Permits granted to this process: a lot, what is left of it, or -1 when there is none."""
    lot = max(1, limit // _LOTS)
    total = shared.count(f"rate:{caller}:{window}", lot, 2 * WINDOW)
    if total is None:
        return lot
    granted = lot - max(0, total - limit)
    return granted if granted > 0 else -1


def visitor(request: HttpRequest) -> str:
    """The visitor's address: behind our own proxy the last hop it names, else the connection's."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return visitors.visitor(str(request.META.get("REMOTE_ADDR", "")), forwarded)


def forget() -> None:
    """Drop this process's permits (tests)."""
    with _lock:
        _permits.clear()


class KeyThrottle(BaseThrottle):
    """The same limit for REST framework views."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Raises the 429 itself; a request without a key is refused elsewhere."""
        if isinstance(request.user, ApiKey):
            check(request.user, request)
        return True
