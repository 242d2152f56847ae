"""Accounts on platforms and the channels on them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named, WithStatus, column
from stores.models import Channel, ChannelStore, Connection


@admin.register(Connection)
class ConnectionAdmin(ScopedAdmin):
    list_display = ("code", "platform", "base_url", "rate_per_second", "max_in_flight", "brand")
    search_fields = ("code", "base_url")
    joined = ("brand",)
    fields = ("brand", "code", "platform", "base_url", ("rate_per_second", "burst", "max_in_flight"))


class ChannelStoreInline(ScopedTabular):
    model = ChannelStore
    brand_from = "channel"
    fk_name = "channel"
    fields = ("store", "role")
    joined = ("store", "channel")
    per_page = 20


@admin.register(Channel)
class ChannelAdmin(Named, WithStatus, ScopedAdmin):
    list_display = ("shown_name", "code", "market", "kind", "shown_status", "price_control", "shop")
    list_filter = ("status", "kind", "market")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("brand", "market", "partner", "connection")
    fieldsets = (
        (None, {"fields": ("brand", "code", "name", ("market", "kind"), ("status", "price_control"), "partner")}),
        (
            _("Where it sells"),
            {"fields": ("connection", "remote_selector", "url", ("currency", "languages"), "drift_policy")},
        ),
    )
    inlines = (ChannelStoreInline,)

    @column(_("Shop"))
    def shop(self, obj: Any) -> str:
        if not obj.url:
            return "–"
        return format_html('<a href="{}" class="text-link" target="_blank" rel="noreferrer">{}</a>', obj.url, _("Open"))


@admin.register(ChannelStore)
class ChannelStoreAdmin(ScopedAdmin):
    list_display = ("channel", "store", "role")
    list_filter = ("role", "channel__market")
    search_fields = ("channel__code", "store__code")
    joined = ("channel__market", "store")
    brand_from = "channel"
    fields = ("channel", "store", "role")
