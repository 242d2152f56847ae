"""Cursors: where a page begins, signed together with the question it belongs to.

A cursor is the place of the last record that was shown, not a count: a record that comes or goes meanwhile never shifts a
page. The signature covers path, filters and brand, so a cursor used with other filters is refused instead of answered wrongly.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from stores.api.parameters import wrong
from stores.models import ApiKey
from stores.values import crypto

_MAC_BYTES = 12
_REFUSED = "is not a cursor of this list with these filters. Start again without it."
# These change how a page looks, not which records there are.
_FREE = {"cursor", "limit", "language"}


@dataclass(frozen=True)
class Cursor:
    """``place`` is the record's sort key; the page lies after it, or before it when ``backwards``."""

    place: tuple[Any, ...]
    backwards: bool = False


def read(text: str, request: HttpRequest, key: ApiKey, kinds: Sequence[type]) -> Cursor:
    """The cursor of this very question. Problem 400 when it is not; ``kinds`` are the types of the sort key's parts."""
    try:
        backwards, *place = _genuine(text, request, key)
        fits = len(place) == len(kinds) and all(map(isinstance, place, kinds))
    except (ValueError, TypeError, binascii.Error) as error:
        raise wrong([{"parameter": "cursor", "detail": _REFUSED}]) from error
    if not fits:
        raise wrong([{"parameter": "cursor", "detail": _REFUSED}])
    return Cursor(tuple(place), bool(backwards))


def link(request: HttpRequest, key: ApiKey, cursor: Cursor) -> str:
    """The absolute address of a page of the same question."""
    payload = json.dumps([int(cursor.backwards), *cursor.place], separators=(",", ":")).encode()
    token = base64.urlsafe_b64encode(payload + _mac(payload, request, key)).rstrip(b"=").decode()
    given = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return f"{request.scheme}://{request.get_host()}{request.path}?{urlencode([*given, ('cursor', token)])}"


def _genuine(text: str, request: HttpRequest, key: ApiKey) -> list[Any]:
    raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    payload, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(payload, request, key)):
        raise ValueError("signed by somebody else, or for another question")
    parts: list[Any] = json.loads(payload)
    return parts


def _mac(payload: bytes, request: HttpRequest, key: ApiKey) -> bytes:
    question = sorted((name, str(value)) for name, value in request.GET.items() if name not in _FREE)
    message = json.dumps([request.path, key.brand_id, question]).encode() + b"\0" + payload
    return hmac.digest(_signing_key(), message, "sha256")[:_MAC_BYTES]


@cache
def _signing_key() -> bytes:
    return crypto.installed().derived("cursors")
