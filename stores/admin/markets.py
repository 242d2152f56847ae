"""The management tree, the markets of the world, and where a brand is present."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from stores.admin.base import ScopedAdmin
from stores.admin.columns import Named, WithStatus
from stores.admin.launch import WithLaunch
from stores.models import Market, MarketEntry, Region


@admin.register(Region)
class RegionAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "parent", "brand")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("brand", "parent")
    fields = ("brand", "code", "parent", "name")


@admin.register(Market)
class MarketAdmin(Named, ScopedAdmin):
    """Reference data of all brands: read here, loaded by ``load_markets``."""

    list_display = ("shown_name", "code", "currency", "languages", "default_time_zone", "prices_include_tax")
    search_fields = ("code", "currency")
    search_texts = ("name",)
    list_per_page = 100


@admin.register(MarketEntry)
class MarketEntryAdmin(WithLaunch, WithStatus, ScopedAdmin):
    list_display = ("market", "region", "shown_status", "launch_date", "support_email", "brand")
    list_filter = ("status", "region")
    search_fields = ("market__code", "support_email", "legal_entity")
    joined = ("brand", "market", "region")
    any_market = True
    fields = (
        "launch", "brand", "market", "region", "status", "launch_date", ("support_email", "support_phone"), "legal_entity",
        "holiday_policy", "required_languages", ("privacy_url", "terms_url"), ("returns_url", "warranty_url"),
    )  # fmt: skip
    readonly_fields = ("launch",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new entry is planned; from there its launch has the steps."""
        return [name for name in self.fields if obj is not None or name not in {"launch", "status"}]
