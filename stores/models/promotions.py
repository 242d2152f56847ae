"""Campaigns and their plans. Live, scheduled and ended are derived from the moment, never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from stores.models.base import Record, tracked
from stores.models.brands import Brand
from stores.models.fields import SameBrand, WallClockField
from stores.models.markets import Market
from stores.models.queries.promotions import CampaignQuerySet, MarketPlanQuerySet
from stores.models.scope import choices, one_of

KINDS = ("percentage", "amount", "fixed_price", "gift", "bundle", "free_shipping", "service")
WINDOW_POLICIES = ("per_market", "single_instant")
REVIEW_STATES = ("draft", "in_review", "approved", "rejected", "stopped")


@tracked()
class Campaign(Record):
    """A promotion intent of a brand, defined once and localized per market."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="campaigns")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=14, choices=choices(KINDS))
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(100)],
    )
    priority = models.PositiveSmallIntegerField(default=100)
    starts_local = WallClockField(help_text="Local wall clock in each market, unless the policy is a single instant.")
    ends_local = WallClockField()
    window_policy = models.CharField(max_length=14, choices=choices(WINDOW_POLICIES), default="per_market")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Needed by a single instant.")
    # Freeze: nothing new starts, what is live stays.
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(CampaignQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "-starts_local", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="campaign_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="campaign_id_brand"),
            one_of("kind", KINDS, "campaign_kind"),
            one_of("window_policy", WINDOW_POLICIES, "campaign_window_policy"),
            models.CheckConstraint(
                condition=Q(ends_local__gt=F("starts_local")),
                name="campaign_window",
                violation_error_message="The campaign ends before it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(window_policy="single_instant") | ~Q(time_zone=""),
                name="campaign_single_instant_zone",
                violation_error_message="A single instant needs the campaign's time zone.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="percentage") | Q(percent__gt=0, percent__lte=100),
                name="campaign_percentage",
                violation_error_message="A percentage campaign needs a percentage above 0 and at most 100.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class MarketPlan(Record):
    """A campaign localized to one market. What runs is its approved revision; editing makes the next one."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="plans")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="plans")
    review_state = models.CharField(max_length=10, choices=choices(REVIEW_STATES), default="draft")
    latest_revision = models.ForeignKey(
        "stores.PlanRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_revision = models.ForeignKey(
        "stores.PlanRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The approved revision's window as instants, resolved with the zone rules named beside it.
    starts_at = models.DateTimeField(null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    tzdata_version = models.CharField(max_length=12, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: Any = models.Manager.from_queryset(MarketPlanQuerySet)()

    class Meta(Record.Meta):
        ordering = ["campaign", "market"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "market"], name="plan_once_per_market"),
            models.UniqueConstraint(fields=["id", "brand"], name="plan_id_brand"),
            one_of("review_state", REVIEW_STATES, "plan_review_state"),
            models.CheckConstraint(
                condition=~Q(review_state="approved") | Q(approved_revision__isnull=False),
                name="plan_approved_has_revision",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True)
                | Q(review_state__in=["stopped", "draft", "in_review", "rejected"]),
                name="plan_stopped_is_not_approved",
                violation_error_message="A stopped plan needs a new approval to run again.",
            ),
            SameBrand(link="campaign", name="plan_campaign_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.market}"

    def state_at(self, moment: datetime) -> str:
        """What customers meet at the instant: live, scheduled, ended or stopped; before any approval the review state."""
        if self.stopped_at is not None:
            return "stopped"
        if self.approved_revision_id is None or self.starts_at is None or self.ends_at is None:
            return self.review_state
        if moment < self.starts_at:
            return "scheduled"
        return "live" if moment < self.ends_at else "ended"
