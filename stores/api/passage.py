"""The short way for the API: security headers and nothing of what a browser session needs.

Sessions, cookies, forms, content security policy and login throttling are for people. Requests below ``/api/v1/`` carry a key
instead, so this middleware, the first in the list, answers them itself behind Django's SecurityMiddleware. Health checks come
even before that: a load balancer asks by address, in plain HTTP.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from stores.api import health, problems

API = "/api/v1/"
_HEALTH = {"/healthz": health.alive, "/readyz": health.ready}


class ApiPassage:
    """Middleware; see the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._others = get_response
        self._api = SecurityMiddleware(_serve)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(API):
            return self._api(request)  # type: ignore[return-value]  # _serve is not a coroutine
        if view := _HEALTH.get(path):
            return view(request)
        return self._others(request)


def _serve(request: HttpRequest) -> HttpResponse:
    request.get_host()  # refuses a forged Host before it gets into a link
    try:
        view, args, kwargs = resolve(request.path_info)
    except Http404:
        return problems.not_found()
    response: HttpResponse = view(request, *args, **kwargs)
    return response
