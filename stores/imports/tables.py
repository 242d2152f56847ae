"""Rows of a file, one at a time, as column name to text, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from stores.imports import delimited, documents, workbooks
from stores.imports.errors import ImportRefused
from stores.imports.files import Kind, Source
from stores.imports.limits import MOST_COLUMNS
from stores.imports.mapping import ColumnMapping
from stores.imports.rows import RawRow
from stores.values.cells import restored

_BLANK = " \t\r\n\ufeff\u3000\xa0"
_LONGEST_NAMES = 1 << 20
"""Characters of the names of a document's columns together. What is named beyond them is only reported, at the end."""

_Records = Callable[[IO[str], Path, Collection[str]], Iterator[tuple[int, dict[str, str]]]]


@dataclass(slots=True)
class Table:
    """An open file: its headers, and its rows to be read once."""

    headers: list[str]
    rows: Iterator[RawRow]
    features: bool = False
    """GeoJSON: ``latitude`` and ``longitude`` are the point's unless the properties have them."""
    objects: set[str] = field(default_factory=set)
    """Members of a document that are wanted as JSON, whole, where they are objects; set before the rows are read."""
    late_columns: set[str] = field(default_factory=set)
    """Filled while rows are read: keys that are too many to be columns, columns without a name that are not blank."""

    def fit(self, mapping: ColumnMapping) -> ColumnMapping:
        """The mapping for this file, to be asked for before the rows are read. ImportRefused when it does not fit."""
        fitted = mapping.fitted(self.headers, features=self.features)
        self.objects.update(fitted.objects)
        return fitted


@contextmanager
def open_table(source: Source) -> Iterator[Table]:
    """Open a file for the length of a ``with``. Errors of the file are ImportRefused, also while iterating."""
    try:
        if source.kind is Kind.WORKBOOK:
            with workbooks.open_cells(source.path) as cells:
                yield _from_cells(cells, source)
            return
        with source.path.open(encoding=source.encoding, newline="", errors="strict") as file:
            yield _from_text(file, source)
    except OSError as error:
        raise ImportRefused(f"{source.path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise ImportRefused(f"{source.path} is not {source.encoding} text: {str(error)[:120]}") from error


def _from_text(file: IO[str], source: Source) -> Table:
    if source.kind is Kind.DOCUMENT:
        return _from_records(documents.records, file, source.path)
    if source.kind is Kind.LINES:
        return _from_records(documents.lines, file, source.path)
    return _from_cells(delimited.cells(file, source.path), source)


def _from_cells(cells: Iterator[tuple[int, list[str]]], source: Source) -> Table:
    # A sheet may begin with blank rows above its header.
    first = next((row for _, row in cells if any(restored(cell).strip(_BLANK) for cell in row)), [])
    headers = _headers(first, source)
    table = Table([header for header in headers if header], iter(()))
    table.rows = _rows(cells, headers, table.late_columns)
    return table


def _headers(cells: Sequence[str], source: Source) -> list[str]:
    headers = [" ".join(restored(cell.replace("\ufeff", "")).split()) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not any(headers):
        raise ImportRefused(f"{source.path}: the first row has no column names")
    if len(headers) > MOST_COLUMNS:
        raise ImportRefused(f"{source.path}: {len(headers):,} columns; the most that is read is {MOST_COLUMNS}")
    return _told_apart(headers)


def _told_apart(headers: Sequence[str]) -> list[str]:
    """The same names with a number for the second of a name, "phone (2)": it is there to be mapped, or reported as not used."""
    found: dict[str, int] = {}
    named: list[str] = []
    for header in headers:
        name, number = header, found.get(header, 0)
        while name and name in found:
            number += 1
            name = f"{header} ({number})"
        found[name] = 1
        found[header] = max(number, 1)
        named.append(name)
    return named


def _rows(cells: Iterable[tuple[int, list[str]]], headers: Sequence[str], late: set[str]) -> Iterator[RawRow]:
    nameless = [index for index, header in enumerate(headers) if not header]
    for number, row in cells:
        if not any(cell.strip(_BLANK) for cell in row):
            continue
        # An export or a careful person wrote an apostrophe so that no spreadsheet runs the cell; it is no part of the text.
        late.update(
            f"column {index + 1} (it has no name)" for index in nameless if "".join(row[index : index + 1]).strip()
        )
        values = {header: restored(cell) for header, cell in zip(headers, row, strict=False) if header}
        yield RawRow(number, values, sum(1 for cell in row[len(headers) :] if cell.strip()))


def _from_records(read: _Records, file: IO[str], path: Path) -> Table:
    """Reads the document twice: a key is a column whichever record is the first to have it."""
    headers: dict[str, None] = {}
    room, features = _LONGEST_NAMES, False
    for _, record in read(file, path, ()):
        features = features or isinstance(record, documents.Feature)
        for key in record:
            if key not in headers and room > 0:
                headers[key] = None
                room -= len(key)
    file.seek(0)
    table = Table(list(headers), iter(()), features)

    def rows() -> Iterator[RawRow]:
        for number, record in read(file, path, table.objects):
            if len(table.late_columns) < MOST_COLUMNS:
                table.late_columns.update(record.keys() - headers.keys() - table.objects)
            yield RawRow(number, record)

    table.rows = rows()
    return table
