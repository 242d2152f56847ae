"""Pages in a real browser, and what they asked for and complained about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Browser, Page, expect

from stores.models import User

# A map drawn by the processor, on a machine that runs other tests on every core beside it.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


def session_of(user: User) -> str:
    """The key of a session in which the person is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def opened(browser: Browser, url: str, session: str, *, heard: list[str] | None = None, **options: Any) -> Page:
    """The page at ``url``. ``heard`` collects the hosts that it asks, its errors, and what its console says is wrong."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    host = urlsplit(url).hostname or ""
    context.add_cookies([{"name": "sessionid", "value": session, "domain": host, "path": "/"}])
    page = context.new_page()
    said = [] if heard is None else heard
    page.on("request", lambda request: said.append(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("console", lambda line: said.append(f"console: {line.text}") if line.type == "error" else None)
    page.goto(url)
    return page
