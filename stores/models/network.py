"""Stores: physical places, their addresses in several scripts, and where an imported store came from."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q

from stores.models.base import VERSION_SEQUENCE, Record, bumps, referencing, stamps, tracked
from stores.models.brands import Brand, Partner
from stores.models.codes import CODE_LASTS
from stores.models.fields import LocalizedText, SameBrand, check_day, check_zone, in_reader_language, is_a_day
from stores.models.following import moves
from stores.models.markets import ENTRY_HOLIDAY_POLICIES, Market
from stores.models.queries.stores import StoreQuerySet
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.models.searched import SEARCHED_ADDRESS, SEARCHED_STORE
from stores.values import lifecycle

FORMATS = ("flagship", "experience_store", "shop_in_shop", "partner_counter", "pop_up", "service_point")
STATUSES = lifecycle.STORE_STATUSES
PUBLIC_STATUSES = lifecycle.PUBLIC_STATUSES
HOLIDAY_POLICIES = (*ENTRY_HOLIDAY_POLICIES, "own_hours")


def _one_step(name: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition) -> pgtrigger.Trigger:
    """Refuse a store that follows a follower: whoever follows, follows hours that somebody keeps.

    Two at once: the lock on the followed row waits for a transaction that makes it a follower, and a row that becomes a
    follower is looked at again after its own lock, when those who follow it are committed.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=(
            "PERFORM 1 FROM stores_store WHERE id = NEW.hours_from_id AND id <> NEW.id AND hours_from_id IS NULL FOR SHARE; "
            "IF NOT FOUND OR EXISTS (SELECT 1 FROM stores_store WHERE hours_from_id = NEW.id) THEN "
            "RAISE EXCEPTION 'a store follows a store that follows none, and is followed by none' "
            "USING ERRCODE = 'check_violation', CONSTRAINT = 'store_hours_from_one_step'; END IF; RETURN NEW;"
        ),
    )


# A followed store's change, its weeks and special days among them, is a change of those who follow it. The question comes
# first, because the update of nobody fires this trigger again.
_MOVES_FOLLOWERS = pgtrigger.Trigger(
    name="bump_followers",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=referencing(new="new_rows"),
    func=(
        "IF EXISTS (SELECT 1 FROM stores_store WHERE hours_from_id IN (SELECT id FROM new_rows)) THEN "  # noqa: S608  (our names)
        f"UPDATE stores_store SET version = nextval('{VERSION_SEQUENCE}') "
        "WHERE hours_from_id IN (SELECT id FROM new_rows); END IF; RETURN NULL;"
    ),
)


@tracked()
class Store(Record):
    """A physical place where customers meet the brand. Without an operator the brand runs it itself."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="stores")
    code = models.CharField(max_length=64)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="stores")
    operator = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="operated_stores"
    )
    host = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="hosted_stores")
    cluster = models.CharField(max_length=60, blank=True, help_text="A free second grouping such as airport stores.")
    format = models.CharField(max_length=20, choices=choices(FORMATS))
    status = models.CharField(max_length=20, choices=choices(STATUSES), default="prospect")
    name = LocalizedText()
    description = LocalizedText(blank=True)
    time_zone = models.CharField(max_length=64, validators=[check_zone])
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    source_datum = models.CharField(max_length=8, default="WGS84", choices=[(d, d) for d in ("WGS84", "GCJ02", "BD09")])
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, such as +81312345678.")
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True, max_length=500)
    languages = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    opening_date = models.DateField(null=True, blank=True)
    closing_date = models.DateField(null=True, blank=True)
    reopen_date = models.DateField(null=True, blank=True)
    holiday_policy = models.CharField(
        max_length=12, choices=choices(HOLIDAY_POLICIES), blank=True, db_default="", help_text="Blank is the market's."
    )
    holiday_hours = models.JSONField(null=True, blank=True, validators=[check_day])
    holiday_subdivision = models.CharField(
        max_length=30,
        blank=True,
        db_default="",
        help_text="Whose holidays: the suffix of ISO 3166-2, such as BY. Blank follows the address, then the market.",
    )
    hours_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followers",
        verbose_name="follows the hours of",
        help_text="A counter may follow the store it stands in: its weeks, holidays and special days.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Set by the database with the first publication and never taken back: from then on the code is in links, printed codes
    # and other people's maps, so it stays this store's for ever.
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False, db_default=None)
    # A feed may lack what publication asks for; an owner may publish anyway, and says why.
    publish_override = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=254, blank=True, default="", db_default="")

    objects: Any = models.Manager.from_queryset(StoreQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        indexes = [
            GistIndex(Func(F("longitude"), F("latitude"), function="point"), name="store_location"),
            models.Index(fields=["brand", "market", "status"], name="store_by_market"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="store_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="store_id_brand"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9_-]{2,64}$"),
                name="store_code_shape",
                violation_error_message="A store code has 2 to 64 letters, digits, hyphens or underscores.",
            ),
            one_of("format", FORMATS, "store_format"),
            one_of("status", STATUSES, "store_status"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="store_coordinates",
                violation_error_message="Latitude is -90 to 90 and longitude -180 to 180, both or none.",
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="store_phone_e164",
                violation_error_message="Write the phone number as E.164, such as +81312345678.",
            ),
            models.CheckConstraint(
                condition=Q(closing_date__isnull=True)
                | Q(opening_date__isnull=True)
                | Q(closing_date__gte=F("opening_date")),
                name="store_dates",
                violation_error_message="The store closes before it opens.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(status__in=[*PUBLIC_STATUSES, "closed", "cancelled"]),
                name="store_published_status",
                violation_error_message="A store that is not ready yet cannot be published.",
            ),
            one_of("holiday_policy", ("", *HOLIDAY_POLICIES), "store_holiday_policy"),
            models.CheckConstraint(
                condition=Q(holiday_hours__isnull=True) | Q(is_a_day("holiday_hours")),
                name="store_holiday_hours_shape",
                violation_error_message="Hours are a list of periods such as 10:00-18:00.",
            ),
            models.CheckConstraint(
                condition=~Q(holiday_policy="own_hours") | Q(holiday_hours__isnull=False),
                name="store_holiday_hours_given",
                violation_error_message="Holiday hours of its own need the hours.",
            ),
            SameBrand(link="hours_from", name="store_hours_from_same_brand"),
            models.CheckConstraint(
                condition=Q(reopen_date__isnull=True) | Q(status="temporarily_closed"),
                name="store_reopen_date",
                violation_error_message="Only a store that is temporarily closed has a date on which it opens again.",
            ),
            SameBrand(link="operator", name="store_operator_same_brand"),
            SameBrand(link="host", name="store_host_same_brand"),
        ]
        triggers = [
            *Record.Meta.triggers,
            _one_step("follows_on_insert", pgtrigger.Insert, pgtrigger.Q(new__hours_from__isnull=False)),
            _one_step(
                "follows_on_update",
                pgtrigger.Update,
                pgtrigger.Q(new__hours_from__isnull=False)
                & pgtrigger.Q(old__hours_from__df=pgtrigger.F("new__hours_from")),
            ),
            _MOVES_FOLLOWERS,
            *CODE_LASTS,
            *stamps(),
            *SEARCHED_STORE,
            moves("stores_storemilestone", "store_id", "opening_date"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code


def exactly_one_primary() -> list[pgtrigger.Trigger]:
    """Triggers that look at the end of a transaction whether a store with addresses still has a primary one.

    Two at once are the unique index's to refuse. Only what can leave a store without one is looked at: an import's primary
    addresses cost nothing.
    """
    check = """
        IF EXISTS (SELECT 1 FROM stores_storeaddress WHERE store_id = %s)
            AND NOT EXISTS (SELECT 1 FROM stores_storeaddress WHERE store_id = %s AND is_primary) THEN
            RAISE EXCEPTION 'A store with addresses has exactly one primary address.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'store_address_has_primary';
        END IF;
        RETURN NULL;
    """

    def trigger(
        name: str, operation: pgtrigger.Operation, row: str, condition: pgtrigger.Condition
    ) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=f"has_primary_{name}",
            when=pgtrigger.After,
            operation=operation,
            condition=condition,
            timing=pgtrigger.Deferred,
            func=check.replace("%s", f"{row}.store_id"),
        )

    return [
        trigger("insert", pgtrigger.Insert, "NEW", pgtrigger.Q(new__is_primary=False)),
        trigger("update", pgtrigger.Update, "NEW", pgtrigger.Q(old__is_primary=True, new__is_primary=False)),
        trigger("delete", pgtrigger.Delete, "OLD", pgtrigger.Q(old__is_primary=True)),
    ]


class StoreAddressQuerySet(ScopedQuerySet["StoreAddress"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")


@tracked()
class StoreAddress(Record):
    """One store's address in one language or script; exactly one is primary."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="addresses")
    language = models.CharField(max_length=35)
    is_primary = models.BooleanField(default=False)
    lines = ArrayField(models.CharField(max_length=200), size=5, default=list, blank=True)
    sublocality = models.CharField(max_length=120, blank=True)
    locality = models.CharField(max_length=120, blank=True)
    administrative_area = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=40, blank=True)
    sorting_code = models.CharField(max_length=40, blank=True)

    objects: Any = models.Manager.from_queryset(StoreAddressQuerySet)()

    class Meta(Record.Meta):
        ordering = ["store", "-is_primary", "language"]
        verbose_name_plural = "store addresses"
        constraints = [
            models.UniqueConstraint(fields=["store", "language"], name="store_address_once_per_language"),
            models.UniqueConstraint(fields=["store"], condition=Q(is_primary=True), name="store_address_one_primary"),
            SameBrand(link="store", name="store_address_same_brand"),
        ]
        triggers = [
            *Record.Meta.triggers,
            *bumps("stores_store", "store_id"),
            *exactly_one_primary(),
            *SEARCHED_ADDRESS,
        ]

    def __str__(self) -> str:
        return ", ".join([*self.lines, self.locality])


class StoreSourceQuerySet(ScopedQuerySet["StoreSource"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")


class StoreSource(Record):
    """Where an imported store came from: matching is by source and the source's own id, never by name or position."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="sources")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=300)

    objects: Any = models.Manager.from_queryset(StoreSourceQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "source", "external_id"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "source", "external_id"], name="store_source_once"),
            SameBrand(link="store", name="store_source_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"
