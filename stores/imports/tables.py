"""Rows of a file, one at a time, as column name to text, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO

from stores.imports import delimited, documents, workbooks
from stores.imports.errors import ImportRefused
from stores.imports.files import Kind, Source
from stores.imports.limits import MOST_COLUMNS
from stores.imports.rows import RawRow
from stores.values.cells import restored

_PEEK = 100
"""Records of a JSON document whose keys are its columns; a key that only later ones have is reported at the end."""


@dataclass(slots=True)
class Table:
    """An open file: its headers, and its rows to be read once."""

    headers: list[str]
    rows: Iterator[RawRow]
    late_columns: set[str] = field(default_factory=set)
    """Filled while rows are read: keys that the first records did not have."""


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
        return _from_records(documents.records(file, source.path))
    if source.kind is Kind.LINES:
        return _from_records(documents.lines(file, source.path))
    return _from_cells(delimited.cells(file, source.path), source)


def _from_cells(cells: Iterator[tuple[int, list[str]]], source: Source) -> Table:
    _, first = next(cells, (0, []))
    headers = _headers(first, source)
    return Table(headers, _rows(cells, headers))


def _headers(cells: Sequence[str], source: Source) -> list[str]:
    headers = [" ".join(restored(cell.replace("\ufeff", "")).split()) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not any(headers):
        raise ImportRefused(f"{source.path}: the first row has no column names")
    if len(headers) > MOST_COLUMNS:
        raise ImportRefused(f"{source.path}: {len(headers):,} columns; the most that is read is {MOST_COLUMNS}")
    twice = sorted({header for header in headers if header and headers.count(header) > 1})
    if twice:
        raise ImportRefused(f"{source.path}: column {twice[0][:60]!r} is there twice")
    return headers


def _rows(cells: Iterable[tuple[int, list[str]]], headers: Sequence[str]) -> Iterator[RawRow]:
    for number, row in cells:
        if not any(cell.strip() for cell in row):
            continue
        # An export or a careful person wrote an apostrophe so that no spreadsheet runs the cell; it is no part of the text.
        values = {header: restored(cell) for header, cell in zip(headers, row, strict=False) if header}
        yield RawRow(number, values, sum(1 for cell in row[len(headers) :] if cell.strip()))


def _from_records(records: Iterator[tuple[int, dict[str, str]]]) -> Table:
    first = list(islice(records, _PEEK))
    headers = list(dict.fromkeys(key for _, record in first for key in record))
    table = Table(headers, iter(()))
    known = set(headers)

    def rows() -> Iterator[RawRow]:
        for number, record in chain(first, records):
            if len(table.late_columns) < MOST_COLUMNS:
                table.late_columns.update(record.keys() - known)
            yield RawRow(number, record)

    table.rows = rows()
    return table
