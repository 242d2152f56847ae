"""The locator: cards, filters, opening, paging."""

from __future__ import annotations

import pytest

from tests.people import World, store
from tests.stores.api.conftest import Shop


def test_a_store_is_a_card(world: World, shop: Shop) -> None:
    made = store(world.rokid, "JP", "ginza", latitude=35.67, longitude=139.76, name={"en": "Ginza", "ja": "銀座"})
    made.refresh_from_db()
    body = shop.get("stores/", headers={"Accept-Language": "ja"})
    assert body["next"] is None
    [card] = body["results"]
    assert card["name"] == "銀座"
    assert card["id"] == str(made.uid)
