"""Who calls: ``Authorization: Api-Key prefix.secret``.

Keys are kept in the process for five seconds, so a revoked key works at most that much longer. The secret's digest is
compared in constant time, and an unknown prefix costs the same digest as a known one.
"""

from __future__ import annotations

import hmac
import threading
import time
from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication

from stores.api.problems import Problem
from stores.models import ApiKey
from stores.values import crypto

REMEMBERED_S = 5.0
_MOST_KEYS = 5_000
_LONGEST_HEADER = 200
_SCHEME = "api-key"
_CHALLENGE = {"WWW-Authenticate": 'Api-Key realm="storefront"'}

_known: dict[str, tuple[float, ApiKey]] = {}
_lock = threading.Lock()


def authenticate(request: HttpRequest) -> ApiKey:
    """The usable key that the request proves it has. Problem 401 otherwise, without saying which part is wrong."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, credentials = header.strip().partition(" ")
    if not header:
        raise _refused("Send your key in the header 'Authorization: Api-Key <prefix>.<secret>'.")
    prefix, dot, secret = credentials.strip().partition(".")
    if scheme.lower() != _SCHEME or not dot or not prefix.isalnum() or len(header) > _LONGEST_HEADER:
        raise _refused("The Authorization header is not 'Api-Key <prefix>.<secret>'.")
    key = _key(prefix)
    ring = crypto.installed()
    pepper = key.pepper if key and key.pepper in ring.peppers else ring.newest_pepper
    proof = ring.digest(secret, pepper=pepper)
    if not hmac.compare_digest(proof, bytes(key.digest) if key else b"") or key is None or not key.is_usable():
        raise _refused("The key is not known, has expired or was revoked.")
    return key


def _key(prefix: str) -> ApiKey | None:
    now = time.monotonic()
    known = _known.get(prefix)
    if known and known[0] > now:
        return known[1]
    # The door for keys is the proof itself: nobody is known yet whose scope could be asked.
    key: ApiKey | None = ApiKey._base_manager.select_related("brand").filter(prefix=prefix[:12]).first()
    with _lock:
        if len(_known) >= _MOST_KEYS:
            _known.clear()
        if key is not None:
            _known[prefix] = (now + REMEMBERED_S, key)
        else:
            _known.pop(prefix, None)
    return key


def _refused(detail: str) -> Problem:
    return Problem("unauthorized", detail, headers=_CHALLENGE)


def forget() -> None:
    """Drop the remembered keys (tests)."""
    with _lock:
        _known.clear()


class ApiKeyAuthentication(BaseAuthentication):
    """The same proof for REST framework views."""

    def authenticate(self, request: Any) -> tuple[ApiKey, None]:
        return authenticate(request._request), None  # noqa: SLF001  (the Django request that it wraps)

    def authenticate_header(self, request: Any) -> str:
        return _CHALLENGE["WWW-Authenticate"]
