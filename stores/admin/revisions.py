"""Revisions, their rows and the decisions on them: written by actions, never changed."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.models import Approval, PlanChannel, PlanItem, PlanPrice, PlanRevision, PlanStore

PLAN = ("revision__plan__campaign", "revision__plan__market")


@admin.register(PlanRevision)
class PlanRevisionAdmin(ScopedAdmin):
    list_display = ("plan", "number", "content_hash", "created_by", "created_at")
    list_filter = ("plan__market",)
    search_fields = ("content_hash", "plan__campaign__code", "created_by")
    joined = ("plan__campaign", "plan__market")
    fields = ("plan", "number", "created_by", "created_at", "content_hash", "content")
    readonly_fields = ("created_at",)


@admin.register(PlanItem)
class PlanItemAdmin(ScopedAdmin):
    list_display = ("revision", "role", "selector", "code")
    list_filter = ("role", "selector")
    search_fields = ("code",)
    joined = PLAN


@admin.register(PlanPrice)
class PlanPriceAdmin(ScopedAdmin):
    list_display = ("revision", "offer", "regular", "price", "currency")
    list_filter = ("currency",)
    search_fields = ("offer__variant__sku", "offer__channel__code")
    joined = (*PLAN, "offer__variant", "offer__channel")


@admin.register(PlanChannel)
class PlanChannelAdmin(ScopedAdmin):
    list_display = ("revision", "channel")
    search_fields = ("channel__code",)
    joined = (*PLAN, "channel")


@admin.register(PlanStore)
class PlanStoreAdmin(ScopedAdmin):
    list_display = ("revision", "store")
    search_fields = ("store__code",)
    joined = (*PLAN, "store")


@admin.register(Approval)
class ApprovalAdmin(ScopedAdmin):
    list_display = ("revision", "decision", "decided_by", "decided_at", "comment")
    list_filter = ("decision",)
    search_fields = ("decided_by", "comment")
    joined = PLAN
