"""People, what they may do, where, and the keys of storefronts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named, column
from stores.models import ApiKey, Grant, Role, User
from stores.models.scope import choices


class GrantInline(ScopedTabular):
    model = Grant
    fk_name = "user"
    joined = ("brand", "role", "region", "market", "store", "partner")
    fields = ("brand", "role", "region", "market", "store", "partner")


@admin.register(User)
class UserAdmin(ScopedAdmin):
    list_display = ("name", "email", "language", "is_active")
    list_filter = ("is_active", "language")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "is_active")
    inlines = (GrantInline,)


@admin.register(Role)
class RoleAdmin(Named, ScopedAdmin):
    """Shared by all brands, so nobody edits them here."""

    list_display = ("shown_name", "code", "shown_abilities")
    fields = readonly_fields = ("code", "name", "shown_abilities")
    search_fields = ("code",)
    search_texts = ("name",)

    @column(_("Abilities"))
    def shown_abilities(self, obj: Role) -> str:
        names = dict(choices(obj.abilities))
        return ", ".join(gettext(names[ability]) for ability in obj.abilities)


@admin.register(Grant)
class GrantAdmin(ScopedAdmin):
    list_display = ("user", "role", "brand", "place")
    list_filter = ("role", "brand")
    search_fields = ("user__email", "user__name")
    joined = ("user", "role", "brand", "region", "market", "store", "partner")
    fields = ("user", "brand", "role", "region", "market", "store", "partner")

    @column(_("Where"))
    def place(self, obj: Grant) -> str:
        return str(obj.region or obj.market or obj.store or obj.partner or _("everywhere"))


@admin.register(ApiKey)
class ApiKeyAdmin(ScopedAdmin):
    """Made by ``manage.py create_api_key``, which is the only one to see the secret."""

    list_display = ("name", "prefix", "kind", "brand", "scopes", "expires_at", "revoked_at")
    list_filter = ("kind", "brand")
    search_fields = ("name", "prefix")
    joined = ("brand",)
    exclude = ("digest", "pepper")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Keys of the brands whose people one manages, not of those one only reads."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user, to="manage_people")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.is_authenticated and user.can("manage_people") and super().has_view_permission(request, obj)
