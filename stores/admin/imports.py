"""Imports of store lists: the jobs and what each row did."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin
from stores.models import ImportFile, ImportJob, ImportRow, SavedMapping


@admin.register(ImportJob)
class ImportJobAdmin(ScopedAdmin):
    list_display = ("file_name", "source", "state", "created_at", "created_by", "applied_at")
    list_filter = ("state", "brand")
    search_fields = ("file_name", "source", "created_by")
    joined = ("brand", "asked_by")
    fields = (
        "brand", ("file_name", "file_size", "file_digest"), ("kind", "encoding"), ("source", "preset"), "mapping",
        ("publish", "complete", "allow_mass_change"), "state", "counts", "columns", "mass_change", "error",
        ("created_at", "created_by"), ("applied_at", "applied_by"), ("reverted_at", "reverted_by"),
    )  # fmt: skip
    readonly_fields = ("created_at",)


@admin.register(ImportFile)
class ImportFileAdmin(ScopedAdmin):
    list_display = ("job", "number")
    joined = ("job__brand",)
    fields = ("job", "number")


@admin.register(ImportRow)
class ImportRowAdmin(ScopedAdmin):
    list_display = ("job", "row", "outcome", "code")
    list_filter = ("outcome",)
    search_fields = ("code",)
    joined = ("job__brand",)
    fields = ("job", ("row", "outcome"), "code", "reasons", "warnings", "changes", "record")


@admin.register(SavedMapping)
class SavedMappingAdmin(ScopedAdmin):
    list_display = ("name", "brand", "created_by", "updated_at")
    list_filter = ("brand",)
    search_fields = ("name",)
    joined = ("brand",)
    fields = ("brand", "name", "mapping", "created_by")
