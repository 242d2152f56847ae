"""What a brand agrees with a partner beyond the contract's dates: whom to call, and who alone may sell where."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from stores.models.base import Record, tracked
from stores.models.brands import PARTNER_KINDS, Brand, Partner
from stores.models.fields import SameBrand
from stores.models.markets import Market
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.values import languages

CONTACT_ROLES = ("counters", "management", "marketing", "service", "finance")
"""What a partner's person is responsible for; ``counters`` gets the quarterly request to confirm them."""


def check_tag(value: str) -> None:
    """Raise ValidationError unless the value is a language tag in its canonical form."""
    try:
        canonical = languages.canonical(value)
    except ValueError as error:
        raise ValidationError(str(error), code="language") from error
    if canonical != value:
        raise ValidationError(f"Write the language tag {value!r} as {canonical!r}.", code="language")


class PartnerContactQuerySet(ScopedQuerySet["PartnerContact"]):
    scope = Scope(market="partner__market_id", partner="partner_id")


@tracked()
class PartnerContact(Record):
    """A person at a partner: what for, how to reach them, and the language to write in."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=12, choices=choices(CONTACT_ROLES), default="counters")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, such as +81312345678.")
    language = models.CharField(max_length=35, default="en", validators=[check_tag])

    objects: Any = models.Manager.from_queryset(PartnerContactQuerySet)()

    class Meta(Record.Meta):
        ordering = ["partner", "role", "name"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "role", "name"], name="partner_contact_once"),
            one_of("role", CONTACT_ROLES, "partner_contact_role"),
            models.CheckConstraint(
                condition=~Q(email="", phone=""),
                name="partner_contact_reachable",
                violation_error_message="A contact has an email address or a phone number.",
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="partner_contact_phone_e164",
                violation_error_message="Write the phone number as E.164, such as +81312345678.",
            ),
            SameBrand(link="partner", name="partner_contact_same_brand"),
        ]

    def __str__(self) -> str:
        return self.name


def _one_or_all(field: str) -> Case:
    """A word as a range that overlaps itself, and a blank, which means all of them, as one that overlaps every word."""
    hashed = Func(Func(F(field), function="hashtext"), template="%(expressions)s::bigint")
    return Case(
        When(**{field: ""}, then=Func(Value(None), Value(None), function="int8range")),
        default=Func(hashed, hashed, Value("[]"), function="int8range"),
    )


def _one(field: str) -> Func:
    # core GiST has no class for bigint equality: a one-element range stands for the row
    return Func(F(f"{field}_id"), F(f"{field}_id"), Value("[]"), function="int8range")


class ExclusivityQuerySet(ScopedQuerySet["Exclusivity"]):
    scope = Scope(market="market_id", partner="partner_id")

    def in_force(self, on: date) -> ExclusivityQuerySet:
        """Those that hold on the day."""
        return self.filter(Q(to_date__isnull=True) | Q(to_date__gt=on), from_date__lte=on)

    def against(
        self, *, partner: int | None, brand: int, market: int, trades: Collection[str], on: date
    ) -> ExclusivityQuerySet:
        """Rights of others that the partner would break by selling in the market through these trades on the day.

        Rights for one product line do not forbid a counter, which sells other lines too: they are listed last.
        """
        others = self.filter(brand=brand, market=market, trade__in=["", *trades]).exclude(partner=partner)
        return others.in_force(on).select_related("partner").order_by("product_line", "from_date")


@tracked()
class Exclusivity(Record):
    """One partner alone may sell in a market through a trade, such as opticians, for some time."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="exclusivities")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="exclusivities")
    trade = models.CharField(
        max_length=20, choices=choices(PARTNER_KINDS), blank=True, help_text="Blank is every trade."
    )
    product_line = models.SlugField(max_length=40, blank=True, help_text="Blank is every product line.")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")
    note = models.CharField(max_length=200, blank=True)

    objects: Any = models.Manager.from_queryset(ExclusivityQuerySet)()

    class Meta(Record.Meta):
        ordering = ["market", "trade", "from_date"]
        verbose_name_plural = "exclusivities"
        constraints = [
            one_of("trade", ("", *PARTNER_KINDS), "exclusivity_trade"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")),
                name="exclusivity_range",
                violation_error_message="The exclusivity ends before it begins.",
            ),
            ExclusionConstraint(
                name="exclusivity_no_overlap",
                expressions=[
                    (_one("brand"), RangeOperators.OVERLAPS),
                    (_one("market"), RangeOperators.OVERLAPS),
                    (_one_or_all("trade"), RangeOperators.OVERLAPS),
                    (_one_or_all("product_line"), RangeOperators.OVERLAPS),
                    (Func(F("from_date"), F("to_date"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Somebody has an exclusivity for this market, trade and line in that time.",
            ),
            SameBrand(link="partner", name="exclusivity_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.trade or '*'} {self.product_line or '*'}"
