"""Kinds of files and encodings: the same list gives the same rows, however it was saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.imports import encodings
from stores.imports.errors import ImportRefused
from stores.imports.files import examine
from stores.imports.rows import RawRow
from stores.imports.tables import open_table
from tests.stores.imports.lists import BERLIN, COLUMNS, TOKYO, text_of
from tests.stores.imports.workbook import MAIN, WORKBOOK, workbook

ROWS = [TOKYO, BERLIN]


def read(folder: Path, content: bytes | str, encoding: str | None = None) -> list[RawRow]:
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_table(examine(path, encoding)) as table:
        return list(table.rows)


def filled(rows: list[RawRow]) -> list[dict[str, str]]:
    return [{name: value for name, value in row.values.items() if value} for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        text_of(*ROWS),
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2, ensure_ascii=False),
        "\n".join(json.dumps(row) for row in ROWS),
        "\n\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n",
        json.dumps({"count": 2, "meta": {"by": "us"}, "stores": ROWS}),
        "\ufeff" + json.dumps(ROWS),
        workbook([COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in ROWS)]),
    ],
    ids=["csv", "json", "pretty json", "json lines", "json lines with blanks", "json object", "json with mark", "xlsx"],
)
def test_a_list_is_the_same_in_every_form(tmp_path: Path, content: bytes | str) -> None:
    assert filled(read(tmp_path, content)) == ROWS


def test_rows_of_documents_are_counted_from_one_and_of_tables_from_the_header(tmp_path: Path) -> None:
    assert [row.number for row in read(tmp_path, json.dumps(ROWS))] == [1, 2]
    assert [row.number for row in read(tmp_path, "\n".join(map(json.dumps, ROWS)))] == [1, 2]
    assert [row.number for row in read(tmp_path, text_of(*ROWS))] == [2, 3]


def test_geojson_features_have_columns_of_properties_and_position(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [139.765, 35.6717, 12]},
        "properties": {
            "name": "銀座店",
            "address": {"city": "中央区"},
            "tags": ["a", "b"],
            "open": True,
            "closed": None,
        },
    }
    expected = {
        "name": "銀座店", "address.city": "中央区", "tags": "a; b", "open": "true", "closed": "", "longitude": "139.765",
        "latitude": "35.6717", "id": "7",
    }  # fmt: skip
    whole = json.dumps({"type": "FeatureCollection", "features": [feature]})
    lines = json.dumps(feature)
    assert [row.values for row in read(tmp_path, whole)] == [expected]
    assert [row.values for row in read(tmp_path, lines)] == [expected]


def test_records_larger_than_what_is_read_at_once_are_whole(tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": "ü" * 50_000} for n in range(9)]
    assert [row.values for row in read(tmp_path, json.dumps(rows))] == rows


@pytest.mark.parametrize("whole", [json.dumps, lambda records: "\n".join(map(json.dumps, records))])
def test_a_key_is_a_column_whichever_record_has_it_first(tmp_path: Path, whole: Callable[[Any], str]) -> None:
    path = tmp_path / "list.json"
    path.write_text(whole([{"a": 1}] * 200 + [{"a": 1, "late": 2}]))
    with open_table(examine(path)) as table:
        assert table.headers == ["a", "late"]
        assert [row.values.get("late") for row in table.rows] == [None] * 200 + ["2"]
        assert table.late_columns == set()


def test_names_that_are_too_many_to_be_columns_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    long = {number: f"{number}{'n' * 600_000}" for number in range(3)}
    path.write_text("\n".join(json.dumps({name: 1}) for name in long.values()))
    with open_table(examine(path)) as table:
        assert table.headers == [long[0], long[1]]
        assert len(list(table.rows)) == 3
        assert table.late_columns == {long[2]}


def test_numbers_and_dates_of_a_workbook_are_written_out(tmp_path: Path) -> None:
    cells: list[Any] = [862131234567.0, 35.6717, (46000, 1), (46000.75, 2), (0.5, 1), (3.5, 3), -0.25]
    [row] = read(tmp_path, workbook([list("abcdefg"), cells]))
    assert list(row.values.values()) == [
        "862131234567", "35.6717", "2025-12-09", "2025-12-09 18:00", "12:00", "3.5", "-0.25",
    ]  # fmt: skip


def test_a_workbook_that_counts_from_1904_is_understood(tmp_path: Path) -> None:
    content = workbook(
        [["a"], [(0 + 44_538, 1)]],
        **{"xl/workbook.xml": WORKBOOK.replace("<workbookPr/>", '<workbookPr date1904="1"/>')},
    )
    assert read(tmp_path, content)[0].values == {"a": "2025-12-09"}


SHEET = "xl/worksheets/sheet2.xml"
HEADER = '<row r="2"><c t="inlineStr"><is><t>a</t></is></c></row>'


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("xl/workbook.xml", WORKBOOK.replace('state="hidden" ', "").replace("rId", "none"), "no visible sheet"),
        (SHEET, '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares a document type"),
        (SHEET, f"<!--{'<x> ' * 5000}--><!DOCTYPE x><x/>", "declares a document type"),
        (SHEET, f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="s"><v>0</v>', "no element found"),
        (
            SHEET,
            f'<worksheet xmlns="{MAIN}"><row r="1"><c t="s"><v>99</v></c></row></worksheet>',
            "list index out of range",
        ),
        (SHEET, f'<worksheet xmlns="{MAIN}">{HEADER}<row r="1"/></worksheet>', "row 1 follows row 2"),
        (SHEET, f'<worksheet xmlns="{MAIN}">{HEADER}<row r="9999999"/></worksheet>', "row 9999999 follows row 2"),
        (
            SHEET,
            f'<worksheet xmlns="{MAIN}"><row r="1"><c r="XFD1"><v>1</v></c></row></worksheet>',
            "more than 1000 columns",
        ),
    ],
)
def test_a_spoiled_workbook_is_one_line(tmp_path: Path, part: str, content: str, message: str) -> None:
    with pytest.raises(ImportRefused, match=message):
        read(tmp_path, workbook([["a"], ["1"]], **{part: content}))


@pytest.mark.parametrize("depth", [50, *range(900, 1000, 3), 5000])
def test_a_document_of_any_depth_is_read_or_refused(tmp_path: Path, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    for content in (f'[{{"a":{nested}}}]', f'{{"a":{nested}}}\n{{"a":1}}\n'):
        try:
            assert read(tmp_path, content)[0].values["a"] == nested
        except ImportRefused as refusal:
            assert "nested too deeply" in str(refusal) or "is not JSON" in str(refusal)  # noqa: PT017  (either outcome is right)


LISTS = {
    "gb18030": "name,address\n环球港,上海市普陀区中山北路 3300 号\n西单大悦城,北京市西城区西单北大街 131 号\n",
    "cp932": "name,address\n銀座店,東京都中央区銀座4-1-1\nみなとみらい店,横浜市西区みなとみらい２丁目\n",
    "cp949": "name,address\n명동점,서울특별시 중구 명동8길 16-1\n코엑스점,서울특별시 강남구 영동대로 513\n",
    "cp950": "name,address\n台北101,台北市信義區市府路45號1樓\n又一城,九龍塘達之路80號\n",
    "cp1250": "name,address\nPraha Příkopy,Na Příkopě 12\nŁódź,ul. Piotrkowska 1, Śródmieście\nGyőr,Baross Gábor út\n",
    "cp1252": "name,address\nMünchen,Maximilianstraße 1\nOrléans,Place du Châtelet\nTromsø,Storgata 1\nMálaga,Calle Larios\n",
    "cp1251": "name,address\nСофия,бул. Витоша 1\nПловдив,ул. Княз Александър\n",
}


@pytest.mark.parametrize("encoding", LISTS)
def test_an_encoding_is_detected_by_what_people_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(LISTS[encoding].encode(encoding))
    assert examine(path).encoding == encoding


SHORT = {
    "Hungarian": ("cp1250", "Győr Pécs Székesfehérvár Miskolc Szeged Debrecen Nagykőrös Fő"),
    "Hungarian again": ("cp1250", "Győr Gödöllő Hűvösvölgy Érd Bőszénfa Üllő"),
    "Hungarian with ő alone": ("cp1250", "Győr Pécs Szeged Debrecen Miskolc Székesfehérvár"),
    "Romanian": ("cp1250", "Iaşi Galaţi Târgu_Mureş Bucureşti"),
    "Romanian without ţ": ("cp1250", "Iaşi Braşov Timişoara Piteşti"),
    "Romanian with ă alone": ("cp1250", "Brăila Bacău Buzău Slobozia"),
    "Croatian": ("cp1250", "Čakovec Đakovo Osijek Požega"),
    "Croatian without ž": ("cp1250", "Čakovec Đakovo Petrinja Čazma"),
    "Czech": ("cp1250", "Třebíč Plzeň Děčín Hradec Břeclav Kolín"),
    "Czech with one letter a line": ("cp1250", "Břeclav Přerov Kolín"),
    "Polish": ("cp1250", "Łódź Kraków Gdańsk Częstochowa Poznań Rzeszów"),
    "Polish with ń alone": ("cp1250", "Gdańsk Poznań Olsztyn Toruń"),
    "Slovene": ("cp1250", "Kočevje Črnomelj Koper Metlika Ribnica"),
    "German": ("cp1252", "München Köln Gießen Düsseldorf Lörrach Fürth"),
    "French": ("cp1252", "Genève Orléans Besançon Nîmes Évry Liège"),
    "French with è": ("cp1252", "Genève Liège Arles Cerbère Sèvres"),
    "Spanish": ("cp1252", "Málaga Coruña 1º_A Cádiz Mª_José León"),
    "Spanish with ñ alone": ("cp1252", "Coruña Logroño España Peñafiel"),
    "Portuguese with ordinals": ("cp1252", "São_João_1º 2º_A"),
    "Portuguese": ("cp1252", "Guimarães Évora São_João Conceição Camões n.º_5"),
    "Italian": ("cp1252", "Forlì Cefalù Caffè Cantù Mondovì Città"),
    "Danish": ("cp1252", "København Ærø Århus Næstved Sønderborg Køge"),
    "Swedish": ("cp1252", "Malmö Västerås Örebro Umeå Luleå Gävle"),
    "Icelandic": ("cp1252", "Reykjavík Akureyri Þórshöfn Ísafjörður Egilsstaðir Hafnarfjörður"),
}


@pytest.mark.parametrize(("encoding", "places"), SHORT.values(), ids=SHORT)
def test_a_list_of_a_few_rows_is_read_in_its_encoding(tmp_path: Path, encoding: str, places: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\n".join(["name", *places.split(" ")]).replace("_", " ").encode(encoding))
    assert examine(path).encoding == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", LISTS.values())
def test_unicode_is_never_taken_for_anything_else(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    assert examine(path).encoding == encoding


def test_an_encoding_may_be_named_and_must_then_fit(tmp_path: Path) -> None:
    content = "name\nPłock\n".encode("cp1250")
    assert [row.values["name"] for row in read(tmp_path, content, "cp1250")] == ["Płock"]
    with pytest.raises(ImportRefused, match="is not ascii text"):
        read(tmp_path, content, "ascii")
    with pytest.raises(ImportRefused, match="there is no encoding 'klingon'"):
        read(tmp_path, content, "klingon")
    for name in ("hex", "rot13", "\0"):  # Python has codecs that are of no text
        with pytest.raises(ImportRefused, match="there is no encoding"):
            read(tmp_path, content, name)


def test_a_character_across_two_reads_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "ü".encode())
    assert encodings.first_error(path, "utf-8") is None
    path.write_bytes(b"a" * ((1 << 20) - 1) + b"\xfc")
    assert encodings.first_error(path, "utf-8") == 1 << 20


_SEEDS = [
    json.dumps(ROWS).encode(),
    "\n".join(map(json.dumps, ROWS)).encode(),
    workbook([COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in ROWS)]),
    *(text.encode(encoding) for encoding, text in LISTS.items()),
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.sampled_from(_SEEDS),
    cuts=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 60), st.binary(max_size=20)), min_size=1, max_size=5),
)
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, seed: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, text in cuts:
        place = at % (len(seed) + 1)
        seed = seed[:place] + text + seed[place + length :]
    try:
        rows = read(tmp_path, seed)
    except ImportRefused as refusal:
        message = str(refusal)
    else:
        message = ""
        assert all(isinstance(value, str) for row in rows for value in row.values.values())
    assert "\n" not in message
