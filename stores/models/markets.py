"""Where: the management tree, markets as customers meet them, and a brand's entry into each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from stores.models.base import Record, coming_moves_stores, moves_stores, tracked
from stores.models.brands import Brand
from stores.models.fields import LocalizedText, SameBrand, in_reader_language
from stores.models.following import moves
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.values import lifecycle
from stores.values.territories import territory_name

if TYPE_CHECKING:
    from stores.models.people import Actor

ENTRY_STATUSES = lifecycle.ENTRY_STATUSES
# What a market's stores do on a public holiday unless they say otherwise; hours of its own only a store can have.
ENTRY_HOLIDAY_POLICIES = ("ask", "closed", "sunday_hours", "normal")
# A brand's stores may be in a market before its entry is.
STORES_OF_ENTRY = "JOIN stores_store store ON store.brand_id = fresh.brand_id AND store.market_id = fresh.market_id"


class RegionQuerySet(ScopedQuerySet["Region"]):
    scope = Scope(brand="brand_id", brand_wide=True)


@tracked()
class Region(Record):
    """A node of the management tree: Asia > East Asia > Japan. Decides who is responsible, nothing customers see."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="regions")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.SlugField(max_length=40)
    name = LocalizedText()

    objects: Any = models.Manager.from_queryset(RegionQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "parent", "code"], name="region_code_per_parent"),
            models.UniqueConstraint(
                fields=["brand", "code"], condition=Q(parent__isnull=True), name="region_code_at_root"
            ),
            models.UniqueConstraint(fields=["brand", "parent", "name"], name="region_name_per_parent"),
            models.UniqueConstraint(
                fields=["brand", "name"], condition=Q(parent__isnull=True), name="region_name_at_root"
            ),
            models.UniqueConstraint(fields=["id", "brand"], name="region_id_brand"),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="region_not_own_parent",
                violation_error_message="A region cannot lie within itself.",
            ),
            SameBrand(link="parent", name="region_parent_same_brand"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code


class MarketQuerySet(ScopedQuerySet["Market"]):
    scope = Scope(reference=True)

    def reached_by(self, actor: Actor | None, *, to: str = "view") -> MarketQuerySet:
        """Of this shared list, the markets that the actor's brands have entered and the actor may act in."""
        return self.filter(pk__in=MarketEntry.objects.visible_to(actor, to=to).values("market_id"))


class Market(Record):
    """A country or territory as customers meet it. Reference data shared by all brands, loaded by ``load_markets``."""

    code = models.CharField(max_length=2, unique=True)
    name = LocalizedText()
    currency = models.CharField(max_length=3)
    # Digits in shop prices, which may be fewer than the currency has (TWD and IDR are priced in whole units).
    price_decimals = models.PositiveSmallIntegerField()
    prices_include_tax = models.BooleanField(default=True)
    languages = ArrayField(models.CharField(max_length=35))
    default_time_zone = models.CharField(max_length=64)
    week_starts_on = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")
    holiday_country = models.CharField(max_length=2, blank=True)
    holiday_subdivision = models.CharField(max_length=10, blank=True)
    rule_pack = models.CharField(max_length=40, blank=True)

    objects: Any = models.Manager.from_queryset(MarketQuerySet)()

    class Meta(Record.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex="^[A-Z]{2}$"), name="market_code_iso_3166"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="market_currency_iso_4217"),
            models.CheckConstraint(condition=Q(price_decimals__lte=4), name="market_price_decimals"),
            models.CheckConstraint(condition=Q(languages__len__gte=1), name="market_has_a_language"),
            models.CheckConstraint(condition=Q(week_starts_on__lte=6), name="market_week_starts_on"),
        ]
        triggers = [
            *Record.Meta.triggers,
            moves_stores(
                ["holiday_country", "holiday_subdivision"], "JOIN stores_store store ON store.market_id = fresh.id"
            ),
        ]

    def __str__(self) -> str:
        return territory_name(self.code, get_language() or "en")


class MarketEntryQuerySet(ScopedQuerySet["MarketEntry"]):
    scope = Scope(market="market_id")


@tracked()
class MarketEntry(Record):
    """A brand's presence in a market: who is responsible, since when, and whom customers turn to."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="entries")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="entries")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="entries")
    status = models.CharField(max_length=12, choices=choices(ENTRY_STATUSES), default="planned")
    launch_date = models.DateField(null=True, blank=True)
    support_email = models.EmailField(blank=True)
    support_phone = models.CharField(max_length=20, blank=True)
    legal_entity = models.CharField(max_length=200, blank=True)
    holiday_policy = models.CharField(
        max_length=12,
        choices=choices(ENTRY_HOLIDAY_POLICIES),
        default="ask",
        db_default="ask",
        help_text="What stores do on public holidays unless they say otherwise. Ask: regular hours, unconfirmed.",
    )
    required_languages = ArrayField(
        models.CharField(max_length=35),
        default=list,
        db_default=[],
        blank=True,
        help_text="Languages in which a store needs name and address to be published. Empty means the market's first.",
    )
    privacy_url = models.URLField(blank=True, max_length=500, db_default="")
    terms_url = models.URLField(blank=True, max_length=500, db_default="")
    returns_url = models.URLField(blank=True, max_length=500, db_default="")
    warranty_url = models.URLField(blank=True, max_length=500, db_default="")
    # Going live with required items open is an owner's decision, and this says why.
    launch_override = models.CharField(max_length=200, blank=True, db_default="")

    objects: Any = models.Manager.from_queryset(MarketEntryQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "market"]
        verbose_name_plural = "market entries"
        constraints = [
            models.UniqueConstraint(fields=["brand", "market"], name="market_entry_once"),
            models.UniqueConstraint(fields=["id", "brand"], name="market_entry_id_brand"),
            one_of("status", ENTRY_STATUSES, "market_entry_status"),
            one_of("holiday_policy", ENTRY_HOLIDAY_POLICIES, "market_entry_holiday_policy"),
            SameBrand(link="region", name="market_entry_region_same_brand"),
        ]
        triggers = [
            *Record.Meta.triggers,
            moves_stores(["holiday_policy"], STORES_OF_ENTRY),
            *coming_moves_stores(STORES_OF_ENTRY),
            moves("stores_launchitem", "entry_id", "launch_date"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} in {self.market}"
