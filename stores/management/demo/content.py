"""Reads the demo network's files into dataclasses. Pure: no database, no clock; dates may be relative to the load day.

A text key may name its market: ``zh-Hant@HK`` is what Hong Kong reads where ``zh-Hant`` alone is written for Taiwan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import phonenumbers

from stores.management.demo.records import (
    Address,
    Campaign,
    Case,
    Channel,
    Copy,
    Entry,
    Item,
    Launch,
    Offering,
    Partner,
    Person,
    Product,
    Region,
    Step,
    Store,
    Texts,
    Variant,
)
from stores.values.territories import territory

FOLDER = Path(__file__).parent
T = TypeVar("T")


def on_day(value: date | int | None, load_day: date) -> date | None:
    """A date of the files as a calendar date: relative ones count from the day of the first load."""
    return load_day + timedelta(days=value) if isinstance(value, int) else value


def languages_of(market: str) -> tuple[str, ...]:
    """What texts of a market are written in: its own languages, then English for visitors."""
    return tuple(dict.fromkeys((*territory(market).languages, "en")))


def in_market(texts: Mapping[str, T], market: str) -> dict[str, T]:
    """The texts a market shows, its own wording before the language's general one."""
    chosen = {tag: texts.get(f"{tag}@{market}") or texts.get(tag) for tag in languages_of(market)}
    return {tag: text for tag, text in chosen.items() if text is not None}


def e164(number: str) -> str:
    """A number as people write it, as machines store it; blank stays blank."""
    if not number:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.E164)


@cache
def brand() -> Mapping[str, Any]:
    return dict(_read("network.json")["brand"])


@cache
def regions() -> Sequence[Region]:
    """Parents before their children."""
    return tuple(Region(**row) for row in _read("network.json")["regions"])


@cache
def partners() -> Sequence[Partner]:
    rows = _read("network.json")["partners"]
    return tuple(Partner(**{**row, "since": date.fromisoformat(row["since"])}) for row in rows)


@cache
def entries() -> Sequence[Entry]:
    return tuple(
        Entry(
            market=row["market"],
            region=row["region"],
            status=row["status"],
            launch=date.fromisoformat(row["launch"]) if row["launch"] else None,
            phone=e164(row["phone"]),
            email=f"support.{row['market'].lower()}@rokid.example",
            entity=row["entity"],
        )
        for row in _read("markets.json")
    )


@cache
def products() -> Sequence[Product]:
    return tuple(
        Product(**{**row, "variants": tuple(Variant(**variant) for variant in row["variants"])})
        for row in _read("catalog.json")["products"]
    )


@cache
def prices() -> Mapping[str, Mapping[str, Decimal]]:
    """Regular price by market and sku, in the market's currency, as its price tags show it."""
    table = dict(_read("catalog.json")["prices"])
    columns = table.pop("columns")
    return {
        market: {
            variant.sku: Decimal(row[columns.index(product.price)])
            for product in products()
            for variant in product.variants
        }
        for market, row in table.items()
    }


@cache
def attribute_words() -> Mapping[str, Texts]:
    """How a variant's attributes are said in each language; sizes are the same letters everywhere."""
    return dict(_read("catalog.json")["attribute_words"])


@cache
def channels() -> Sequence[Channel]:
    """A web shop in every market that sells, then marketplaces, carriers and retailers."""
    table = _read("channels.json")
    partner_names = {partner.code: partner.name for partner in partners()}
    own = [
        _channel(f"{market.lower()}-web", market, "web_shop", name=table["web_shop_name"])
        for market in table["web_shops"]
    ]
    others = [
        _channel(
            row["code"],
            row["market"],
            row["kind"],
            partner=row["partner"],
            price_control=row["price_control"],
            connected=row["connected"],
            name=partner_names[row["partner"]],
        )
        for row in table["others"]
    ]
    return (*own, *others)


@cache
def stores() -> Sequence[Store]:
    rows = [row for path in sorted((FOLDER / "stores").glob("*.json")) for row in json.loads(path.read_text("utf-8"))]
    return tuple(_store(row) for row in sorted(rows, key=lambda row: str(row["code"])))


@cache
def campaigns() -> Sequence[Campaign]:
    return tuple(
        _campaign(json.loads(path.read_text("utf-8"))) for path in sorted((FOLDER / "campaigns").glob("*.json"))
    )


@cache
def offerings() -> Sequence[Offering]:
    return tuple(_offerings(_read("services.json")))


@cache
def cases() -> Sequence[Case]:
    return tuple(Case(**{**row, "steps": tuple(Step(**step) for step in row["steps"])}) for row in _read("cases.json"))


@cache
def partner_life() -> Mapping[str, Any]:
    """Contacts, exclusive rights, requests and what is asked of partners, by partner and store code."""
    return dict(_read("partners.json"))


@cache
def launches() -> Sequence[Launch]:
    return tuple(
        Launch(**{**row, "done": tuple(row["done"]), "more": tuple(row["more"])}) for row in _read("launches.json")
    )


@cache
def people() -> Sequence[Person]:
    return tuple(Person(**{"region": "", "partner": "", **row}) for row in _read("people.json"))


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def _channel(
    code: str,
    market: str,
    kind: str,
    *,
    name: Texts,
    partner: str = "",
    price_control: str = "own",
    connected: bool = True,
) -> Channel:
    return Channel(
        code=code,
        market=market,
        kind=kind,
        partner=partner,
        price_control=price_control,
        shop=f"rokid-{code}" if connected else "",
        name=in_market(name, market),
        url="" if connected else f"https://{partner}.example/rokid",
    )


def _store(row: dict[str, Any]) -> Store:
    return Store(
        code=row["code"],
        market=row["market"],
        format=row["format"],
        status=row["status"],
        operator=row.get("operator", ""),
        latitude=row["at"][0],
        longitude=row["at"][1],
        time_zone=row.get("zone") or _store_zone(row),
        phone=e164(row["phone"]),
        spoken=tuple(row["spoken"]),
        services=tuple(code.replace("_", "-") for code in row["services"]),
        name=row["name"],
        description=row.get("description", {}),
        addresses=tuple(
            Address(
                language=language,
                lines=tuple(address["lines"]),
                sublocality=address.get("sublocality", ""),
                locality=address.get("locality", ""),
                area=address.get("area", ""),
                postal=address.get("postal", ""),
            )
            for language, address in row["address"].items()
        ),
        hours=row["hours"],
        opening=_when(row, "opening"),
        reopen=_when(row, "reopen"),
        closing=_when(row, "closing"),
    )


def _store_zone(row: dict[str, Any]) -> str:
    return territory(row["market"]).default_time_zone


def _when(row: dict[str, Any], name: str) -> date | int | None:
    if f"{name}_days" in row:
        return int(row[f"{name}_days"])
    return date.fromisoformat(row[f"{name}_date"]) if row.get(f"{name}_date") else None


def _campaign(row: dict[str, Any]) -> Campaign:
    texts = {key: Copy(**text) for key, text in row["copy"].items()}
    return Campaign(
        code=row["code"],
        title=row["title"],
        kind=row["kind"],
        percent=Decimal(row["percent"]) if "percent" in row else None,
        prices={market: Decimal(price) for market, price in row.get("prices", {}).items()},
        start_days=row["start_days"],
        end_days=row["end_days"],
        state=row["state"],
        items=tuple(Item(**item) for item in row["items"]),
        copy={market: in_market(texts, market) for market in row["markets"]},
        channels=tuple(row.get("channels", ())),
        stores=tuple(row.get("stores", ())),
    )


def _offerings(table: dict[str, Any]) -> Iterator[Offering]:
    facts = dict(table["markets"])
    columns = facts.pop("columns")
    for market, row in facts.items():
        fact = dict(zip(columns, row, strict=True))
        texts: dict[str, dict[str, list[str]]] = in_market(table["texts"], market)
        for offering in table["offerings"]:
            code = offering["code"]
            numbers = {"months": fact["brand_months"], "days": offering["days"]}
            yield Offering(
                code=code,
                kind=offering["kind"],
                line=offering["line"],
                intake=offering["intake"],
                market=market,
                price=Decimal(fact[code]) if code in fact else None,
                days=offering["days"],
                statutory_months=fact["statutory_months"] if code == "warranty" else None,
                brand_months=fact["brand_months"] if code == "warranty" else None,
                name={language: text[code][0] for language, text in texts.items()},
                terms={language: text[code][1].format(**numbers) for language, text in texts.items()},
            )
