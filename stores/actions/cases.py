"""Service cases: take a device in, move it along, write down what happened. Every step is an event on the timeline."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from stores.actions.access import locked, require
from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting, name_of
from stores.models import Actor, CaseEvent, Device, Market, ServiceCase, ServiceOffering, Store
from stores.models.queries.opening import local_day
from stores.models.services import CASE_STEPS
from stores.values import clock, crypto, languages
from stores.values.words import storable

# No vowels and nothing that is mistaken for something else on the phone.
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
CONTACT_FIELDS = frozenset({"name", "email", "phone"})


def open_case(
    *,
    by: Actor,
    device: Device,
    language: str,
    complaint: str,
    contact: Mapping[str, str],
    store: Store | None = None,
    market: Market | None = None,
    offering: ServiceOffering | None = None,
    received_at: datetime | None = None,
) -> ServiceCase:
    """Take a device in at a store, or by mail in a market.

    ``contact`` has ``name`` and ``email`` or ``phone``; it is sealed and never appears in history. The case is due after the
    offering's turnaround. Raises Refused for a store, market or offering that does not fit.
    """
    brand = device.brand
    require(by, "handle_cases", brand)
    place = store.market if store else market
    if place is None:
        raise Refused("Name the store or the market that takes the device in.", code="place")
    if offering is not None and (offering.market_id != place.pk or offering.brand_id != brand.pk):
        raise Refused(f"{offering} is not offered in {place}.", code="offering")
    unknown = set(contact) - CONTACT_FIELDS
    if unknown or not contact.get("name") or not (contact.get("email") or contact.get("phone")):
        raise Refused("A contact has a name and an email or a phone number.", code="contact")
    if not complaint.strip():
        raise Refused("Say what the customer reports.", code="complaint")
    moment = received_at or clock.now()
    with acting(by, "open case"):
        case = ServiceCase(
            brand=brand,
            reference=f"{place.code}-{''.join(secrets.choice(LETTERS) for _ in range(8))}",
            device=device,
            market=place,
            store=store,
            offering=offering,
            language=languages.canonical(language),
            complaint=storable(complaint),
            received_at=moment,
            due_date=local_day(store.time_zone if store else place.default_time_zone, moment)
            + timedelta(days=offering.turnaround_days)
            if offering and offering.turnaround_days
            else None,
        )
        case.save()
        case.contact = crypto.seal(json.dumps(dict(contact)).encode(), context=f"case:{case.uid}")
        case.save(update_fields=["contact"])
        if not ServiceCase.objects.visible_to(by, to="handle_cases").filter(pk=case.pk).exists():
            raise NotFound("store" if store else "market")
        _record(case, by=by, kind="intake", to_status="received", note="", at=moment)
    return case


def move_case(*, by: Actor, case: ServiceCase, to_status: str, note: str = "") -> ServiceCase:
    """Move the case one step. Raises Refused naming the steps that are possible from where it is."""
    with acting(by, note or f"case {to_status}"):
        found = locked(ServiceCase, case.pk, by=by, to="handle_cases")
        steps = CASE_STEPS[found.status]
        if to_status not in steps:
            raise Refused(
                "A case that is %(seen)s cannot become %(to)s. Possible: %(possible)s.",
                code="step",
                seen=[found.status],
                to=[to_status],
                possible=steps or ["nothing: the case is over"],
            )
        before, found.status = found.status, to_status
        found.save(update_fields=["status"])
        _record(found, by=by, kind="status", from_status=before, to_status=to_status, note=note, at=clock.now())
    return found


def note_on_case(*, by: Actor, case: ServiceCase, note: str) -> CaseEvent:
    """Write something down on the timeline."""
    if not note.strip():
        raise Refused("The note is empty.", code="note")
    with acting(by, "note"):
        found = locked(ServiceCase, case.pk, by=by, to="handle_cases")
        return _record(found, by=by, kind="note", note=note, at=clock.now())


def transfer_case(*, by: Actor, case: ServiceCase, store: Store, note: str = "") -> ServiceCase:
    """Hand an open case to another store of the same brand that the actor may handle cases in."""
    with acting(by, note or "transfer case"):
        found = locked(ServiceCase, case.pk, by=by, to="handle_cases")
        if not CASE_STEPS[found.status]:
            raise Refused("The case is over.", code="step")
        if not Store.objects.visible_to(by, to="handle_cases").filter(pk=store.pk, brand=found.brand).exists():
            raise NotFound("store")
        found.store, found.market = store, store.market
        found.save(update_fields=["store", "market"])
        _record(found, by=by, kind="transfer", note=note or f"to {store.code}", at=clock.now())
    return found


def contact_of(*, by: Actor, case: ServiceCase) -> dict[str, str]:
    """The customer's contact, for whoever may handle the case. Raises NotFound or Refused otherwise."""
    with acting(by, "read contact"):
        found = locked(ServiceCase, case.pk, by=by, to="handle_cases")
    opened: dict[str, str] = (
        json.loads(crypto.unseal(found.contact, context=f"case:{found.uid}")) if found.contact else {}
    )
    return opened


def _record(
    case: ServiceCase, *, by: Actor, kind: str, at: datetime, note: str, from_status: str = "", to_status: str = ""
) -> CaseEvent:
    event: CaseEvent = CaseEvent.objects.create(
        brand=case.brand,
        case=case,
        kind=kind,
        from_status=from_status,
        to_status=to_status,
        note=storable(note),
        happened_at=at,
        recorded_by=name_of(by),
    )
    return event
