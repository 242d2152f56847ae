"""Mappings as data: their grammar, and the examples in docs/mappings on the lists they were written for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError

from stores.imports import presets
from stores.imports.errors import ImportRefused
from stores.imports.mapping import load_mapping, parse_mapping
from stores.models import Partner, Store
from stores.values.languages import canonical
from stores.values.zones import canonical_zone
from tests import people
from tests.stores.imports.lists import Desk

LISTS: Path = settings.BASE_DIR.parent / "shared" / "data" / "stores"
MAPPINGS: Path = settings.BASE_DIR / "docs" / "mappings"
BASE: dict[str, Any] = {"code": "id", "name": "title"}


def mapped(rule: Any, row: dict[str, str]) -> str:
    return parse_mapping(BASE | {"phone": rule}, source="x").apply(2, row).values["phone"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("a", "1"),
        ({"column": "a"}, "1"),
        ({"column": "absent"}, ""),
        ({"column": "blank", "default": "7"}, "7"),
        ({"columns": ["a", "blank", "b"], "join": "/"}, "1/2"),
        ({"columns": ["a", "b"]}, "1 2"),
        ({"first": ["blank", "absent", "b", "a"]}, "2"),
        ({"first": ["blank"], "default": 5}, "5"),
        ({"first": ["a", "b"], "beside": {"a": "b"}}, "1 2"),
        ({"first": ["blank", "b"], "beside": {"blank": "a"}}, "2"),
        ({"first": ["b"], "beside": {"b": "absent"}}, "2"),
        ({"constant": "x"}, "x"),
        ({"column": "a", "values": {"1": "one"}}, "one"),
        ({"column": "b", "values": {"1": "one"}}, "2"),
        ({"column": "a", "values": {"1": ""}, "default": "none"}, "none"),
        ({"column": "a", "format": "+{}#"}, "+1#"),
        ({"column": "blank", "format": "+{}#"}, ""),
        # Each form with each extra.
        ({"columns": ["a", "b"], "join": "-", "values": {"1-2": "both"}}, "both"),
        ({"columns": ["blank", "absent"], "default": "none"}, "none"),
        ({"columns": ["a", "b"], "join": "", "format": "no. {}"}, "no. 12"),
        ({"first": ["blank", "b"], "values": {"2": "two"}, "default": "none"}, "two"),
        ({"first": ["a"], "format": "{}/{}"}, "1/1"),
        ({"constant": 7}, "7"),
        ({"constant": "1", "values": {"1": "one"}}, "one"),
        ({"constant": "1", "format": "no. {}"}, "no. 1"),
        ({"column": "a", "values": {"1": 8.5}}, "8.5"),
        ({"hash": ["blank"], "default": "none"}, "none"),
    ],
)
def test_a_rule_reads_a_row(rule: Any, expected: str) -> None:
    assert mapped(rule, {"a": "1", "b": "2", "blank": "  "}) == expected


def test_a_hash_is_the_same_for_the_same_cells_and_blank_for_none() -> None:
    rule = {"hash": ["a", "b"]}
    assert mapped(rule, {"a": "x  y", "b": "z"}) == mapped(rule, {"a": "x y", "b": "z"})
    assert mapped(rule, {"a": "xy", "b": ""}) != mapped(rule, {"a": "x", "b": "y"})
    assert mapped(rule, {"a": " ", "b": ""}) == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a mapping is a JSON object"),
        ({}, "fields"),
        ({"name": "n"}, "needs code or external_id"),
        ({"code": "c"}, "needs name"),
        (BASE | {"colour": "c"}, "there is no field 'colour'"),
        (BASE | {"name_12": "c"}, "not a language tag"),
        (BASE | {"name_local": "c"}, "there is no field 'name_local'"),
        (BASE | {"address_street": "c"}, "there is no field 'address_street'"),
        (BASE | {"phone": 3}, "a rule is a column name or an object"),
        (BASE | {"phone": {}}, "a rule has one of"),
        (BASE | {"phone": {"column": "a", "constant": "b"}}, "a rule has one of"),
        (BASE | {"phone": {"column": "a", "join": ","}}, "join is not part of a column rule"),
        (BASE | {"phone": {"first": []}}, "first is a list of column names"),
        (BASE | {"phone": {"first": ["a"], "beside": {"b": "c"}}}, "beside is a table from columns of first"),
        (BASE | {"phone": {"column": "a", "beside": {"a": "c"}}}, "beside is not part of a column rule"),
        (BASE | {"phone": {"column": "a", "values": ["b"]}}, "values is a table"),
        (BASE | {"phone": {"column": "a", "format": "international"}}, "the format 'international' is not one"),
        (BASE | {"phone": {"weekdays": ["a"] * 7}}, "weekdays are seven columns of hours"),
        (BASE | {"hours": {"weekdays": ["a"] * 6}}, "weekdays are seven columns of hours"),
        ({"fields": BASE, "more": 1}, "not more"),
        ({"fields": BASE, "source": "x" * 99}, "source"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(data: Any, message: str) -> None:
    with pytest.raises(ImportRefused, match=message):
        parse_mapping(data, source="x")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"code": NaN}'])
def test_a_mapping_file_that_is_no_mapping_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.json"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as caught:
        load_mapping(path)
    assert "\n" not in str(caught.value)


@pytest.mark.django_db
def test_our_codes_match_by_code_and_partners_by_code_or_name(world: people.World, desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "counters.json"
    fields = {
        "code": "code",
        "name": "name",
        "market": {"constant": "HK"},
        "operator": "by",
        "format": {"constant": "partner_counter"},
    }
    mapping.write_text(json.dumps({"fields": fields}))
    people.store(world.rokid, "HK", "hk-1", name={"en": "Old name", "zh-Hant": "舊"}, format="flagship")
    text = "code,name,by\nhk-1,New name,clearview optical\nhk-2,Two,clearview\nhk-3,Three,nobody\n"
    lines = desk.run(text, "--apply", "--mapping", str(mapping))
    assert [line["outcome"] for line in lines] == ["changed", "created", "created"]
    assert [each["reason"] for each in lines[2]["warnings"] if each["column"] == "by"] == [
        "no partner of the brand, or more than one, has this code or name; left out"
    ]
    clearview = Partner.objects.get(code="clearview")
    first, second, third = Store.objects.filter(market__code="HK").order_by("code")
    assert (first.name, first.operator, first.format) == ({"en": "New name", "zh-Hant": "舊"}, clearview, "flagship")
    assert (second.operator, second.format, third.operator) == (clearview, "partner_counter", None)
    assert {line["outcome"] for line in desk.run(text, "--apply", "--mapping", str(mapping))} == {"unchanged"}


@pytest.mark.django_db
def test_another_source_of_the_same_codes_is_another_identity(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "theirs.json"
    mapping.write_text('{"external_id": "id", "name": "name", "market": {"constant": "DE"}}')
    desk.run("id,name\n1,One\n", "--apply", "--mapping", str(mapping))
    with pytest.raises(CommandError, match="no column id"):
        desk.run("nummer,name\n1,One\n", "--apply", "--mapping", str(mapping))
    assert Store.objects.get().sources.get().source == "theirs"


@pytest.mark.django_db
def test_a_field_whose_column_the_file_lacks_is_not_touched(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "theirs.json"
    mapping.write_text(
        '{"code": "id", "name": "name", "market": {"constant": "DE"}, "phone": "phone", "email": "mail"}'
    )
    desk.run("id,name,phone,mail\nb1,Mitte,030 901820,m@example.com\n", "--apply", "--mapping", str(mapping))
    [line] = desk.run("id,name,mail\nb1,Mitte,\n", "--apply", "--mapping", str(mapping))
    assert sorted(line["changes"]) == ["email"]
    assert "columns that the mapping names and the file lacks: phone" in desk.printed
    assert Store.objects.get().phone == "+4930901820"


@pytest.mark.django_db
def test_a_week_of_which_a_day_has_another_name_is_no_week(desk: Desk) -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    header = ["Store code", "Business name", "Country / Region", *(f"{day} hours" for day in days), "Sunday Hrs"]
    row = ["mitte", "Optik Mitte", "DE", *["10:00-19:00"] * 7]
    [line] = desk.run("\t".join(header) + "\n" + "\t".join(row) + "\n", source="google")
    assert line["normalized"]["hours"] is None
    unused, _, absent = " ".join(desk.printed.split()).partition("columns that the mapping names and the file lacks:")
    assert ("Sunday Hrs" in unused, "Sunday hours" in absent) == (True, True)


def test_every_column_that_a_file_lacks_is_told_and_of_the_first_not_blank_none() -> None:
    fields = BASE | {
        "address_lines": {"columns": ["street", "building"]}, "phone": {"first": ["phone", "mobile"]}, "email": "mail",
        "website": {"first": ["page", "site"]}, "status": {"column": "state", "default": "open"},
    }  # fmt: skip
    fitted = parse_mapping(fields, source="x").fitted(["id", "title", "street", "mobile"])
    assert sorted(fitted.rules) == ["address_lines", "code", "name", "phone", "status"]
    assert fitted.absent == ("building", "mail", "page", "site", "state")


@pytest.mark.parametrize(
    "identity", [{"hash": ["title", "street"]}, {"columns": ["title", "street"]}], ids=["hash", "columns"]
)
def test_an_identity_is_never_made_of_fewer_columns(identity: dict[str, Any]) -> None:
    mapping = parse_mapping({"external_id": identity, "code": "id", "name": "title"}, source="x")
    with pytest.raises(ImportRefused, match="the file has no column street; its columns are id, title"):
        mapping.fitted(["id", "title"])


@pytest.mark.parametrize(
    ("rule", "row", "expected"),
    [
        ({"columns": ["chain", "nr"], "join": ":"}, {"chain": "X", "nr": "7"}, "X:7"),
        ({"columns": ["chain", "nr"], "join": ":"}, {"chain": "X", "nr": " "}, "X"),
        ({"columns": ["chain", "nr"], "join": ":"}, {"chain": "", "nr": ""}, ""),
        ({"columns": ["chain", "nr"], "format": "{}-{:0>4}"}, {"chain": "X", "nr": ""}, ""),
    ],
)
def test_a_code_of_several_columns_may_lack_its_end(rule: Any, row: dict[str, str], expected: str) -> None:
    assert parse_mapping({"code": rule, "name": "title"}, source="x").apply(2, row).values["code"] == expected


@pytest.mark.django_db
def test_formats_of_dates_and_positions(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "theirs.json"
    fields = {
        "code": "id", "name": "name", "market": {"constant": "JP"}, "opening_date": {"column": "opened", "format": "%d.%m.%y"},
        "latitude": {"column": "gps", "format": "lng,lat"},
    }  # fmt: skip
    mapping.write_text(json.dumps(fields))
    [line] = desk.run('id,name,opened,gps\ns1,店,7.3.26,"139.765,35.6717"\n', "--apply", "--mapping", str(mapping))
    store = Store.objects.get()
    assert (store.latitude, store.longitude, str(store.opening_date)) == (35.6717, 139.765, "2026-03-07")
    assert line["normalized"]["time_zone"] == "Asia/Tokyo"


@pytest.mark.parametrize("tag", ["en", "en_us", "zh_Hant_HK", "yue", "fil", "gsw", "sr_Latn", "iw", "eng"])
def test_a_name_may_be_in_any_language_there_is(tag: str) -> None:
    rules = parse_mapping(BASE | {f"name_{tag}": "c"}, source="x").rules
    assert f"name_{canonical(tag)}" in rules


@pytest.mark.django_db
def test_a_part_of_an_address_is_no_language_of_our_columns(desk: Desk) -> None:
    [line] = desk.run("code,name,market,address_street,name_english\nmitte,Mitte,DE,Torstr. 1,M\n", source="own")
    assert "columns that nothing is taken from: address_street, name_english" in desk.printed
    assert [each["column"] for each in line["warnings"]] == []


@pytest.mark.django_db
def test_our_own_columns_are_the_fields_as_far_as_a_file_has_them(desk: Desk) -> None:
    text = (
        "code,name_ja,name_en,market,address_lines,address_en,locality,administrative_area,postal_code,phone,hours,mood\n"
        "ginza,銀座店,Ginza,JP,銀座4-1-1;2階,4-1-1 Ginza,中央区,東京都,104-0061,03-1234-5678,Mo-Su 10:00-20:00,good\n"
    )
    desk.run(text, "--apply", source="own")
    assert "columns that nothing is taken from: mood" in desk.printed
    store = Store.objects.get(code="ginza")
    assert store.name == {"ja": "銀座店", "en": "Ginza"}
    assert sorted(store.addresses.values_list("language", "is_primary", "lines")) == [
        ("en", False, ["4-1-1 Ginza"]),
        ("ja", True, ["銀座4-1-1", "2階"]),
    ]
    assert store.sources.count() == 0
    [line] = desk.run("code,name_ja,market,phone\nginza,銀座店,JP,03-1234-5679\n", "--apply", source="own")
    assert sorted(line["changes"]) == ["phone"]
    with pytest.raises(CommandError, match="no column code; its columns are name, market"):
        desk.run("name,market\nA,JP\n", source="own")


@pytest.mark.django_db
def test_allplaces_as_published_and_flattened_are_the_same_stores(desk: Desk) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [139.765, 35.6717]},
        "properties": {
            "ref": "R1", "@spider": "apple", "brand": "Apple", "addr:full": "銀座3-5-12", "addr:city": "中央区",
            "addr:state": "東京都", "addr:postcode": "1040061", "addr:country": "JP", "phone": "+81 3-5159-8200",
            "opening_hours": "Mo-Su 10:00-21:00", "nsi_id": "apple-1",
        },
    }  # fmt: skip
    published = json.dumps({"type": "FeatureCollection", "features": [feature]})
    [line] = desk.run(published, "--apply", source="alltheplaces")
    assert "columns that nothing is taken from: nsi_id" in desk.printed
    record = line["normalized"]
    assert (record["external_id"], record["lat"], record["hours"]) == ("apple:R1", 35.6717, "Mo-Su 10:00-21:00")
    flat = (
        "spider,ref,name,brand,addr_full,city,state,postcode,country_raw,phone,opening_hours,lat,lon\n"
        "apple,R1,,Apple,銀座3-5-12,中央区,東京都,1040061,JP,+81 3-5159-8200,Mo-Su 10:00-21:00,35.6717,139.765\n"
    )
    assert [line["outcome"] for line in desk.run(flat, "--apply", source="ATP")] == ["unchanged"]


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        ({"addr:street": "Torstraße", "addr:housenumber": "1"}, "Torstraße 1"),
        ({"addr:street": "Torstraße", "addr:housenumber": ""}, "Torstraße"),
        ({"addr:street": "", "addr:housenumber": "1"}, ""),
        (
            {"addr:full": "Torstraße 1, Berlin", "addr:street": "Torstraße", "addr:housenumber": "1"},
            "Torstraße 1, Berlin",
        ),
    ],
)
def test_a_street_of_all_the_places_has_its_number(row: dict[str, str], lines: str) -> None:
    published = presets.preset("allplaces").fitted(
        ["@spider", "ref", "name", "addr:full", "addr:street", "addr:housenumber"]
    )
    flat = presets.preset("allplaces").fitted(["spider", "ref", "name", "addr_full", "street", "housenumber"])
    ours = {"addr:full": "addr_full", "addr:street": "street", "addr:housenumber": "housenumber"}
    assert published.apply(2, row).values["address_lines"] == lines
    assert flat.apply(2, {ours[name]: cell for name, cell in row.items()}).values["address_lines"] == lines
    assert (published.unknown(row), flat.unknown(ours.values())) == ([], [])


@pytest.mark.parametrize(
    ("alias", "name"), [("atp", "allplaces"), ("gbp", "google"), ("Google_Business_Profile", "google")]
)
def test_a_preset_has_the_names_people_try(alias: str, name: str) -> None:
    assert presets.preset(alias) == presets.preset(name)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(ImportRefused, match="there is no source 'osm'; choose one of allplaces, google, own"):
        presets.preset("osm")


@pytest.mark.django_db
def test_the_bulk_sheet_of_google_is_understood(desk: Desk) -> None:
    days = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    header = ["Store code", "Business name", "Address line 1", "Locality", "Postal code", "Country / Region", "Primary phone",
              "Labels", *(f"{day} hours" for day in days)]  # fmt: skip
    row = [
        "mitte",
        "Optik Mitte",
        "Torstraße 1",
        "Berlin",
        "10119",
        "DE",
        "030 901820",
        "a",
        "x",
        *["10:00AM-7:00PM"] * 6,
    ]
    [line] = desk.run("\t".join(header) + "\n" + "\t".join(row) + "\n", "--apply", source="google")
    assert line["normalized"]["hours"] == "Mo-Sa 10:00-19:00"
    assert (line["outcome"], Store.objects.get().code) == ("created", "mitte")
    assert [each["column"] for each in line["warnings"]] == []


@pytest.mark.django_db
@pytest.mark.skipif(not LISTS.exists(), reason="the real lists are not on this machine")
@pytest.mark.parametrize(
    ("name", "mapping", "rows"),
    [
        ("insta360_cn_stores.csv", "insta360-china.json", 469),
        ("th_shops_thai.csv", "thai-shops.json", 215),
        ("kr_brand_stores.csv", "korean-brand-stores.json", 16),
        ("apple_apac_stores.csv", "apple-apac.json", 94),
        ("starbucks_directory.csv", "starbucks-directory.json", 25_600),
    ],
)
def test_an_example_mapping_brings_its_list_in(
    world: people.World, desk: Desk, name: str, mapping: str, rows: int
) -> None:
    from django.core.management import call_command

    call_command("load_markets", verbosity=0)
    lines = desk.run(LISTS / name, "--mapping", str(MAPPINGS / mapping))
    assert len(lines) == rows
    came_in = [line for line in lines if line["outcome"] == "created"]
    assert len(came_in) >= 0.98 * rows
    assert "columns that nothing is taken from" not in desk.printed
    for line in came_in:
        record = line["normalized"]
        assert canonical_zone(record["time_zone"]) == record["time_zone"]
        assert record["phone_e164"] is None or record["phone_e164"].startswith("+")
    for line in lines:
        for finding in (*line["reasons"], *line["warnings"]):
            assert finding["reason"]
