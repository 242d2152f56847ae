"""Opening a file that somebody sent: is it one, of what kind, how is it encoded, and how many rows to expect.

Whatever is wrong with it becomes one :class:`ImportRefused` with one line for the person who sent it. The kind is told by the
content, since people name files as they like.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from stores.imports import encodings
from stores.imports.errors import ImportRefused
from stores.imports.limits import LARGEST_FILE, LONGEST_LINE

_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"


class Kind(Enum):
    """What the content of a file is."""

    DELIMITED = "delimited text"
    DOCUMENT = "JSON"
    LINES = "JSON lines"
    WORKBOOK = "XLSX"


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file: its kind and encoding, and about how many rows it has (a hint for progress)."""

    path: Path
    kind: Kind
    encoding: str
    rows: int
    size: int


def examine(path: Path, encoding: str | None = None) -> Source:
    """Look at a file before reading it. A text is read once for this, in pieces.

    Args:
        path: the file; directories, devices and pipes are refused.
        encoding: the encoding a text is known to have; detected when None.
    """
    size = regular_file(path)
    if encoding is not None:
        try:
            "a".encode(encoding)  # looks it up, and refuses those that are not of texts, such as hex
        except (LookupError, ValueError) as error:
            raise ImportRefused(f"there is no encoding {encoding[:40]!r}") from error
    lines = records = 0
    try:
        with path.open("rb") as file:
            head = file.read(4)
            if head == _ZIP:
                # Bytes of a row in a packed sheet, about.
                return Source(path, Kind.WORKBOOK, "", size // 60, size)
            file.seek(0)
            while chunk := file.read(_CHUNK):
                if b"\x00" in chunk and not encodings.mark(head):
                    raise ImportRefused(f"{path} contains NUL bytes; this is not a text file")
                lines += chunk.count(b"\n")
                records += chunk.count(b"{")
        found = encoding or encodings.detect(path, head)
        kind = _kind(path, found)
    except OSError as error:
        raise ImportRefused(f"{path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise ImportRefused(f"{path} is not {found} text: {str(error)[:120]}") from error
    return Source(path, kind, found, records if kind is Kind.DOCUMENT else lines, size)


def regular_file(path: Path) -> int:
    """The size of an ordinary, not empty file. ImportRefused for anything else."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportRefused(f"{path}: {reason}") from error
    if stat.S_ISDIR(found.st_mode):
        raise ImportRefused(f"{path} is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        raise ImportRefused(f"{path} is not an ordinary file")
    if found.st_size == 0:
        raise ImportRefused(f"{path} is empty")
    if found.st_size > LARGEST_FILE:
        raise ImportRefused(f"{path} has {found.st_size:,} bytes; the most that is read is {LARGEST_FILE:,}")
    return found.st_size


def _kind(path: Path, encoding: str) -> Kind:
    """JSON by its first sign; JSON lines when the first line alone is a whole record."""
    with path.open(encoding=encoding, errors="strict") as file:
        text = _line_with_text(file)
        if text.startswith("["):
            return Kind.DOCUMENT
        if not text.startswith("{"):
            return Kind.DELIMITED
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return Kind.DOCUMENT
        # A record may hold a list of its own, of hours or phones: where another record follows, each line is one.
        if _line_with_text(file).startswith("{") or found.get("type") == "Feature":
            return Kind.LINES
    return Kind.DOCUMENT if _holds_records(found) else Kind.LINES


def _line_with_text(file: IO[str]) -> str:
    """The next line that is not blank, without space and byte order mark before it."""
    while line := file.readline(LONGEST_LINE):
        if text := line.lstrip("\ufeff \t\r\n"):
            return text
    return ""


def _holds_records(found: Mapping[str, Any], depth: int = 1) -> bool:
    return any(
        (isinstance(value, list) and value and isinstance(value[0], dict))
        or (isinstance(value, dict) and depth < 4 and _holds_records(value, depth + 1))
        for value in found.values()
    )
