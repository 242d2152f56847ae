"""What partners may say about their own counters at once: that all is still right, or another phone number or hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from stores.actions.access import locked
from stores.actions.errors import Refused
from stores.actions.transaction import acting, name_of
from stores.models import Actor, Store, User, WeeklyHours
from stores.timetable.schedule import claimed_twice
from stores.values import clock
from stores.values.phones import PhoneNotUnderstood, parse_phone

CONTACT = ("phone", "email", "website")
"""Fields of a store that whoever runs it changes without asking."""


def confirm_counters(*, by: Actor, stores: Any) -> int:
    """Write down that somebody who stands there says these stores (a QuerySet) are right. How many they were.

    Stores that the actor may not confirm are left out: the caller shows the others only.
    """
    with acting(by, "confirmed"):
        own = stores.visible_to(by, to="confirm_counters").order_by("pk").select_for_update(of=("self",))
        keys = list(own.values_list("pk", flat=True))
        moment, name = clock.now(), name_of(by)[:254]
        return int(Store.objects.filter(pk__in=keys).update(verified_at=moment, verified_by=name))


def correct_counter(
    *, by: Actor, store: Store, contact: Mapping[str, str], week: Any = None, version: int | None = None
) -> Store:
    """Change phone, email and website, and the week of the whole year when one is given; both count as a confirmation.

    ``version`` is the store's when the person began to type: Refused with code ``changed_since`` when somebody wrote to it
    meanwhile. The number may be written as people in the market dial it.
    """
    with acting(by, "corrected"):
        found = locked(Store, store.pk, by=by, to="confirm_counters")
        if version is not None and found.version != version:
            raise Refused("Somebody changed this meanwhile: look at it again.", code="changed_since")
        for name in CONTACT:
            if name in contact:
                setattr(found, name, contact[name].strip())
        found.phone = _e164(found)
        found.verified_at, found.verified_by = clock.now(), name_of(by)[:254]
        _checked(found, CONTACT)
        found.save(update_fields=[*CONTACT, "verified_at", "verified_by"])
        if week is not None:
            _write_week(found, week, by=by)
    return found


def stamp_own_hours(store: int, *, by: Actor) -> None:
    """Hours written by whoever runs a store confirm it; a manager's say nothing about the rest of its data."""
    rows = Store.objects.filter(pk=store)
    if isinstance(by, User) and not rows.visible_to(by, to="edit_stores").exists():
        confirm_counters(by=by, stores=rows)


def check_seasons_of(store: int, purpose: str) -> None:
    """Refuse seasons that claim the same day. The database refuses them too, as the transaction ends and without words."""
    rows = WeeklyHours.objects.filter(store=store, purpose=purpose).exclude(season_from="")
    seasons = rows.order_by("season_from").values_list("season_from", "season_to")
    if claimed_twice(seasons):
        raise Refused("Two seasons claim the same days: end one before the other begins.", code="seasons")


def week_of(store: Store) -> WeeklyHours | None:
    """The week that applies the whole year outside of seasons, which is what a correction writes."""
    found: WeeklyHours | None = WeeklyHours.objects.filter(store=store, purpose="store", season_from="").first()
    return found


def _write_week(store: Store, week: Any, *, by: Actor) -> None:
    locked(Store, store.pk, by=by, to="edit_hours")
    row = week_of(store)
    if row is not None and row.periods == week:
        return
    row = row or WeeklyHours(brand_id=store.brand_id, store=store, purpose="store")
    row.periods = week
    _checked(row, ("periods",))
    row.save()


def _e164(store: Store) -> str:
    try:
        phone = parse_phone(store.phone, store.market.code)
    except PhoneNotUnderstood as error:
        raise Refused("This is not a phone number that can be dialled.", code="phone") from error
    return phone.e164 if phone else ""


def _checked(row: Store | WeeklyHours, names: tuple[str, ...]) -> None:
    others = [field.name for field in row._meta.fields if field.name not in names]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="invalid") from error
