"""What is sold, where, and what it really cost."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named, WithStatus
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


class PriceInline(ScopedTabular):
    model = PricePoint
    fields = readonly_fields = ("amount", "currency", "applied", "kind", "source", "superseded_at")
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
class PricePointAdmin(ScopedAdmin):
    """The price ledger: written by actions and imports, only read by people."""

    list_display = ("offer", "amount", "currency", "applied", "kind", "source", "recorded_at", "superseded_at")
    list_filter = ("kind", "currency")
    search_fields = ("offer__variant__sku", "offer__channel__code")
    joined = ("offer__variant", "offer__channel")
