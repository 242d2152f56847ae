"""What gets approved: the immutable content of a plan, its hash, its normalized rows, and the decisions on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from stores.models.base import Record, append_only
from stores.models.brands import Brand
from stores.models.catalog import Offer
from stores.models.channels import Channel
from stores.models.fields import SameBrand
from stores.models.network import Store
from stores.models.promotions import MarketPlan
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

SELECTORS = ("variant", "product", "line")
ITEM_ROLES = ("include", "exclude", "condition", "gift")
DECISIONS = ("approve", "reject")


class PlanRevisionQuerySet(ScopedQuerySet["PlanRevision"]):
    scope = Scope(market="plan__market_id")


class PlanRevision(Record):
    """One immutable version of a plan. ``content`` is read by planner, API and time machine; ``content_hash`` is approved."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(MarketPlan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_by = models.CharField(max_length=160)

    objects: Any = models.Manager.from_queryset(PlanRevisionQuerySet)()

    class Meta(Record.Meta):
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="revision_number_per_plan"),
            models.UniqueConstraint(fields=["id", "brand"], name="revision_id_brand"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number"),
            SameBrand(link="plan", name="revision_plan_same_brand"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.plan} #{self.number}"


class RevisionPartQuerySet(ScopedQuerySet["RevisionPart"]):
    scope = Scope(market="revision__plan__market_id")


class RevisionPart(Record):
    """Base of a revision's normalized rows."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(PlanRevision, on_delete=models.CASCADE, related_name="%(class)ss")

    objects: Any = models.Manager.from_queryset(RevisionPartQuerySet)()

    class Meta(Record.Meta):
        abstract = True
        triggers = [append_only()]


class PlanItem(RevisionPart):
    """What the promotion covers: a variant, a product or a whole line, included or excluded, as condition or gift."""

    selector = models.CharField(max_length=8, choices=choices(SELECTORS))
    code = models.CharField(max_length=60)
    role = models.CharField(max_length=10, choices=choices(ITEM_ROLES), default="include")

    class Meta(RevisionPart.Meta):
        ordering = ["revision", "id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "selector", "code", "role"], name="plan_item_once"),
            one_of("selector", SELECTORS, "plan_item_selector"),
            one_of("role", ITEM_ROLES, "plan_item_role"),
            SameBrand(link="revision", name="plan_item_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.selector} {self.code}"


class PlanPrice(RevisionPart):
    """The resolved promotional price of one offer."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    regular = models.DecimalField(max_digits=14, decimal_places=4)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)

    class Meta(RevisionPart.Meta):
        ordering = ["revision", "offer"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "offer"], name="plan_price_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="plan_price_not_negative"),
            SameBrand(link="revision", name="plan_price_same_brand"),
            SameBrand(link="offer", name="plan_price_offer_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.offer}: {self.price} {self.currency}"


class PlanChannel(RevisionPart):
    """A channel the plan runs in."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")

    class Meta(RevisionPart.Meta):
        ordering = ["revision", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "channel"], name="plan_channel_once"),
            SameBrand(link="revision", name="plan_channel_same_brand"),
            SameBrand(link="channel", name="plan_channel_channel_same_brand"),
        ]

    def __str__(self) -> str:
        return str(self.channel)


class PlanStore(RevisionPart):
    """A store the plan runs in: opening offer, in-store demo bonus, service gift."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")

    class Meta(RevisionPart.Meta):
        ordering = ["revision", "store"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "store"], name="plan_store_once"),
            SameBrand(link="revision", name="plan_store_same_brand"),
            SameBrand(link="store", name="plan_store_store_same_brand"),
        ]

    def __str__(self) -> str:
        return str(self.store)


class ApprovalQuerySet(ScopedQuerySet["Approval"]):
    scope = Scope(market="revision__plan__market_id")


class Approval(Record):
    """A decision on one revision, bound to the hash that was looked at."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, related_name="approvals")
    content_hash = models.CharField(max_length=64)
    decision = models.CharField(max_length=8, choices=choices(DECISIONS))
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField()
    comment = models.TextField(blank=True)

    objects: Any = models.Manager.from_queryset(ApprovalQuerySet)()

    class Meta(Record.Meta):
        ordering = ["-decided_at"]
        constraints = [
            one_of("decision", DECISIONS, "approval_decision"),
            SameBrand(link="revision", name="approval_revision_same_brand"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.decision} {self.revision}"
