"""One customer's device being served."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from stores.actions import cases
from stores.actions.errors import NotFound, Refused
from stores.models import CaseEvent, Device, ServiceCase, ServiceOffering
from tests.people import store
from tests.shopping import Shop

CONTACT = {"name": "Jonas Weber", "email": "jonas@example.com"}


@pytest.fixture
def device(shop: Shop) -> Device:
    made: Device = Device.objects.create(
        brand=shop.world.rokid, serial="RG24X0001", variant=shop.variant, sold_market=shop.world.markets["DE"]
    )
    return made


def take_in(shop: Shop, device: Device, by: object = None) -> ServiceCase:
    place = store(shop.world.rokid, "DE", "mitte")
    return cases.open_case(
        by=by or shop.world.emma,  # type: ignore[arg-type]  # one of the cast
        device=device,
        language="de",
        complaint="Das linke Display flackert.",
        contact=CONTACT,
        store=place,
    )


def test_taking_a_device_in_starts_the_timeline(shop: Shop, device: Device) -> None:
    case = take_in(shop, device)
    assert (case.status, case.market.code, case.reference[:3]) == ("received", "DE", "DE-")
    assert [(event.kind, event.to_status) for event in case.events.all()] == [("intake", "received")]


def test_a_case_is_due_by_the_day_that_it_is_where_the_device_was_taken_in(shop: Shop, device: Device) -> None:
    offered = ServiceOffering.objects.create(
        brand=shop.world.rokid, market=shop.world.markets["JP"], code="lens", kind="repair", name={"en": "Lens"},
        turnaround_days=3,
    )  # fmt: skip
    case = cases.open_case(
        by=shop.world.olivia, device=device, language="ja", complaint="曇る", contact=CONTACT, offering=offered,
        store=store(shop.world.rokid, "JP", "ginza"),
        received_at=datetime(2026, 11, 24, 22, tzinfo=UTC),  # 07:00 of the 25th in Tokyo
    )  # fmt: skip
    assert case.due_date == date(2026, 11, 28)


def test_the_contact_is_sealed_and_opened_only_for_those_who_handle_the_case(shop: Shop, device: Device) -> None:
    case = take_in(shop, device)
    assert b"jonas" not in bytes(case.contact)
    assert cases.contact_of(by=shop.world.emma, case=case) == CONTACT
    with pytest.raises(NotFound):
        cases.contact_of(by=shop.world.kenji, case=case)


def test_a_case_moves_step_by_step_and_says_which_steps_there_are(shop: Shop, device: Device) -> None:
    case = take_in(shop, device)
    for status in ("diagnosing", "repairing", "ready", "returned"):
        case = cases.move_case(by=shop.world.emma, case=case, to_status=status)
    with pytest.raises(Refused) as refused:
        cases.move_case(by=shop.world.emma, case=case, to_status="repairing")
    assert refused.value.message == (
        "A case that is returned cannot become repairing. Possible: nothing: the case is over."
    )
    assert [event.to_status for event in case.events.all()] == [
        "received",
        "diagnosing",
        "repairing",
        "ready",
        "returned",
    ]


def test_another_region_neither_takes_in_nor_moves_it(shop: Shop, device: Device) -> None:
    with pytest.raises(NotFound):
        take_in(shop, device, by=shop.world.kenji)
    assert (ServiceCase.objects.count(), CaseEvent.objects.count()) == (0, 0)


def test_a_case_cannot_be_handed_to_a_store_out_of_reach(shop: Shop, device: Device) -> None:
    case = take_in(shop, device)
    with pytest.raises(NotFound):
        cases.transfer_case(by=shop.world.emma, case=case, store=store(shop.world.rokid, "JP", "ginza"))
    moved = cases.transfer_case(by=shop.world.emma, case=case, store=store(shop.world.rokid, "FR", "marais"))
    last = moved.events.last()
    assert last is not None
    assert (moved.market.code, last.kind) == ("FR", "transfer")


def test_intake_needs_a_place_a_contact_and_a_complaint(shop: Shop, device: Device) -> None:
    good = {"by": shop.world.emma, "device": device, "language": "de", "complaint": "x", "contact": CONTACT}
    elsewhere = ServiceOffering.objects.create(
        brand=shop.world.rokid,
        market=shop.world.markets["FR"],
        code="repair",
        kind="repair",
        name={"fr": "x"},
        currency="EUR",
    )
    place = {"market": shop.world.markets["DE"]}
    for wrong, code in (
        ({}, "place"),
        ({**place, "contact": {"name": "x"}}, "contact"),
        ({**place, "complaint": " "}, "complaint"),
        ({**place, "offering": elsewhere}, "offering"),
    ):
        with pytest.raises(Refused) as refused:
            cases.open_case(**{**good, **wrong})  # type: ignore[arg-type]  # parameters by name
        assert refused.value.code == code
