"""Errors as RFC 9457 problem details: every error under ``/api/`` is one, whoever raised it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http import HttpResponseBase as Response
from django.views import defaults
from rest_framework import exceptions

NOT_FOUND = "There is nothing at this address for this key."
CONTENT_TYPE = "application/problem+json"

# One stable word per kind of problem; programs compare it, people read title and detail.
KINDS: Mapping[str, tuple[int, str]] = {
    "invalid-request": (400, "The request cannot be understood"),
    "unauthorized": (401, "An API key is needed"),
    "forbidden": (403, "The key does not allow this"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "throttled": (429, "Too many requests"),
    "server-error": (500, "Something went wrong here"),
    "unavailable": (503, "Not available right now"),
}
_KIND_OF = {status: kind for kind, (status, _) in KINDS.items()}


class Problem(Exception):  # noqa: N818  (RFC 9457 calls it a problem)
    """An answer that is an error.

    Args:
        kind: a key of :data:`KINDS`, which gives status and title.
        detail: what is wrong and what to do, in a sentence for the person who reads it.
        errors: one entry per wrong parameter, ``{"parameter": ..., "detail": ...}``.
        headers: what the status asks for, such as ``Allow`` or ``Retry-After``.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return KINDS[self.kind][0]

    def response(self) -> HttpResponse:
        """The answer. It never repeats the address, so that what is out of scope and what does not exist look alike."""
        return _response(self.kind, self.status, KINDS[self.kind][1], self.detail, self.errors, self.headers)


def _response(  # noqa: PLR0917  (the fields of a problem)
    kind: str, status: int, title: str, detail: str, errors: Sequence[Mapping[str, str]], headers: Mapping[str, str]
) -> HttpResponse:
    body = {
        "type": f"urn:meridian:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": errors,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers=dict(headers))
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "no-store"
    return response


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler: its own errors become problems, others go on to Django."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, Http404):
        return not_found()
    if not isinstance(error, exceptions.APIException):
        return None
    kind = _KIND_OF.get(error.status_code, "invalid-request")
    title = KINDS[kind][1] if kind in _KIND_OF.values() else HTTPStatus(error.status_code).phrase
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if error.status_code == 401:
        headers["WWW-Authenticate"] = "Api-Key"
    return _response(kind, error.status_code, title, str(error.detail), [], headers)


def not_found() -> HttpResponse:
    """What does not exist, and what this key may not see: the same bytes."""
    return Problem("not-found", NOT_FOUND).response()


def is_api(request: HttpRequest) -> bool:
    """Whether the address belongs to the API, whose errors are for programs."""
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> Response:
    """Django's answer to a request it refuses to read (400)."""
    if is_api(request):
        return Problem("invalid-request", "The request is malformed.").response()
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> Response:
    """403 of a view."""
    if is_api(request):
        return Problem("forbidden", "This is not allowed.").response()
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> Response:
    """404 of a view, or of an address without a view."""
    return not_found() if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> Response:
    """500: the traceback is in the log, never in the answer."""
    if is_api(request):
        return Problem("server-error", "The error was recorded. Try again, and tell us when it stays.").response()
    return defaults.server_error(request)
