"""What a preview and the report say is what is done, no more and no less, and undoing takes exactly that back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stores.dashboard.imports.diff import shown
from stores.imports import jobs
from stores.models import ImportJob, Market, SpecialDay, Store, StoreSource
from stores.values import clock
from tests import people
from tests.stores.imports.lists import TOKYO, Desk, text_of

pytestmark = pytest.mark.django_db

HEAD = "code,external_id,name,market,latitude,longitude,datum,languages,hours\n"


def own(desk: Desk, *rows: str, head: str = HEAD) -> list[dict[str, Any]]:
    return desk.run(head + "".join(f"{row}\n" for row in rows), "--apply", source="own")


def warnings(line: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[dict[str, str]] = line["warnings"]
    return [(each["column"], each["reason"]) for each in found if each["column"] not in {"latitude", "time_zone"}]


def test_a_store_that_is_found_by_its_identity_keeps_its_code_and_the_report_has_it(
    world: people.World, desk: Desk
) -> None:
    own(desk, "B-1,x1,Mitte,DE,,,,,")
    [line] = own(desk, "B-9,x1,Mitte,DE,,,,,")
    assert (line["outcome"], line["normalized"]["code"]) == ("unchanged", "B-1")
    assert warnings(line) == [("code", "the store has the code B-1 and keeps it")]
    store = Store.objects.get()
    StoreSource.objects.create(brand=world.rokid, store=store, source="allplaces", external_id="optic:R1")
    [line] = desk.run(text_of(TOKYO))
    assert (line["normalized"]["code"], warnings(line)) == ("B-1", [])


def test_undoing_takes_stores_down_that_the_list_published_and_did_not_change(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO), "--apply")
    desk.run(text_of(TOKYO), "--apply", "--publish")
    assert Store.objects.get().published_at is not None
    done = jobs.revert_job(by=world.olivia, job=ImportJob.objects.latest("pk"))
    assert (done.state, Store.objects.get().published_at) == ("reverted", None)


def test_the_preview_of_a_new_store_shows_its_dates_languages_and_services(world: people.World, desk: Desk) -> None:
    head = "code,name,market,languages,services,opening_date,closing_date\n"
    [line] = own(desk, '"B-1",Mitte,DE,"de, tr",repair,2026-03-01,2027-03-31', head=head)
    names = ("languages", "services", "opening_date", "closing_date")
    assert [line["normalized"][name] for name in names] == [
        ["de", "tr"], ["repair"], "2026-03-01", "2027-03-31",
    ]  # fmt: skip
    [row] = shown(list(ImportJob.objects.get().rows.all()), world.olivia)
    lines = {each.label: each.new for each in row.lines}
    assert [lines[name] for name in ("Languages spoken", "Services", "Opening date", "Closing date")] == [
        "de, tr", "repair", "1 Mar 2026", "31 Mar 2027",
    ]  # fmt: skip


def test_what_a_position_was_converted_from_changes_with_the_position_alone(world: people.World, desk: Desk) -> None:
    Market.objects.create(
        code="CN",
        name={"en": "China"},
        currency="CNY",
        price_decimals=2,
        languages=["zh-Hans"],
        default_time_zone="Asia/Shanghai",
    )
    own(desk, "B-1,,Shanghai,CN,31.23,121.47,GCJ02,,")
    there = Store.objects.get()
    assert there.source_datum == "GCJ02"
    [line] = own(desk, "B-1,,Shanghai Pudong,CN,,,BD09,,")
    assert (list(line["changes"]), Store.objects.get().source_datum) == (["name"], "GCJ02")
    [line] = own(desk, f"B-1,,Shanghai,CN,{there.latitude!r},{there.longitude!r},,,")
    assert (list(line["changes"]), Store.objects.get().source_datum) == (["name"], "GCJ02")
    [line] = own(desk, "B-1,,Shanghai,CN,31.24,121.47,,,")
    assert line["changes"]["datum"] == {"from": "GCJ02", "to": "WGS84"}
    assert Store.objects.get().source_datum == "WGS84"
    jobs.revert_job(by=world.olivia, job=ImportJob.objects.latest("pk"))
    assert Store.objects.get().source_datum == "GCJ02"
    own(desk, "B-2,,Beijing,CN,,,BD09,,")
    assert Store.objects.get(code="B-2").source_datum == "WGS84"


def test_a_blank_cell_of_languages_clears_them_and_one_that_is_not_understood_does_not(
    world: people.World, desk: Desk
) -> None:
    own(desk, 'B-1,,Mitte,DE,,,,"de, tr",')
    own(desk, "B-1,,Mitte,DE,,,,?!,")
    assert Store.objects.get().languages == ["de", "tr"]
    [line] = own(desk, "B-1,,Mitte,DE,,,,,")
    assert line["changes"] == {"languages": {"from": ["de", "tr"], "to": []}}
    assert Store.objects.get().languages == []


def test_days_that_a_list_does_not_name_are_said_at_each_store_or_once_when_it_names_none(
    world: people.World, desk: Desk
) -> None:
    week = "Mo-Sa 10:00-19:00"
    rows = [f"B-{number},,Mitte,DE,,,,,{week}" for number in (1, 2, 3)]
    own(desk, *rows)
    next_year = clock.now().year + 1
    for store in Store.objects.exclude(code="B-3"):
        SpecialDay.objects.create(
            brand=world.rokid, store=store, date=date(next_year, 12, 24), periods=[], state="confirmed",
            decided_by="mei@example.com", decided_at=clock.now(),
        )  # fmt: skip
    plain = own(desk, *rows)
    assert [[reason.partition(";")[2][:40] for _, reason in warnings(line)] for line in plain] == [
        [" at 2 of its stores other hours of dates"], [], [],
    ]  # fmt: skip
    dated = own(desk, *rows[:2], f"{rows[2]}; {next_year} Dec 31 off")
    assert [[reason.partition(" were ")[0] for _, reason in warnings(line)] for line in dated] == [
        [f"the hours of {next_year}-12-24"], [f"the hours of {next_year}-12-24"], [],
    ]  # fmt: skip
    assert SpecialDay.objects.filter(date=date(next_year, 12, 24)).count() == 2
