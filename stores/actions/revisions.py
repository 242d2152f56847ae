"""A revision's content, checked against the brand's own channels, stores and prices, and its normalized rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from stores.actions.errors import Refused
from stores.models import (
    Actor,
    Channel,
    MarketPlan,
    Offer,
    PlanChannel,
    PlanItem,
    PlanPrice,
    PlanRevision,
    PlanStore,
    Store,
)
from stores.models.fields import check_localized
from stores.planning import content as contents
from stores.values import clock


def checked_content(plan: MarketPlan, draft: contents.Draft, *, by: Actor) -> dict[str, object]:
    """The draft as canonical content. Every code in it is looked up through the actor's own eyes.

    Raises Refused naming what is wrong: unknown channels or stores, no headline, an empty window, nothing covered.
    """
    if draft.window.ends <= draft.window.starts:
        raise Refused("The plan ends before it starts.", code="window")
    if not draft.headline:
        raise Refused("Write a headline in at least one language.", code="headline")
    for name, texts in (("headline", draft.headline), ("body", draft.body), ("terms", draft.terms)):
        try:
            check_localized(dict(texts))
        except ValidationError as error:
            raise Refused(f"{name.capitalize()}: {' '.join(error.messages)}", code=name) from error
    _known("channel", draft.channels, Channel.objects.visible_to(by).filter(brand=plan.brand, market=plan.market))
    _known("store", draft.stores, Store.objects.visible_to(by).filter(brand=plan.brand, market=plan.market))
    if not draft.channels and not draft.stores:
        raise Refused("Choose at least one channel or store.", code="nowhere")
    offers = offer_facts(plan)
    if draft.kind in {"percentage", "amount", "fixed_price"} and draft.channels and not contents.covered(draft, offers):
        raise Refused(
            "No priced offer in these channels is covered: check the products and their prices.", code="no_items"
        )
    if draft.kind == "percentage" and not (draft.percent and 0 < draft.percent <= 100):
        raise Refused("The percentage must be above 0 and at most 100.", code="percent")
    return contents.build(draft, offers)


def _known(what: str, codes: tuple[str, ...], rows: Any) -> None:
    found = set(rows.filter(code__in=codes).values_list("code", flat=True))
    missing = sorted(set(codes) - found)
    if missing:
        raise Refused(
            "Not in this market: %(what)s %(codes)s.", code=f"unknown_{what}", what=[what], codes=", ".join(missing)
        )


def offer_facts(plan: MarketPlan) -> list[contents.OfferFacts]:
    """The market's active offers with the regular price in force now."""
    offers: Any = Offer.objects.filter(brand=plan.brand, channel__market=plan.market, status="active").priced(
        clock.now()
    )
    return [
        contents.OfferFacts(
            sku=offer.variant.sku,
            product=offer.variant.product.code,
            line=offer.variant.product.line,
            channel=offer.channel.code,
            regular=offer.regular_amount,
            currency=offer.channel.currency,
            price_decimals=plan.market.price_decimals,
            sets_price=offer.channel.price_control != "independent",
        )
        for offer in offers
    ]


def normalize(revision: PlanRevision) -> None:
    """Write the revision's rows: items, prices, channels and stores as the database can join them."""
    content, brand = revision.content, revision.brand
    PlanItem.objects.bulk_create(
        PlanItem(brand=brand, revision=revision, **selector) for selector in content["selectors"]
    )
    channels = {c.code: c for c in Channel.objects.filter(brand=brand, code__in=content["channels"])}
    PlanChannel.objects.bulk_create(PlanChannel(brand=brand, revision=revision, channel=c) for c in channels.values())
    stores = Store.objects.filter(brand=brand, code__in=content["stores"])
    PlanStore.objects.bulk_create(PlanStore(brand=brand, revision=revision, store=store) for store in stores)
    offers = {
        (offer.channel.code, offer.variant.sku): offer
        for offer in Offer.objects.filter(brand=brand, channel__in=channels.values()).select_related(
            "channel", "variant"
        )
    }
    PlanPrice.objects.bulk_create(
        PlanPrice(
            brand=brand,
            revision=revision,
            offer=offers[item["channel"], item["sku"]],
            regular=Decimal(item["regular"]),
            price=Decimal(item["price"]),
            currency=item["currency"],
        )
        for item in content["items"]
        if "price" in item
    )
