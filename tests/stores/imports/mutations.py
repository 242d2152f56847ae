"""Files as broken senders, tired people and attackers make them: sound lists in every form, spoiled in some way.

``spoiled(seed)`` is the same file for the same seed, so that a failure can be looked at again.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from functools import cache

from stores.imports.writing import WRITERS
from tests.stores.imports.workbook import workbook

COLUMNS = (
    "code",
    "external_id",
    "name",
    "name_en",
    "market",
    "status",
    "format",
    "operator",
    "address_lines",
    "locality",
    "postal_code",
    "latitude",
    "longitude",
    "datum",
    "time_zone",
    "phone",
    "email",
    "website",
    "hours",
    "opening_date",
    "closing_date",
    "languages",
    "services",
    "located_in",
)
ROWS = [
    (
        "jp-1",
        "x:1",
        "銀座店",
        "Ginza",
        "JP",
        "open",
        "flagship",
        "",
        "銀座4-1-1",
        "中央区",
        "104-0061",
        "35.67",
        "139.76",
        "WGS84",
        "Asia/Tokyo",
        "03-1234-5678",
        "a@example.com",
        "https://example.com/1",
        "Mo-Su 10:00-20:00",
        "2025-01-01",
        "",
        "ja",
        "",
        "",
    ),
    (
        "de-1",
        "",
        "Optik Mitte",
        "",
        "DE",
        "open",
        "experience_store",
        "",
        "Torstraße 1; Hof",
        "Berlin",
        "10119",
        "52.52",
        "13.40",
        "",
        "Europe/Berlin",
        "030 901820",
        "",
        "",
        "Mo-Sa 10:00-19:00",
        "",
        "2027-01-31",
        "de, en",
        "repair",
        "",
    ),
    (
        "hk-1",
        "x:3",
        "中環店",
        "Central",
        "HK",
        "ready",
        "partner_counter",
        "clearview",
        "皇后大道中1號",
        "",
        "",
        "22.28",
        "114.15",
        "GCJ02",
        "",
        "2123 4567",
        "",
        "example.com",
        "周一至周日 10:00-22:00",
        "01.02.2025",
        "",
        "",
        "",
        "nobody",
    ),
]
NASTY = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u200b",
    "=1+1",
    "'=1",
    "@x",
    "-",
    "NULL",
    "nan",
    "inf",
    "1e999",
    "-1e-999",
    "9" * 400,
    "0,0",
    "91",
    "181",
    "-0",
    "2025-02-30",
    "9999-99-99",
    "0001-01-01",
    "24:00-24:00",
    "Mo-Su 25:00",
    "{",
    "[",
    "[[]]",
    '[{"from":"","to":"","periods":[]}]',
    '[{"from":1,"to":[],"periods":{}}]',
    "{}",
    "%s",
    "\\N",
    "\\.",
    "\t",
    "a" * 65,
    "é" * 3000,
    "<x>&amp;",
    "\r",
    "\n\n",
    '"',
    '""',
    "ﷺ" * 300,
    "a@b.c" * 100,
    "http://" + "a" * 600,
    "+" * 50,
    "１２３",
    "𝟙",
    "🏬" * 70,
    "x" * 140_000,
)


def _table(chance: random.Random) -> list[list[str]]:
    """Header and rows, some cells nasty, some columns shuffled, doubled, renamed or gone."""
    table = [list(COLUMNS), *(list(row) for row in chance.choices(ROWS, k=chance.randint(0, 6)))]
    for row in table[1:]:
        for _ in range(chance.randint(0, 3)):
            row[chance.randrange(len(row))] = chance.choice(NASTY)
    change = chance.randrange(7)
    if change == 0:
        order = chance.sample(range(len(COLUMNS)), len(COLUMNS))
        table = [[row[index] for index in order] for row in table]
    elif change == 1:
        gone = chance.randrange(len(COLUMNS))
        table = [row[:gone] + row[gone + 1 :] for row in table]
    elif change == 2:
        table[0][chance.randrange(len(COLUMNS))] = chance.choice(
            [*NASTY, "name_xx-invalid-tag", "address_en", "name", "\ufeffcode"]
        )
    elif change == 3:
        chance.shuffle(table)
    elif change == 4:
        for row in table:
            row.extend([chance.choice(NASTY)[:100]] * chance.choice([1, 3, 1200]))
    return table


def _csv(chance: random.Random) -> bytes:
    end = chance.choice(["\n", "\r\n", "\r", "\n\r", "\x85", "\u2028"])
    mark = chance.choice([",", ";", "\t", "|"])
    lines = []
    for row in _table(chance):
        quoted = (f'"{cell.replace(chr(34), chr(34) * 2)}"' if chance.random() < 0.6 else cell for cell in row)
        lines.append(mark.join(quoted) + (chance.choice(["\n", "\r"]) if chance.random() < 0.05 else ""))
    return end.join(lines).encode("utf-8", "surrogatepass")


def _records(chance: random.Random) -> list[dict[str, object]]:
    header, *rows = _table(chance)
    found: list[dict[str, object]] = []
    for row in rows:
        record: dict[str, object] = dict(zip(header, row, strict=False))
        if record and chance.random() < 0.4:
            record[chance.choice(list(record))] = chance.choice(
                [None, True, 10**400, 1e300, [], [1, [2]], {}, {"a": {"b": {"c": 1}}}, ["x"] * 50, float("nan"), -0.0]
            )
        found.append(record)
    return found


def _json(chance: random.Random) -> bytes:
    records: object = _records(chance)
    if chance.random() < 0.3:
        records = {"note": "x", chance.choice(["stores", "features", "", "\ud800"]): records}
    return json.dumps(records, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _jsonl(chance: random.Random) -> bytes:
    return "\n".join(json.dumps(record) for record in _records(chance)).encode()


def _geojson(chance: random.Random) -> bytes:
    coordinates: list[object] = [
        [139.76, 35.67],
        [35.67, 139.76],
        [],
        [1],
        None,
        "x",
        [None, None],
        ["a", "b"],
        [1e999, 2],
        [1, 2, 3, 4],
        [[1, 2]],
        {"x": 1},
    ]
    features: list[dict[str, object]] = [
        {
            "type": chance.choice(["Feature", "Feature", "feature", None, 7]),
            "id": chance.choice([1, "a", None, {}, []]),
            "geometry": chance.choice(
                [None, 5, "POINT", {}, *({"type": "Point", "coordinates": each} for each in coordinates)]
            ),
            "properties": chance.choice([record, record, record, None, [], "x"]),
        }
        for record in _records(chance)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode("utf-8", "surrogatepass")


def _xlsx(chance: random.Random) -> bytes:
    table = [[cell.encode("utf-8", "ignore").decode() for cell in row[:26]] for row in _table(chance)]
    if chance.random() < 0.5:
        out = io.BytesIO()
        header, *rows = table
        out.writelines(WRITERS["xlsx"](header, [dict(zip(header, row, strict=False)) for row in rows]))
        return out.getvalue()
    return workbook([["".join(c for c in cell if c >= " ")[:200] for cell in row] for row in table])


FORMS: tuple[Callable[[random.Random], bytes], ...] = (_csv, _csv, _csv, _json, _jsonl, _geojson, _xlsx)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _hole(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice([1, 2, 3, 50, 500]) :]


def _noise(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 5, 40])):
        start = chance.randrange(len(content) + 1)
        content = content[:start] + chance.randbytes(chance.choice([1, 2, 9])) + content[start + chance.randrange(3) :]
    return content


def _twice(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start // 2 :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    start = chance.choice([0, 0, chance.randrange(len(content) + 1)])
    piece = chance.choice(
        [
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\xff\xfe\x00\x00",
            b"\x00",
            b"\xed\xa0\x80",
            b'"',
            b"\r",
            b"\x1a",
            b"PK\x03\x04",
            b"[" * 50_000,
            b'{"a":' * 20_000,
            b"," * 10_000,
            b"x" * 1_200_000,
            b"\n" * 50_000,
            b"<!DOCTYPE x>",
            b"\\ud800",
        ]
    )
    return content[:start] + piece + content[start:]


def _encoded(content: bytes, chance: random.Random) -> bytes:
    name = chance.choice(
        [
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "gb18030",
            "cp932",
            "cp949",
            "cp950",
            "cp1252",
            "cp1251",
            "utf-7",
        ]
    )
    return content.decode("utf-8", "replace").encode(name, "replace")


def _sound(content: bytes, chance: random.Random) -> bytes:
    return content


SPOILS = (_cut, _hole, _noise, _twice, _insert, _encoded, _sound)


def spoiled(seed: int) -> bytes:
    """One file. Every fortieth is a bomb of some kind."""
    chance = random.Random(seed)
    if seed % 40 == 39:
        return chance.choice(BOMBS)()
    content = chance.choice(FORMS)(chance)
    for _ in range(chance.choice([1, 1, 2])):
        content = chance.choice(SPOILS)(content, chance)
    return content


@cache
def _archive(part: str, size: int, piece: bytes = b"<row><c><v>1</v></c></row>") -> bytes:
    """A workbook one part of which unpacks to ``size`` bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["code", "name"], ["a", "b"]]))) as sound,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name in sound.namelist():
            if name != part:
                made.writestr(name, sound.read(name))
        with made.open(part, "w", force_zip64=True) as file:
            file.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            block = piece * (1_000_000 // len(piece))
            for _ in range(size // len(block)):
                file.write(block)
    return out.getvalue()


@cache
def _lying() -> bytes:
    """A workbook whose directory says that a part is small."""
    content = bytearray(_archive("xl/sharedStrings.xml", 30_000_000))
    start = content.rfind(b"PK\x01\x02")
    content[start + 24 : start + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


BOMBS: tuple[Callable[[], bytes], ...] = (
    lambda: _archive("xl/sharedStrings.xml", 140_000_000, b"<si><t>x</t></si>"),
    lambda: _archive("xl/worksheets/sheet2.xml", 20_000_000),
    lambda: _archive("xl/workbook.xml", 140_000_000, b"   "),
    _lying,
    lambda: b"[" * 2_000_000,
    lambda: b'[{"code":' + b'{"a":' * 200_000,
    lambda: b'{"a":"' + b"x" * 3_000_000 + b'"}',
    lambda: b"code,name,market\n" + b'"' + b"a,b,DE\n" * 300_000,
    lambda: b",".join(b"c%d" % number for number in range(10_000)) + b"\n" + b"," * 10_000,
    lambda: b"code,name,market\n" + b"1,2,3\n" * 3_000,
    lambda: b"code,name,market\n" + b",,\n" * 1_000_000,
    lambda: b"code,name,market\na," + b"x" * 4_000_000 + b",DE\n",
    lambda: b"\xff\xfe" + b"a\x00" * 2_000_001,
    lambda: b'{"features":[' + b'{"type":"Feature","properties":{}},' * 20_000,
)
