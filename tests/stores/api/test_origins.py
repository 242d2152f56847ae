"""Pages in a browser ask with a publishable key, from the sites that the key names."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for, problem

SHOP, OTHER = "https://shop.example", "https://other.example"


def asked_from(shop: Shop, origin: str, path: str = "stores/", **headers: str) -> Any:
    return shop.ask(path, headers={"Origin": origin, **headers})


def test_a_browser_may_send_a_key_and_validators(db: None) -> None:
    answer = Client().options(
        "/api/v1/stores/?limit=1",
        headers={
            "Origin": SHOP,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization,if-none-match",
        },
    )
    assert (answer.status_code, answer.content, answer["Access-Control-Allow-Origin"]) == (204, b"", "*")
    assert {"Authorization", "If-None-Match"} <= set(answer["Access-Control-Allow-Headers"].split(", "))


def test_a_page_of_a_named_site_reads_answers_errors_and_304(world: World) -> None:
    store(world.rokid, "DE", "mitte")
    page = key_for(world.rokid, kind="publishable", origins=[SHOP])
    first = asked_from(page, SHOP)
    known = asked_from(page, SHOP, **{"If-None-Match": first["ETag"]})
    wrong = asked_from(page, SHOP, "stores/?radios=1")
    answers = [first, known, wrong]
    assert [each.status_code for each in answers] == [200, 304, 400]
    assert {each["Access-Control-Allow-Origin"] for each in answers} == {SHOP}
    assert ("Origin" in first["Vary"], first["Access-Control-Expose-Headers"]) == (True, "ETag, Retry-After")


def test_a_page_of_another_site_gets_nothing(world: World) -> None:
    page = key_for(world.rokid, kind="publishable", origins=[SHOP])
    for origin in (OTHER, "null", f"{SHOP}.evil.example", "https://SHOP.example"):
        answer = asked_from(page, origin)
        assert problem(answer)["status"] == 403
        assert "Access-Control-Allow-Origin" not in answer
    assert page.ask("stores/").status_code == 200  # an app is no page and names no site


@pytest.mark.parametrize(("kind", "allowed"), [("publishable", "*"), ("secret", None)])
def test_without_sites_every_page_may_use_a_publishable_key_and_none_a_secret_one(
    world: World, kind: str, allowed: str | None
) -> None:
    answer = asked_from(key_for(world.rokid, kind=kind), OTHER)
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (200, allowed)


def test_a_page_learns_that_its_key_is_wrong(db: None) -> None:
    answer = asked_from(Shop("nobody.secret"), OTHER)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, "*")
