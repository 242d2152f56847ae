"""The command from file to table: previews write nothing, applications are whole, repetitions change nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from stores.actions.errors import NotFound, Refused
from stores.actions.stores import publish_stores
from stores.imports import presets
from stores.imports.job import Request, run_import
from stores.models import (
    Brand,
    Grant,
    Market,
    MarketEntry,
    Partner,
    Role,
    Store,
    StoreAddress,
    StoreSource,
    User,
    WeeklyHours,
)
from tests import people
from tests.stores.imports.lists import BERLIN, COLUMNS, TOKYO, Desk, text_of

pytestmark = pytest.mark.django_db


def outcomes(lines: list[dict[str, object]]) -> list[object]:
    return [line["outcome"] for line in lines]


def imported(ref: str) -> Store:
    store: Store = Store.objects.get(sources__source="allplaces", sources__external_id=f"optic:{ref}")
    return store


def test_a_preview_writes_nothing(desk: Desk) -> None:
    lines = desk.run(text_of(TOKYO, BERLIN))
    assert outcomes(lines) == ["created", "created"]
    assert "nothing was written" in desk.printed
    assert Store.objects.count() == 0


def test_an_application_writes_store_address_hours_and_source(desk: Desk) -> None:
    [line] = desk.run(text_of(TOKYO), "--apply")
    store = imported("R1")
    assert (store.name, store.market.code, store.time_zone, store.phone, store.status, store.format) == (
        {"ja": "銀座店"}, "JP", "Asia/Tokyo", "+81312345678", "open", "experience_store",
    )  # fmt: skip
    assert (store.latitude, store.longitude, store.published_at) == (35.6717, 139.765, None)
    address = StoreAddress.objects.get(store=store)
    assert (address.language, address.is_primary, address.lines, address.locality, address.postal_code) == (
        "ja", True, ["銀座4-1-1"], "中央区", "104-0061",
    )  # fmt: skip
    hours = WeeklyHours.objects.get(store=store)
    assert hours.purpose == "store"
    assert hours.periods[5] == [{"start": "10:00", "end": "19:00"}]
    assert line["normalized"]["hours"] == "Mo-Fr 10:00-20:00; Sa-Su 10:00-19:00"
    assert (line["normalized"]["code"], line["normalized"]["phone_e164"]) == (store.code, "+81312345678")


@pytest.mark.parametrize(
    "name", [r"\N", r"\.", "a\\b", 'say "hi"', "{x,y}", "NULL", "'), DROP TABLE", "a\tb", "=1+1", "😀 店"]
)
def test_no_text_is_special_on_its_way_into_the_table(desk: Desk, name: str) -> None:
    desk.run(text_of(BERLIN | {"name": name, "addr_full": f"{name}\n{name}", "ref": name}), "--apply")
    store = imported(" ".join(name.split()))
    assert list(store.name.values()) == [" ".join(name.split())]
    assert store.addresses.get().lines == [" ".join(name.split()).strip(", ")] * 2


def test_running_again_changes_nothing(desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN), "--apply", "--publish")
    before = list(Store.objects.order_by("pk").values())
    assert outcomes(desk.run(text_of(TOKYO, BERLIN), "--apply", "--publish")) == ["unchanged", "unchanged"]
    assert list(Store.objects.order_by("pk").values()) == before
    assert "2 rows: 0 created, 0 changed, 2 unchanged, 0 refused" in desk.printed


def test_a_change_is_shown_field_by_field_and_touches_nothing_else(desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN), "--apply")
    Store.objects.filter(code=imported("R1").code).update(format="flagship", email="ginza@example.com")
    moved = TOKYO | {"phone": "03-1234-5679", "addr_full": "銀座5-2-1", "opening_hours": "Mo-Su 10:00-20:00"}
    lines = desk.run(text_of(moved, BERLIN), "--apply")
    assert outcomes(lines) == ["changed", "unchanged"]
    assert sorted(lines[0]["changes"]) == ["address", "hours", "phone"]
    assert lines[0]["changes"]["phone"] == {"from": "+81312345678", "to": "+81312345679"}
    store = imported("R1")
    assert (store.phone, store.format, store.email) == ("+81312345679", "flagship", "ginza@example.com")
    assert StoreAddress.objects.get(store=store).lines == ["銀座5-2-1"]
    assert WeeklyHours.objects.get(store=store).periods[6] == [{"start": "10:00", "end": "20:00"}]


def test_a_cell_that_is_not_understood_keeps_what_is_there_and_a_blank_one_clears_it(desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN), "--apply")
    lines = desk.run(text_of(TOKYO | {"phone": "ask for Ken"}, BERLIN | {"phone": ""}), "--apply")
    assert outcomes(lines) == ["unchanged", "changed"]
    assert lines[0]["warnings"][0]["column"] == "phone"
    assert (imported("R1").phone, imported("R2").phone) == ("+81312345678", "")


def test_seasons_that_a_list_drops_are_dropped(desk: Desk) -> None:
    seasonal = "Mo-Su 10:00-18:00; Jun 01-Aug 31 Mo-Su 10:00-22:00"
    [line] = desk.run(text_of(BERLIN | {"opening_hours": seasonal}), "--apply")
    assert set(WeeklyHours.objects.values_list("season_from", "season_to")) == {("", ""), ("06-01", "08-31")}
    assert line["normalized"]["hours"] == "Mo-Su 10:00-18:00; Jun 01-Aug 31 Mo-Su 10:00-22:00"
    assert outcomes(desk.run(text_of(BERLIN | {"opening_hours": seasonal}), "--apply")) == ["unchanged"]
    desk.run(text_of(BERLIN | {"opening_hours": "Mo-Su 10:00-18:00"}), "--apply")
    assert set(WeeklyHours.objects.values_list("season_from", "season_to")) == {("", "")}


def test_publishing_needs_everything_or_an_override_that_is_recorded(desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN | {"opening_hours": "", "postcode": ""}), "--apply", "--publish")
    whole, partial = imported("R1"), imported("R2")
    assert whole.published_at is not None
    assert partial.published_at is not None
    assert whole.publish_override == ""
    assert partial.publish_override == "published with the import of allplaces (lacks address, hours)"
    assert "2 published, 1 of them by override, 0 held" in desk.printed


def test_without_an_override_incomplete_stores_are_held(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN | {"opening_hours": ""}), "--apply")
    done = publish_stores(by=world.olivia, stores=Store.objects.all())
    assert (done.published, done.overridden, done.held) == (1, 0, 1)
    assert imported("R2").published_at is None


def test_an_owner_of_one_brand_overrides_nothing_where_another_role_was_given(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN | {"opening_hours": ""}), "--apply")
    guest = people.person("Gina", "owner", brand=world.acme)
    Grant.objects.create(user=guest, role=Role.objects.get(code="regional_manager"), brand=world.rokid)
    done = publish_stores(by=guest, stores=Store.objects.all(), override="because")
    assert (done.published, done.overridden, done.held) == (1, 0, 1)
    assert imported("R2").published_at is None


def test_publish_needs_apply(desk: Desk) -> None:
    with pytest.raises(CommandError, match="--publish needs --apply"):
        desk.run(text_of(TOKYO), "--publish")


def test_a_row_that_the_database_refuses_rolls_everything_back(desk: Desk) -> None:
    desk.run(text_of(BERLIN), "--apply")
    with connection.cursor() as cursor:  # a rule that only the database holds, made by its owner
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("RESET ROLE")
        cursor.execute(
            "ALTER TABLE stores_storeaddress ADD CONSTRAINT no_ginza CHECK (lines <> ARRAY['銀座4-1-1']::varchar[])"
        )
        cursor.execute(f"SET ROLE {settings.APP_ROLE}")
    with pytest.raises(CommandError, match=r"the database refused it, nothing was written: .*no_ginza") as caught:
        desk.run(text_of(BERLIN | {"phone": ""}, TOKYO), "--apply")
    assert "\n" not in str(caught.value)
    assert list(Store.objects.values_list("market__code", "phone")) == [("DE", "+4930901820")]


def test_a_status_or_date_that_the_table_would_refuse_stays_as_it_is(desk: Desk) -> None:
    desk.run(text_of(BERLIN), "--apply", "--publish")
    Store.objects.update(opening_date=date(2026, 5, 1))
    mapping = desk.file.with_name("mapping.json")
    mapping.write_text(
        '{"source": "allplaces", "external_id": {"columns": ["spider", "ref"], "join": ":"}, "name": "name",'
        ' "market": "country_raw", "status": "status", "closing_date": "closes", "phone": "phone"}'
    )
    row = BERLIN | {"status": "prospect", "closes": "2026-04-01", "phone": ""}
    [line] = desk.run(text_of(row, columns=(*COLUMNS, "status", "closes")), "--apply", "--mapping", str(mapping))
    assert sorted(line["changes"]) == ["phone"]
    assert [(each["column"], each["reason"]) for each in line["warnings"]] == [
        (
            "closing_date",
            "with the dates that are known the store would close before it opens; the dates stay as they are",
        ),
        ("status", "a store that is open cannot become prospect; the status stays as it is"),
    ]
    store = imported("R2")
    assert (store.status, store.closing_date, store.phone) == ("open", None, "")


def test_the_history_says_who_imported_what(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO), "--apply", "--by", "olivia@example.com")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, pgh_context ->> 'actor', pgh_context ->> 'reason' FROM stores_storeevent")
        assert cursor.fetchall() == [("insert", "olivia@example.com", "import of allplaces: list.csv")]


def test_an_import_moves_the_version_of_a_changed_store_and_of_no_other(desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN), "--apply")
    before = dict(Store.objects.values_list("code", "version"))
    desk.run(text_of(TOKYO | {"addr_full": "銀座5-2-1"}, BERLIN), "--apply")
    after = dict(Store.objects.values_list("code", "version"))
    assert [code for code in before if after[code] != before[code]] == [imported("R1").code]


def test_hours_that_a_store_did_not_have_move_its_version(desk: Desk) -> None:
    desk.run(text_of(BERLIN | {"opening_hours": ""}), "--apply")
    before = imported("R2").version
    desk.run(text_of(BERLIN), "--apply")
    assert imported("R2").version > before


def test_only_someone_with_a_grant_for_the_whole_brand_may_import(world: people.World, desk: Desk) -> None:
    desk.file.write_text(text_of(TOKYO))
    for who, expected in ((world.emma, NotFound), (world.mei, NotFound), (world.stan, NotFound)):
        with pytest.raises(expected):
            run_import(Request(desk.file, world.rokid, presets.preset("allplaces"), who, apply=True))
    Grant.objects.create(
        user=world.stan, role=Role.objects.get(code="owner"), brand=world.rokid, market=world.markets["JP"]
    )
    stan = User.objects.get(pk=world.stan.pk)
    with pytest.raises(Refused, match="whole brand"):
        run_import(Request(desk.file, world.rokid, presets.preset("allplaces"), stan, apply=True))
    run_import(Request(desk.file, world.rokid, presets.preset("allplaces"), world.olivia, apply=True))
    assert Store.objects.count() == 1


def test_the_same_list_may_feed_two_brands(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO), "--apply")
    desk.brand = "acme"
    assert outcomes(desk.run(text_of(TOKYO), "--apply")) == ["created"]
    assert sorted(StoreSource.objects.values_list("brand__code", "external_id")) == [
        ("acme", "optic:R1"),
        ("rokid", "optic:R1"),
    ]


def test_a_file_that_closes_a_fifth_of_the_stores_asks_first(desk: Desk) -> None:
    mapping = desk.file.with_name("mapping.json")
    mapping.write_text('{"code": "code", "name": "name", "market": "market", "status": "status"}')
    header = "code,name,market,status\n"
    desk.run(header + "a1,One,DE,open\na2,Two,DE,open\na3,Three,DE,open\n", "--apply", "--mapping", str(mapping))
    closing = header + "a1,One,DE,closed\na2,Two,DE,open\na3,Three,DE,open\n"
    assert outcomes(desk.run(closing, "--mapping", str(mapping))) == ["changed", "unchanged", "unchanged"]
    assert "would close 1 of 3 stores" in desk.printed
    with pytest.raises(CommandError, match=r"would close 1 of 3 stores.*--allow-mass-change"):
        desk.run(closing, "--apply", "--mapping", str(mapping))
    desk.run(closing, "--apply", "--allow-mass-change", "--mapping", str(mapping))
    assert Store.objects.get(code="a1").status == "closed"


def test_an_unknown_brand_and_missing_markets_are_said_in_one_line(world: people.World, desk: Desk) -> None:
    desk.file.write_text(text_of(TOKYO))
    with pytest.raises(CommandError, match="no brand 'rokit'; the brands are: acme, rokid"):
        call_command("import_stores", str(desk.file), "--brand", "rokit", "--source", "allplaces")
    bare = Brand.objects.create(code="bare", name="Bare")
    MarketEntry.objects.all().delete()
    Partner.objects.all().delete()
    Market.objects.all().delete()
    with pytest.raises(CommandError, match=r"run manage\.py load_markets first"):
        call_command("import_stores", str(desk.file), "--brand", bare.code, "--source", "allplaces")
