from __future__ import annotations

import json
from typing import Any

import pytest

from stores.feeds.formats import FORMATS
from stores.models import WeeklyHours
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for, problem


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def codes(response: Any) -> list[str]:
    return [each["properties"]["code"] for each in json.loads(body(response))["features"]]


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_served_with_its_media_type(world: World, shop: Shop, name: str) -> None:
    made = store(world.rokid, "DE", "mitte")
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=[[{"start": "10:00", "end": "20:00"}]] * 7)
    response = shop.ask(f"feeds/{name}/")
    assert (response.status_code, response["Content-Type"]) == (200, FORMATS[name].media_type)
    assert b"mitte" in body(response)


def test_a_feed_holds_what_the_key_may_see_and_nothing_else(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "mitte")
    store(world.rokid, "JP", "ginza")
    store(world.rokid, "DE", "secret", published_at=None)
    store(world.acme, "DE", "acme-mitte")
    assert codes(shop.ask("feeds/geojson/")) == ["mitte", "ginza"]
    assert codes(shop.ask("feeds/geojson/", market="JP")) == ["ginza"]
    assert codes(shop.ask("feeds/geojson/", region="japan")) == ["ginza"]
    assert codes(shop.ask("feeds/geojson/", store="mitte")) == ["mitte"]
    assert codes(key_for(world.rokid, market_codes=["JP"]).ask("feeds/geojson/")) == ["ginza"]


def test_nothing_is_sent_again_until_something_changes(world: World, shop: Shop) -> None:
    made = store(world.rokid, "DE", "mitte")
    first = shop.ask("feeds/osm/")
    again = {"If-None-Match": first["ETag"]}
    assert shop.ask("feeds/osm/", headers=again).status_code == 304
    made.phone = "+493012345678"
    made.save(update_fields=["phone"])
    assert shop.ask("feeds/osm/", headers=again).status_code == 200


def test_unknown_formats_and_parameters_are_refused(world: World, shop: Shop) -> None:
    assert problem(shop.ask("feeds/yaml/"))["status"] == 404
    assert shop.refused("feeds/osm/", shop="mitte") == (400, ["shop"])


def test_a_browsers_key_cannot_fetch_the_whole_network(world: World) -> None:
    response = key_for(world.rokid, kind="publishable").ask("feeds/osm/")
    assert problem(response)["detail"] == "Feeds are for servers: use a secret key."


def test_a_market_of_others_looks_like_one_that_does_not_exist(world: World) -> None:
    store(world.rokid, "JP", "ginza")
    german = key_for(world.rokid, market_codes=["DE"])
    others = [german.ask("feeds/csv/", **asked) for asked in ({"market": "JP"}, {"market": "ZZ"}, {"store": "ginza"})]
    assert len({(answer["ETag"], body(answer)) for answer in others}) == 1
