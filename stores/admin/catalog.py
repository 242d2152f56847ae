"""What is sold, where, and what it really cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named, WithStatus, column, price, span
from stores.models import Offer, PricePoint, Product, Variant


class VariantInline(ScopedTabular):
    model = Variant
    brand_from = "product"
    fields = ("sku", "gtin")


@admin.register(Product)
class ProductAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "line", "brand")
    list_filter = ("line",)
    search_fields = ("code", "line")
    search_texts = ("name",)
    joined = ("brand",)
    fields = ("brand", "code", "line", "name")
    inlines = (VariantInline,)


@admin.register(Variant)
class VariantAdmin(ScopedAdmin):
    list_display = ("sku", "product", "gtin")
    list_filter = ("product",)
    search_fields = ("sku", "gtin", "product__code")
    joined = ("product",)
    brand_from = "product"
    fields = ("product", "sku", "gtin", "attributes")


class Priced:
    """Columns with the amount and its time as the reader writes them."""

    @column(gettext_lazy("Amount"), ordering="amount")
    def shown_amount(self, obj: Any) -> str:
        return price(obj.amount, obj.currency)

    @column(gettext_lazy("Applied"), ordering="applied")
    def shown_applied(self, obj: Any) -> str:
        return span(obj.applied.lower, obj.applied.upper)


class PriceInline(Priced, ScopedTabular):
    model = PricePoint
    fields = readonly_fields = ("shown_amount", "shown_applied", "kind", "source", "superseded_at")
    max_num = 0


@admin.register(Offer)
class OfferAdmin(WithStatus, ScopedAdmin):
    list_display = ("variant", "channel", "shown_status")
    list_filter = ("status", "channel__market", "variant__product")
    search_fields = ("variant__sku", "channel__code")
    joined = ("variant", "channel", "channel__market")
    brand_from = "variant"
    fields = ("variant", "channel", "status")
    inlines = (PriceInline,)


@admin.register(PricePoint)
class PricePointAdmin(Priced, ScopedAdmin):
    """The price ledger: written by actions and imports, only read by people."""

    when_empty = gettext_lazy("Prices are written here when they take effect in a channel.")
    list_display = ("offer", "shown_amount", "shown_applied", "kind", "source", "recorded_at", "superseded_at")
    fields = readonly_fields = (
        "offer", "shown_amount", "shown_applied", "kind", "audience", "source", "recorded_at", "superseded_at",
    )  # fmt: skip
    list_filter = ("kind", "currency")
    search_fields = ("offer__variant__sku", "offer__channel__code")
    joined = ("offer__variant", "offer__channel")
