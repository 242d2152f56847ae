"""What is sold: products, their variants, each variant as offered in a channel, and what it really cost there and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from stores.models.base import Record, moves_stores, tracked
from stores.models.brands import Brand
from stores.models.channels import Channel
from stores.models.fields import LocalizedText, SameBrand, in_reader_language
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

OFFER_STATUSES = ("draft", "active", "ended")
PRICE_KINDS = ("regular", "promotional", "clearance")


class ProductQuerySet(ScopedQuerySet["Product"]):
    scope = Scope(brand_wide=True)


@tracked()
class Product(Record):
    """A model such as Rokid Glasses. ``line`` groups models (glasses, accessories)."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    code = models.SlugField(max_length=60)
    name = LocalizedText()
    line = models.SlugField(max_length=40)

    objects: Any = models.Manager.from_queryset(ProductQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="product_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="product_id_brand"),
        ]
        triggers = [
            *Record.Meta.triggers,
            moves_stores(
                ["code", "name"],
                "JOIN stores_storeproduct there ON there.product_id = fresh.id "
                "JOIN stores_store store ON store.id = there.store_id",
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code


class VariantQuerySet(ScopedQuerySet["Variant"]):
    scope = Scope(brand_wide=True)


@tracked()
class Variant(Record):
    """One article that can be bought: a colour or size of a product."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=60)
    gtin = models.CharField(max_length=14, blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    objects: Any = models.Manager.from_queryset(VariantQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "sku"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "sku"], name="variant_sku_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="variant_id_brand"),
            models.CheckConstraint(condition=Q(gtin="") | Q(gtin__regex=r"^[0-9]{8,14}$"), name="variant_gtin"),
            SameBrand(link="product", name="variant_product_same_brand"),
        ]

    def __str__(self) -> str:
        return self.sku


class OfferQuerySet(ScopedQuerySet["Offer"]):
    scope = Scope(market="channel__market_id", partner="channel__partner_id")

    def priced(self, at: datetime) -> OfferQuerySet:
        """Offers that have a regular price at the instant, as ``regular_amount``. In the order of channel and SKU."""
        prices = PricePoint.objects.in_force(at).filter(
            offer=models.OuterRef("pk"), kind="regular", audience="everyone"
        )
        return (
            self.annotate(regular_amount=models.Subquery(prices.values("amount")[:1]))
            .filter(regular_amount__isnull=False)
            .select_related("variant__product", "channel")
            .order_by("channel__code", "variant__sku")
        )


@tracked()
class Offer(Record):
    """A variant as sold in a channel."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="offers")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="offers")
    status = models.CharField(max_length=8, choices=choices(OFFER_STATUSES), default="active")

    objects: Any = models.Manager.from_queryset(OfferQuerySet)()

    class Meta(Record.Meta):
        ordering = ["channel", "variant"]
        constraints = [
            models.UniqueConstraint(fields=["variant", "channel"], name="offer_once"),
            models.UniqueConstraint(fields=["id", "brand"], name="offer_id_brand"),
            one_of("status", OFFER_STATUSES, "offer_status"),
            SameBrand(link="variant", name="offer_variant_same_brand"),
            SameBrand(link="channel", name="offer_channel_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} in {self.channel}"


class PricePointQuerySet(ScopedQuerySet["PricePoint"]):
    scope = Scope(market="offer__channel__market_id", partner="offer__channel__partner_id")

    def in_force(self, at: Any) -> PricePointQuerySet:
        """Prices applied at the instant, corrections left out."""
        return self.filter(superseded_at__isnull=True, applied__contains=at)


class PricePoint(Record):
    """What a buyer could pay for an offer, and from when until when. The price ledger: append-only.

    An update may only close an open range or mark the row as superseded by a correction, which is a new row.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="prices")
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    applied = DateTimeRangeField()
    kind = models.CharField(max_length=12, choices=choices(PRICE_KINDS), default="regular")
    audience = models.CharField(max_length=40, default="everyone")
    source = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(PricePointQuerySet)()

    class Meta(Record.Meta):
        ordering = ["offer", "applied"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(condition=Q(applied__isempty=False), name="price_range_not_empty"),
            one_of("kind", PRICE_KINDS, "price_kind"),
            ExclusionConstraint(
                name="price_one_at_a_time",
                expressions=[
                    # core GiST has no class for bigint equality: a one-element range stands for the offer
                    (
                        Func(F("offer_id"), F("offer_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            Func(F("audience"), function="hashtext"),
                            Func(F("audience"), function="hashtext"),
                            Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("applied", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
                violation_error_message="This offer already has a price for that time: close or supersede it first.",
            ),
            SameBrand(link="offer", name="price_offer_same_brand"),
        ]
        triggers = [
            *Record.Meta.triggers,
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=(
                    "IF (OLD.offer_id, OLD.amount, OLD.currency, OLD.kind, OLD.audience, OLD.source, OLD.recorded_at,"
                    " lower(OLD.applied)) IS DISTINCT FROM"
                    " (NEW.offer_id, NEW.amount, NEW.currency, NEW.kind, NEW.audience, NEW.source, NEW.recorded_at,"
                    " lower(NEW.applied))"
                    " OR (upper(OLD.applied) IS NOT NULL AND upper(OLD.applied) IS DISTINCT FROM upper(NEW.applied))"
                    " OR (OLD.superseded_at IS NOT NULL AND OLD.superseded_at IS DISTINCT FROM NEW.superseded_at)"
                    " THEN RAISE EXCEPTION 'the price ledger is append-only: close the range or add a correction'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
