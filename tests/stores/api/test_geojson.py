"""The list of stores as GeoJSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.people import World, store
from tests.stores.api.conftest import Shop
from tests.stores.api.test_description import held_against

GEOJSON = "application/geo+json"


@pytest.fixture
def berlin(world: World) -> None:
    store(world.rokid, "DE", "mitte", latitude=52.5, longitude=13.4)
    store(world.rokid, "DE", "nowhere", format="pop_up")


def test_cards_become_the_properties_of_features(shop: Shop, berlin: None) -> None:
    cards = shop.get("stores/", near="52.5,13.5")["results"]
    answer = shop.ask("stores/", near="52.5,13.5", headers={"Accept": GEOJSON})
    assert answer["Content-Type"] == GEOJSON
    assert "Accept," in answer["Vary"]
    body = json.loads(answer.content)
    held_against("StoreCollection", body)
    [feature] = body["features"]
    assert (body["type"], feature["properties"], feature["id"]) == ("FeatureCollection", cards[0], cards[0]["id"])
    assert feature["geometry"] == {"type": "Point", "coordinates": [13.4, 52.5]}


def test_a_store_without_a_position_has_no_geometry(shop: Shop, berlin: None) -> None:
    features = shop.get("stores/", format="geojson")["features"]
    assert [each["geometry"] and each["geometry"]["type"] for each in features] == ["Point", None]
    assert shop.get("stores/", format="geojson,pop_up")["features"] == features[1:]


def test_pages_go_on_in_the_same_form(shop: Shop, berlin: None) -> None:
    first = shop.get("stores/", format="geojson", limit=1)
    second = shop.get(first["next"])
    assert [page["features"][0]["properties"]["code"] for page in (first, second)] == ["mitte", "nowhere"]
    assert (second["next"], shop.get(second["previous"])["features"]) == (None, first["features"])


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (GEOJSON, GEOJSON),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/json, application/geo+json;q=0.5", "application/json"),
        ("application/geo+json;q=0.9, application/json;q=0.8, */*", GEOJSON),
        ("application/geo+json;q=0", "application/json"),
        ("application/geo+json;q=x;;,,", "application/json"),
    ],
)
def test_the_header_is_weighed(shop: Shop, berlin: None, header: str, kind: str) -> None:
    assert shop.ask("stores/", headers={"Accept": header})["Content-Type"] == kind


def test_the_two_forms_are_two_answers(shop: Shop, berlin: None) -> None:
    def ask(header: str) -> Any:
        return shop.ask("stores/", headers={"Accept": header})

    assert ask(GEOJSON)["ETag"] != ask("application/json")["ETag"]
    again = shop.ask("stores/", headers={"Accept": GEOJSON, "If-None-Match": ask(GEOJSON)["ETag"]})
    assert again.status_code == 304
