"""Writes to special days: what people decide about the hours of single dates."""

from __future__ import annotations

from collections.abc import Sequence

from stores.actions.errors import Refused
from stores.actions.transaction import name_of
from stores.models import Actor, SpecialDay, Store
from stores.timetable import holidays
from stores.values import clock


def stamped(day: SpecialDay, changed: Sequence[str], *, by: Actor) -> list[str]:
    """Put the decision's author and moment on a day that a person writes; the fields to save."""
    if not changed:
        return []
    decided = day.state != "proposed"
    day.decided_by = name_of(by) if decided else ""
    day.decided_at = clock.now() if decided else None
    return [*changed, "decided_by", "decided_at"]


def check_holidays_of(store: Store, changed: Sequence[str]) -> None:
    """Refuse to follow a follower, and a part of the country that has no calendar of its own.

    The database refuses the first as well; here it has words.
    """
    if "hours_from" in changed and store.hours_from_id is not None:
        followed: Store = Store.objects.get(pk=store.hours_from_id)
        if followed.pk == store.pk or followed.hours_from_id is not None:
            raise Refused("Follow a store that keeps hours of its own.", code="follows")
        if followed.market_id != store.market_id:
            raise Refused("Follow a store of the same market: another has other holidays.", code="follows")
        if store.pk is not None and Store.objects.filter(hours_from=store.pk).exists():
            raise Refused("Other stores follow this one, so it cannot follow another.", code="followed")
    if "holiday_subdivision" in changed and store.holiday_subdivision:
        try:
            _, part = holidays.place(store.market.holiday_country or store.market.code, store.holiday_subdivision)
        except ValueError:
            raise Refused("This part of the country has no holidays of its own.", code="subdivision") from None
        store.holiday_subdivision = part or ""
