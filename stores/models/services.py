"""Localized services: what a market offers, which stores do it, and one customer's device being served."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from stores.models.base import Record, append_only, bumps, moves_stores, tracked
from stores.models.brands import Brand
from stores.models.catalog import Variant
from stores.models.channels import Channel
from stores.models.fields import LocalizedText, SameBrand
from stores.models.hours import PURPOSES
from stores.models.markets import Market
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

OFFERING_KINDS = ("warranty", "repair", "lens_fitting", "trade_in", "demo", "training")
INTAKES = ("walk_in", "mail_in", "partner", "on_site")
CASE_STATUSES = ("received", "diagnosing", "quoted", "repairing", "ready", "returned", "cancelled")
# From each status, where a case may go next. The action refuses anything else with this list in the message.
CASE_STEPS: dict[str, tuple[str, ...]] = {
    "received": ("diagnosing", "cancelled"),
    "diagnosing": ("quoted", "repairing", "ready", "cancelled"),
    "quoted": ("repairing", "ready", "cancelled"),
    "repairing": ("ready",),
    "ready": ("returned",),
    "returned": (),
    "cancelled": (),
}
OPEN_CASE_STATUSES = ("received", "diagnosing", "quoted", "repairing", "ready")
DEVICE_STATUSES = ("active", "replaced", "lost", "retired")
CASE_EVENT_KINDS = ("intake", "status", "note", "transfer")


class ServiceOfferingQuerySet(ScopedQuerySet["ServiceOffering"]):
    scope = Scope(market="market_id")

    def offered_at(self, moment: datetime) -> ServiceOfferingQuerySet:
        """Offerings whose dates include the market's local day at the instant."""
        clock = Func(
            F("market__default_time_zone"), Value(moment), function="timezone", output_field=models.DateTimeField()
        )
        rows = self.alias(local_day=Cast(clock, models.DateField()))
        return rows.filter(
            Q(from_date__isnull=True) | Q(from_date__lte=F("local_day")),
            Q(to_date__isnull=True) | Q(to_date__gt=F("local_day")),
        )


@tracked()
class ServiceOffering(Record):
    """What a market offers for a product line: name, terms and price in the market's own languages."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="offerings")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="offerings")
    code = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=choices(OFFERING_KINDS))
    line = models.SlugField(max_length=40, blank=True, help_text="The product line it is for; blank is all.")
    name = LocalizedText()
    terms = LocalizedText(blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True, help_text="Blank is free.")
    currency = models.CharField(max_length=3)
    turnaround_days = models.PositiveSmallIntegerField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    intake = models.CharField(max_length=8, choices=choices(INTAKES), default="walk_in")
    statutory_months = models.PositiveSmallIntegerField(null=True, blank=True)
    brand_months = models.PositiveSmallIntegerField(null=True, blank=True)
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ServiceOfferingQuerySet)()

    class Meta(Record.Meta):
        ordering = ["market", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "market", "code"], name="offering_code_per_market"),
            models.UniqueConstraint(fields=["id", "brand"], name="offering_id_brand"),
            one_of("kind", OFFERING_KINDS, "offering_kind"),
            one_of("intake", INTAKES, "offering_intake"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="offering_price"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(from_date__isnull=True) | Q(to_date__gt=F("from_date")),
                name="offering_range",
                violation_error_message="The offering ends before it begins.",
            ),
        ]
        triggers = [
            *Record.Meta.triggers,
            moves_stores(
                ["kind", "from_date", "to_date"],
                "JOIN stores_storeservice doing ON doing.offering_id = fresh.id "
                "JOIN stores_store store ON store.id = doing.store_id",
            ),
        ]

    def __str__(self) -> str:
        return next(iter(self.name.values()), self.code)


class StoreServiceQuerySet(ScopedQuerySet["StoreService"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")


@tracked()
class StoreService(Record):
    """A store that does an offering, within the hours of the named purpose."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="store_services")
    offering = models.ForeignKey(ServiceOffering, on_delete=models.CASCADE, related_name="store_services")
    hours_purpose = models.CharField(max_length=10, choices=choices(PURPOSES), default="store")

    objects: Any = models.Manager.from_queryset(StoreServiceQuerySet)()

    class Meta(Record.Meta):
        ordering = ["store", "offering"]
        constraints = [
            models.UniqueConstraint(fields=["store", "offering"], name="store_service_once"),
            one_of("hours_purpose", PURPOSES, "store_service_purpose"),
            SameBrand(link="store", name="store_service_store_same_brand"),
            SameBrand(link="offering", name="store_service_offering_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "store_id")]

    def __str__(self) -> str:
        return f"{self.offering} at {self.store}"


class DeviceQuerySet(ScopedQuerySet["Device"]):
    scope = Scope(market="sold_market_id")


@tracked()
class Device(Record):
    """One sold unit, by its serial number, and how long it is covered."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="devices")
    serial = models.CharField(max_length=40)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="devices")
    sold_market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    sold_by = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sold_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=choices(DEVICE_STATUSES), default="active")
    parts_warranty_to_date = models.DateField(null=True, blank=True)
    labour_warranty_to_date = models.DateField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(DeviceQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "serial"], name="device_serial_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="device_id_brand"),
            one_of("status", DEVICE_STATUSES, "device_status"),
            SameBrand(link="variant", name="device_variant_same_brand"),
            SameBrand(link="sold_by", name="device_channel_same_brand"),
        ]

    def __str__(self) -> str:
        return self.serial


class ServiceCaseQuerySet(ScopedQuerySet["ServiceCase"]):
    scope = Scope(market="market_id", store="store_id", partner="store__operator_id")

    def open(self) -> ServiceCaseQuerySet:
        """Cases whose device is not back with its customer yet."""
        return self.filter(status__in=OPEN_CASE_STATUSES)


@tracked(exclude=["contact"])
class ServiceCase(Record):
    """One customer's device being served: intake, status with guards, timeline. The contact is encrypted."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=16)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="cases")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    offering = models.ForeignKey(ServiceOffering, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    language = models.CharField(max_length=35)
    complaint = models.TextField()
    status = models.CharField(max_length=10, choices=choices(CASE_STATUSES), default="received")
    contact = models.BinaryField(default=b"", blank=True, editable=False)
    received_at = models.DateTimeField()
    due_date = models.DateField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ServiceCaseQuerySet)()

    class Meta(Record.Meta):
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "reference"], name="case_reference_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="case_id_brand"),
            one_of("status", CASE_STATUSES, "case_status"),
            SameBrand(link="device", name="case_device_same_brand"),
            SameBrand(link="store", name="case_store_same_brand"),
            SameBrand(link="offering", name="case_offering_same_brand"),
        ]

    def __str__(self) -> str:
        return self.reference


class CaseEventQuerySet(ScopedQuerySet["CaseEvent"]):
    scope = Scope(market="case__market_id", store="case__store_id", partner="case__store__operator_id")


class CaseEvent(Record):
    """One step of a case's timeline. Append-only."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(ServiceCase, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=choices(CASE_EVENT_KINDS))
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, blank=True)
    note = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    objects: Any = models.Manager.from_queryset(CaseEventQuerySet)()

    class Meta(Record.Meta):
        ordering = ["case", "happened_at", "id"]
        constraints = [
            one_of("kind", CASE_EVENT_KINDS, "case_event_kind"),
            SameBrand(link="case", name="case_event_same_brand"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.kind} {self.to_status}".strip()
