"""Lists of strangers with mappings by people who know the grammar alone: form is forgiven, meaning is not."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from stores.imports import encodings
from stores.imports.files import examine
from stores.imports.mapping import parse_mapping
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import Record
from stores.imports.tables import open_table
from stores.values.territories import territories
from tests import people
from tests.stores.imports.lists import Desk

MARKETS = {each.code: each.languages for each in territories()}
BASE: dict[str, Any] = {"code": "id", "name": "name", "market": "country"}
ROW = {"id": "A-1", "name": "Foo", "country": "DE"}
POINT = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.4, 52.5]}, "properties": ROW}


def read(folder: Path, content: str, fields: dict[str, Any]) -> tuple[list[Record], list[str]]:
    """The list's records, and the columns that nothing is taken from."""
    path = folder / "list"
    path.write_text(content)
    with open_table(examine(path)) as table:
        mapping = table.fit(parse_mapping(fields, source="x"))
        defaults = {name: rule.default for name, rule in mapping.rules.items()}
        rules = Rules("x", MARKETS, frozenset(mapping.rules), mapping.formats(), defaults=defaults)
        records = [parse_row(mapping.apply(row.number, row.values, row.surplus), rules) for row in table.rows]
        return records, mapping.unknown([*table.headers, *sorted(table.late_columns)])


def one(folder: Path, fields: dict[str, Any], **cells: Any) -> Record:
    out = io.StringIO()
    writer = csv.DictWriter(out, ROW | cells)
    writer.writeheader()
    writer.writerow(ROW | cells)
    [record] = read(folder, out.getvalue(), BASE | fields)[0]
    return record


@pytest.mark.parametrize(
    ("content", "row", "unknown"),
    [
        ("\n ,,\nid,name,country\nA-1,Foo,DE\n", 4, []),
        ("sep=;\nid;name;country\nA-1;Foo;DE\n", 3, []),
        ('id,"name",country,"a;b;c;d"\nA-1,Foo,DE,\n', 2, ["a;b;c;d"]),
        ("\ufeff ID ,Name,COUNTRY\nA-1,Foo,DE\n", 2, []),
        # The second of a name may be mapped by its number; what nobody takes is reported, also when it has no name at all.
        ("id,name,country,name,,,tel\nA-1,Foo,DE,Bar,x,,1\n", 2, ["name (2)", "tel", "column 5 (it has no name)"]),
    ],
)
def test_headers_are_found_as_people_leave_them(tmp_path: Path, content: str, row: int, unknown: list[str]) -> None:
    [record], left = read(tmp_path, content, BASE)
    assert (record.row, record.code, record.names, record.market, left) == (row, "A-1", {"de": "Foo"}, "DE", unknown)


def test_the_second_column_of_a_name_can_be_mapped(tmp_path: Path) -> None:
    [record], _ = read(tmp_path, "id,name,country,name\nA-1,Foo,DE,Bar\n", BASE | {"name_en": "name (2)"})
    assert record.names == {"de": "Foo", "en": "Bar"}


@pytest.mark.parametrize("fields", [
    {},
    {"latitude": "lat", "longitude": "lng"},
    {"latitude": "latitude", "longitude": "longitude"},
    {"latitude": "geometry.coordinates.1", "longitude": "geometry.coordinates.0"},
    {"latitude": {"column": "geometry", "format": "lng,lat"}},
    {"code": "properties.id", "name": "properties.name"},
])  # fmt: skip
@pytest.mark.parametrize("whole", [{"bbox": [1, 2, 3, 4]}, {"meta": {"tags": ["a"], "by": {"x": 1}}}])
def test_a_feature_has_its_position_however_the_mapping_calls_it(
    tmp_path: Path, fields: dict[str, Any], whole: dict[str, Any]
) -> None:
    document = json.dumps({"type": "FeatureCollection"} | whole | {"features": [POINT]})
    [record], unknown = read(tmp_path, document, BASE | fields)
    assert (record.code, record.latitude, record.longitude, unknown) == ("A-1", 52.5, 13.4, [])


def test_features_whose_first_hundred_have_no_position_keep_those_of_the_others(tmp_path: Path) -> None:
    bare = [POINT | {"geometry": None, "properties": ROW | {"id": f"B-{number}"}} for number in range(150)]
    document = json.dumps({"type": "FeatureCollection", "features": [*bare, POINT]})
    *_, last = read(tmp_path, document, BASE)[0]
    assert (last.code, last.latitude, last.longitude) == ("A-1", 52.5, 13.4)


def test_records_are_found_inside_an_object_and_line_by_line(tmp_path: Path) -> None:
    hours = {"hours": [{"dayOfWeek": ["Monday"], "opens": "09:00", "closes": "18:00"}]}
    nested = json.dumps({"data": {"tags": [], "found": 2, "stores": [ROW, ROW | {"id": "A-2"}]}})
    by_line = f"{json.dumps(ROW | hours)}\n{json.dumps(ROW | {'id': 'A-2'} | hours)}\n"
    for content in (nested, by_line):
        assert [record.code for record in read(tmp_path, content, BASE)[0]] == ["A-1", "A-2"]


def test_an_object_of_weekdays_is_read_as_one_cell(tmp_path: Path) -> None:
    hours = {"hours": {"monday": ["09:00-12:00", "13:00-18:00"], "tuesday": "closed"}}
    [record], unknown = read(tmp_path, json.dumps([ROW | hours]), BASE | {"hours": "hours"})
    assert record.hours is not None
    monday, tuesday, *others = record.hours[0]["periods"]
    assert monday == [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "18:00"}]
    assert (tuesday, others, unknown) == ([], [[]] * 5, [])


NINE_TO_SIX = [[{"start": "09:00", "end": "18:00"}], *[[]] * 6]


@pytest.mark.parametrize(
    ("column", "hours"),
    [
        ("hours", {"monday": {"open": "09:00", "close": "18:00"}, "tuesday": {"closed": True}, "sunday": None}),
        ("hours", {"periods": [{"open": {"day": 1, "hour": 9, "minute": 0}, "close": {"day": 1, "hour": 18, "minute": 0}}]}),
        ("hours", {"@type": "OpeningHoursSpecification", "dayOfWeek": "Monday", "opens": "09:00", "closes": "18:00"}),
        ("info.opening", {"dayOfWeek": ["Monday"], "opens": "09:00", "closes": "18:00"}),
        ("Hours", {"regularHours": {"periods": [
            {"openDay": "MONDAY", "openTime": "09:00", "closeDay": "MONDAY", "closeTime": "18:00"}]}}),
    ],
)  # fmt: skip
def test_hours_that_are_an_object_are_read_whole(tmp_path: Path, column: str, hours: dict[str, Any]) -> None:
    outer, _, inner = column.partition(".")
    row = ROW | {outer: {inner: hours} if inner else hours}
    plain = json.dumps([ROW | {"id": "A-0", outer: None}, row])
    features = json.dumps({"type": "FeatureCollection", "features": [POINT | {"properties": row}]})
    for document, named in ((plain, column.lower()), (features, f"properties.{column}")):
        records, unknown = read(tmp_path, document, BASE | {"hours": named})
        assert records[-1].hours == [{"from": "", "to": "", "periods": NINE_TO_SIX}]
        assert ([each for each in unknown if each != outer], records[-1].warnings) == ([], [])


@pytest.mark.parametrize(
    ("country", "market"),
    [
        ("ja_JP", "JP"),
        ("zh-Hant-HK", "HK"),
        ("Taiwan, Province of China", "TW"),
        ("香港特别行政区", "HK"),
        ("アメリカ", "US"),
    ],
)
def test_a_market_is_known_by_locale_and_long_names(tmp_path: Path, country: str, market: str) -> None:
    assert one(tmp_path, {}, country=country).market == market


@pytest.mark.parametrize("blank", ["", "-", "N/A"])
def test_a_market_that_is_not_named_follows_from_zone_or_position(tmp_path: Path, blank: str) -> None:
    fields = {"time_zone": "tz", "latitude": "lat", "longitude": "lng"}
    by_zone = one(tmp_path, fields, country=blank, tz="GMT+09:00 Asia/Toky", lat="", lng="")
    by_position = one(tmp_path, fields, country=blank, tz="", lat="35.67", lng="139.76")
    nowhere = one(tmp_path, fields, country=blank, tz="EST", lat="", lng="")
    assert [record.market for record in (by_zone, by_position, nowhere)] == ["JP", "JP", ""]
    assert by_position.warnings[0].reason == "JP is taken from the position"
    assert [each.column for each in nowhere.reasons] == ["country"]


@pytest.mark.parametrize(
    ("country", "zone", "expected"),
    [
        ("US", "EST", "America/New_York"),  # not Panama, to which tzdata links it
        ("DE", "CET", "Europe/Berlin"),
        ("US", "America/Los Angeles", "America/Los_Angeles"),
        ("VN", "Asia / Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("US", "PST8PDT", "America/Los_Angeles"),
    ],
)
def test_the_name_of_a_clock_is_no_place(tmp_path: Path, country: str, zone: str, expected: str) -> None:
    assert one(tmp_path, {"time_zone": "tz"}, country=country, tz=zone).time_zone == expected


@pytest.mark.parametrize(
    ("lat", "lng", "expected"),
    [
        ("31°13'48\"N", "121°28′12″E", (31.23, 121.47)),
        ("N31.23", "121,47 E", (31.23, 121.47)),
        ("34.6 S", "58.4 W", (-34.6, -58.4)),
        ("３１．２３", "１２１．４７", (31.23, 121.47)),
        ("31°75'N", "121.47", (None, None)),
    ],
)
def test_degrees_are_read_in_the_forms_of_maps(
    tmp_path: Path, lat: str, lng: str, expected: tuple[float | None, float | None]
) -> None:
    record = one(tmp_path, {"latitude": "lat", "longitude": "lng"}, country="CN", lat=lat, lng=lng)
    assert (record.latitude, record.longitude, record.reasons) == (*expected, [])


def test_an_impossible_latitude_that_is_the_longitude_says_so(tmp_path: Path) -> None:
    record = one(tmp_path, {"latitude": "lat", "longitude": "lng"}, country="CN", lat="121.47", lng="31.23")
    assert [each.reason for each in record.reasons] == [
        "impossible: latitude 121.47 is not between -90 and 90; latitude and longitude look exchanged"
    ]


@pytest.mark.parametrize(
    ("datum", "meant"),
    [("bd09ll", "BD09"), ("百度", "BD09"), ("火星坐标", "GCJ02"), ("WGS 1984", "WGS84"), ("月面", "WGS84")],
)
def test_a_datum_is_known_by_its_names_and_never_dropped_in_silence(tmp_path: Path, datum: str, meant: str) -> None:
    fields = {"latitude": "lat", "longitude": "lng", "datum": "datum"}
    record = one(tmp_path, fields, country="CN", lat="31.23", lng="121.47", datum=datum)
    assert record.datum == meant
    assert any(each.column == "datum" for each in record.warnings) == (datum == "月面")


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ({"column": "d", "format": "DD.MM.YYYY"}, "31.12.2024", "2024-12-31"),
        ({"column": "d", "format": "d/m/yy"}, "1/2/24", "2024-02-01"),
        ({"column": "d", "format": "%d.%m.%Y"}, "2024-12-31 00:00", "2024-12-31"),  # as a workbook keeps it
        ("d", "20241231", "2024-12-31"),
        ("d", "May 5th, 2024", "2024-05-05"),
        ("d", "05/06/2024", "None"),
    ],
)
def test_dates_in_the_forms_of_spreadsheets(tmp_path: Path, rule: Any, cell: str, expected: str) -> None:
    assert str(one(tmp_path, {"opening_date": rule}, d=cell).opening_date) == expected


def test_words_are_translated_whatever_their_case_and_unknown_ones_take_the_default(tmp_path: Path) -> None:
    fields = {
        "status": {"column": "st", "values": {"zu": "closed", "0": None}, "default": "open"},
        "format": {"column": "f", "values": {"Laden": "flagship"}, "default": "partner_counter"},
    }
    found = [
        one(tmp_path, fields, st=status, f=form)
        for status, form in [("ZU", "ｌａｄｅｎ"), ("0", ""), ("Permanently closed", "kiosk")]
    ]
    assert [(record.status, record.format) for record in found] == [
        ("closed", "flagship"),
        ("open", "partner_counter"),
        ("closed", "partner_counter"),
    ]
    assert [each.column for each in found[2].warnings] == ["f"]


def test_a_format_pads_and_takes_several_columns(tmp_path: Path) -> None:
    fields = {"code": {"columns": ["chain", "nr"], "format": "{}-{:0>4}"}, "languages": {"constant": ["de", "en"]}}
    record = one(tmp_path, fields, chain="X", nr="7")
    assert (record.code, record.languages) == ("X-0007", ("de", "en"))


@pytest.mark.parametrize(
    ("phone", "expected"), [("81312345678.0", "+81312345678"), ("03-1234-5678（代表）", "+81312345678"), ("1.0", "")]
)
def test_a_phone_that_went_through_a_program_or_has_a_remark(tmp_path: Path, phone: str, expected: str) -> None:
    assert one(tmp_path, {"phone": "p"}, country="JP", p=phone).phone == expected


@pytest.mark.django_db
def test_the_report_names_a_store_by_the_lists_own_name(world: people.World, desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "list.json"
    mapping.write_text(json.dumps({"code": "id", "name": "title", "name_en": "en", "market": "country"}))
    lines = desk.run("id,title,en,country\ng1,銀座店,Ginza,JP\ng2,Shibuya,,JP\n,A,,JP\n", "--mapping", str(mapping))
    assert [line["normalized"]["name"] for line in lines] == ["銀座店", "Shibuya", "A"]
    assert [line["normalized"]["code"] for line in lines] == ["g1", "g2", None]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("尖沙咀廣東道100號\n香港希慎廣場\n", "gb18030"),
        ("明洞 명동점 서울\nZürich Löwenstraße\n静安区紫苑店\n", "gb18030"),
        ("Østerbro\nAllée François\nAvinguda Catalunya ñ\nCalle à\nŠkoda\n", "cp1252"),
        ("Świętojańska\nŽižkov Černá\nŠtefánikova\nKossuth Lajos körút őr\n", "cp1250"),
    ],
)
def test_encodings_of_mixed_lists_are_told_apart(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(text.encode(encoding))
    assert encodings.detect(path, path.read_bytes()[:4]) == encoding
