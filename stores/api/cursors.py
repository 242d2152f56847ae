"""Cursors: where a page begins, sealed together with the question it belongs to.

A cursor is the place of the last record that was shown, not a count: a record that comes or goes meanwhile never shifts a
page. It is sealed for path, filters and brand, so a cursor used with other filters is refused instead of answered wrongly,
and nobody reads from it what places are made of: a row's number tells how many rows all brands of an installation have.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.http import HttpRequest

from stores.api.parameters import wrong
from stores.models import ApiKey
from stores.values import crypto

_REFUSED = "is not a cursor of this list with these filters. Start again without it."
# These change how a page looks, not which records there are.
_FREE = {"cursor", "limit", "language"}
# What a query may hold as it is (RFC 3986, 3.4).
_IN_AN_ADDRESS = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")


@dataclass(frozen=True)
class Cursor:
    """``place`` is the record's sort key; the page lies after it, or before it when ``backwards``."""

    place: tuple[Any, ...]
    backwards: bool = False


def read(text: str, request: HttpRequest, key: ApiKey, kinds: Sequence[type]) -> Cursor:
    """The cursor of this very question. Problem 400 when it is not; ``kinds`` are the types of the sort key's parts."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
        backwards, *place = json.loads(_sealing().decrypt(raw, [_question(request, key)]))
        fits = len(place) == len(kinds) and all(map(isinstance, place, kinds))
    except (ValueError, TypeError, binascii.Error, InvalidTag) as error:
        raise wrong([{"parameter": "cursor", "detail": _REFUSED}]) from error
    if not fits:
        raise wrong([{"parameter": "cursor", "detail": _REFUSED}])
    return Cursor(tuple(place), bool(backwards))


def link(request: HttpRequest, key: ApiKey, cursor: Cursor) -> str:
    """The absolute address of a page of the same question."""
    place = json.dumps([int(cursor.backwards), *cursor.place], separators=(",", ":")).encode()
    token = base64.urlsafe_b64encode(_sealing().encrypt(place, [_question(request, key)])).rstrip(b"=").decode()
    given = request.META.get("QUERY_STRING", "")
    if "cursor" in request.GET or not _IN_AN_ADDRESS.fullmatch(given):
        given = urlencode([(name, value) for name, value in request.GET.items() if name != "cursor"])
    given += "&" if given else ""
    return f"{request.scheme}://{request.get_host()}{request.path}?{given}cursor={token}"


def _question(request: HttpRequest, key: ApiKey) -> bytes:
    filters = sorted((name, str(value)) for name, value in request.GET.items() if name not in _FREE)
    return json.dumps([request.path, key.brand_id, filters]).encode()


@cache
def _sealing() -> AESSIV:
    # The same place gives the same cursor, so a page that did not change keeps its ETag in every process.
    return AESSIV(crypto.installed().derived("cursors"))
