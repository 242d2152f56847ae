"""Plans with a date: what has to happen before a store opens, and before a brand goes live in a market.

Most dates hang on one day, the opening or the launch, at so many days before it. When that day moves, the database moves what
hangs on it and is still open, whoever moved it: a form, an import, a task. What is done keeps the date it had.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from stores.models.base import Record, tracked
from stores.models.brands import Brand
from stores.models.fields import SameBrand
from stores.models.following import follows
from stores.models.markets import MarketEntry
from stores.models.network import Store
from stores.models.people import User
from stores.models.queries.opening import by_local_day
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.values.lifecycle import PIPELINE_STATUSES
from stores.values.milestones import LAUNCH_KINDS, MILESTONE_KINDS


class Planned(Record):
    """Something that somebody does by a day. With ``offset_days`` the day follows the opening or the launch."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField(null=True, blank=True)
    offset_days = models.SmallIntegerField(
        null=True, blank=True, help_text="Days after the opening or launch, negative before it. Empty for a fixed date."
    )
    done_date = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta(Record.Meta):
        abstract = True


class PlannedQuerySet(ScopedQuerySet[Any]):
    """``coming`` are the rows before whose day the opening or the launch lies, ``zone`` leads to the zone that days are of."""

    coming: ClassVar[Q]
    zone: ClassVar[str]

    def open(self) -> Self:
        """What is still to do."""
        return self.filter(self.coming, done_date__isnull=True)

    def overdue(self, moment: datetime) -> Self:
        """Open ones whose day is over where the store or the market is."""
        return by_local_day(self.open(), "due_date__lt", zone=self.zone, moment=moment)


class StoreMilestoneQuerySet(PlannedQuerySet):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")
    coming = Q(store__status__in=PIPELINE_STATUSES)
    zone = "store__time_zone"


@tracked()
class StoreMilestone(Planned):
    """A step towards a store's opening: who does it, by when, and when it was done."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=16, choices=choices(MILESTONE_KINDS))

    objects: Any = models.Manager.from_queryset(StoreMilestoneQuerySet)()

    class Meta(Planned.Meta):
        ordering = ["store", "due_date", "pk"]
        indexes = [models.Index(fields=["due_date"], condition=Q(done_date__isnull=True), name="milestone_open_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"],
                name="milestone_once",
                violation_error_message="The store has this milestone already.",
            ),
            one_of("kind", MILESTONE_KINDS, "milestone_kind"),
            models.CheckConstraint(
                condition=Q(offset_days__isnull=False) | Q(due_date__isnull=False),
                name="milestone_has_a_day",
                violation_error_message="A milestone has a date of its own or follows the opening.",
            ),
            SameBrand(link="store", name="milestone_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, follows("stores_store", "store_id", "opening_date")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def zone(self) -> str:
        """The zone of the store, whose days the milestone is due on."""
        return self.store.time_zone


class LaunchItemQuerySet(PlannedQuerySet):
    scope = Scope(market="entry__market_id")
    coming = Q(entry__status__in=("planned", "preparing"))
    zone = "entry__market__default_time_zone"


@tracked()
class LaunchItem(Planned):
    """A point of the checklist that a market passes before the brand is live there."""

    entry = models.ForeignKey(MarketEntry, on_delete=models.CASCADE, related_name="launch_items")
    kind = models.CharField(max_length=16, choices=choices(LAUNCH_KINDS))
    title = models.CharField(max_length=120, blank=True, help_text="What it is, where no kind of the list fits.")
    is_required = models.BooleanField(default=True)

    objects: Any = models.Manager.from_queryset(LaunchItemQuerySet)()

    class Meta(Planned.Meta):
        ordering = ["entry", "due_date", "pk"]
        indexes = [models.Index(fields=["due_date"], condition=Q(done_date__isnull=True), name="launch_item_open_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind", "title"],
                name="launch_item_once",
                violation_error_message="The checklist has this point already.",
            ),
            one_of("kind", LAUNCH_KINDS, "launch_item_kind"),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(title=""),
                name="launch_item_title",
                violation_error_message="Say what it is.",
            ),
            SameBrand(link="entry", name="launch_item_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, follows("stores_marketentry", "entry_id", "launch_date")]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())

    def zone(self) -> str:
        """The zone of the market, whose days the point is due on."""
        return self.entry.market.default_time_zone
