"""Campaigns and the plan of each market."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.models import Campaign, MarketPlan


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    list_display = ("title", "code", "kind", "percent", "starts_local", "ends_local")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    joined = ("brand",)


@admin.register(MarketPlan)
class MarketPlanAdmin(ScopedAdmin):
    list_display = ("campaign", "market", "review_state", "starts_at", "ends_at")
    list_filter = ("review_state", "market")
    search_fields = ("campaign__code", "campaign__title", "market__code")
    joined = ("campaign", "market", "brand")
