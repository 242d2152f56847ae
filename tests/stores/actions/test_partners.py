"""Who may sell where: contracts and exclusive rights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from stores.actions.errors import Refused
from stores.actions.partners import objections
from stores.actions.records import save_record
from stores.actions.together import preview_together
from stores.models import Channel, Exclusivity, Partner, Store
from tests import people
from tests.counters import counter, rival

TODAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)


def alone(partner: Partner, **fields: Any) -> Exclusivity:
    """Clearview alone sells through opticians in Hong Kong in 2026, unless said otherwise."""
    facts = {
        "trade": "optician",
        "market": people.market("HK"),
        "from_date": date(2026, 1, 1),
        "to_date": date(2027, 1, 1),
    }
    made: Exclusivity = Exclusivity.objects.create(brand=partner.brand, partner=partner, **{**facts, **fields})
    return made


def codes(partner: Partner, *, on: date = TODAY, market: str = "HK", kind: str = "") -> list[str]:
    found = objections(partner=partner, market=people.market(market), on=on, kind=kind)
    return [f"{'no' if one.forbids else 'look'}: {one.code}" for one in found]


def test_an_exclusive_right_forbids_others_in_its_market_trade_and_time(world: people.World) -> None:
    other = rival(world.rokid)
    carrier = Partner.objects.create(brand=world.rokid, code="telco", name={"en": "Telco"}, kind="carrier")
    assert codes(other) == []
    alone(world.optician)
    assert codes(other) == ["no: exclusive"]
    assert codes(world.optician) == []
    assert codes(carrier) == []
    assert codes(carrier, kind="optician") == ["no: exclusive"]
    assert codes(other, market="JP") == []
    assert codes(other, on=date(2026, 12, 31)) == ["no: exclusive"]
    assert codes(other, on=date(2027, 1, 1)) == []
    assert codes(other, on=date(2025, 12, 31)) == []


def test_a_right_for_every_trade_forbids_every_partner(world: people.World) -> None:
    carrier = Partner.objects.create(brand=world.rokid, code="telco", name={"en": "Telco"}, kind="carrier")
    alone(world.optician, trade="", to_date=None)
    assert codes(carrier, on=date(2040, 1, 1)) == ["no: exclusive"]


def test_a_right_for_one_product_line_is_for_a_person_to_weigh(world: people.World) -> None:
    alone(world.optician, product_line="glasses")
    assert codes(rival(world.rokid)) == ["look: exclusive_line"]


def test_a_contract_that_is_over_forbids_and_one_to_come_is_said(world: people.World) -> None:
    partner = rival(world.rokid)
    partner.contract_from_date, partner.contract_to_date = date(2026, 3, 1), date(2026, 12, 1)
    states = {on: (partner.contract_state(on), codes(partner, on=on)) for on in (
        date(2026, 2, 28), date(2026, 3, 1), date(2026, 11, 30), date(2026, 12, 1))}  # fmt: skip
    assert list(states.values()) == [
        ("to_come", ["look: contract_to_come"]),
        ("running", []),
        ("ending", []),
        ("over", ["no: contract_over"]),
    ]


@time_machine.travel(NOON, tick=False)
def test_a_store_does_not_get_an_operator_whom_a_right_forbids_and_may_keep_one(world: people.World) -> None:
    other = rival(world.rokid)
    kept, fresh = counter(world, "kowloon", operator=other), people.store(world.rokid, "HK", "central")
    alone(world.optician)
    kept.cluster = "malls"
    save_record(by=world.olivia, obj=kept, fields=["cluster", "operator"])
    fresh.operator = other
    with pytest.raises(Refused) as refusal:
        save_record(by=world.olivia, obj=fresh, fields=["operator"])
    assert refusal.value.code == "exclusive"
    assert Store.objects.get(pk=fresh.pk).operator is None
    # It opens when the right is over, so nothing is in the way.
    fresh.opening_date = date(2027, 1, 1)
    save_record(by=world.olivia, obj=fresh, fields=["operator", "opening_date"])
    assert Store.objects.get(pk=fresh.pk).operator == other


@time_machine.travel(NOON, tick=False)
def test_a_channel_does_not_get_a_partner_whom_a_right_forbids(world: people.World) -> None:
    other = rival(world.rokid)
    alone(world.optician, trade="retailer")
    channel = Channel(
        brand=world.rokid, code="hk-shop", name={"en": "Shop"}, market=world.markets["HK"], kind="retailer", partner=other,
        currency="HKD", languages=["en"],
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        save_record(by=world.olivia, obj=channel)
    assert refusal.value.code == "exclusive"
    channel.kind = "web_shop"
    save_record(by=world.olivia, obj=channel)
    assert Channel.objects.get(code="hk-shop").partner == other


@pytest.mark.parametrize(
    ("second", "collides"),
    [
        ({}, True),
        ({"trade": ""}, True),
        ({"product_line": "glasses"}, True),
        ({"from_date": date(2026, 12, 31), "to_date": None}, True),
        ({"from_date": date(2027, 1, 1), "to_date": None}, False),
        ({"trade": "carrier"}, False),
        ({"market": "JP"}, False),
    ],
)
def test_two_rights_never_overlap(world: people.World, second: dict[str, Any], collides: bool) -> None:  # noqa: FBT001  (a parameter of the test)
    alone(world.optician)
    if "market" in second:
        second = {**second, "market": people.market(second["market"])}
    if not collides:
        alone(rival(world.rokid), **second)
        return
    with pytest.raises(IntegrityError, match="exclusivity_no_overlap"), transaction.atomic():
        alone(rival(world.rokid), **second)


def test_two_lines_of_one_market_may_have_different_holders(world: people.World) -> None:
    alone(world.optician, product_line="glasses")
    alone(rival(world.rokid), product_line="accessories")
    assert Exclusivity.objects.count() == 2


def test_a_right_ends_after_it_begins(world: people.World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        alone(world.optician, to_date=date(2026, 1, 1))


@time_machine.travel(NOON, tick=False)
def test_a_change_of_many_stores_leaves_out_those_where_a_right_forbids(world: people.World) -> None:
    alone(world.optician)
    kept = rival(world.rokid)
    stores = [counter(world, "kowloon", operator=kept), counter(world, "central"), counter(world, "mongkok")]
    Store.objects.filter(pk=stores[2].pk).update(opening_date=date(2027, 1, 1))
    found = preview_together(by=world.olivia, stores=Store.objects.all(), values={"operator": kept})
    assert {row.store.code: row.refused for row in found.rows} == {"kowloon": "", "central": "exclusive", "mongkok": ""}
