"""The content of a plan revision: what people approve. Pure: the same input is the same hash, forever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from stores.planning.windows import Window
from stores.pricing import rounding
from stores.values.documents import SCHEMA, canonical, decimal_text, digest


@dataclass(frozen=True)
class OfferFacts:
    """An offer the plan may cover, with its regular price now."""

    sku: str
    product: str
    line: str
    channel: str
    regular: Decimal
    currency: str
    price_decimals: int
    sets_price: bool
    """False at an independent retailer, whose prices are the retailer's own."""


@dataclass(frozen=True)
class Selector:
    """One line of what a plan covers, such as include product ``rokid-glasses``."""

    selector: str
    code: str
    role: str = "include"

    def matches(self, offer: OfferFacts) -> bool:
        return {"variant": offer.sku, "product": offer.product, "line": offer.line}[self.selector] == self.code


@dataclass(frozen=True)
class Draft:
    """A plan as it is being written. Texts are ``{language tag: text}``."""

    kind: str
    headline: Mapping[str, str]
    body: Mapping[str, str]
    terms: Mapping[str, str]
    window: Window
    policy: str
    selectors: tuple[Selector, ...]
    channels: tuple[str, ...]
    stores: tuple[str, ...] = ()
    percent: Decimal | None = None
    fixed_prices: Mapping[str, Decimal] | None = None
    """For a fixed-price campaign: the price by SKU, in the market's currency."""

    def with_changes(self, **changes: Any) -> Draft:
        """The same draft with some fields replaced."""
        return replace(self, **changes)


def covered(draft: Draft, offers: Sequence[OfferFacts]) -> list[OfferFacts]:
    """Offers in the draft's channels that an include selects and no exclude takes out, ordered by channel and SKU."""
    includes = [s for s in draft.selectors if s.role == "include"]
    excludes = [s for s in draft.selectors if s.role == "exclude"]
    chosen = [
        offer
        for offer in offers
        if offer.channel in draft.channels
        and any(s.matches(offer) for s in includes)
        and not any(s.matches(offer) for s in excludes)
    ]
    return sorted(chosen, key=lambda offer: (offer.channel, offer.sku))


def promotional_price(draft: Draft, offer: OfferFacts) -> Decimal | None:
    """The price a customer pays during the plan; None where it does not change or is not ours to set."""
    if not offer.sets_price:
        return None
    match draft.kind:
        case "percentage":
            if draft.percent is None:
                raise ValueError("a percentage plan needs its percentage")
            return rounding.reduced(offer.regular, draft.percent, decimals=offer.price_decimals)
        case "fixed_price":
            fixed = (draft.fixed_prices or {}).get(offer.sku)
            return None if fixed is None else rounding.shown(fixed, decimals=offer.price_decimals)
        case _:
            return None


def build(draft: Draft, offers: Sequence[OfferFacts]) -> dict[str, Any]:
    """The revision's content as canonical JSON: everything a customer can notice."""
    items = []
    for offer in covered(draft, offers):
        price = promotional_price(draft, offer)
        items.append(
            {
                "sku": offer.sku,
                "channel": offer.channel,
                "regular": decimal_text(rounding.shown(offer.regular, decimals=offer.price_decimals)),
                "price": None if price is None else decimal_text(price),
                "currency": offer.currency,
            }
        )
    content: dict[str, Any] = canonical(
        {
            "schema": SCHEMA,
            "kind": draft.kind,
            "percent": None if draft.percent is None else decimal_text(draft.percent.normalize() + 0),
            "fixed_prices": {sku: decimal_text(price) for sku, price in draft.fixed_prices.items()}
            if draft.fixed_prices
            else None,
            "copy": {"headline": dict(draft.headline), "body": dict(draft.body), "terms": dict(draft.terms)},
            "window": {
                "starts": draft.window.starts,
                "ends": draft.window.ends,
                "zone": draft.window.zone,
                "policy": draft.policy,
            },
            "selectors": [{"selector": s.selector, "code": s.code, "role": s.role} for s in draft.selectors],
            "items": items,
            "channels": sorted(draft.channels),
            "stores": sorted(draft.stores),
        }
    )
    return content


def read(content: Mapping[str, Any]) -> Draft:
    """The draft a revision was built from, to make the next one."""
    window, copy = content["window"], content["copy"]
    return Draft(
        kind=content["kind"],
        percent=Decimal(content["percent"]) if "percent" in content else None,
        fixed_prices={sku: Decimal(price) for sku, price in content.get("fixed_prices", {}).items()} or None,
        headline=copy["headline"],
        body=copy["body"],
        terms=copy["terms"],
        window=Window(
            starts=datetime.fromisoformat(window["starts"]),
            ends=datetime.fromisoformat(window["ends"]),
            zone=window["zone"],
        ),
        policy=window["policy"],
        selectors=tuple(Selector(**selector) for selector in content["selectors"]),
        channels=tuple(content["channels"]),
        stores=tuple(content["stores"]),
    )


def content_hash(content: Mapping[str, Any]) -> str:
    """What an approval is bound to."""
    return digest(content)
