"""Live promotions: what was approved, at its minute, in the reader's language, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from stores.api import promotions
from stores.models import Brand, Campaign, MarketPlan, PlanRevision
from tests.people import World, market, store
from tests.stores.api.conftest import Shop, key_for

# Thursday before Black Friday, two hours before midnight in Tokyo.
EVE = datetime(2026, 11, 26, 13, tzinfo=UTC)
STARTS = {"JP": datetime(2026, 11, 26, 15, tzinfo=UTC), "DE": datetime(2026, 11, 26, 23, tzinfo=UTC)}
ZONES = {"JP": "Asia/Tokyo", "DE": "Europe/Berlin"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(EVE, tick=False) as traveller:
        yield traveller


def content(market_code: str, **changes: Any) -> dict[str, Any]:
    made = {
        "schema": 1,
        "kind": "percentage",
        "percent": "15",
        "copy": {
            "headline": {"en": "Black Friday", "ja": "ブラックフライデー", "de": "Schwarzer Freitag"},
            "body": {"en": "Everything for less."},
            "terms": {"ja": "在庫限り"},
        },
        "window": {
            "starts": "2026-11-27T00:00:00",
            "ends": "2026-11-30T00:00:00",
            "policy": "per_market",
            "zone": ZONES[market_code],
        },
        "selectors": [],
        "items": [
            {"sku": "G1", "channel": "shop", "regular": "59800", "price": "50830", "currency": "JPY"},
            {"sku": "G1", "channel": "mall", "regular": "59800", "currency": "JPY"},
            {"sku": "G2", "channel": "shop", "regular": "79800", "price": "67830", "currency": "JPY"},
        ],
        "channels": ["mall", "shop"],
        "stores": [],
    }
    return made | changes


def plan(brand: Brand, market_code: str = "JP", code: str = "bf", **changes: Any) -> MarketPlan:
    """A plan with an approved revision of this content."""
    campaign, _ = Campaign.objects.get_or_create(
        brand=brand,
        code=code,
        defaults={
            "title": code,
            "kind": "percentage",
            "percent": Decimal(15),
            "starts_local": datetime(2026, 11, 27),  # noqa: DTZ001  (a wall clock)
            "ends_local": datetime(2026, 11, 30),  # noqa: DTZ001  (a wall clock)
        },
    )
    made: MarketPlan = MarketPlan.objects.create(brand=brand, campaign=campaign, market=market(market_code))
    approve(made, content(market_code, **changes), 1)
    return made


def approve(made: MarketPlan, text: dict[str, Any], number: int) -> None:
    revision = PlanRevision.objects.create(
        brand=made.brand, plan=made, number=number, content=text, content_hash=str(number), created_by="test"
    )
    made.latest_revision = made.approved_revision = revision
    made.review_state = "approved"
    made.stopped_at = None
    made.starts_at = STARTS[made.market.code]
    made.ends_at = datetime(2026, 11, 29, 15, tzinfo=UTC)
    made.save()


def campaigns(body: Any) -> list[str]:
    return [promotion["campaign"] for promotion in body["results"]]


def test_a_promotion_begins_and_ends_by_the_moment_alone(world: World, shop: Shop, clock: Any) -> None:
    plan(world.rokid)
    plan(world.rokid, "DE")
    seen = {}
    for moment in ("26T14:59:59", "26T15:00:00", "26T23:00:00", "29T14:59:59", "29T15:00:00"):
        clock.move_to(datetime.fromisoformat(f"2026-11-{moment}+00:00"))
        seen[moment] = [promotion["market"] for promotion in shop.get("promotions/")["results"]]
    assert seen == {
        "26T14:59:59": [],
        "26T15:00:00": ["JP"],
        "26T23:00:00": ["JP", "DE"],
        "29T14:59:59": ["JP", "DE"],
        "29T15:00:00": [],
    }


def test_a_promotion_as_customers_see_it(world: World, shop: Shop, clock: Any) -> None:
    made = plan(world.rokid)
    clock.move_to(STARTS["JP"])
    response = shop.ask("promotions/", headers={"Accept-Language": "ja"})
    assert response["Content-Language"] == "ja"
    [promotion] = response.json()["results"]
    made.refresh_from_db()
    items = promotion.pop("items")
    assert promotion == {
        "id": str(made.uid),
        "campaign": "bf",
        "market": "JP",
        "kind": "percentage",
        "percent": "15",
        "headline": "ブラックフライデー",
        "body": "Everything for less.",
        "terms": "在庫限り",
        "language": "ja",
        "terms_language": "ja",
        "starts_at": "2026-11-26T15:00:00Z",
        "ends_at": "2026-11-29T15:00:00Z",
        "starts_local": "2026-11-27T00:00:00+09:00",
        "ends_local": "2026-11-30T00:00:00+09:00",
        "time_zone": "Asia/Tokyo",
        "channels": ["mall", "shop"],
        "stores": [],
    }
    assert items[:2] == [
        {
            "sku": "G1",
            "channel": "shop",
            "regular": {"amount": "59800", "currency": "JPY", "formatted": "￥59,800"},
            "price": {"amount": "50830", "currency": "JPY", "formatted": "￥50,830"},
        },
        {
            "sku": "G1",
            "channel": "mall",
            "regular": {"amount": "59800", "currency": "JPY", "formatted": "￥59,800"},
            "price": None,
        },
    ]


def test_an_edit_is_seen_once_it_is_approved_and_not_before(world: World, shop: Shop, clock: Any) -> None:
    made = plan(world.rokid)
    clock.move_to(STARTS["JP"])
    text = content("JP", percent="20")
    made.latest_revision = PlanRevision.objects.create(
        brand=made.brand, plan=made, number=2, content=text, content_hash="2", created_by="test"
    )
    made.review_state = "in_review"
    made.save()
    assert shop.get("promotions/")["results"][0]["percent"] == "15"
    approve(made, text, 3)
    assert shop.get("promotions/")["results"][0]["percent"] == "20"


def test_a_stopped_plan_is_gone_at_once(world: World, shop: Shop, clock: Any) -> None:
    made = plan(world.rokid)
    clock.move_to(STARTS["JP"])
    assert campaigns(shop.get("promotions/")) == ["bf"]
    made.review_state, made.stopped_at = "stopped", STARTS["JP"]
    made.save()
    assert campaigns(shop.get("promotions/")) == []


def test_a_freeze_keeps_what_is_live_and_lets_nothing_new_begin(world: World, shop: Shop, clock: Any) -> None:
    plan(world.rokid)
    plan(world.rokid, "DE")
    Campaign.objects.update(frozen_at=datetime(2026, 11, 26, 20, tzinfo=UTC))
    clock.move_to(datetime(2026, 11, 27, tzinfo=UTC))
    assert [promotion["market"] for promotion in shop.get("promotions/")["results"]] == ["JP"]


def test_filters(world: World, shop: Shop, clock: Any) -> None:
    plan(world.rokid, code="both")
    plan(world.rokid, code="mall-only", channels=["mall"], items=[])
    plan(world.rokid, code="in-store", channels=[], items=[], stores=["ginza", "hidden"])
    plan(world.rokid, "DE", code="german")
    store(world.rokid, "JP", "ginza")
    store(world.rokid, "JP", "hidden", published_at=None)
    clock.move_to(STARTS["DE"])
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({"market": "DE"}, ["german"]),
        ({"market": "JP", "channel": "shop"}, ["both"]),
        ({"market": "JP", "channel": "mall"}, ["both", "mall-only"]),
        ({"channel": "none"}, []),
        ({"store": "ginza"}, ["in-store"]),
        ({"store": "hidden"}, []),
        ({"market": "JP", "sku": "G2"}, ["both"]),
        ({"market": "JP", "sku": "G2", "channel": "mall"}, []),
    ]
    assert [campaigns(shop.get("promotions/", **question)) for question, _ in asked] == [found for _, found in asked]
    [in_store] = shop.get("promotions/", store="ginza")["results"]
    assert in_store["stores"] == ["ginza"]
    [narrow] = shop.get("promotions/", market="JP", channel="mall", sku="G1")["results"]
    assert (narrow["channels"], [item["channel"] for item in narrow["items"]]) == (["mall"], ["mall"])


def test_keys_see_their_brand_market_and_channels(world: World, clock: Any) -> None:
    plan(world.rokid)
    plan(world.rokid, "DE")
    plan(world.acme, "DE", code="acme-sale")
    clock.move_to(STARTS["DE"])
    german = key_for(world.rokid, market_codes=["DE"])
    assert [promotion["market"] for promotion in german.get("promotions/")["results"]] == ["DE"]
    assert german.get("promotions/", market="JP")["results"] == []
    assert campaigns(key_for(world.acme).get("promotions/")) == ["acme-sale"]


def test_a_key_bound_to_a_channel_sees_nothing_of_the_others(world: World, clock: Any) -> None:
    from tests.stores.api.test_lists import channel

    for code in ("shop", "mall"):
        channel(world.rokid, "JP", code)
    plan(world.rokid)
    plan(world.rokid, code="mall-only", channels=["mall"], items=[])
    clock.move_to(STARTS["JP"])
    bound = key_for(world.rokid, channel_codes=["shop"])
    [promotion] = bound.get("promotions/")["results"]
    assert (promotion["channels"], {item["channel"] for item in promotion["items"]}) == (["shop"], {"shop"})
    assert bound.get("promotions/", channel="mall")["results"] == []


def test_a_preview_shows_another_moment(world: World) -> None:
    plan(world.rokid)
    preview = key_for(world.rokid, scopes=["read", "preview"])
    assert campaigns(preview.get("promotions/")) == []
    assert campaigns(preview.get("promotions/", at="2026-11-27T00:00:00+09:00")) == ["bf"]


def test_an_answer_may_be_kept_until_the_next_start_or_end(world: World, shop: Shop, clock: Any) -> None:
    plan(world.rokid)
    clock.move_to(datetime(2026, 11, 26, 14, 59, 50, tzinfo=UTC))
    assert shop.ask("promotions/")["Cache-Control"] == "private, max-age=10"
    clock.move_to(datetime(2026, 11, 29, 14, 59, 55, tzinfo=UTC))
    assert shop.ask("promotions/")["Cache-Control"] == "private, max-age=5"


def test_the_number_of_queries_does_not_depend_on_the_number_of_plans(
    world: World, shop: Shop, clock: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store(world.rokid, "JP", "ginza")
    plan(world.rokid, code="c0", stores=["ginza"])
    clock.move_to(STARTS["JP"])
    shop.get("promotions/")
    promotions.forget()
    for count in (1, 3):
        for number in range(1, count):
            plan(world.rokid, code=f"c{number}", stores=["ginza"])
        promotions.forget()
        for queries in (3, 2):  # the plans' content is read once
            with django_assert_num_queries(queries):
                assert len(shop.get("promotions/")["results"]) == count


def test_pages(world: World, shop: Shop, clock: Any) -> None:
    for number in range(5):
        plan(world.rokid, code=f"c{number}")
    clock.move_to(STARTS["JP"])
    pages = [[promotion["campaign"] for promotion in page] for page in shop.pages("promotions/", limit="2")]
    assert pages == [["c0", "c1"], ["c2", "c3"], ["c4"]]
