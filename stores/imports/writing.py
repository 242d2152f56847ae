"""Rows of text as the files that an import reads: CSV, XLSX, JSON lines, GeoJSON; streamed."""

from __future__ import annotations

import codecs
import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import RawIOBase
from typing import Any
from xml.sax.saxutils import escape

from stores.values.cells import neutral

Rows = Iterable[Mapping[str, str]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Stores" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
# What XML 1.0 cannot hold in any form.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_csv(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """CSV in UTF-8 with the mark by which spreadsheets know it; no cell is a formula."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(columns)
    yield codecs.BOM_UTF8
    for row in rows:
        writer.writerow([neutral(row.get(column, "")) for column in columns])
        yield "".join(lines).encode()
        lines.clear()
    yield "".join(lines).encode()


class _Lines:
    """What a csv.writer writes to."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


class _Pieces(RawIOBase):
    """What an archive is written to piece by piece: nobody can go back in it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def write_xlsx(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """A workbook of one sheet whose cells are all texts, so that codes keep their zeros and numbers their digits."""
    out = _Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _XML + content)
        # Not as ZIP64, which Excel offers to repair: a sheet of a million rows has less than 2 GB.
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(1, columns))
            for number, row in enumerate(rows, 2):
                sheet.write(_row(number, [neutral(row.get(column, "")) for column in columns]))
                yield out.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield out.taken()


def _row(number: int, cells: Sequence[str]) -> bytes:
    texts = "".join(
        f'<c r="{_letters(index)}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(_NOT_XML.sub('', cell)).replace(chr(13), '&#13;')}</t></is></c>"
        for index, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{texts}</row>'.encode()


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def write_jsonl(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """One object a line, with every column."""
    for row in rows:
        yield f"{json.dumps({column: row.get(column, '') for column in columns}, ensure_ascii=False)}\n".encode()


def write_geojson(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Points with the columns as properties; a store without a position has no geometry."""
    properties = [column for column in columns if column not in {"latitude", "longitude"}]
    yield b'{"type": "FeatureCollection", "features": ['
    for number, row in enumerate(rows):
        point = None
        if "latitude" in row:
            point = {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]}
        feature = {
            "type": "Feature",
            "geometry": point,
            "properties": {column: row.get(column, "") for column in properties},
        }
        yield f"{',' if number else ''}\n{json.dumps(feature, ensure_ascii=False)}".encode()
    yield b"\n]}\n"


WRITERS: dict[str, Callable[[Sequence[str], Rows], Iterator[bytes]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "jsonl": write_jsonl,
    "geojson": write_geojson,
}
