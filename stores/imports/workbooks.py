"""Rows of the first sheet of an XLSX workbook, read as a stream.

A workbook is a zip of XML parts. Only what a list needs is understood: texts, numbers, dates by their cell format. Formulas
count by the value that was saved with them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zlib import error as ZlibError  # noqa: N812  (zlib names its exception in lower case)

from stores.imports.errors import ImportRefused
from stores.imports.limits import (
    LARGEST_DIRECTORY,
    LARGEST_ROW,
    LARGEST_SHEET,
    LARGEST_SMALL_PART,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_OTHERS,
    MOST_SHARED_TEXT,
)

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_RELATIONS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
# ECMA-376 part 1, 18.8.30: the number formats that are dates or times in every workbook.
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_MOST_ROWS = 1_048_576
_ENCRYPTED = 0x1
_BLOCK = 1 << 18
_LONGEST_PROLOGUE = 1 << 16
_DEEPEST = 100
_SPOILED = (
    zipfile.BadZipFile,
    ET.ParseError,
    expat.ExpatError,
    KeyError,
    ValueError,
    NotImplementedError,
    EOFError,
    ZlibError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class _Book:
    archive: zipfile.ZipFile
    texts: list[str]
    dates: frozenset[int]
    """Cell styles that show a number as a date or time."""
    epoch: datetime


@contextmanager
def open_cells(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Each row's number and cells, for the length of a ``with``. ImportRefused for what is no sound workbook."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(_Sips(file)) as archive:
            sheet = _first_sheet(archive)
            book = _Book(archive, _shared_texts(archive), _date_styles(archive), _epoch(archive))
            yield _guarded(_rows(book, sheet), path)
    except _SPOILED as error:
        raise _refusal(path, error) from error


def _guarded(rows: Iterator[tuple[int, list[str]]], path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from rows
    except _SPOILED as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> ImportRefused:
    return ImportRefused(f"{path} is not a sound XLSX workbook ({' '.join(str(error).split())[:80]})")


def _part(archive: zipfile.ZipFile, name: str, limit: int) -> IO[bytes]:
    found = archive.getinfo(name)
    if found.file_size > limit:
        raise ValueError(f"{name} unpacks to more than {limit:,} bytes")
    # Others are no workbook's, unpack any amount at one go, and fail with errors of their own.
    if found.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or found.flag_bits & _ENCRYPTED:
        raise ValueError(f"{name} is encrypted or packed in a way that workbooks are not")
    with archive.open(name) as file:
        _refuse_document_type(file, name)
    return archive.open(name)


def _refuse_document_type(file: IO[bytes], name: str) -> None:
    """Entities are how a small XML becomes a large one; no spreadsheet program writes a document type.

    It stands before the first element, behind any number of comments, in any encoding: so the parser itself looks for it.
    """

    def declared(*_: object) -> None:
        raise ValueError(f"{name} declares a document type")

    begun: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = lambda element, _: begun.append(element)
    for block in iter(lambda: file.read(4096), b""):
        if file.tell() > _LONGEST_PROLOGUE:
            raise ValueError(f"{name} begins with more than {_LONGEST_PROLOGUE:,} bytes that say nothing")
        parser.Parse(block)
        if begun:
            return


class _Sips:
    """A file that is never read at one go beyond a bound: zipfile takes in a table of contents whole, however long."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        left = self.size - self.tell()
        if (left if size < 0 else min(size, left)) > LARGEST_DIRECTORY:
            raise ValueError("its table of contents is too long")
        return self.file.read(size)


class _Pace:
    """Counts what the parser has taken in and must keep, since it hands an element over only at its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.kept = 0

    def read(self, size: int = -1) -> bytes:
        # More than was asked for: the parser begins a comment that has not ended anew with every block.
        block = self.file.read(max(size, _BLOCK))
        self.kept += len(block)
        if self.kept > LARGEST_ROW:
            raise ValueError(f"one of its rows, or something else in it, has more than {LARGEST_ROW:,} bytes")
        return block


def _elements(part: IO[bytes], *tags: str) -> Iterator[ET.Element]:
    """Finished elements by local name. Each is forgotten when the next is asked for, and all others at once, so that
    memory stays flat.
    """
    wanted = {f"{space}{tag}" for tag in tags for space in (_MAIN, _STRICT, _PACKAGE)}
    file = _Pace(part)
    stack: list[ET.Element] = []
    inside = others = 0
    for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314  (entities are refused above)
        if event == "start":
            stack.append(element)
            inside += element.tag in wanted
            others += not inside
            if len(stack) > _DEEPEST or others > MOST_OTHERS:
                raise ValueError("it has too many parts that are no rows")
            continue
        stack.pop()
        if element.tag in wanted:
            inside -= 1
            yield element
        if not inside:
            element.clear()
            if stack:
                stack[-1].remove(element)
            file.kept = 0


def _first_sheet(archive: zipfile.ZipFile) -> str:
    relation = ""
    with _part(archive, "xl/workbook.xml", LARGEST_SMALL_PART) as file:
        for sheet in _elements(file, "sheet"):
            if sheet.get("state", "visible") == "visible":
                relation = next((value for name in _RELATIONS if (value := sheet.get(name))), "")
                break
    with _part(archive, "xl/_rels/workbook.xml.rels", LARGEST_SMALL_PART) as file:
        for found in _elements(file, "Relationship"):
            if found.get("Id") == relation:
                target = found.get("Target", "").lstrip("/")
                return target if target.startswith("xl/") else f"xl/{target}"
    raise ValueError("it has no visible sheet")


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    with _part(archive, "xl/sharedStrings.xml", MOST_SHARED_TEXT) as file:
        return [_text(element) for element in _elements(file, "si")]


def _text(element: ET.Element) -> str:
    """The text of a shared or inline string: its runs, without the reading aids (rPh) that East Asian lists have."""
    runs = []
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            runs.append(child.text or "")
        elif name == "r":
            runs += [each.text or "" for each in child if each.tag.rpartition("}")[2] == "t"]
    return "".join(runs)


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    dates = set(_DATE_FORMATS)
    found: list[int] = []
    with _part(archive, "xl/styles.xml", LARGEST_SMALL_PART) as file:
        for element in _elements(file, "numFmt", "cellXfs"):
            if element.tag.endswith("}numFmt"):
                code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", element.get("formatCode", ""))
                if re.search(r"[ymdhs]", code, re.IGNORECASE):
                    dates.add(int(element.get("numFmtId", "0")))
            else:
                found = [int(style.get("numFmtId", "0")) for style in element]
    return frozenset(index for index, number_format in enumerate(found) if number_format in dates)


def _epoch(archive: zipfile.ZipFile) -> datetime:
    with _part(archive, "xl/workbook.xml", LARGEST_SMALL_PART) as file:
        for properties in _elements(file, "workbookPr"):
            if properties.get("date1904") in {"1", "true"}:
                return datetime(1904, 1, 1)  # noqa: DTZ001  (a cell's date has no zone)
    # Day 60 is a 29 February 1900 that never was, so from March 1900 on the count begins one day earlier.
    return datetime(1899, 12, 30)  # noqa: DTZ001  (a cell's date has no zone)


def _rows(book: _Book, sheet: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    with _part(book.archive, sheet, LARGEST_SHEET) as file:
        for row in _elements(file, "row"):
            given = int(row.get("r", number + 1))
            if not number < given <= _MOST_ROWS:
                raise ValueError(f"row {given} follows row {number}")
            number = given
            cells: list[str] = []
            for cell in row:
                column = _column(cell.get("r", ""), len(cells))
                text = _value(cell, book)
                if not text and column >= len(cells):
                    continue  # formatted and never filled
                if column >= MOST_COLUMNS:
                    raise ValueError(f"row {number} has more than {MOST_COLUMNS} columns")
                if len(text) > LONGEST_CELL:
                    raise ValueError(f"row {number}: a cell is longer than {LONGEST_CELL:,} characters")
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
            yield number, cells


def _column(reference: str, following: int) -> int:
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return following
    index = 0
    for letter in letters[0]:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _value(cell: ET.Element, book: _Book) -> str:
    kind = cell.get("t", "n")
    value = ""
    for child in cell:
        name = child.tag.rpartition("}")[2]
        if name == "is":
            return _text(child)
        if name == "v":
            value = child.text or ""
    if kind == "s":
        return book.texts[int(value)] if value else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind != "n" or not value:
        return value
    number = float(value)
    if int(cell.get("s", "0")) in book.dates and 0 <= number < 3_000_000:
        return _date(number, book.epoch)
    # The digits of a phone number, not 8.62E+11.
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _date(days: float, epoch: datetime) -> str:
    moment = epoch + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d}" if days == int(days) else f"{moment:%Y-%m-%d %H:%M}"
