"""Rows of a text file whose cells are separated by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stores.imports.errors import ImportRefused
from stores.imports.limits import LONGEST_CELL, LONGEST_LINE

_DELIMITERS = ",;\t|"
_SAID = re.compile(r"sep=([,;\t|])", re.IGNORECASE)


def cells(file: IO[str], path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row's number, from 1, and its cells. ImportRefused names the line of what is wrong."""
    lines = _Lines(file, path)
    number = 0
    with _clear_errors(path, lines):
        first = next(lines, "")
        # Blank lines above the header say nothing about the delimiter, and Excel's own "sep=;" says all.
        while first and not first.strip("\r\n\ufeff \t,;|"):
            number, first = number + 1, next(lines, "")
        said = _SAID.fullmatch(first.strip('\r\n\ufeff"'))
        if said:
            number, first = number + 1, next(lines, "")
    bare = re.sub(r'"[^"]*"', "", first)
    delimiter = said[1] if said else max(_DELIMITERS, key=bare.count)
    reader = csv.reader(_again(first, lines), delimiter=delimiter, strict=True)
    while True:
        with _clear_errors(path, lines):
            row = next(reader, None)
        if row is None:
            return
        number += 1
        yield number, row


class _Lines(Iterator[str]):
    """Lines of bounded length, checked for what no text contains."""

    def __init__(self, file: IO[str], path: Path) -> None:
        self.file = file
        self.path = path
        self.number = 0

    def __next__(self) -> str:
        line = self.file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise ImportRefused(f"{self.path}: line {self.number} is longer than {LONGEST_LINE:,} characters")
        if "\x00" in line:
            raise ImportRefused(f"{self.path}: line {self.number} contains a NUL byte; this is not a text file")
        return line


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from lines


@contextmanager
def _clear_errors(path: Path, lines: _Lines) -> Iterator[None]:
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
        raise ImportRefused(f"{path}: line {lines.number}: {reason}") from error
