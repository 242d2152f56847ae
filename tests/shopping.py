"""A small catalogue with web shops, and a campaign over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from stores.actions import campaigns, plans
from stores.models import (
    Actor,
    Brand,
    Campaign,
    Channel,
    Connection,
    MarketPlan,
    Offer,
    PricePoint,
    Product,
    System,
    Variant,
)
from stores.planning.content import Selector
from stores.values import clock
from tests.people import World, market

HEADLINES = {"JP": {"ja": "冬のあかり", "en": "Winter lights"}, "DE": {"de": "Winterlichter", "en": "Winter lights"}}
REGULAR = {"JP": Decimal(79800), "DE": Decimal("599.00")}


@dataclass
class Shop:
    """What a campaign needs to run."""

    world: World
    product: Product
    variant: Variant
    channels: dict[str, Channel]


def connection(brand: Brand, code: str, base_url: str = "http://127.0.0.1:9/", **fields: Any) -> Connection:
    """An account on a sandbox shop; by default at a port where nothing listens."""
    made: Connection = Connection.objects.create(
        brand=brand, code=code, platform="sandbox", base_url=base_url, **fields
    )
    return made


def channel(brand: Brand, market_code: str, code: str, **fields: Any) -> Channel:
    """An active web shop of the brand in the market."""
    place = market(market_code)
    defaults: dict[str, Any] = {
        "name": {"en": code},
        "kind": "web_shop",
        "currency": place.currency,
        "languages": place.languages,
        "status": "active",
        "remote_selector": code,
    }
    made: Channel = Channel.objects.create(brand=brand, market=place, code=code, **{**defaults, **fields})
    return made


def price(sold: Variant, where: Channel, amount: Decimal) -> Offer:
    """An offer with a regular price in force for the last hundred days."""
    offer: Offer = Offer.objects.create(brand=where.brand, variant=sold, channel=where)
    now = clock.now()
    PricePoint.objects.create(
        brand=where.brand,
        offer=offer,
        amount=amount,
        currency=where.currency,
        applied=(now - timedelta(days=100), None),
        source="test",
        recorded_at=now,
    )
    return offer


def shop(world: World) -> Shop:
    """Rokid's web shops in Japan and Germany, each with one priced pair of glasses."""
    product = Product.objects.create(
        brand=world.rokid, code="rokid-glasses", name={"en": "Rokid Glasses"}, line="glasses"
    )
    variant = Variant.objects.create(brand=world.rokid, product=product, sku="RG-BLK")
    channels = {}
    for code in ("JP", "DE"):
        account = connection(world.rokid, f"shop-{code.lower()}")
        channels[code] = channel(world.rokid, code, f"web-{code.lower()}", connection=account)
        price(variant, channels[code], REGULAR[code])
    return Shop(world=world, product=product, variant=variant, channels=channels)


def campaign(brand: Brand, by: Actor, **fields: Any) -> Campaign:
    """A 15 percent campaign that began yesterday and runs for ten days."""
    today = clock.now().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    defaults: dict[str, Any] = {
        "code": "winter-lights",
        "title": "Winter lights",
        "kind": "percentage",
        "percent": Decimal(15),
        "starts_local": today - timedelta(days=1),
        "ends_local": today + timedelta(days=9),
    }
    return campaigns.create_campaign(by=by, brand=brand, **{**defaults, **fields})


def plan(shop: Shop, market_code: str, by: Actor, of: Campaign | None = None, **fields: Any) -> MarketPlan:
    """The campaign localized for the market's web shop, as a draft."""
    defaults: dict[str, Any] = {
        "headline": HEADLINES[market_code],
        "body": {"en": "For a few days only."},
        "terms": {"en": "While stocks last."},
        "selectors": [Selector("line", "glasses")],
        "channels": [shop.channels[market_code].code],
    }
    return plans.localize_plan(
        by=by,
        campaign=of or campaign(shop.world.rokid, System("test")),
        market=market(market_code),
        **{**defaults, **fields},
    )


def approved(shop: Shop, market_code: str, **fields: Any) -> MarketPlan:
    """A plan of the market, approved by the owner."""
    made = plan(shop, market_code, System("test"), **fields)
    assert made.latest_revision is not None
    return plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=made.latest_revision.content_hash)


def datetime_at(text: str) -> datetime:
    """An instant from ISO text, for readable tests."""
    return datetime.fromisoformat(text)
