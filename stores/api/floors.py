"""The floors of the API's benchmarks: plain Django views that give the bytes our own endpoints gave.

``floor`` does what no answer to a key can leave out: the same middleware, the key's proof, its scope, the throttle, one query.
``bare`` does not even that. Their answers are recorded from the real endpoints before a benchmark and kept in memory here.

These addresses exist during ``manage.py bench`` alone: with ``MERIDIAN_BENCH`` set this module is the root of all addresses.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from retail import urls
from stores.api import authentication, permissions, throttling
from stores.api.problems import Problem
from stores.models import Store


class Recorded(NamedTuple):
    """One answer, ready to be given again."""

    status: int
    headers: dict[str, str]
    body: bytes


def floor(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The recorded answer behind key, scope, throttle and one query."""
    try:
        key = authentication.authenticate(request)
        permissions.require(key, "read")
        throttling.check(key, request)
    except Problem as problem:
        return problem.response()
    list(Store._base_manager.filter(pk=number + 1).order_by().values_list("version", flat=True))
    return _answer(name, number)


def bare(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The recorded answer, at once."""
    return _answer(name, number)


def _answer(name: str, number: int) -> HttpResponse:
    status, headers, body = _recorded(name)[number]
    return HttpResponse(body, status=status, headers=headers)


@cache
def _recorded(name: str) -> list[Recorded]:
    """``stores.management.bench.recordings`` wrote the file: a list of status, headers, body."""
    text = (Path(settings.VAR) / "floors" / f"{name}.json").read_text()
    return [Recorded(status, headers, body.encode()) for status, headers, body in json.loads(text)]


urlpatterns = [
    path("api/v1/floor/<slug:name>/<int:number>/", floor),
    path("api/v1/bare/<slug:name>/<int:number>/", bare),
    *urls.urlpatterns,
]

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
