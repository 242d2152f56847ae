"""Which web pages may ask with a publishable key: a browser asks us before it sends one from a page of another site.

Browsers keep an answer from a page unless it says that pages of that site may read it (the Fetch standard, CORS). Secret keys
are for servers, so their answers never say so: one that got into a page by mistake does not work there, and is noticed.
"""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from stores.api.problems import Problem
from stores.models import ApiKey

R = TypeVar("R", HttpResponse, HttpResponse | StreamingHttpResponse)

_DAY_S = "86400"


def preflight(request: HttpRequest) -> HttpResponse | None:
    """The answer to a browser that asks whether it may send a key. It sends none yet, so the answer is the same for all."""
    if request.method != "OPTIONS" or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in request.META:
        return None
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Authorization, Accept, Accept-Language, If-None-Match",
        "Access-Control-Max-Age": _DAY_S,
    }
    return HttpResponse(status=204, headers=headers)


def check(key: ApiKey, request: HttpRequest) -> None:
    """Problem 403 when a publishable key is used from a page of a site that is not among its own."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin and key.kind == "publishable" and key.origins and origin not in key.origins:
        raise Problem("forbidden", "This key is not for pages of this site.")


def readable(response: R, request: HttpRequest, key: ApiKey | None) -> R:
    """The answer, which says whether the page that asked may read it. Without a key it says nothing but that."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin and (key is None or (key.kind == "publishable" and (not key.origins or origin in key.origins))):
        response.headers["Access-Control-Allow-Origin"] = origin if key is not None and key.origins else "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    return response
