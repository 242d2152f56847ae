"""The language of the dashboard: the browser's until one is chosen in the user menu, which the account and a cookie keep."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from stores.actions import people
from stores.values import languages


def closest(wanted: str) -> str:
    """The dashboard's language for a reader of ``wanted``, as Django writes it. Scripts never mix: zh-Hant reads English."""
    offered = {languages.canonical(code): code for code, _name in settings.LANGUAGES}
    return offered[languages.negotiate(wanted, list(offered))]


def keep(response: HttpResponse, code: str) -> HttpResponse:
    """The answer, with the language kept for the next request."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def greet(response: HttpResponse, chosen: str) -> HttpResponse:
    """The answer to a login: the language the person once chose or, with none, the browser's, never the last person's."""
    if chosen:
        return keep(response, closest(chosen))
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


def choose(request: HttpRequest) -> HttpResponse:
    """Change the language and come back to the page one was on."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise Http404
    user: Any = request.user
    if user.is_authenticated:
        people.choose_language(by=user, language=languages.canonical(code))
    back = request.POST.get("next") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("admin:index")
    return keep(HttpResponseRedirect(back), code)
