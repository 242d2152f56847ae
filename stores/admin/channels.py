"""Accounts on platforms and the channels on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from stores.actions import channels as channel_actions
from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named, WithStatus, column
from stores.admin.forms import ScopedForm
from stores.admin.partners import WarnsOfRights
from stores.models import Channel, ChannelStore, Connection
from stores.tasks.sync import nudge


class ConnectionForm(ScopedForm):
    """With a box for the login, which goes in and never comes out."""

    token = forms.CharField(
        label=_("New token"),
        required=False,
        max_length=4000,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": " ".join(INPUT_CLASSES)}),
        help_text=_("Kept encrypted and never shown. Blank keeps the one that is there."),
    )


@admin.register(Connection)
class ConnectionAdmin(ScopedAdmin):
    form = ConnectionForm
    list_display = ("code", "platform", "base_url", "rate_per_second", "max_in_flight", "brand")
    search_fields = ("code", "base_url")
    joined = ("brand",)
    fields = ("brand", "code", "platform", "base_url", ("rate_per_second", "burst", "max_in_flight"), "token")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        form.changed_data[:] = [name for name in form.changed_data if name != "token"]
        super().save_model(request, obj, form, change)
        if token := form.cleaned_data.get("token"):
            user: Any = request.user
            channel_actions.set_credentials(by=user, connection=obj, token=token)
        nudge()


class ChannelStoreInline(ScopedTabular):
    model = ChannelStore
    brand_from = "channel"
    fk_name = "channel"
    fields = ("store", "role")
    joined = ("store", "channel")
    per_page = 20


@admin.register(Channel)
class ChannelAdmin(WarnsOfRights, Named, WithStatus, ScopedAdmin):
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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        super().save_model(request, obj, form, change)
        nudge()  # a channel that was opened or paused changes what should be there

    @column(_("Shop"))
    def shop(self, obj: Any) -> str:
        if not obj.url:
            return "–"
        return format_html(
            '<a href="{}" class="text-link" target="_blank" rel="noreferrer">{}</a>', obj.url, _("Visit")
        )


@admin.register(ChannelStore)
class ChannelStoreAdmin(ScopedAdmin):
    list_display = ("channel", "store", "role")
    list_filter = ("role", "channel__market")
    search_fields = ("channel__code", "store__code")
    joined = ("channel__market", "store")
    brand_from = "channel"
    fields = ("channel", "store", "role")
