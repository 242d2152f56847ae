"""Workbooks made to exhaust a machine: refused in a sentence, in little memory, however small they are when packed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from stores.imports import workbooks
from stores.imports.errors import ImportRefused
from stores.imports.limits import LARGEST_DIRECTORY
from stores.imports.workbooks import open_cells
from tests.stores.imports.workbook import MAIN, workbook

SHEET = "xl/worksheets/sheet2.xml"
SHARED = "xl/sharedStrings.xml"
BEGUN = f'<worksheet xmlns="{MAIN}"><sheetData>'
BOUND = 1 << 18
"""Bytes of a row in these tests: small, so that they are quick."""
TOO_LONG = BOUND * 4


def opened(folder: Path, content: bytes) -> list[tuple[int, list[str]]]:
    path = folder / "list.xlsx"
    path.write_bytes(content)
    with open_cells(path) as rows:
        return list(rows)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        (SHEET, f"{BEGUN}<row>{'<c/>' * (TOO_LONG // 4)}", "has more than 262,144 bytes"),
        (SHEET, f'{BEGUN}<row><c t="inlineStr"><is><t>{"a" * TOO_LONG}', "has more than 262,144 bytes"),
        (SHEET, f"{BEGUN}<!--{'a' * TOO_LONG}-->", "has more than 262,144 bytes"),
        (SHEET, f'<worksheet a="{"a" * TOO_LONG}"', "begins with more than 65,536 bytes"),
        (SHEET, f"<!--{'a' * 70_000}--><worksheet/>", "begins with more than 65,536 bytes"),
        (SHEET, BEGUN + "<x>" * 1000, "too many parts that are no rows"),
        (SHEET, BEGUN + "<x/>" * 1001, "too many parts that are no rows"),
        (SHARED, f'<sst xmlns="{MAIN}"><si>{"<r/>" * (TOO_LONG // 4)}', "has more than 262,144 bytes"),
        ("xl/styles.xml", " " * (34 << 20), "unpacks to more than"),
    ],
)
def test_a_part_is_never_kept_beyond_its_bound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str, content: str, message: str
) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_ROW", BOUND)
    monkeypatch.setattr(workbooks, "MOST_OTHERS", 1000)
    with pytest.raises(ImportRefused, match=message):
        opened(tmp_path, workbook([["a"], ["1"]], **{part: content}))


def test_what_is_not_asked_for_is_forgotten_at_once(tmp_path: Path) -> None:
    merged = "<mergeCell/>" * 100_000
    content = workbook([["a"]], **{SHEET: f"{BEGUN}<row><c><v>1</v></c></row></sheetData>{merged}</worksheet>"})
    tracemalloc.start()
    try:
        assert opened(tmp_path, content) == [(1, ["1"])]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_table_of_contents_is_bounded(tmp_path: Path) -> None:
    packed = io.BytesIO(workbook([["a"], ["1"]]))
    with zipfile.ZipFile(packed, "a") as archive:
        for number in range(LARGEST_DIRECTORY // 46):
            archive.writestr(str(number), b"")
    with pytest.raises(ImportRefused, match="table of contents is too long"):
        opened(tmp_path, packed.getvalue())


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused_before_they_unpack(tmp_path: Path, packing: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as sound, zipfile.ZipFile(packed, "w", packing) as made:
        for name in sound.namelist():
            made.writestr(name, sound.read(name))
    with pytest.raises(ImportRefused, match="packed in a way that workbooks are not"):
        opened(tmp_path, packed.getvalue())


def test_an_encrypted_part_is_refused(tmp_path: Path) -> None:
    content = bytearray(workbook([["a"], ["1"]]))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1  # general purpose flag, bit 0
        place = content.find(b"PK\x01\x02", place + 1)
    with pytest.raises(ImportRefused, match="is encrypted"):
        opened(tmp_path, bytes(content))
