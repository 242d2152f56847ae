"""What partners say about their counters: proposed changes, confirmation links, and the quality of the data."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from stores.admin.base import ScopedAdmin
from stores.admin.columns import STATUS_COLOURS, choice, column
from stores.models import ChangeRequest, ConfirmationLink, StoreQuality


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ScopedAdmin):
    list_display = ("store", "partner", "shown_state", "proposed_by", "created_at")
    list_filter = ("state", "partner")
    search_fields = ("store__code", "proposed_by")
    joined = ("store", "partner")

    @column(_("State"), ordering="state", label=STATUS_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        return choice(obj, "state")


@admin.register(ConfirmationLink)
class ConfirmationLinkAdmin(ScopedAdmin):
    list_display = ("partner", "quarter", "kind", "email", "sent_at", "expires_at", "revoked_at")
    list_filter = ("quarter", "kind")
    search_fields = ("partner__code", "email")
    joined = ("partner",)
    exclude = ("digest", "pepper")


@admin.register(StoreQuality)
class StoreQualityAdmin(ScopedAdmin):
    list_display = ("store", "score", "gaps")
    search_fields = ("store__code",)
    joined = ("store",)
    exclude = ("store_version", "holds_until")
