"""Brands and their partners."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.admin.columns import Named
from stores.models import Brand, Partner


@admin.register(Brand)
class BrandAdmin(ScopedAdmin):
    list_display = ("name", "code", "default_language", "four_eyes")
    search_fields = ("code", "name")
    fields = ("code", "name", "default_language", "four_eyes")


@admin.register(Partner)
class PartnerAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "kind", "market", "contract_from_date", "contract_to_date")
    list_filter = ("kind", "market")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("market", "brand")
    fields = (
        "brand", "code", "name", "kind", "market", "contact_email", ("contract_from_date", "contract_to_date"),
    )  # fmt: skip
