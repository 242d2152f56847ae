"""What the milestones of an opening and the points of a launch's checklist share: an owner, a day, and being done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from stores.actions.access import locked
from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting
from stores.models import Actor, LaunchItem, StoreMilestone, User
from stores.models.queries.opening import local_day
from stores.values import clock
from stores.values.words import storable

P = TypeVar("P", StoreMilestone, LaunchItem)

# How the history begins to tell what happened to a row.
_CALLED: Mapping[type[Any], str] = {StoreMilestone: "milestone", LaunchItem: "checklist:"}


class Moved(NamedTuple):
    """A milestone, or a point of a checklist, that another day took along: which, from when, to when."""

    item: StoreMilestone | LaunchItem
    before: date | None
    after: date | None


def give(
    found: P,
    *,
    by: Actor,
    owner: User | None,
    due_date: date | None,
    follows: bool,
    lead: date | None,
    lost: Refused,
    note: str,
    also: Sequence[str] = (),
) -> P:
    """Write whose a locked row is, and its day, which moves with ``lead`` (``follows``) or stays; save ``also`` these fields.

    Raises NotFound for an owner whom the actor does not see, ``lost`` when there is no ``lead`` to follow.
    """
    if owner is not None:
        colleagues = User.objects.colleagues_of(by, to="edit_stores").filter(grants__brand=found.brand_id)
        if not colleagues.filter(pk=owner.pk).exists():
            raise NotFound("user")
    if not follows:
        found.offset_days = None
    elif lead is not None and due_date is not None:
        found.offset_days = (due_date - lead).days
    elif found.offset_days is None:
        raise lost
    found.owner, found.due_date, found.note = owner, due_date, storable(note)[:500]
    found.save(update_fields=["owner", "due_date", "offset_days", "note", *also])
    found.refresh_from_db(fields=["due_date"])
    return found


def complete(*, by: Actor, item: P, done_date: date | None = None) -> P:
    """Write down that it is done, on the day given, else today where the store or the market is."""
    with acting(by, f"{_CALLED[type(item)]} done"):
        found: P = locked(type(item), item.pk, by=by, to="edit_stores")
        if found.done_date is not None:
            raise Refused("Somebody has written that down already.", code="changed_meanwhile")
        today = local_day(found.zone(), clock.now())
        if done_date is not None and done_date > today:
            raise Refused("What is done is not done on a day to come.", code="done_date")
        found.done_date = done_date or today
        found.save(update_fields=["done_date"])
    return found


def reopen(*, by: Actor, item: P) -> P:
    """Take back that it is done; its day follows the opening or the launch again where it did."""
    with acting(by, f"{_CALLED[type(item)]} not done"):
        found: P = locked(type(item), item.pk, by=by, to="edit_stores")
        found.done_date = None
        found.save(update_fields=["done_date"])
        found.refresh_from_db(fields=["due_date"])
    return found


def days_of(rows: Any) -> dict[int, date | None]:
    """The days of those rows (a QuerySet) that are open, to be compared after something may have moved them."""
    return dict(rows.filter(done_date__isnull=True).values_list("pk", "due_date"))


def moved(rows: Any, before: Mapping[int, date | None]) -> list[Moved]:
    """The rows whose day is another one than ``before`` knew, in the order of their days."""
    found = rows.filter(pk__in=before).order_by("due_date", "pk")
    return [Moved(row, before[row.pk], row.due_date) for row in found if row.due_date != before[row.pk]]
