"""A brand owns products and the promise; a partner operates channels and stores for it."""

from __future__ import annotations

from typing import Any

from django.db import models

from stores.models.base import Record, tracked
from stores.models.fields import LocalizedText, in_reader_language
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

PARTNER_KINDS = ("distributor", "retailer", "optician", "carrier", "marketplace", "franchisee", "dealer")


class BrandQuerySet(ScopedQuerySet["Brand"]):
    scope = Scope(brand="id", brand_wide=True)


@tracked()
class Brand(Record):
    """A brand such as Rokid. Everything else hangs below one."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    default_language = models.CharField(max_length=35, default="en")
    # With four eyes on, nobody approves the own revision. A small team may switch it off.
    four_eyes = models.BooleanField(default=True)

    objects: Any = models.Manager.from_queryset(BrandQuerySet)()

    class Meta(Record.Meta):
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    # A partner without a market (works in several) is seen by brand-wide grants and by its own users.
    scope = Scope(market="market_id", partner="id")


@tracked()
class Partner(Record):
    """An organisation that operates a channel or a store: optician chain, electronics chain, carrier, franchisee."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="partners")
    code = models.SlugField(max_length=40)
    name = LocalizedText()
    kind = models.CharField(max_length=20, choices=choices(PARTNER_KINDS))
    market = models.ForeignKey(
        "stores.Market", null=True, blank=True, on_delete=models.PROTECT, related_name="partners"
    )
    contact_email = models.EmailField(blank=True)
    contract_from_date = models.DateField(null=True, blank=True)
    contract_to_date = models.DateField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(PartnerQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="partner_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="partner_id_brand"),
            one_of("kind", PARTNER_KINDS, "partner_kind"),
            models.CheckConstraint(
                condition=models.Q(contract_to_date__isnull=True)
                | models.Q(contract_from_date__isnull=True)
                | models.Q(contract_to_date__gt=models.F("contract_from_date")),
                name="partner_contract_range",
                violation_error_message="The contract ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code
