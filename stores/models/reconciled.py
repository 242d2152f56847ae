"""What a channel should hold and what it was seen to hold.

Actions write the desired columns, sync alone writes the observed ones. A row that differs is the work: there is no event queue.
Two clocks: ``act_at`` is a business instant (a campaign's start or end), ``next_at`` and leases belong to the database clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from stores.models.base import Record
from stores.models.brands import Brand
from stores.models.channels import Channel, Connection
from stores.models.fields import SameBrand
from stores.models.promotions import MarketPlan
from stores.models.queries.sync import ChannelPromotionQuerySet
from stores.models.revisions import PlanRevision
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

PRESENCES = ("present", "absent")
# What sync last knew: nothing there yet; there as wanted; there but to be changed; gone as wanted; refused by the channel.
STATES = ("pending", "live", "scheduled", "ended", "failing", "rejected")
ERROR_KINDS = ("", "rejected", "retry", "ambiguous", "auth_lost", "gone", "conflict")


class Reconciled(Record):
    """Sync columns of anything that is made true on a channel. Claim and complete work on any table with these."""

    our_ref = models.CharField(max_length=30, unique=True)
    # --- desired, written by actions
    presence = models.CharField(max_length=8, choices=choices(PRESENCES), default="present")
    desired = models.JSONField()
    desired_hash = models.CharField(max_length=64)
    generation = models.BigIntegerField()
    desired_at = models.DateTimeField(help_text="Machine time of the last change, to measure convergence.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # --- observed, written by sync
    applied_generation = models.BigIntegerField(default=0)
    applied_hash = models.CharField(max_length=64, blank=True)
    observed_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=choices(STATES), default="pending")
    converged_at = models.DateTimeField(null=True, blank=True)
    # --- when to look again
    act_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    # --- the claim
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # --- doubt: a create may have happened; a late write may still land
    create_intent_at = models.DateTimeField(null=True, blank=True)
    suspect_until = models.DateTimeField(null=True, blank=True)
    last_error_kind = models.CharField(max_length=10, blank=True)
    last_error = models.TextField(blank=True)

    class Meta(Record.Meta):
        abstract = True


class ChannelPromotion(Reconciled):
    """One plan in one channel."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(MarketPlan, on_delete=models.PROTECT, related_name="channel_promotions")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="channel_promotions")
    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, related_name="channel_promotions")
    # The hash that people approved; the gate before each send compares it with the revision's.
    content_hash = models.CharField(max_length=64)

    objects: Any = models.Manager.from_queryset(ChannelPromotionQuerySet)()

    class Meta(Reconciled.Meta):
        ordering = ["channel", "plan"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="promotion_next_at"),
            models.Index(fields=["act_at"], condition=Q(act_at__isnull=False), name="promotion_act_at"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="promotion_leases"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "channel"], name="promotion_once_per_channel"),
            models.UniqueConstraint(fields=["id", "brand"], name="promotion_id_brand"),
            one_of("presence", PRESENCES, "promotion_presence"),
            one_of("state", STATES, "promotion_state"),
            one_of("last_error_kind", ERROR_KINDS, "promotion_error_kind"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="promotion_window"),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="promotion_lease_whole",
            ),
            models.CheckConstraint(
                condition=Q(applied_generation__lte=F("generation")), name="promotion_never_ahead_of_desired"
            ),
            SameBrand(link="plan", name="promotion_plan_same_brand"),
            SameBrand(link="channel", name="promotion_channel_same_brand"),
            SameBrand(link="revision", name="promotion_revision_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} in {self.channel}"

    def state_at(self, moment: datetime) -> str:
        """What a customer meets: a channel that starts by itself holds it before it shows it."""
        return "scheduled" if self.state == "live" and moment < self.starts_at else self.state


class RemoteObjectQuerySet(ScopedQuerySet["RemoteObject"]):
    scope = Scope(brand="promotion__brand_id", market="promotion__channel__market_id")


class RemoteObject(Record):
    """An object on the platform that a channel promotion owns. One promotion may own several (a campaign and its rule)."""

    promotion = models.ForeignKey(ChannelPromotion, on_delete=models.CASCADE, related_name="remote_objects")
    role = models.CharField(max_length=20, default="promotion")
    remote_id = models.CharField(max_length=200)
    remote_version = models.CharField(max_length=60, blank=True)

    objects: Any = models.Manager.from_queryset(RemoteObjectQuerySet)()

    class Meta(Record.Meta):
        ordering = ["promotion", "role"]
        constraints = [models.UniqueConstraint(fields=["promotion", "role"], name="remote_object_role_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.remote_id}"


class ConnectionHealthQuerySet(ScopedQuerySet["ConnectionHealth"]):
    scope = Scope(brand="connection__brand_id")


class ConnectionHealth(Record):
    """Breaker and token bucket of one account, as a row so that they hold across processes. Database clock."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="health")
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    # Closed while null. Until this time nothing is sent; afterwards one probe may pass.
    open_until = models.DateTimeField(null=True, blank=True)
    throttled_until = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ConnectionHealthQuerySet)()

    class Meta(Record.Meta):
        ordering = ["connection"]
        verbose_name_plural = "connection health"

    def __str__(self) -> str:
        return f"{self.connection}: {'open' if self.open_until else 'closed'}"


class ChannelReadbackQuerySet(ScopedQuerySet["ChannelReadback"]):
    scope = Scope(brand="channel__brand_id", market="channel__market_id")


class ChannelReadback(Record):
    """When a channel is read back in full, and what the last reading found. Database clock."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="readback")
    due_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects: Any = models.Manager.from_queryset(ChannelReadbackQuerySet)()

    class Meta(Record.Meta):
        ordering = ["channel"]
        indexes = [models.Index(fields=["due_at"], name="readback_due_at")]

    def __str__(self) -> str:
        return f"{self.channel} read {self.read_at or 'never'}"
