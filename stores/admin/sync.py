"""What channels hold, how calls to them went, and the machinery's own rows. Only sync writes here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import STATUS_COLOURS, column
from stores.models import (
    ChannelPromotion,
    ChannelReadback,
    ConnectionHealth,
    Installation,
    JobSlot,
    RemoteObject,
    SyncAttempt,
)
from stores.values import clock


class AttemptInline(ScopedTabular):
    model = SyncAttempt
    fields = readonly_fields = ("at", "operation", "outcome", "status", "error", "duration_ms")
    max_num = 0
    per_page = 20
    show_change_link = False


class RemoteObjectInline(ScopedTabular):
    model = RemoteObject
    fields = readonly_fields = ("role", "remote_id", "remote_version")
    max_num = 0
    show_change_link = False


@admin.register(ChannelPromotion)
class ChannelPromotionAdmin(ScopedAdmin):
    list_display = ("plan", "channel", "presence", "shown_state", "starts_at", "ends_at", "last_error")
    list_filter = ("state", "presence", "channel__market", "channel")
    search_fields = ("our_ref", "channel__code", "plan__campaign__code", "plan__campaign__title")
    joined = ("plan__campaign", "plan__market", "channel__market", "revision__plan__campaign", "revision__plan__market")
    inlines = (AttemptInline, RemoteObjectInline)
    fields = (
        "plan", "channel", "revision", ("presence", "state"), ("starts_at", "ends_at"), "desired",
        ("generation", "applied_generation"), ("desired_at", "converged_at"), ("attempts", "next_at", "failing_since"),
        ("last_error_kind", "last_error"), "our_ref",
    )  # fmt: skip

    @column(gettext_lazy("State"), ordering="state", label=STATUS_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        state = obj.state_at(clock.now())
        return state, _(state.capitalize())


@admin.register(SyncAttempt)
class SyncAttemptAdmin(ScopedAdmin):
    list_display = ("at", "promotion", "operation", "outcome", "status", "error", "duration_ms")
    list_filter = ("outcome", "operation")
    search_fields = ("error", "promotion__our_ref")
    joined = ("promotion__plan__campaign", "promotion__plan__market", "promotion__channel")
    show_full_result_count = False  # the journal only grows


@admin.register(RemoteObject)
class RemoteObjectAdmin(ScopedAdmin):
    list_display = ("promotion", "role", "remote_id", "remote_version")
    search_fields = ("remote_id", "promotion__our_ref")
    joined = ("promotion__plan__campaign", "promotion__plan__market", "promotion__channel")


@admin.register(ConnectionHealth)
class ConnectionHealthAdmin(ScopedAdmin):
    list_display = ("connection", "failures", "open_until", "throttled_until", "tokens")
    search_fields = ("connection__code",)
    joined = ("connection",)


@admin.register(ChannelReadback)
class ChannelReadbackAdmin(ScopedAdmin):
    list_display = ("channel", "read_at", "seen", "missing", "changed", "duplicates", "last_error")
    search_fields = ("channel__code",)
    joined = ("channel",)


@admin.register(JobSlot)
class JobSlotAdmin(ScopedAdmin):
    list_display = ("job", "slot_at", "started_at")
    list_filter = ("job",)
    search_fields = ("job",)


@admin.register(Installation)
class InstallationAdmin(ScopedAdmin):
    list_display = ("code",)
