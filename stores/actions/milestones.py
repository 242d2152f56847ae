"""Milestones of an opening: planned from the opening date, moved with it, done by those who do them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from stores.actions.access import locked
from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting
from stores.models import Actor, LaunchItem, Store, StoreMilestone, User
from stores.models.queries.opening import local_day
from stores.values import clock
from stores.values.lifecycle import PIPELINE_STATUSES
from stores.values.milestones import USUAL_MILESTONES
from stores.values.words import storable


class Moved(NamedTuple):
    """A milestone, or a point of a checklist, that another day took along: which, from when, to when."""

    item: StoreMilestone | LaunchItem
    before: date | None
    after: date | None


def plan_milestones(*, by: Actor, store: Store) -> list[StoreMilestone]:
    """Add the usual milestones of the store's format that it does not have yet. Returns the new ones.

    Without an opening date they have no day yet, and get one with it.
    """
    with acting(by, "plan milestones"):
        found: Store = locked(Store, store.pk, by=by, to="edit_stores")
        known = set(StoreMilestone.objects.filter(store=found).values_list("kind", flat=True))
        return [
            StoreMilestone.objects.create(brand_id=found.brand_id, store=found, kind=kind, offset_days=days)
            for kind, days in USUAL_MILESTONES[found.format].items()
            if kind not in known
        ]


def change_milestone(
    *, by: Actor, milestone: StoreMilestone, owner: User | None, due_date: date | None, follows: bool, note: str = ""
) -> StoreMilestone:
    """Give a milestone to somebody and to a day, which moves with the opening (``follows``) or stays.

    Raises NotFound for an owner whom the actor does not see, Refused for a day that cannot be reckoned.
    """
    with acting(by, "change milestone"):
        found: StoreMilestone = locked(StoreMilestone, milestone.pk, by=by, to="edit_stores")
        found.owner = owned(owner, by=by, brand=found.brand_id)
        opening = Store.objects.values_list("opening_date", flat=True).get(pk=found.store_id)
        if follows and opening is not None and due_date is not None:
            found.offset_days = (due_date - opening).days
        elif follows and found.offset_days is None:
            raise Refused(
                "Without an opening date there is nothing to follow: give the milestone a date.", code="follows"
            )
        elif not follows:
            if due_date is None:
                raise Refused("A milestone has a date of its own or follows the opening.", code="due_date")
            found.offset_days = None
        found.due_date, found.note = due_date, storable(note)[:500]
        found.save(update_fields=["owner", "due_date", "offset_days", "note"])
        found.refresh_from_db(fields=["due_date"])
    return found


def owned(owner: User | None, *, by: Actor, brand: int) -> User | None:
    """The owner, if that person is a colleague of the actor in the brand. Raises NotFound otherwise."""
    if owner is not None:
        colleagues = User.objects.colleagues_of(by, to="edit_stores").filter(grants__brand=brand)
        if not colleagues.filter(pk=owner.pk).exists():
            raise NotFound("user")
    return owner


def complete_milestone(*, by: Actor, milestone: StoreMilestone, done_date: date | None = None) -> StoreMilestone:
    """Write down that it is done, today or on the day given."""
    with acting(by, "milestone done"):
        found: StoreMilestone = locked(StoreMilestone, milestone.pk, by=by, to="edit_stores")
        if found.done_date is not None:
            raise Refused("Somebody has written that down already.", code="changed_meanwhile")
        today = local_day(found.store.time_zone, clock.now())
        if done_date is not None and done_date > today:
            raise Refused("What is done is not done on a day to come.", code="done_date")
        found.done_date = done_date or today
        found.save(update_fields=["done_date"])
    return found


def reopen_milestone(*, by: Actor, milestone: StoreMilestone) -> StoreMilestone:
    """Take back that it is done; its day follows the opening again where it did."""
    with acting(by, "milestone not done"):
        found: StoreMilestone = locked(StoreMilestone, milestone.pk, by=by, to="edit_stores")
        found.done_date = None
        found.save(update_fields=["done_date"])
        found.refresh_from_db(fields=["due_date"])
    return found


def set_opening_date(*, by: Actor, store: Store, opening_date: date | None, reason: str = "") -> list[Moved]:
    """Plan the opening for another day. Returns the milestones that moved along; what is done stays where it is.

    Raises Refused when the store is open already, or somebody else moved the day meanwhile.
    """
    with acting(by, reason.strip()[:200] or "opening moved"):
        found: Store = locked(Store, store.pk, by=by, to="edit_stores")
        if found.opening_date != store.opening_date:
            raise Refused(
                "Meanwhile somebody else changed the opening date: look at it again.", code="changed_meanwhile"
            )
        if found.status not in PIPELINE_STATUSES:
            raise Refused("The store has opened already, or never will.", code="opened")
        if opening_date is not None and found.closing_date is not None and found.closing_date < opening_date:
            raise Refused("The store closes before it opens.", code="opening_date")
        before = days_of(found)
        found.opening_date = opening_date
        found.save(update_fields=["opening_date"])
        store.opening_date = opening_date
        return moved(found, before)


def days_of(store: Store) -> dict[int, date | None]:
    """The days of a store's open milestones, to be compared after something may have moved them."""
    rows: Iterable[tuple[int, date | None]] = StoreMilestone.objects.filter(
        store=store, done_date__isnull=True
    ).values_list("pk", "due_date")
    return dict(rows)


def moved(store: Store, before: dict[int, date | None]) -> list[Moved]:
    """The open milestones whose day is another one than ``before`` knew, in the order of their days."""
    rows = StoreMilestone.objects.filter(store=store, pk__in=before).order_by("due_date", "pk")
    return [Moved(row, before[row.pk], row.due_date) for row in rows if row.due_date != before[row.pk]]
