"""Opening a file that somebody sent: is it one, how is it encoded, and how many rows to expect.

Whatever is wrong with it becomes one :class:`ImportRefused` with one line for the person who sent it.
"""

from __future__ import annotations

import codecs
import stat
from dataclasses import dataclass
from pathlib import Path

from stores.imports import encodings
from stores.imports.errors import ImportRefused

LARGEST_FILE = 1 << 30
"""Bytes. A network of a million stores is a quarter of this."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file: its encoding, and how many lines it has (a hint for progress, cells may hold line breaks)."""

    path: Path
    encoding: str
    lines: int
    size: int


def examine(path: Path, encoding: str | None = None) -> Source:
    """Look at a text file before reading it. Reads it once, in pieces.

    Args:
        path: the file; directories, devices and pipes are refused.
        encoding: the encoding it is known to have; detected when None.
    """
    size = regular_file(path)
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise ImportRefused(f"there is no encoding {encoding[:40]!r}") from error
    lines = 0
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            while chunk := file.read(_CHUNK):
                lines += chunk.count(b"\n")
        found = encoding or encodings.detect(path, head)
    except OSError as error:
        raise ImportRefused(f"{path}: {error.strerror or error}") from error
    return Source(path, found, lines, size)


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
