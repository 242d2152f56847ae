"""Which encoding a text file has. A byte order mark decides; then whatever decodes the whole file."""

from __future__ import annotations

import codecs
from pathlib import Path

from stores.imports.errors import ImportRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20


def detect(path: Path, head: bytes) -> str:
    """The encoding of a file whose first bytes are ``head``. ImportRefused when none fits."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if position := first_error(path, "utf-8"):
        raise ImportRefused(f"{path} is not UTF-8 text (byte {position:,}); save it as UTF-8 or name its --encoding")
    return "utf-8"


def first_error(path: Path, encoding: str) -> int | None:
    """About where the file cannot be decoded, counted in bytes from 1; None when all of it can."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return done + error.start + 1
            if not chunk:
                return None
            done += len(chunk)
