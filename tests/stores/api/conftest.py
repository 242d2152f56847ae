"""A storefront that asks over HTTP, and the key it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from stores.actions.keys import create_api_key
from stores.api import (
    authentication,
    cards,
    compiled,
    negotiation,
    opening_now,
    pages,
    places,
    promotions,
    stores,
    throttling,
)
from stores.models import Brand, System
from tests.people import World


class Shop:
    """Asks the API with one key."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(raise_request_exception=True)

    def ask(self, path: str, **kwargs: Any) -> Any:
        """The raw response of a GET below /api/v1/."""
        headers = {"Authorization": f"Api-Key {self.token}", **kwargs.pop("headers", {})}
        address = path if path.startswith("http") else f"/api/v1/{path}"
        return self.client.get(address, kwargs or None, headers=headers)

    def get(self, path: str, **kwargs: Any) -> Any:
        """The JSON of a successful GET."""
        response = self.ask(path, **kwargs)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def refused(self, path: str, **kwargs: Any) -> tuple[int, list[str]]:
        """Status and the named parameters of a refused GET."""
        response = self.ask(path, **kwargs)
        body = problem(response)
        return response.status_code, [error["parameter"] for error in body["errors"]]

    def pages(self, path: str, **kwargs: Any) -> Iterator[list[Any]]:
        """The results of every page."""
        body = self.get(path, **kwargs)
        while True:
            yield body["results"]
            if body["next"] is None:
                return
            body = self.get(body["next"])


def problem(response: Any) -> Any:
    """The problem document of a response."""
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/problem+json", "no-store")
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert sorted(body) == ["detail", "errors", "status", "title", "type"]
    return body


def key_for(brand: Brand, **fields: Any) -> Shop:
    """A storefront with a new key."""
    return Shop(create_api_key(by=System("test"), brand=brand, name="test", **fields).token)


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Every test begins in a process that remembers nothing."""
    for module in (
        authentication,
        cards,
        compiled,
        negotiation,
        opening_now,
        pages,
        places,
        promotions,
        stores,
        throttling,
    ):
        module.forget()


@pytest.fixture
def shop(world: World) -> Shop:
    """Rokid's web shop, which may read everything of the brand."""
    return key_for(world.rokid)
