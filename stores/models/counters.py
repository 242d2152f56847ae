"""What partners say about their counters: changes they propose, links by which they confirm, and how good the data is."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stores.models.base import Record, tracked
from stores.models.brands import Brand, Partner
from stores.models.fields import SameBrand
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.values import clock

REQUEST_STATES = ("open", "accepted", "rejected", "withdrawn")
LINK_KINDS = ("request", "reminder")


class ChangeRequestQuerySet(ScopedQuerySet["ChangeRequest"]):
    # By the partner who asked, not by the store's operator of today: what was proposed is theirs to see.
    scope = Scope(market="store__market_id", store="store_id", partner="partner_id")

    def undecided(self) -> ChangeRequestQuerySet:
        """The worklist: what waits, oldest first."""
        return self.filter(state="open").order_by("created_at", "pk")


@tracked()
class ChangeRequest(Record):
    """A change to a store that somebody proposed and a manager decides.

    ``changes`` is ``{field: {"from": value then, "to": value proposed}}`` for ``name``, ``status`` and ``address:<language>``
    (a dictionary of an address's parts). Accepting refuses when the store is not what it was then.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="change_requests")
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="change_requests"
    )
    changes = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    proposed_by = models.CharField(max_length=254)
    state = models.CharField(max_length=9, choices=choices(REQUEST_STATES), default="open")
    decision_comment = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ChangeRequestQuerySet)()

    class Meta(Record.Meta):
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["brand", "created_at"], condition=Q(state="open"), name="change_request_waiting")
        ]
        constraints = [
            one_of("state", REQUEST_STATES, "change_request_state"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by="", decided_at__isnull=True)
                | (~Q(state="open") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="change_request_decided_by_somebody",
                violation_error_message="A decision has a person and a time; an open request has neither.",
            ),
            models.CheckConstraint(condition=~Q(changes={}), name="change_request_changes_something"),
            SameBrand(link="store", name="change_request_store_same_brand"),
            SameBrand(link="partner", name="change_request_partner_same_brand"),
        ]

    def __str__(self) -> str:
        return str(self.store)


class ConfirmationLinkQuerySet(ScopedQuerySet["ConfirmationLink"]):
    scope = Scope(market="partner__market_id", partner="partner_id")

    def live(self) -> ConfirmationLinkQuerySet:
        """Neither revoked nor expired at this moment."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=clock.now())


@tracked(exclude=["digest", "last_used_at"])
class ConfirmationLink(Record):
    """An address that lets whoever has it confirm a partner's counters, without an account, until it expires.

    Of ``prefix.secret`` only a keyed digest is stored, as of an API key. A reminder is a link of its own, so that the first
    mail's keeps working.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="confirmation_links")
    quarter = models.CharField(max_length=6)
    kind = models.CharField(max_length=8, choices=choices(LINK_KINDS), default="request")
    email = models.EmailField()
    language = models.CharField(max_length=35)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    pepper = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ConfirmationLinkQuerySet)()

    class Meta(Record.Meta):
        ordering = ["-created_at"]
        constraints = [
            one_of("kind", LINK_KINDS, "confirmation_link_kind"),
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^[0-9]{4}Q[1-4]$"),
                name="confirmation_link_quarter",
                violation_error_message="A quarter is written as 2026Q4.",
            ),
            # Two processes that send at the same time: one makes the link, the other finds it made.
            models.UniqueConstraint(
                fields=["partner", "quarter", "kind", "email"],
                condition=Q(revoked_at__isnull=True),
                name="confirmation_link_once",
            ),
            SameBrand(link="partner", name="confirmation_link_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.quarter} {self.prefix}"


class StoreQualityQuerySet(ScopedQuerySet["StoreQuality"]):
    scope = Scope(brand="store__brand_id", market="store__market_id", store="store_id", partner="store__operator_id")


class StoreQuality(models.Model):
    """How good a store's data was when it was last looked at: derived, so that lists can sort by it.

    ``store_version`` says which version of the store it is about, and ``holds_until`` when time alone makes it worse.
    """

    store = models.OneToOneField(Store, on_delete=models.CASCADE, primary_key=True, related_name="quality")
    score = models.PositiveSmallIntegerField()
    gaps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    store_version = models.BigIntegerField()
    holds_until = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(StoreQualityQuerySet)()

    class Meta:
        ordering = ["score", "store"]
        verbose_name_plural = "store qualities"
        constraints = [models.CheckConstraint(condition=Q(score__lte=100), name="store_quality_in_per_cent")]

    def __str__(self) -> str:
        return f"{self.store} {self.score}"
