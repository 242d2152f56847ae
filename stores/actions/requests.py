"""Changes that somebody proposes and a manager decides; accepting applies them as if the manager had typed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

from stores.actions import lifecycle
from stores.actions.access import locked
from stores.actions.errors import NotFound, Refused
from stores.actions.records import save_record
from stores.actions.transaction import acting, name_of
from stores.models import Actor, ChangeRequest, Store, StoreAddress
from stores.models.queries.opening import local_day
from stores.values import clock

PARTS = ("lines", "sublocality", "locality", "administrative_area", "postal_code")
"""The parts of an address that can be proposed, in the order of a form."""
PROPOSABLE_STATUSES = ("open", "temporarily_closed", "closed")
"""What a partner can say about a counter's door; the steps before opening are the brand's own."""


@dataclass(frozen=True)
class Difference:
    """A field of a request: the value when it was proposed, what was proposed, and the value now."""

    field: str
    then: Any
    proposed: Any
    now: Any

    @property
    def moved(self) -> bool:
        """Whether somebody changed it since."""
        return bool(self.now != self.then)


def value_of(store: Store, field: str) -> Any:
    """A proposable field as it is now; None for an address that is not there."""
    if field in {"name", "status"}:
        return getattr(store, field)
    address = _address(store, field)
    return None if address is None else {part: getattr(address, part) for part in PARTS}


def differences(request: ChangeRequest) -> list[Difference]:
    """Each field of a request beside the store of this moment."""
    return [
        Difference(field, change["from"], change["to"], value_of(request.store, field))
        for field, change in request.changes.items()
    ]


def propose_change(*, by: Actor, store: Store, proposed: Mapping[str, Any], reason: str = "") -> ChangeRequest:
    """Ask for new values of ``name``, ``status`` or ``address:<language>``. What is the same already is left out.

    A newer request takes the place of open ones about the same fields. Raises Refused when nothing would change or a value
    cannot be stored, NotFound as ever.
    """
    with acting(by, reason or "proposed a change"):
        found = locked(Store, store.pk, by=by, to="propose_changes")
        changes = {}
        for field, wanted in proposed.items():
            if field not in {"name", "status"} and not field.startswith("address:"):
                raise NotFound("field")
            current = value_of(found, field)
            if wanted != current:
                _check(found, field, wanted)
                changes[field] = {"from": current, "to": wanted}
        if not changes:
            raise Refused("That is what the store has already.", code="nothing_changes")
        for older in ChangeRequest.objects.undecided().filter(store=found).select_for_update(of=("self",)):
            if set(older.changes) & set(changes):
                _decide(older, by=by, state="withdrawn", comment="Replaced by a newer request.")
        made: ChangeRequest = ChangeRequest.objects.create(
            brand_id=found.brand_id,
            store=found,
            partner_id=found.operator_id,
            changes=changes,
            reason=reason.strip()[:500],
            proposed_by=_signed(by),
        )
    return made


def is_own(request: ChangeRequest, *, by: Actor) -> bool:
    """Whether the actor proposed it."""
    return bool(request.proposed_by == _signed(by))


def is_for_others(request: ChangeRequest, *, by: Actor) -> bool:
    """Whether the actor proposed it and the brand wants a second person to decide, as for a campaign's revisions."""
    return request.brand.four_eyes and is_own(request, by=by)


def accept_request(*, by: Actor, request: ChangeRequest, comment: str = "") -> ChangeRequest:
    """Apply what was proposed and close the request, both or neither.

    Refused with code ``four_eyes`` when a second person has to decide, and ``changed_since`` when a field is not what it was
    when the request was made: the manager decides with the three values in sight.
    """
    why = f"change request {request.pk}: {comment}".strip(": ")
    with acting(by, why):
        found = _to_decide(request, by=by)
        store = locked(Store, found.store_id, by=by, to="edit_stores")
        found.store = store
        if any(difference.moved for difference in differences(found)):
            raise Refused("This was changed since it was proposed: compare and decide again.", code="changed_since")
        for field, change in found.changes.items():
            _apply(store, field, change["to"], by=by, reason=why)
        return _decide(found, by=by, state="accepted", comment=comment)


def reject_request(*, by: Actor, request: ChangeRequest, comment: str) -> ChangeRequest:
    """Close the request and leave the store as it is; whoever asked reads why."""
    if not comment.strip():
        raise Refused("Say why, so that the partner knows what to send instead.", code="comment")
    with acting(by, comment):
        return _decide(_to_decide(request, by=by), by=by, state="rejected", comment=comment)


def withdraw_request(*, by: Actor, request: ChangeRequest) -> ChangeRequest:
    """Take an own proposal back. Refused with code ``not_yours`` for anybody else's."""
    with acting(by, "withdrawn"):
        found = _open(request, by=by, to="propose_changes")
        if not is_own(found, by=by):
            raise Refused("Only who proposed this can withdraw it.", code="not_yours")
        return _decide(found, by=by, state="withdrawn", comment="")


def _to_decide(request: ChangeRequest, *, by: Actor) -> ChangeRequest:
    found = _open(request, by=by, to="edit_stores")
    if is_for_others(found, by=by):
        raise Refused("You proposed this: a second person has to decide. You can withdraw it.", code="four_eyes")
    return found


def _open(request: ChangeRequest, *, by: Actor, to: str) -> ChangeRequest:
    found = locked(ChangeRequest, request.pk, by=by, to=to)
    if found.state != "open":
        raise Refused("Somebody decided this already.", code="decided")
    return found


def _decide(request: ChangeRequest, *, by: Actor, state: str, comment: str) -> ChangeRequest:
    request.state = state
    request.decision_comment = comment.strip()[:500]
    request.decided_by = _signed(by)
    request.decided_at = clock.now()
    request.save(update_fields=["state", "decision_comment", "decided_by", "decided_at"])
    return request


def _signed(by: Actor) -> str:
    return name_of(by)[:254]


def _apply(store: Store, field: str, value: Any, *, by: Actor, reason: str) -> None:
    if field == "status":
        _move(store, value, by=by, reason=reason)
        return
    if field == "name":
        store.name = value
        save_record(by=by, obj=store, fields=[field], reason=reason)
        return
    address = _address(store, field)
    adding = address is None
    if address is None:
        primary = not store.addresses.filter(is_primary=True).exists()
        address = StoreAddress(brand_id=store.brand_id, store=store, language=_language(field), is_primary=primary)
    for part in PARTS:
        setattr(address, part, value[part])
    save_record(by=by, obj=address, fields=None if adding else PARTS, reason=reason)


def _move(store: Store, to: str, *, by: Actor, reason: str) -> None:
    """Take the steps of a store's life that lead to the status: guards refuse what customers still count on."""
    if to == "open":
        lifecycle.open_store(by=by, store=store, reason=reason)
    elif to == "temporarily_closed":
        lifecycle.close_store_temporarily(by=by, store=store, reason=reason)
    else:
        if store.status != "closing":
            # A partner tells of a counter that is gone: announced and closed are one step then.
            tomorrow = local_day(store.time_zone, clock.now()) + timedelta(days=1)
            store = lifecycle.announce_closing(by=by, store=store, closing_date=tomorrow, reason=reason)
        lifecycle.close_store(by=by, store=store, reason=reason)


def _check(store: Store, field: str, value: Any) -> None:
    """Refuse a value that the table would not take, before anybody decides about it."""
    try:
        if field == "status":
            if value not in PROPOSABLE_STATUSES:
                raise Refused("A counter is open, closed for a while, or closed for good.", code="status")
        elif field == "name":
            if not value:
                raise Refused("A store has a name in at least one language.", code="name")
            store._meta.get_field("name").clean(value, store)
        else:
            row = StoreAddress(brand_id=store.brand_id, store=store, language=_language(field), **value)
            row.clean_fields(exclude=["brand", "store"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="invalid") from error


def _language(field: str) -> str:
    return field.partition(":")[2]


def _address(store: Store, field: str) -> StoreAddress | None:
    found: StoreAddress | None = StoreAddress.objects.filter(store=store, language=_language(field)).first()
    return found
