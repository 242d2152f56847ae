"""Brands."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.models import Brand


@admin.register(Brand)
class BrandAdmin(ScopedAdmin):
    list_display = ("name", "code", "default_language", "four_eyes")
    search_fields = ("code", "name")
    fields = ("code", "name", "default_language", "four_eyes")
