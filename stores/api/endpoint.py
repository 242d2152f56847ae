"""What every endpoint does around its own answer: method, key, throttle, parameters, language, ETag.

Endpoints are REST framework views to the OpenAPI description only. Serving goes through ``dispatch`` below and builds plain
responses: the framework's request, renderer and serializers would cost more than the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.views import APIView

from stores.api import authentication, cursors, negotiation, origins, parameters, permissions, throttling
from stores.api.cursors import Cursor
from stores.api.parameters import Parameter
from stores.api.problems import Problem
from stores.models import ApiKey
from stores.values import clock

LONGEST_AGE = 60
"""Seconds an answer may be kept when nothing in it changes earlier: how long an edit may stay unseen in a browser."""
QUARTER_S = 900
"""Local days begin at a quarter of an hour of UTC everywhere: what an answer says by date changes then at the earliest."""


@dataclass(frozen=True)
class Call:
    """One request, understood."""

    request: HttpRequest
    key: ApiKey
    given: dict[str, Any]
    language: str
    now: datetime = field(default_factory=clock.now)

    @property
    def limit(self) -> int:
        return int(self.given.get("limit", parameters.DEFAULT_PER_PAGE))

    def cursor(self, *kinds: type) -> Cursor | None:
        """The cursor that was given, with a sort key of these types."""
        text = self.given.get("cursor")
        return None if text is None else cursors.read(text, self.request, self.key, kinds)

    def age_until(self, change: datetime | None) -> int:
        """Seconds an answer may be kept when something in it changes at this instant."""
        return age(None if change is None else (change - self.now).total_seconds())

    def age_until_next(self, step: int) -> int:
        """Seconds an answer may be kept when something in it may change at every full step of UTC, in seconds."""
        return age(step - self.now.timestamp() % step)


def age(left: float | None) -> int:
    """Seconds an answer may be kept when something in it changes in so many."""
    return LONGEST_AGE if left is None else max(0, int(min(LONGEST_AGE, left)))


@dataclass(frozen=True)
class Answer:
    """A successful answer: JSON bytes, how long they may be kept, and their language.

    ``seal`` stands for the bytes in the ETag where it is known without reading them all: other bytes, another seal. With it the
    body may be given as what makes it, for a caller who has it already needs none.
    """

    body: bytes | Callable[[], bytes]
    max_age: int = LONGEST_AGE
    language: str = ""
    content_type: str = "application/json"
    seal: bytes = b""
    stream: Iterable[bytes] | None = None
    """In place of a body that is too large to be held; needs a seal."""
    file_name: str = ""


class Endpoint(APIView):
    """Base of the read endpoints. A subclass declares its parameters and answers a call."""

    parameters: ClassVar[Sequence[Parameter]] = (parameters.LANGUAGE,)
    scope: ClassVar[str] = "read"

    def answer(self, call: Call, **path: str) -> Answer:
        """The answer to an understood call; raises Problem."""
        raise NotImplementedError

    def known(self, request: HttpRequest, key: ApiKey) -> HttpResponse | StreamingHttpResponse | None:
        """The response when it is known before the question is even read. Key and throttle have been passed."""
        return None

    def dispatch(self, request: Any, *args: Any, **path: Any) -> Any:
        """Serve a request; every refusal is a problem document."""
        if allowed := origins.preflight(request):
            return allowed
        key: ApiKey | None = None
        try:
            _only_reads(request)
            key = authentication.authenticate(request)
            origins.check(key, request)
            permissions.require(key, self.scope)
            throttling.check(key, request)
            response = self.known(request, key) or self._answered(request, key, path)
        except Problem as problem:
            response = problem.response()
        return origins.readable(response, request, key)

    def _answered(
        self, request: HttpRequest, key: ApiKey, path: Mapping[str, str]
    ) -> HttpResponse | StreamingHttpResponse:
        given = parameters.read(self.parameters, request.GET)
        language = negotiation.language_for(request, key, given.get("language"))
        return respond(request, self.answer(Call(request, key, given, language), **path), language)


def _only_reads(request: HttpRequest) -> None:
    if request.method not in {"GET", "HEAD"}:
        raise Problem("method-not-allowed", "This address can only be read.", headers={"Allow": "GET, HEAD"})


def respond(request: HttpRequest, answer: Answer, language: str) -> HttpResponse | StreamingHttpResponse:
    """The answer with its validators, or 304 when the caller has it already."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    tag = f'"{hashlib.blake2b(answer.seal or body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        # Private, because an answer belongs to its key; a CDN in front is told to keep it by its own settings.
        "Cache-Control": f"private, max-age={answer.max_age}",
        "Content-Language": answer.language or language,
        "Vary": "Accept, Accept-Language, Authorization, Origin",
    }
    if _has(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        return HttpResponse(status=304, headers=headers)
    if answer.stream is not None:
        headers["Content-Disposition"] = f'inline; filename="{answer.file_name}"'
        return StreamingHttpResponse(answer.stream, content_type=answer.content_type, headers=headers)
    if callable(answer.body):
        body = answer.body()
    headers["Content-Length"] = str(len(body))
    return HttpResponse(body, content_type=answer.content_type, headers=headers)


def _has(header: str, tag: str) -> bool:
    """Whether If-None-Match names the tag; weak comparison, as RFC 9110 asks here."""
    if not header:
        return False
    return header.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in header.split(",")}


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def page(call: Call, records: Sequence[bytes], *, next_cursor: Cursor | None, previous_cursor: Cursor | None) -> bytes:
    """A page of records that are JSON already."""
    return page_of(page_head(call, next_cursor=next_cursor, previous_cursor=previous_cursor), records)


def page_head(call: Call, *, next_cursor: Cursor | None, previous_cursor: Cursor | None) -> bytes:
    """What a page says before its records: the addresses of its neighbours."""
    links = {
        "next": cursors.link(call.request, call.key, next_cursor) if next_cursor else None,
        "previous": cursors.link(call.request, call.key, previous_cursor) if previous_cursor else None,
    }
    return dumps(links)[:-1]


def page_of(head: bytes, records: Sequence[bytes], member: bytes = b"results") -> bytes:
    """A head and its records as one document."""
    return b'%s,"%s":[%s]}' % (head, member, b",".join(records))
