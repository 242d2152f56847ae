"""Every address of the site, also one that is added tomorrow: nobody learns anything before logging in, and nobody a thing of
others' places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stores.actions.keys import create_api_key
from stores.models import System
from tests import people
from tests.stores.admin.network import Place, furnish

pytestmark = pytest.mark.django_db

# What anybody may see, and what an address answers that is no page: a redirect to the dashboard, or the wrong method.
OPEN = {
    "": 302, "healthz": 200, "readyz": 200, "api/schema/": 200, "api/docs/": 200, "admin/login/": 200, "admin/logout/": 302,
    "admin/language/": 405,
}  # fmt: skip
# Whoever works for a brand knows its products and regions.
BRAND_WIDE = re.compile(r"admin/stores/(hourstemplate|product|region|variant)/")
MARK = "kurage"  # in everything that people read of the place in Japan


def addresses(patterns: Sequence[Any] | None = None, before: str = "") -> Iterator[str]:
    """The route of every address, as it is declared."""
    for each in patterns or get_resolver().url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield route


def filled(route: str, japan: Place) -> str:
    """The address of what is in Japan."""
    rows = {type(row)._meta.model_name: row for row in japan.rows.values()}
    table = re.match(r"admin/stores/(\w+)/", route)
    row: Any = rows.get(table[1] if table else "importjob")
    number = row.pk if row else 1
    store: Any = rows["store"]
    named = {
        "code": store.code,
        "format": "csv",
        "token": "a-guess",
        "uid": UUID(int=0),
        "rest": "nothing",
        "app_label": "stores",
    }
    if "markets/" in route:
        named["code"] = "JP"
    plain = re.sub(r"\^?\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(named.get(part[1], number)), plain)


@pytest.fixture
def japan(world: people.World) -> Place:
    furnish(world.rokid, "DE", "berlin")
    return furnish(world.rokid, "JP", MARK)


def test_nobody_sees_anything_before_a_login_or_without_a_key(japan: Place) -> None:
    client = Client()
    answers = {route: client.get(f"/{filled(route, japan)}") for route in addresses()}
    open_to_all = {
        route: answer.status_code
        for route, answer in answers.items()
        if answer.status_code not in {401, 404}
        and not (answer.status_code == 302 and answer["Location"].startswith("/admin/login/"))
    }
    assert open_to_all == OPEN


def test_no_address_tells_a_regional_manager_of_another_region(world: people.World, japan: Place) -> None:
    client = Client()
    client.force_login(world.kenji, backend="django.contrib.auth.backends.ModelBackend")
    assert MARK in client.get("/admin/stores/store/").content.decode()  # their own manager's pages tell it
    client.force_login(world.emma, backend="django.contrib.auth.backends.ModelBackend")
    told = {}
    for route in addresses():
        if route == "admin/logout/" or BRAND_WIDE.match(route):
            continue
        answer = client.get(f"/{filled(route, japan)}")
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code >= 500 or MARK in body.decode("utf-8", "replace"):
            told[route] = answer.status_code
    assert told == {}


def test_no_address_tells_another_brands_key_of_the_place(world: people.World, japan: Place) -> None:
    token = create_api_key(by=System("test"), brand=world.acme, name="Rival").token
    told = {}
    for route in addresses():
        if not route.startswith("api/v1/"):
            continue
        answer: Any = Client().get(f"/{filled(route, japan)}", headers={"Authorization": f"Api-Key {token}"})
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code >= 500 or MARK in body.decode("utf-8", "replace"):
            told[route] = answer.status_code
    assert told == {}
