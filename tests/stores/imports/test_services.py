"""The services a list names: by code or kind, in the store's own market; and the partners it names."""

from __future__ import annotations

from typing import Any

import pytest

from stores.models import Partner, ServiceOffering, Store, StoreService
from tests import people
from tests.stores.imports.lists import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(world: people.World) -> None:
    """Two repairs and a fitting in Germany, a repair in Japan with a code that Germany has too, and one of Acme."""
    for brand, market, code, kind in (
        (world.rokid, "DE", "repair-glasses", "repair"), (world.rokid, "DE", "repair-lenses", "repair"),
        (world.rokid, "DE", "fitting", "lens_fitting"), (world.rokid, "JP", "fitting", "lens_fitting"),
        (world.acme, "DE", "trade", "trade_in"),
    ):  # fmt: skip
        ServiceOffering.objects.create(
            brand=brand, market=people.market(market), code=code, kind=kind, name={"en": code}, currency="EUR"
        )


def listed(services: str, **more: str) -> str:
    names = ("code", "name", "market", "services", *more)
    return ",".join(names) + "\n" + ",".join(("de-1", "One", "DE", f'"{services}"', *more.values())) + "\n"


def done() -> list[tuple[str, str]]:
    return sorted(StoreService.objects.values_list("store__market__code", "offering__code"))


def named() -> tuple[str | None, str | None]:
    found: tuple[str | None, str | None] = Store.objects.values_list("operator__code", "host__code").get()
    return found


def reasons(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["value"], each["reason"]) for each in line["warnings"] if each["column"] == "services"]


def test_services_are_stored_by_code_and_by_kind(offered: None, desk: Desk) -> None:
    desk.run(listed("fitting; Repair"), "--apply", source="own")
    assert done() == [("DE", "fitting"), ("DE", "repair-glasses"), ("DE", "repair-lenses")]
    [line] = desk.run(listed("repair-lenses"), "--apply", source="own")
    assert line["changes"]["services"] == {
        "from": ["fitting", "repair-glasses", "repair-lenses"], "to": ["repair-lenses"],
    }  # fmt: skip
    assert done() == [("DE", "repair-lenses")]


def test_a_blank_cell_takes_services_away_and_a_missing_column_does_not(offered: None, desk: Desk) -> None:
    desk.run(listed("fitting"), "--apply", source="own")
    desk.run("code,name,market\nde-1,One,DE\n", "--apply", source="own")
    assert done() == [("DE", "fitting")]
    desk.run(listed(""), "--apply", source="own")
    assert done() == []


def test_a_word_nobody_knows_is_said_and_takes_nothing_away(offered: None, desk: Desk) -> None:
    desk.run(listed("fitting"), "--apply", source="own")
    [line] = desk.run(listed("repair-lenses; trade; Kaffee"), "--apply", source="own")
    assert reasons(line) == [
        ("Kaffee", "not the code or kind of a service that DE offers; left out"),
        ("trade", "not the code or kind of a service that DE offers; left out"),
    ]
    assert done() == [("DE", "fitting"), ("DE", "repair-lenses")]


def test_an_offering_that_has_ended_is_not_meant_by_its_kind(offered: None, desk: Desk) -> None:
    ServiceOffering.objects.filter(code="repair-lenses").update(to_date="2020-01-01")
    desk.run(listed("repair"), "--apply", source="own")
    assert done() == [("DE", "repair-glasses")]


def test_the_version_of_a_store_moves_with_its_services(offered: None, desk: Desk) -> None:
    desk.run(listed("fitting"), "--apply", source="own")
    before = Store.objects.get().version
    desk.run(listed("repair"), "--apply", source="own")
    assert Store.objects.get().version > before


def test_a_partner_is_named_by_code_first_and_by_a_name_that_only_one_has(world: people.World, desk: Desk) -> None:
    for code, name in (
        ("mall", "Mall"),
        ("mall-2", "Clearview"),
        ("clear", "clearview"),
        ("twin", "Twin"),
        ("twin-2", "TWIN"),
    ):
        Partner.objects.create(brand=world.rokid, code=code, name={"en": name}, kind="retailer")
    Partner.objects.create(brand=world.acme, code="rival", name={"en": "Rival"}, kind="retailer")
    [line] = desk.run(listed("", operator="clearview", located_in="mall"), "--apply", source="own")
    assert (line["outcome"], named()) == ("created", ("clearview", "mall"))
    for name in ("TWIN ", "Rival"):
        [line] = desk.run(listed("", operator=name), "--apply", source="own")
        assert [each["reason"] for each in line["warnings"] if each["column"] == "operator"] == [
            "no partner of the brand, or more than one, has this code or name; left out"
        ]
    assert named() == ("clearview", "mall")
    [line] = desk.run(listed("", operator=""), "--apply", source="own")
    assert line["changes"] == {"operator": {"from": "clearview", "to": None}}
    assert named() == (None, "mall")
