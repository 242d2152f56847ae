"""Finding stores by words, by what they sell or show, and by the promotions that run in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from stores.models import ChannelStore, PlanChannel, PlanStore, Product, Store, StoreAddress, StoreProduct
from stores.values import clock
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for
from tests.stores.api.test_lists import channel
from tests.stores.api.test_promotions import plan

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


def codes(shop: Shop, **kwargs: Any) -> list[str]:
    return [card["code"] for card in shop.get("stores/", **kwargs)["results"]]


@pytest.fixture
def tokyo(world: World) -> None:
    """Three stores with names and addresses in several scripts."""
    for code, name, place in (
        (
            "jp-shibuya",
            {"en": "Rokid Shibuya", "ja": "ロキッド渋谷"},
            ("東京都", "渋谷区", "神南", "1-2-3", "150-0041"),
        ),
        (
            "jp-ginza",
            {"en": "Rokid Ginza Six", "ja": "ロキッド銀座"},
            ("東京都", "中央区", "銀座", "4-5-6", "104-0061"),
        ),
    ):
        made = store(world.rokid, "JP", code, name=name)
        area, city, part, line, postal = place
        StoreAddress.objects.create(
            brand=world.rokid, store=made, language="ja", is_primary=True, administrative_area=area, locality=city,
            sublocality=part, lines=[line], postal_code=postal,
        )  # fmt: skip
    made = store(world.rokid, "DE", "de-muc", name={"de": "Rokid München", "en": "Rokid Munich"})
    StoreAddress.objects.create(
        brand=world.rokid,
        store=made,
        language="de",
        is_primary=True,
        lines=["Sendlinger Straße 24"],
        locality="München",
    )


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("渋谷", ["jp-shibuya"]),
        ("東京都渋谷区", ["jp-shibuya"]),
        ("東京都 銀座", ["jp-ginza"]),
        ("ﾛｷｯﾄﾞ", ["jp-ginza", "jp-shibuya"]),
        ("ＳＨＩＢＵＹＡ", ["jp-shibuya"]),
        ("six rokid", ["jp-ginza"]),
        ("munchen", ["de-muc"]),
        ("sendlinger strasse", ["de-muc"]),
        ("SENDLINGER", ["de-muc"]),
        ("jp-gin", ["jp-ginza"]),
        ("jp gin", ["jp-ginza"]),
        ("150-0041", ["jp-shibuya"]),
        ("rokid", ["de-muc", "jp-ginza", "jp-shibuya"]),
        ("rokid nowhere", []),
        ("_", []),
        ("%", []),
        ("\\", []),
    ],
)
def test_words_are_found_in_any_script(tokyo: None, shop: Shop, q: str, expected: list[str]) -> None:
    assert codes(shop, q=q) == expected


def test_what_is_searched_follows_every_change(world: World, shop: Shop, tokyo: None) -> None:
    made = Store.objects.get(code="de-muc")
    Store.objects.filter(pk=made.pk).update(name={"de": "Rokid Schwabing"})
    assert (codes(shop, q="schwabing"), codes(shop, q="munich")) == (["de-muc"], [])
    StoreAddress.objects.filter(store=made).update(locality="Dachau")
    assert (codes(shop, q="dachau"), codes(shop, q="munchen")) == (["de-muc"], [])
    StoreAddress.objects.filter(store=made).delete()
    assert codes(shop, q="dachau") == []
    planned = store(world.rokid, "DE", "planned", published_at=None)
    key = planned.pk
    planned.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stores_storesearch WHERE store_id = %s", [key])
        assert cursor.fetchall() == [(0,)]


def test_a_search_finds_nothing_of_another_brand(world: World, tokyo: None) -> None:
    assert codes(key_for(world.acme), q="rokid") == []
    assert codes(key_for(world.rokid, market_codes=["DE"]), q="rokid") == ["de-muc"]


@pytest.fixture
def shelves(world: World) -> dict[str, Store]:
    """Ginza sells glasses and lets people try them, Osaka only sells them, Kobe only shows the case, Nara has neither."""
    made = {code: store(world.rokid, "JP", code) for code in ("ginza", "osaka", "kobe", "nara")}
    glasses, case = (
        Product.objects.create(brand=world.rokid, code=code, name={"en": code.title(), "ja": "眼鏡"}, line="glasses")
        for code in ("glasses", "case")
    )
    add = StoreProduct.objects.create
    known = {"availability": "low", "as_of": NOON}
    add(brand=world.rokid, store=made["ginza"], product=glasses, on_demo=True, **known)
    add(brand=world.rokid, store=made["osaka"], product=glasses)
    add(brand=world.rokid, store=made["kobe"], product=case, on_sale=False, on_demo=True)
    add(brand=world.rokid, store=made["nara"], product=glasses, on_sale=False)
    return made


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"model": "glasses"}, ["ginza", "osaka"]),
        ({"model": "glasses", "on_demo": "true"}, ["ginza"]),
        ({"model": "glasses", "on_demo": "false"}, ["ginza", "osaka"]),
        ({"on_demo": "true"}, ["ginza", "kobe"]),
        ({"on_demo": "false"}, ["ginza", "kobe", "nara", "osaka"]),
        ({"model": "nothing"}, []),
    ],
)
def test_stores_are_found_by_what_they_sell_and_show(
    shelves: dict[str, Store], shop: Shop, asked: dict[str, str], expected: list[str]
) -> None:
    assert codes(shop, **asked) == expected


def test_a_record_says_what_is_sold_and_shown_and_follows_it(shelves: dict[str, Store], shop: Shop) -> None:
    [line] = shop.get("stores/ginza/", language="ja")["products"]
    assert line == {
        "model": "glasses", "name": "眼鏡", "on_sale": True, "on_demo": True, "availability": "low",
        "as_of": "2026-11-23T11:00:00Z",
    }  # fmt: skip
    assert shop.get("stores/nara/")["products"] == []
    StoreProduct.objects.filter(store=shelves["ginza"]).update(on_demo=False)
    assert shop.get("stores/ginza/")["products"][0]["on_demo"] is False
    assert codes(shop, model="glasses", on_demo="true") == []


@pytest.mark.parametrize("wrong", [{"on_demo": "yes"}, {"on_demo": ""}, {"model": "a b"}, {"promotion": ""}])
def test_wrong_values_are_refused(shop: Shop, wrong: dict[str, str]) -> None:
    assert shop.refused("stores/", **wrong) == (400, list(wrong))


def test_stores_of_a_promotion_are_those_it_names_and_those_that_sell_for_its_channels(
    world: World, shop: Shop
) -> None:
    named, selling, collecting, other = (
        store(world.rokid, "JP", code) for code in ("named", "selling", "pickup", "zoo")
    )
    web = channel(world.rokid, "JP", "jp-shop")
    for place, role in ((selling, "sells"), (collecting, "pickup")):
        ChannelStore.objects.create(brand=world.rokid, channel=web, store=place, role=role)
    made = plan(world.rokid, "JP", "bf")
    revision = made.approved_revision
    assert revision
    PlanStore.objects.create(brand=world.rokid, revision=revision, store=named)
    PlanChannel.objects.create(brand=world.rokid, revision=revision, channel=web)
    with time_machine.travel(NOON, tick=False) as traveller:
        made.starts_at, made.ends_at = clock.now() + timedelta(seconds=30), clock.now() + timedelta(days=1)
        made.save()
        assert codes(shop, promotion="bf") == []
        assert shop.ask("stores/", promotion="bf")["Cache-Control"] == "private, max-age=30"
        traveller.shift(timedelta(seconds=30))
        assert codes(shop, promotion="bf") == ["named", "selling"]
        channel(world.rokid, "JP", "jp-other")
        assert codes(key_for(world.rokid, channel_codes=["jp-other"]), promotion="bf") == []
        assert codes(key_for(world.rokid, market_codes=["DE"]), promotion="bf") == []
        assert codes(shop, promotion="nothing") == []
        traveller.shift(timedelta(days=1))
        assert codes(shop, promotion="bf") == []
    assert other.pk


def test_a_word_is_looked_up_in_an_index(tokyo: None) -> None:
    def plan_for(text: str) -> str:
        rows = Store.objects.matching(text)
        with connection.cursor() as cursor:
            # Of three stores the database would read everything, or try one after the other.
            for way in ("seqscan", "nestloop", "indexscan", "indexonlyscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            return str(rows.explain())

    assert [("stores_storesearch_pieces" in plan_for(text)) for text in ("shibuya", "渋", "6")] == [True, True, False]
