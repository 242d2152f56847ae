"""Markets, channels and services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from stores.models import Brand, Channel, MarketEntry, ServiceOffering, StoreService
from tests.people import World, market, store
from tests.stores.api.conftest import Shop, key_for

# Still the 22nd in Berlin, the 23rd in Tokyo.
NIGHT = datetime(2026, 11, 22, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def channel(brand: Brand, market_code: str, code: str, **fields: Any) -> Channel:
    place = market(market_code)
    defaults: dict[str, Any] = {
        "name": {"en": code},
        "kind": "web_shop",
        "currency": place.currency,
        "languages": place.languages,
        "status": "active",
    }
    made: Channel = Channel.objects.create(brand=brand, market=place, code=code, **{**defaults, **fields})
    return made


def offering(brand: Brand, market_code: str, code: str, **fields: Any) -> ServiceOffering:
    place = market(market_code)
    defaults: dict[str, Any] = {"kind": "repair", "name": {"en": code}, "currency": place.currency}
    made: ServiceOffering = ServiceOffering.objects.create(
        brand=brand, market=place, code=code, **{**defaults, **fields}
    )
    return made


def codes(body: Any) -> list[str]:
    return [record["code"] for record in body["results"]]


def test_a_market_has_its_region_path(world: World, shop: Shop) -> None:
    MarketEntry.objects.filter(brand=world.rokid, market__code="JP").update(support_email="help@example.com")
    assert shop.get("markets/JP/", language="de") == {
        "code": "JP",
        "name": "Japan",
        "language": "en",
        "currency": "JPY",
        "languages": ["ja"],
        "region": ["asia", "japan"],
        "time_zone": "Asia/Tokyo",
        "prices_include_tax": True,
        "week_starts_on": 0,
        "support_email": "help@example.com",
        "support_phone": None,
    }


def test_markets_that_are_only_planned_are_not_told(world: World, shop: Shop) -> None:
    MarketEntry.objects.filter(brand=world.rokid, market__code="FR").update(status="preparing")
    assert codes(shop.get("markets/")) == ["DE", "HK", "JP"]
    assert shop.ask("markets/FR/").content == shop.ask("markets/ZZ/").content
    assert codes(key_for(world.acme).get("markets/")) == ["DE"]
    assert codes(key_for(world.rokid, market_codes=["JP"]).get("markets/")) == ["JP"]


def test_market_pages(world: World, shop: Shop) -> None:
    assert [[each["code"] for each in page] for page in shop.pages("markets/", limit="3")] == [
        ["DE", "FR", "HK"],
        ["JP"],
    ]


def test_channels_customers_can_buy_from(world: World, shop: Shop) -> None:
    made = channel(
        world.rokid, "HK", "optician", kind="retailer", partner=world.optician, url="https://shop.example",
        name={"zh-Hant": "門市", "en": "Counter"},
    )  # fmt: skip
    channel(world.rokid, "HK", "drafted", status="draft")
    channel(world.acme, "DE", "acme-shop")
    assert shop.get("channels/", headers={"Accept-Language": "zh-HK"})["results"] == [
        {
            "id": str(Channel.objects.get(pk=made.pk).uid),
            "code": "optician",
            "market": "HK",
            "kind": "retailer",
            "name": "門市",
            "language": "zh-Hant",
            "url": "https://shop.example",
            "currency": "HKD",
            "languages": ["zh-Hant", "en"],
            "partner": "Clearview Optical",
        }
    ]


def test_channel_filters_and_scope(world: World, shop: Shop) -> None:
    channel(world.rokid, "DE", "de-shop")
    channel(world.rokid, "DE", "de-mall", kind="marketplace")
    channel(world.rokid, "JP", "jp-shop")
    assert codes(shop.get("channels/", market="DE")) == ["de-mall", "de-shop"]
    assert codes(shop.get("channels/", kind="marketplace,carrier")) == ["de-mall"]
    assert codes(key_for(world.rokid, market_codes=["JP"]).get("channels/")) == ["jp-shop"]
    assert codes(key_for(world.rokid, channel_codes=["de-mall"]).get("channels/")) == ["de-mall"]
    assert shop.refused("channels/", kind="kiosk") == (400, ["kind"])


def test_a_service_has_terms_and_price_in_the_readers_language(world: World, shop: Shop) -> None:
    made = offering(
        world.rokid, "DE", "lens", kind="lens_fitting", name={"de": "Gläser", "en": "Lenses"}, terms={"de": "Mit Rezept"},
        price=Decimal(49), turnaround_days=3, line="glasses", languages=["de"], statutory_months=24,
    )  # fmt: skip
    assert shop.get("services/", language="de-AT")["results"] == [
        {
            "id": str(ServiceOffering.objects.get(pk=made.pk).uid),
            "code": "lens",
            "market": "DE",
            "kind": "lens_fitting",
            "line": "glasses",
            "name": "Gläser",
            "language": "de",
            "terms": "Mit Rezept",
            "terms_language": "de",
            "price": {"amount": "49.00", "currency": "EUR", "formatted": "€\N{NO-BREAK SPACE}49,00"},
            "turnaround_days": 3,
            "languages": ["de"],
            "intake": "walk_in",
            "statutory_months": 24,
            "brand_months": None,
            "from_date": None,
            "to_date": None,
        }
    ]


def test_a_service_begins_and_ends_on_the_markets_own_day(world: World, shop: Shop) -> None:
    for market_code in ("DE", "JP"):
        offering(world.rokid, market_code, f"{market_code}-new".lower(), from_date="2026-11-23")
        offering(world.rokid, market_code, f"{market_code}-old".lower(), to_date="2026-11-23")
    assert codes(shop.get("services/")) == ["de-old", "jp-new"]


def test_services_of_a_store(world: World, shop: Shop) -> None:
    repair = offering(world.rokid, "DE", "repair")
    offering(world.rokid, "DE", "trade-in")
    hidden = offering(world.rokid, "DE", "hidden")
    StoreService.objects.create(brand=world.rokid, store=store(world.rokid, "DE", "mitte"), offering=repair)
    StoreService.objects.create(
        brand=world.rokid, store=store(world.rokid, "DE", "secret", published_at=None), offering=hidden
    )
    assert codes(shop.get("services/", store="mitte")) == ["repair"]
    assert codes(shop.get("services/", store="secret")) == codes(shop.get("services/", store="nowhere")) == []
    assert codes(shop.get("services/", market="JP")) == []
    assert codes(key_for(world.acme).get("services/")) == []


@pytest.mark.parametrize("path", ["channels/", "services/"])
def test_the_page_before_is_the_page_that_was_seen_before(world: World, shop: Shop, path: str) -> None:
    for number in range(5):
        channel(world.rokid, "DE", f"c{number}")
        offering(world.rokid, "DE", f"c{number}")
    first = shop.get(path, limit="2")
    second = shop.get(first["next"])
    third = shop.get(second["next"])
    assert [codes(page) for page in (first, second, third)] == [["c0", "c1"], ["c2", "c3"], ["c4"]]
    back = shop.get(third["previous"])
    assert (codes(back), codes(shop.get(back["previous"]))) == (codes(second), codes(first))


@pytest.mark.parametrize("path", ["markets/", "channels/", "services/"])
def test_the_number_of_queries_does_not_depend_on_the_number_of_records(
    world: World, shop: Shop, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    MarketEntry.objects.filter(brand=world.rokid).exclude(market__code="DE").update(status="planned")
    channel(world.rokid, "DE", "c0")
    offering(world.rokid, "DE", "s0")
    shop.get(path)
    queries = 2 if path == "markets/" else 1
    with django_assert_num_queries(queries):
        assert len(shop.get(path)["results"]) == 1
    MarketEntry.objects.filter(brand=world.rokid).exclude(market__code="FR").update(status="live")
    for number in (1, 2):
        channel(world.rokid, "HK", f"c{number}", kind="retailer", partner=world.optician)
        offering(world.rokid, "JP", f"s{number}")
    with django_assert_num_queries(queries):
        assert len(shop.get(path)["results"]) == 3
