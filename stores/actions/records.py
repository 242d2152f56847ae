"""Plain records: reference rows that have no rule of their own beyond who may edit them and where.

Campaigns, plans, cases and everything else with a life of its own has its own actions; a table that is missing here can only
be read by people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.db import models

from stores.actions import channels, counters, partners, special_days
from stores.actions.access import locked, require_whole
from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting
from stores.models import (
    Actor,
    Brand,
    Channel,
    ChannelStore,
    Connection,
    Device,
    Exclusivity,
    Grant,
    HoursTemplate,
    MarketEntry,
    Offer,
    Partner,
    PartnerContact,
    Product,
    Region,
    ServiceOffering,
    SpecialDay,
    Store,
    StoreAddress,
    StoreProduct,
    StoreService,
    User,
    Variant,
    WeeklyHours,
)

M = TypeVar("M", bound=models.Model)

# What a person must be able to do to change a row of the table. Regions and grants decide who sees what, so changing them is
# managing people.
EDITING: dict[type[models.Model], str] = {
    Brand: "manage_people",
    Channel: "edit_channels",
    ChannelStore: "edit_channels",
    Connection: "edit_channels",
    Device: "edit_services",
    Exclusivity: "edit_partners",
    Grant: "manage_people",
    HoursTemplate: "edit_stores",
    MarketEntry: "edit_stores",
    Offer: "edit_catalog",
    Partner: "edit_partners",
    PartnerContact: "edit_partners",
    Product: "edit_catalog",
    Region: "manage_people",
    ServiceOffering: "edit_services",
    SpecialDay: "edit_hours",
    Store: "edit_stores",
    StoreAddress: "edit_stores",
    StoreProduct: "edit_stores",
    StoreService: "edit_services",
    User: "manage_people",
    Variant: "edit_catalog",
    WeeklyHours: "edit_hours",
}
# Where making a new row takes more than changing one: entering a market gives its whole region a new place.
ADDING: dict[type[models.Model], str | None] = {Brand: None, MarketEntry: "manage_people", User: None}
# Rows that say where something applies and hold nothing that anybody needs later. History keeps them all the same.
DELETABLE: frozenset[type[models.Model]] = frozenset(
    {
        ChannelStore,
        Exclusivity,
        Grant,
        HoursTemplate,
        PartnerContact,
        SpecialDay,
        StoreAddress,
        StoreProduct,
        StoreService,
        WeeklyHours,
    }
)
# What a row is known by, or what decides who sees it: given once.
FIXED: dict[type[models.Model], tuple[str, ...]] = {
    Brand: ("code",),
    Channel: ("code", "market"),
    ChannelStore: ("channel", "store"),
    Connection: ("code", "platform"),
    Device: ("serial",),
    Exclusivity: ("partner", "market"),
    Grant: ("user",),
    HoursTemplate: ("code",),
    # The status moves by steps with guards: stores.actions.launches.
    MarketEntry: ("market", "region", "status"),
    Offer: ("variant", "channel"),
    Partner: ("code",),
    PartnerContact: ("partner",),
    Product: ("code",),
    Region: ("code",),
    ServiceOffering: ("code", "market"),
    SpecialDay: ("store", "purpose", "date"),
    # The status moves by steps with guards: stores.actions.lifecycle.
    Store: ("code", "market", "status"),
    StoreAddress: ("store",),
    StoreProduct: ("store", "product"),
    StoreService: ("store", "offering"),
    User: ("email",),
    Variant: ("sku", "product"),
    WeeklyHours: ("store",),
}

# Seen by everyone in the brand, and they decide about everyone in it: the tree decides who sees what, the brand how many eyes
# an approval takes. A grant for a part of the brand may not change them.
WHOLE_BRAND: frozenset[type[models.Model]] = frozenset({Brand, Region})


def ability_to_add(model: type[models.Model]) -> str | None:
    """What making a row takes; None when people cannot make one."""
    return ADDING[model] if model in ADDING else EDITING.get(model)


def fixed_fields(model: type[models.Model]) -> tuple[str, ...]:
    """Fields that keep their first value, the brand among them."""
    own = FIXED.get(model, ())
    return ("brand", *own) if any(field.name == "brand" for field in model._meta.fields) else own


def save_record(*, by: Actor, obj: M, fields: Iterable[str] | None = None, reason: str = "") -> M:
    """Write a new row, or the named fields of an existing one, if the actor may do so there.

    Every link that is new or changed is looked up through the actor's own eyes, and the written row must lie within the
    actor's reach, or the transaction is undone. Raises NotFound for what the actor may not see, Refused when an ability is
    missing or a fixed field would change.
    """
    save_together(by=by, rows=[(obj, fields)], reason=reason)
    return obj


def save_together(
    *,
    by: Actor,
    rows: Iterable[tuple[models.Model, Iterable[str] | None]],
    removed: Iterable[models.Model] = (),
    reason: str = "",
) -> None:
    """Delete and write rows as one change, each as ``save_record`` does.

    Rules about several rows look at the outcome: two seasons that hand days to each other overlap while one of them is written.
    """
    with acting(by, reason):
        for obj in removed:
            remove_record(by=by, obj=obj, reason=reason)
        written = [(obj, *_written(obj, fields, by=by)) for obj, fields in rows]
        for obj, before, changed in written:
            _followed(before, obj, changed, by=by)


def _written(obj: models.Model, fields: Iterable[str] | None, *, by: Actor) -> tuple[models.Model | None, list[str]]:
    """Write a row; what it was before, None for a new one, and what changed."""
    model = type(obj)
    adding = obj._state.adding  # noqa: SLF001  (Django documents it)
    ability = ability_to_add(model) if adding else EDITING.get(model)
    if ability is None:
        raise Refused("This cannot be edited here.", code="not_allowed")
    manager: Any = model._default_manager
    before = None if adding else locked(model, obj.pk, by=by, to=ability)
    names = [field.name for field in model._meta.fields] if fields is None else list(fields)
    changed = [name for name in names if before is None or _raw(before, name) != _raw(obj, name)]
    if before is not None and (kept := [name for name in changed if name in fixed_fields(model)]):
        raise Refused("The %(field)s cannot be changed any more.", code="fixed", field=kept[:1])
    for name in changed:
        _check_link(obj, name, by=by)
    if model in WHOLE_BRAND:
        require_whole(by, ability, obj.pk if isinstance(obj, Brand) else _raw(obj, "brand"))
    changed = _prepared(before, obj, changed, by=by)
    if before is None:
        obj.save(force_insert=True)
    elif changed:
        obj.save(update_fields=changed)
    if not manager.visible_to(by, to=ability).filter(pk=obj.pk).exists():
        raise NotFound(str(model._meta.verbose_name))
    return before, changed


def _prepared(before: models.Model | None, obj: models.Model, changed: list[str], *, by: Actor) -> list[str]:
    """What a table's own rules say before its row is written; the fields to save."""
    match obj:
        case Connection():
            return channels.checked_account(cast("Connection | None", before), obj, changed)
        case Channel():
            channels.check_place_in_account(cast("Channel | None", before), obj, changed, by=by)
            partners.check_place(before, obj, changed)
        case MarketEntry() if before is None and obj.status != "planned":
            # Going live has a checklist to answer for, and a step of its own.
            raise Refused("A market is planned first; its launch has the steps from there.", code="step")
        case User():
            _check_only_ours(obj, by=by)
        case SpecialDay():
            return special_days.stamped(obj, changed, by=by)
        case Store():
            special_days.check_holidays_of(obj, changed)
            partners.check_place(before, obj, changed)
    return changed


def _followed(before: models.Model | None, obj: models.Model, changed: list[str], *, by: Actor) -> None:
    """What a table's own rules do after its row was written."""
    match obj:
        case Channel() if before is not None:
            channels.follow_status(obj, changed)
        case WeeklyHours():
            counters.check_seasons_of(obj.store_id, obj.purpose)
            counters.stamp_own_hours(obj.store_id, by=by)


def remove_record(*, by: Actor, obj: models.Model, reason: str = "") -> None:
    """Delete a row that only says where something applies. Raises NotFound or Refused as ``save_record`` does."""
    model = type(obj)
    if model not in DELETABLE:
        raise Refused("This is kept: close or end it instead of deleting it.", code="not_allowed")
    with acting(by, reason):
        locked(model, obj.pk, by=by, to=EDITING[model]).delete()


def _raw(obj: models.Model, name: str) -> Any:
    return getattr(obj, obj._meta.get_field(name).attname)  # type: ignore[union-attr]  # only own columns come here


def _check_only_ours(user: User, *, by: Actor) -> None:
    """An account that works for another brand too is not one brand's to close or rename."""
    managed = Brand.objects.visible_to(by, to="manage_people")
    if user.grants.exclude(brand__in=managed).exists():
        raise Refused("This account works for others too: take away its grants here instead.", code="shared_account")


def _check_link(obj: models.Model, name: str, *, by: Actor) -> None:
    """A link must lead to a row that the actor sees; no row and a hidden row are the same answer."""
    related = obj._meta.get_field(name).related_model
    target = _raw(obj, name)
    if target is None or related is None or not isinstance(related, type):
        return
    manager: Any = related._default_manager
    if not manager.visible_to(by).filter(pk=target).exists():
        raise NotFound(str(related._meta.verbose_name))
