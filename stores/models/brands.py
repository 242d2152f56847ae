"""A brand owns products and the promise; a partner operates channels and stores for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Avg, Count, FloatField, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from stores.models.base import Record, moves_stores, tracked
from stores.models.fields import LocalizedText, in_reader_language
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

PARTNER_KINDS = ("distributor", "retailer", "optician", "carrier", "marketplace", "franchisee", "dealer")
CONTRACT_ENDS_SOON = timedelta(days=90)


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
        triggers = [
            *Record.Meta.triggers,
            moves_stores(["name", "default_language"], "JOIN stores_store store ON store.brand_id = fresh.id"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    # A partner without a market (works in several) is seen by brand-wide grants and by its own users.
    scope = Scope(market="market_id", partner="id")

    def with_progress(self, since: datetime, *, stores: Any) -> PartnerQuerySet:
        """Adds ``counters``, how many of ``stores`` (a QuerySet) the partner operates, ``confirmed`` since the instant, and
        ``quality``, their mean score."""
        own = stores.filter(operator=OuterRef("pk")).order_by().values("operator")
        return self.annotate(
            counters=_counted(own, Count("pk")),
            confirmed=_counted(own, Count("pk", filter=Q(verified_at__gte=since))),
            quality=Subquery(own.annotate(n=Avg("quality__score")).values("n"), output_field=FloatField()),
        )


def _counted(rows: Any, count: Count) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=count).values("n"), output_field=IntegerField()), 0)


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
        triggers = [
            *Record.Meta.triggers,
            moves_stores(["name"], "JOIN stores_store store ON store.operator_id = fresh.id"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code

    def contract_state(self, on: date) -> str:
        """``undated``, ``to_come``, ``running``, ``ending`` (within three months) or ``over`` on a day."""
        if self.contract_to_date and on >= self.contract_to_date:
            return "over"
        if self.contract_from_date and on < self.contract_from_date:
            return "to_come"
        if self.contract_to_date and self.contract_to_date - on <= CONTRACT_ENDS_SOON:
            return "ending"
        return "running" if self.contract_from_date or self.contract_to_date else "undated"
