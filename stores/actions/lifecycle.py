"""The life of a store: each step is an action with its guards, a reason for the history, and an eye on who was there first.

Whoever presses a button has looked at a status. When it is another one by then, the step is refused and says so, so that two
people never open and close the same door unknowingly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, F

from stores.actions.access import locked
from stores.actions.errors import Blocked, Refused
from stores.actions.transaction import acting
from stores.models import Actor, Grant, PlanStore, ServiceCase, Store, StoreMilestone
from stores.models.queries.opening import local_day
from stores.models.services import OPEN_CASE_STATUSES
from stores.values import clock
from stores.values.lifecycle import STORE_STEPS, Blocker
from stores.values.milestones import REACHED_WITH

Guard = Callable[[Sequence[int]], Iterable[tuple[int, Blocker]]]
"""Asked about many stores at once: which of them cannot take a step, and why."""

LONGEST_REASON = 200
ADVANCES = ("signed", "fit_out", "ready", "soft_open")
"""Steps that need nothing but the decision."""


def _open_cases(ids: Sequence[int]) -> Iterable[tuple[int, Blocker]]:
    rows = ServiceCase.objects.filter(store__in=ids, status__in=OPEN_CASE_STATUSES)
    for pk, count in rows.order_by().values_list("store").annotate(Count("pk")):
        yield pk, Blocker("open_cases", count)


def _staff_grants(ids: Sequence[int]) -> Iterable[tuple[int, Blocker]]:
    rows = Grant.objects.filter(store__in=ids, user__is_active=True)
    for pk, count in rows.order_by().values_list("store").annotate(Count("pk")):
        yield pk, Blocker("staff_grants", count)


def _running_plans(ids: Sequence[int]) -> Iterable[tuple[int, Blocker]]:
    """Promotions that customers are told run in the store, now or soon."""
    rows: Any = PlanStore.objects.filter(
        store__in=ids,
        revision=F("revision__plan__approved_revision"),
        revision__plan__stopped_at__isnull=True,
        revision__plan__ends_at__gt=clock.now(),
    )
    for pk, count in rows.order_by().values_list("store").annotate(Count("pk")):
        yield pk, Blocker("running_plans", count)


def _followers(ids: Sequence[int]) -> Iterable[tuple[int, Blocker]]:
    """Counters that follow the store's hours: nobody would keep them any more, and they would be told for ever."""
    rows: Any = Store.objects.filter(hours_from__in=ids).exclude(status__in=("closed", "cancelled"))
    for pk, count in rows.order_by().values_list("hours_from").annotate(Count("pk")):
        yield pk, Blocker("followers", count)


def _published(ids: Sequence[int]) -> Iterable[tuple[int, Blocker]]:
    for pk in Store.objects.filter(pk__in=ids, published_at__isnull=False).values_list("pk", flat=True):
        yield pk, Blocker("published", 1)


GUARDS: Mapping[str, Sequence[Guard]] = {
    # Back to the builders: customers must not read of an opening that nobody can keep.
    "fit_out": (_published,),
    # Each of these is somebody who would stand before a closed door. What else a store owes (bookings) is added here.
    "closed": (_open_cases, _staff_grants, _running_plans, _followers),
}
"""What stands in the way of each status; a status that is missing here has no guard."""


def blockers(ids: Sequence[int], to: str) -> dict[int, list[Blocker]]:
    """The stores among ``ids`` that cannot take the step now, each with its reasons. One question per guard."""
    found: defaultdict[int, list[Blocker]] = defaultdict(list)
    for guard in GUARDS.get(to, ()):
        for pk, blocker in guard(ids):
            found[pk].append(blocker)
    return dict(found)


def advance_store(*, by: Actor, store: Store, to: str, reason: str = "") -> Store:
    """One step on the way to the opening: signed, fit_out, ready or soft_open."""
    if to not in ADVANCES:
        raise Refused("This step has an action of its own.", code="step")
    return _step(store, to, by=by, reason=reason)


def open_store(*, by: Actor, store: Store, reason: str = "") -> Store:
    """Open the doors: for the first time, again after a temporary closure, or after all when a closing is called off.

    A store that opens before its opening date, or without one, gets today's: customers read it as closed until that date. One
    that was shut while its closing was announced opens as closing: only from there the closing is called off.
    """

    def changes(found: Store, today: date) -> dict[str, Any]:
        changed: dict[str, Any] = {"reopen_date": None}
        if found.status == "closing":
            changed["closing_date"] = None
        elif found.status == "temporarily_closed" and found.closing_date is not None:
            changed["status"] = "closing"
        undated = found.status in {"ready", "soft_open"} and found.opening_date is None
        if undated or (found.opening_date is not None and found.opening_date > today):
            changed["opening_date"] = today
        return changed

    return _step(store, "open", by=by, reason=reason, changes=changes)


def close_store_temporarily(*, by: Actor, store: Store, reason: str, reopen_date: date | None = None) -> Store:
    """Close for a while, until ``reopen_date`` where somebody knows it: from that day on the store is open by itself."""
    _require_reason(reason)

    def changes(found: Store, today: date) -> dict[str, Any]:
        if reopen_date is not None and reopen_date <= today:
            raise Refused("The store opens again on a day to come, or nobody knows when.", code="reopen_date")
        if reopen_date is not None and found.closing_date is not None and found.closing_date <= reopen_date:
            raise Refused("On that day the store is closed for good.", code="reopen_date")
        return {"reopen_date": reopen_date}

    return _step(store, "temporarily_closed", by=by, reason=reason, changes=changes)


def announce_closing(*, by: Actor, store: Store, closing_date: date, reason: str) -> Store:
    """Tell customers that the store closes for good; ``closing_date`` is the first day it stays closed.

    A store that is temporarily closed stays so until then, or until it opens again before: closing would say that its doors
    are open.
    """
    _require_reason(reason)

    def changes(found: Store, today: date) -> dict[str, Any]:
        if closing_date <= today:
            raise Refused("A closing is announced for a day to come.", code="closing_date")
        # A store that never opened for good has no opening left to announce.
        never = found.opening_date is not None and found.opening_date > closing_date
        changed: dict[str, Any] = {"closing_date": closing_date, **({"opening_date": None} if never else {})}
        if found.status == "temporarily_closed":
            changed["status"] = found.status
            if found.reopen_date is not None and found.reopen_date >= closing_date:
                changed["reopen_date"] = None
        return changed

    return _step(store, "closing", by=by, reason=reason, changes=changes)


def close_store(*, by: Actor, store: Store, reason: str = "") -> Store:
    """Close for good, today where the announced day has not come. Refused while somebody still counts on the store."""

    def changes(found: Store, today: date) -> dict[str, Any]:
        early = found.closing_date is None or found.closing_date > today
        # A store that never opened for good has no opening left to announce.
        never = found.opening_date is not None and found.opening_date > today
        return {
            "reopen_date": None,
            **({"closing_date": today} if early else {}),
            **({"opening_date": None} if never else {}),
        }

    return _step(store, "closed", by=by, reason=reason, changes=changes)


def cancel_store(*, by: Actor, store: Store, reason: str) -> Store:
    """Give up a store that has not opened yet."""
    _require_reason(reason)
    return _step(store, "cancelled", by=by, reason=reason)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why, so that others find it in the history.", code="reason")


def _step(
    store: Store,
    to: str,
    *,
    by: Actor,
    reason: str,
    changes: Callable[[Store, date], Mapping[str, Any]] = lambda found, today: {},
) -> Store:
    """Move the store, if it still is where the caller saw it, the table of steps knows the step and no guard speaks.

    ``changes`` names what else the step writes, given the store and its local day; a status there takes the place of ``to``.
    """
    seen = store.status
    with acting(by, reason.strip()[:LONGEST_REASON] or f"{seen} > {to}".replace("_", " ")):
        found: Store = locked(Store, store.pk, by=by, to="edit_stores")
        if found.status != seen:
            raise Refused(
                "Meanwhile the store is %(status)s: look at it again.", code="changed_meanwhile", status=[found.status]
            )
        if to not in STORE_STEPS[seen]:
            raise Refused(
                "A store that is %(seen)s cannot become %(to)s. Possible: %(possible)s.",
                code="step",
                seen=[seen],
                to=[to],
                possible=STORE_STEPS[seen] or ["nothing, this is the end"],
            )
        if reasons := blockers([found.pk], to).get(found.pk):
            raise Blocked(VERBS.get(to, "go on"), reasons)
        today = local_day(found.time_zone, clock.now())
        changed = {"status": to, **changes(found, today)}
        for name, value in changed.items():
            setattr(found, name, value)
        found.save(update_fields=list(changed))
        _reach_milestone(found, found.status, today)
    return found


def _reach_milestone(store: Store, to: str, today: date) -> None:
    """A step that is a milestone is written down as one."""
    if kind := REACHED_WITH.get(to):
        StoreMilestone.objects.filter(store=store, kind=kind, done_date__isnull=True).update(done_date=today)


VERBS: Mapping[str, str] = {"closed": "close", "fit_out": "go back to fit-out"}
"""How a refused step is said."""
