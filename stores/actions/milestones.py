"""Milestones of an opening: planned from the opening date, and moved with it."""

from __future__ import annotations

from datetime import date

from stores.actions.access import locked
from stores.actions.errors import Refused
from stores.actions.planned import Moved, days_of, give, moved
from stores.actions.transaction import acting
from stores.models import Actor, Store, StoreMilestone, User
from stores.values.lifecycle import PIPELINE_STATUSES
from stores.values.milestones import USUAL_MILESTONES


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
        if not follows and due_date is None:
            raise Refused("A milestone has a date of its own or follows the opening.", code="due_date")
        return give(
            found,
            by=by,
            owner=owner,
            due_date=due_date,
            follows=follows,
            lead=Store.objects.values_list("opening_date", flat=True).get(pk=found.store_id),
            lost=Refused(
                "Without an opening date there is nothing to follow: give the milestone a date.", code="follows"
            ),
            note=note,
        )


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
        rows = StoreMilestone.objects.filter(store=found)
        before = days_of(rows)
        found.opening_date = opening_date
        found.save(update_fields=["opening_date"])
        store.opening_date = opening_date
        return moved(rows, before)
