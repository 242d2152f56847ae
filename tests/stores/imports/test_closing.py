"""What a list takes away from customers: stores a complete list lacks, and the question before many of them go."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from stores.models import Store, StoreSource, WeeklyHours
from stores.values import clock
from tests import people
from tests.stores.imports.lists import BERLIN, TOKYO, Desk, text_of

pytestmark = pytest.mark.django_db
WEEK = [[{"start": "10:00", "end": "19:00"}] for _ in range(7)]


def own(*rows: str) -> str:
    return "\n".join(("code,name_en,market,status,opening_date,closing_date,hours", *rows)) + "\n"


@pytest.fixture
def four(world: people.World) -> list[Store]:
    """Four open stores of Rokid in Germany, and one of Acme that no list of Rokid's may touch."""
    stores = [people.store(world.rokid, "DE", f"de-{n}", opening_date=date(2025, 1, n)) for n in range(1, 5)]
    for store in stores:
        WeeklyHours.objects.create(brand=world.rokid, store=store, periods=WEEK)
    people.store(world.acme, "DE", "de-5")
    return stores


UNCHANGED = [f"de-{n},de-{n},DE,open,2025-01-0{n},,Mo-Su 10:00-19:00" for n in range(1, 5)]


@pytest.mark.parametrize(
    "row",
    [
        "de-1,de-1,DE,closed,2025-01-01,,",
        "de-1,de-1,DE,closing,2025-01-01,,",
        "de-1,de-1,DE,temporarily_closed,2025-01-01,,",
        "de-1,de-1,DE,open,2025-01-01,2026-01-01,",
        "de-1,de-1,DE,open,2100-01-01,,",
        "de-1,de-1,FR,open,2025-01-01,,",
        "de-1,de-1,DE,open,2025-01-01,,Mo-Su off",
    ],
)
def test_every_way_to_take_a_fourth_of_the_stores_away_asks_first(row: str, four: list[Store], desk: Desk) -> None:
    text = own(row, *UNCHANGED[1:])
    before = list(Store.objects.order_by("pk").values())
    with pytest.raises(CommandError, match=r"would close 1 of 4 stores in its markets.*--allow-mass-change"):
        desk.run(text, "--apply", source="own")
    assert list(Store.objects.order_by("pk").values()) == before
    assert desk.run(text, "--apply", "--allow-mass-change", source="own")[0]["outcome"] == "changed"


def test_a_list_that_takes_nothing_away_is_not_asked_about(four: list[Store], desk: Desk) -> None:
    Store.objects.filter(code="de-2").update(closing_date=date(2027, 1, 1))
    later = UNCHANGED[1].replace("2025-01-02,,", "2025-01-02,2028-01-01,")
    lines = desk.run(own(UNCHANGED[0].replace("10:00", "09:00"), later, *UNCHANGED[2:]), "--apply", source="own")
    assert [line["outcome"] for line in lines] == ["changed", "changed", "unchanged", "unchanged"]


def test_a_list_is_not_taken_for_complete_unless_that_is_said(four: list[Store], desk: Desk) -> None:
    desk.run(own(UNCHANGED[0]), "--apply", source="own")
    assert set(Store.objects.values_list("status", flat=True)) == {"open"}


def test_a_complete_list_closes_what_it_lacks_in_its_markets_and_no_other(
    world: people.World, four: list[Store], desk: Desk
) -> None:
    people.store(world.rokid, "JP", "jp-1")
    people.store(world.rokid, "FR", "fr-1")
    nameless = UNCHANGED[2].replace("de-3,de-3", "de-3,")
    text = own(*UNCHANGED[:2], nameless)
    with pytest.raises(CommandError, match="would close 1 of 4 stores"):
        desk.run(text, "--apply", "--complete", source="own")
    lines = desk.run(text, "--apply", "--complete", "--allow-mass-change", source="own")
    assert [(line["row"], line["outcome"]) for line in lines] == [
        (2, "unchanged"), (3, "unchanged"), (4, "refused"), (5, "changed"),
    ]  # fmt: skip
    assert lines[3]["warnings"][0]["reason"] == "the list is complete and lacks this store, so it is closed"
    closed = Store.objects.get(status="closed")
    assert (closed.code, closed.closing_date) == ("de-4", clock.now().date())


def test_a_store_that_is_still_being_built_is_never_lacking(world: people.World, four: list[Store], desk: Desk) -> None:
    people.store(world.rokid, "DE", "de-soon", status="fit_out", published_at=None)
    lines = desk.run(own(*UNCHANGED), "--complete", source="own")
    assert [line["outcome"] for line in lines] == ["unchanged"] * 4


def test_a_complete_list_of_another_source_closes_only_what_it_once_brought(
    world: people.World, four: list[Store], desk: Desk
) -> None:
    desk.run(text_of(TOKYO, BERLIN, BERLIN | {"ref": "R3"}), "--apply")
    desk.run(text_of(TOKYO, BERLIN), "--apply", "--complete", "--allow-mass-change")
    gone = StoreSource.objects.get(external_id="optic:R3").store
    assert list(Store.objects.filter(status="closed")) == [gone]


def test_a_complete_list_with_a_row_that_names_no_store_is_refused(four: list[Store], desk: Desk) -> None:
    with pytest.raises(CommandError, match="row 3 does not say which store it means"):
        desk.run(own(UNCHANGED[0], ",Somewhere,DE,open,,,"), "--complete", source="own")


def test_a_store_that_was_to_open_later_is_closed_with_its_dates_as_they_are(four: list[Store], desk: Desk) -> None:
    Store.objects.filter(code="de-4").update(opening_date=date(2100, 1, 1))
    desk.run(own(*UNCHANGED[:3]), "--apply", "--complete", "--allow-mass-change", source="own")
    assert Store.objects.filter(code="de-4").values_list("status", "opening_date", "closing_date").get() == (
        "closed", date(2100, 1, 1), None,
    )  # fmt: skip


def test_the_rows_of_a_complete_list_are_in_its_report(four: list[Store], desk: Desk, tmp_path: Path) -> None:
    desk.run(own(*UNCHANGED[:3]), "--complete", source="own")
    last = json.loads(desk.report.read_text("utf-8").splitlines()[-1])
    assert (last["row"], last["normalized"]["code"], last["changes"]["status"]) == (
        5, "de-4", {"from": "open", "to": "closed"},
    )  # fmt: skip


def test_a_store_that_somebody_counts_on_is_not_closed_by_a_list(
    world: people.World, four: list[Store], desk: Desk
) -> None:
    people.person("Clara", "regional_manager", brand=world.rokid, store=four[0])
    lines = desk.run(own(UNCHANGED[0].replace(",open,", ",closed,"), *UNCHANGED[2:]), "--apply", "--complete",
                     "--allow-mass-change", source="own")  # fmt: skip
    assert (lines[0]["outcome"], lines[0]["warnings"][-1]) == ("unchanged", {
        "column": "status", "value": "closed", "reason": "Cannot close: 1 staff grant. The status stays as it is.",
    })  # fmt: skip
    assert list(Store.objects.filter(status="closed").values_list("code", flat=True)) == ["de-2"]
