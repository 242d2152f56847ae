"""Partners: contract, people, exclusivities and counters on one page."""

from __future__ import annotations

from django.contrib import admin

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import Named
from stores.models import Exclusivity, Partner, PartnerContact


class ContactInline(ScopedTabular):
    model = PartnerContact
    brand_from = "partner"
    fields = ("role", "name", "email", "phone", "language")


class ExclusivityInline(ScopedTabular):
    model = Exclusivity
    brand_from = "partner"
    joined = ("market",)
    fields = ("market", "trade", "product_line", "from_date", "to_date", "note")


@admin.register(Partner)
class PartnerAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "kind", "market", "contract_from_date", "contract_to_date")
    list_filter = ("kind", "market")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("market", "brand")
    fields = (
        "brand", "code", "name", "kind", "market", "contact_email", ("contract_from_date", "contract_to_date"),
    )  # fmt: skip
    inlines = (ContactInline, ExclusivityInline)


@admin.register(PartnerContact)
class PartnerContactAdmin(ScopedAdmin):
    list_display = ("name", "partner", "role", "email", "phone", "language")
    list_filter = ("role", "language")
    search_fields = ("name", "email", "partner__code")
    joined = ("partner",)
    brand_from = "partner"
    fields = ("partner", ("role", "name"), ("email", "phone"), "language")


@admin.register(Exclusivity)
class ExclusivityAdmin(ScopedAdmin):
    list_display = ("partner", "market", "trade", "product_line", "from_date", "to_date")
    list_filter = ("trade", "market")
    search_fields = ("partner__code", "note")
    joined = ("partner", "market")
    brand_from = "partner"
    fields = ("partner", "market", ("trade", "product_line"), ("from_date", "to_date"), "note")
