"""Rows of a delimited text file, one at a time, as column name to text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from stores.imports.errors import ImportRefused
from stores.imports.files import Source

LONGEST_LINE = 1 << 20
"""Characters. A longer line is a quote that was never closed, or no text file."""
LONGEST_CELL = 1 << 17
MOST_COLUMNS = 1000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file; ``number`` counts the header as row 1, blank rows included."""

    number: int
    values: dict[str, str]
    surplus: int = 0
    """Cells beyond the header: a comma in a cell that was not quoted."""


@dataclass(slots=True)
class Table:
    """An open file: its headers, and its rows to be read once."""

    headers: list[str]
    rows: Iterator[RawRow]


@contextmanager
def open_table(source: Source) -> Iterator[Table]:
    """Open a delimited file for the length of a ``with``. Errors of the file are ImportRefused, also while iterating."""
    try:
        with source.path.open(encoding=source.encoding, newline="", errors="strict") as file:
            lines = _Lines(file, source)
            first = next(lines, "")
            delimiter = max(_DELIMITERS, key=first.count) if any(mark in first for mark in _DELIMITERS) else ","
            reader = csv.reader(_again(first, lines), delimiter=delimiter, strict=True)
            with _clear_errors(source, lines):
                headers = _headers(next(reader, []), source)
            yield Table(headers, _rows(reader, headers, source, lines))
    except OSError as error:
        raise ImportRefused(f"{source.path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise ImportRefused(f"{source.path} is not {source.encoding} text: {str(error)[:120]}") from error


class _Lines(Iterator[str]):
    """Lines of bounded length, checked for what no text contains."""

    def __init__(self, file: io.TextIOBase, source: Source) -> None:
        self.file = file
        self.source = source
        self.number = 0

    def __next__(self) -> str:
        line = self.file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise ImportRefused(f"{self.source.path}: line {self.number} is longer than {LONGEST_LINE:,} characters")
        if "\x00" in line:
            raise ImportRefused(f"{self.source.path}: line {self.number} contains a NUL byte; this is not a text file")
        return line


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from lines


@contextmanager
def _clear_errors(source: Source, lines: _Lines) -> Iterator[None]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    except csv.Error as error:
        reason = str(error)
        if "field larger" in reason:
            reason = f"a cell is longer than {LONGEST_CELL:,} characters; a quote is probably not closed"
        elif "unexpected end" in reason:
            reason = "a quote is opened and never closed"
        elif "expected after" in reason:
            reason = "text follows a closing quote; a quote inside a cell is written twice"
        raise ImportRefused(f"{source.path}: line {lines.number}: {reason}") from error


def _headers(cells: Sequence[str], source: Source) -> list[str]:
    headers = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
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


def _rows(reader: Iterator[list[str]], headers: list[str], source: Source, lines: _Lines) -> Iterator[RawRow]:
    number = 1
    while True:
        with _clear_errors(source, lines):
            cells = next(reader, None)
        if cells is None:
            return
        number += 1
        if not any(cell.strip() for cell in cells):
            continue
        values = {header: cell for header, cell in zip(headers, cells, strict=False) if header}
        surplus = sum(1 for cell in cells[len(headers) :] if cell.strip())
        yield RawRow(number, values, surplus)
