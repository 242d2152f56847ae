"""Search by place: the brand's own towns, then the world's."""

from __future__ import annotations

from typing import Any

import pytest

from stores.models import StoreAddress
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for
from tests.stores.api.test_description import held_against


def at(world: World, brand: Any, code: str, town: str, *, market: str = "JP", place: tuple[float, float] = (35.66, 139.7),
       language: str = "en") -> None:  # fmt: skip
    """A store in a town."""
    made = store(brand, market, code, latitude=place[0], longitude=place[1])
    StoreAddress.objects.create(
        brand=brand, store=made, language=language, is_primary=True, locality=town, administrative_area="Tokyo"
    )


def names(shop: Shop, q: str, **kwargs: Any) -> list[str]:
    return [place["name"] for place in shop.get("places/", q=q, **kwargs)["results"]]


def test_own_towns_come_first_then_the_worlds(world: World, shop: Shop) -> None:
    at(world, world.rokid, "store-a", "Shibuya")
    at(world, world.rokid, "store-b", "Shibuya", place=(35.67, 139.71))
    body = shop.get("places/", q="shibu", language="en")
    held_against("PlacePage", body)
    first, second = body["results"][:2]
    assert first == {
        "name": "Shibuya", "country": "JP", "location": {"lat": 35.665, "lng": 139.705}, "language": "en",
        "admin_area": "Tokyo", "population": None, "stores": 2,
    }  # fmt: skip
    assert (second["name"], second["stores"]) == ("Shibukawa", None)
    assert second["population"] > 15_000


def test_a_town_of_ours_comes_once_whatever_addresses_name_it(world: World, shop: Shop) -> None:
    at(world, world.rokid, "store-a", "Shibuya")
    at(world, world.rokid, "store-b", "Shibuya", place=(35.67, 139.71))
    first = StoreAddress.objects.get(store__code="store-a")
    StoreAddress.objects.create(brand=world.rokid, store=first.store, language="ja-Latn", locality="Shibuya")
    StoreAddress.objects.filter(store__code="store-b").update(administrative_area="")
    towns = [
        (place["name"], place["language"], place["stores"])
        for place in shop.get("places/", q="shibuya", language="en")["results"]
    ]
    assert towns == [("Shibuya", "en", 2)]


@pytest.mark.parametrize("q", ["ﷺ" * 14, "㍿" * 100])
def test_a_name_whose_letters_stand_for_many_is_too_long(shop: Shop, q: str) -> None:
    answer = shop.ask("places/", q=q)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "q")


@pytest.mark.parametrize(
    ("q", "language", "expected"),
    [
        ("Tokyo", "en", "Tokyo"),
        ("東京", "ja", "東京"),
        ("东京", "zh-Hans", "东京"),
        ("東京", "zh-Hant", "東京"),
        ("ＴＯＫＹＯ", "ko", "도쿄"),
        ("munchen", "ja", "ミュンヘン"),
        ("München", "de", "Munich"),
        ("Москва", "ru", "Москва"),
        ("shibuja", "en", "Shibuya"),
        ("haambourg", "en", "Hamburg"),
        ("osaak", "en", "Osaka"),
    ],
)
def test_a_town_is_found_in_any_script_and_by_a_slip(shop: Shop, q: str, language: str, expected: str) -> None:
    assert names(shop, q, language=language)[0] == expected


def test_the_largest_town_of_a_name_comes_first(shop: Shop) -> None:
    assert [place["country"] for place in shop.get("places/", q="valencia")["results"]][:2] == ["VE", "ES"]
    assert {place["country"] for place in shop.get("places/", q="valencia", market="ES")["results"]} == {"ES"}


def test_own_towns_are_those_the_key_sees_and_customers_may_know(world: World, shop: Shop) -> None:
    at(world, world.rokid, "jp", "Zzyzx")
    at(world, world.acme, "acme", "Zzyzx Springs", market="DE")
    hidden = store(world.rokid, "JP", "hidden", published_at=None, latitude=1.0, longitude=1.0)
    StoreAddress.objects.create(
        brand=world.rokid, store=hidden, language="en", is_primary=True, locality="Zzyzx Hidden"
    )
    assert names(shop, "zzyz") == ["Zzyzx"]
    german = names(key_for(world.rokid, market_codes=["DE"]), "zzyz")  # towns of the world that are spelled alike
    assert not [name for name in german if name.startswith("Zzyzx")]
    at(world, world.rokid, "new", "Zzyzx Beach")
    assert names(shop, "zzyz") == ["Zzyzx", "Zzyzx Beach"]


def test_a_town_that_is_ours_is_not_told_twice(world: World, shop: Shop) -> None:
    assert names(shop, "shibuya", market="JP", language="en") == ["Shibuya"]
    at(world, world.rokid, "store-a", "渋谷", language="ja")
    assert names(shop, "渋谷", language="ja") == ["渋谷"]
    at(world, world.rokid, "store-b", "Shibuya", place=(43.0, 141.3))
    assert names(shop, "shibuya", market="JP", language="en") == ["Shibuya"] * 2


def test_towns_across_the_antimeridian_lie_between_their_stores(world: World, shop: Shop) -> None:
    at(world, world.rokid, "store-w", "Taveuni", place=(-16.8, 179.9))
    at(world, world.rokid, "store-e", "Taveuni", place=(-16.8, -179.9))
    [place] = shop.get("places/", q="taveuni")["results"]
    assert abs(abs(place["location"]["lng"]) - 180) < 0.01


def test_pages_walk_through_all_and_back(shop: Shop) -> None:
    pages = list(shop.pages("places/", q="san", limit=100))
    assert [len(page) for page in pages] == [100, 100]
    second = shop.get(shop.get("places/", q="san", limit=100)["next"])
    assert shop.get(second["previous"])["results"] == pages[0]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [({}, ["q"]), ({"q": ""}, ["q"]), ({"q": " - "}, ["q"]), ({"q": "x" * 101}, ["q"]), ({"q": "a\x00"}, ["q"]),
     ({"q": "a", "market": "x"}, ["market"]), ({"q": "a", "near": "1,1"}, ["near"]), ({"q": "a", "cursor": "x"}, ["cursor"])],
)  # fmt: skip
def test_wrong_questions_are_refused(shop: Shop, asked: dict[str, str], wrong: list[str]) -> None:
    assert shop.refused("places/", **asked) == (400, wrong)
