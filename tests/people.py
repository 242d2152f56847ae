"""The fixed cast. Each sees a different part of one small world, so that "Stan cannot" is one line in a test.

Olivia owns Rokid. Emma manages Europe, Kenji manages Japan, Mei runs the counters of a Hong Kong optician. Stan is a stranger
with an account and no grant. ``storefront`` is Rokid's web shop key. Another brand, Acme, exists so that leaks have something
to leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stores.models import Brand, Grant, Market, MarketEntry, Partner, Region, Role, Store, User

PASSWORD = "correct horse battery"

MARKETS: dict[str, dict[str, Any]] = {
    code: {
        "name": {"en": name},
        "currency": money,
        "price_decimals": digits,
        "languages": tags,
        "default_time_zone": zone,
    }
    for code, name, money, digits, tags, zone in (
        ("JP", "Japan", "JPY", 0, ["ja"], "Asia/Tokyo"),
        ("DE", "Germany", "EUR", 2, ["de"], "Europe/Berlin"),
        ("FR", "France", "EUR", 2, ["fr"], "Europe/Paris"),
        ("HK", "Hong Kong", "HKD", 2, ["zh-Hant", "en"], "Asia/Hong_Kong"),
    )
}


@dataclass
class World:
    """Brands, markets and people that tests share."""

    rokid: Brand
    acme: Brand
    markets: dict[str, Market]
    asia: Region
    japan: Region
    europe: Region
    optician: Partner
    olivia: User
    emma: User
    kenji: User
    mei: User
    stan: User


def market(code: str) -> Market:
    """A market of the fixed world, made once."""
    made, _ = Market.objects.get_or_create(code=code, defaults=MARKETS[code])
    return made


def person(name: str, role: str | None = None, **where: Any) -> User:
    """A user named ``name``, with one grant of the role at ``where`` when a role is named."""
    user: User = User.objects.create_user(email=f"{name.lower()}@example.com", password=PASSWORD, name=name)
    if role:
        Grant.objects.create(user=user, role=Role.objects.get(code=role), **where)
    return user


def world() -> World:
    """The shared world, in the database."""
    rokid = Brand.objects.create(code="rokid", name="Rokid", four_eyes=True)
    acme = Brand.objects.create(code="acme", name="Acme")
    markets = {code: market(code) for code in MARKETS}
    asia = Region.objects.create(brand=rokid, code="asia", name={"en": "Asia"})
    japan = Region.objects.create(brand=rokid, parent=asia, code="japan", name={"en": "Japan"})
    europe = Region.objects.create(brand=rokid, code="europe", name={"en": "Europe"})
    elsewhere = Region.objects.create(brand=acme, code="world", name={"en": "World"})
    for code, region in (("JP", japan), ("HK", asia), ("DE", europe), ("FR", europe)):
        MarketEntry.objects.create(brand=rokid, market=markets[code], region=region, status="live")
    MarketEntry.objects.create(brand=acme, market=markets["DE"], region=elsewhere, status="live")
    optician = Partner.objects.create(
        brand=rokid, code="clearview", name={"en": "Clearview Optical"}, kind="optician", market=markets["HK"]
    )
    return World(
        rokid=rokid,
        acme=acme,
        markets=markets,
        asia=asia,
        japan=japan,
        europe=europe,
        optician=optician,
        olivia=person("Olivia", "owner", brand=rokid),
        emma=person("Emma", "regional_manager", brand=rokid, region=europe),
        kenji=person("Kenji", "regional_manager", brand=rokid, region=japan),
        mei=person("Mei", "partner", brand=rokid, partner=optician),
        stan=person("Stan"),
    )


def store(brand: Brand, market_code: str, code: str, **fields: Any) -> Store:
    """A published open store in the market."""
    place = market(market_code)
    defaults: dict[str, Any] = {
        "name": {"en": code},
        "format": "experience_store",
        "status": "open",
        "time_zone": place.default_time_zone,
        "published_at": "2026-01-01T00:00:00Z",
    }
    made: Store = Store.objects.create(brand=brand, market=place, code=code, **{**defaults, **fields})
    return made
