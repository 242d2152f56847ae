"""What a market offers, which stores do it, and the devices that were sold."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.admin.columns import Named, WithStatus
from stores.models import Device, ServiceOffering, StoreService


@admin.register(ServiceOffering)
class ServiceOfferingAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "market", "kind", "price", "currency", "turnaround_days", "intake")
    list_filter = ("kind", "intake", "market")
    search_fields = ("code",)
    search_texts = ("name", "terms")
    joined = ("brand", "market")
    fields = (
        "brand", "market", "code", "kind", "line", "name", "terms", ("price", "currency"),
        ("turnaround_days", "intake"), "languages", ("statutory_months", "brand_months"), ("from_date", "to_date"),
    )  # fmt: skip


@admin.register(StoreService)
class StoreServiceAdmin(ScopedAdmin):
    list_display = ("store", "offering", "hours_purpose")
    list_filter = ("offering__kind", "store__market")
    search_fields = ("store__code", "offering__code")
    joined = ("store__market", "offering")
    brand_from = "store"
    fields = ("store", "offering", "hours_purpose")


@admin.register(Device)
class DeviceAdmin(WithStatus, ScopedAdmin):
    list_display = ("serial", "variant", "sold_market", "sold_date", "shown_status", "parts_warranty_to_date")
    list_filter = ("status", "sold_market")
    search_fields = ("serial", "variant__sku")
    joined = ("brand", "variant", "sold_market", "sold_by")
    fields = (
        "brand", "serial", "variant", ("sold_market", "sold_by", "sold_date"), "status",
        ("parts_warranty_to_date", "labour_warranty_to_date"),
    )  # fmt: skip
