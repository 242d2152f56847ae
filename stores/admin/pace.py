"""A limit on requests without an account, counted across all web processes."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from stores.values import visitors

log = structlog.get_logger("meridian.counters")


def within(what: str, request: HttpRequest, *, limit: int, seconds: int) -> bool:
    """Count one request of this visitor; False when there were more than ``limit`` in the time.

    When the count cannot be reached, requests pass: the secret in the address is what protects, the limit saves work.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    key = f"pace:{what}:{visitors.visitor(str(request.META.get('REMOTE_ADDR', '')), forwarded)}"
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key)) <= limit
    except ValueError:  # it ran out between the two calls
        return True
    except RedisError as error:
        log.warning("requests are not counted", error=str(error)[:200])
        return True
