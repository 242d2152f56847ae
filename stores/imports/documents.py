"""Records of JSON documents, JSON lines and GeoJSON, one at a time and as flat text, like the rows of a table.

``{"address": {"city": "Wien"}}`` has the column ``address.city``; a list of words is one cell, joined by ``; ``. A GeoJSON
feature has the columns of its properties, and ``longitude``, ``latitude`` and ``id`` unless these have them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from stores.imports.errors import ImportRefused
from stores.imports.limits import LONGEST_LINE, MOST_COLUMNS

_CHUNK = 1 << 16
DEEPEST = 8
"""Objects within objects whose members are columns."""


def lines(file: IO[str], path: Path, whole: Collection[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """One record a line; blank lines count and are skipped. Objects under the names in ``whole`` are also there as JSON."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise ImportRefused(f"{path}: line {number} is longer than {LONGEST_LINE:,} characters")
        if line.strip():
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ImportRefused(f"{path}: line {number} is not JSON ({_reason(error)})") from error
            yield number, _flat(found, f"{path}: line {number}", whole)


def records(file: IO[str], path: Path, whole: Collection[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """The objects of a list, or of the first list of objects inside an object (``features``, ``stores``, ...)."""
    text = _Text(file, path)
    if text.peek() == "{":
        _enter_list(text, path)
    elif text.peek() != "[":
        raise ImportRefused(f"{path}: neither a list nor an object of JSON")
    text.take()
    number = 0
    while text.peek(also=",") != "]":
        if not text.peek():
            raise ImportRefused(f"{path}: the list ends after record {number} without its bracket")
        number += 1
        yield number, _flat(text.value(f"record {number}"), f"{path}: record {number}", whole)


class Feature(dict[str, str]):
    """The flat record of a GeoJSON feature: its position is known whatever its properties are called."""


class _Text:
    """A JSON text that is read as far as needed."""

    def __init__(self, file: IO[str], path: Path) -> None:
        self.file = file
        self.path = path
        self.decoder = json.JSONDecoder()
        self.buffer = ""
        self.at = 0

    def peek(self, also: str = "") -> str:
        """The next character that is not space (nor one of ``also``), "" at the end."""
        while True:
            while self.at < len(self.buffer) and (
                self.buffer[self.at].isspace() or self.buffer[self.at] in also + "\ufeff"
            ):
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._more():
                return ""

    def follows(self) -> str:
        """The next sign after the one that was peeked at, without going there."""
        at = self.at + 1
        while True:
            while at < len(self.buffer) and self.buffer[at].isspace():
                at += 1
            if at < len(self.buffer):
                return self.buffer[at]
            before = self.at
            if not self._more():
                return ""
            at -= before

    def take(self) -> None:
        """Go past the character that was peeked at."""
        self.at += 1

    def value(self, what: str) -> Any:
        """Read one whole value."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.at)
            except (ValueError, RecursionError) as error:
                if len(self.buffer) - self.at > LONGEST_LINE:
                    raise ImportRefused(
                        f"{self.path}: {what} is not JSON or longer than {LONGEST_LINE:,} characters"
                    ) from error
                if isinstance(error, RecursionError) or not self._more():
                    raise ImportRefused(f"{self.path}: {what} is not JSON ({_reason(error)})") from error
            else:
                self.at = end
                return value

    def _more(self) -> bool:
        chunk = self.file.read(_CHUNK)
        self.buffer, self.at = self.buffer[self.at :] + chunk, 0
        return bool(chunk)


def _enter_list(text: _Text, path: Path) -> None:
    """Go to the first list of objects among an object's members, or among those of the objects in it."""
    text.take()
    depth = 1
    while depth:
        if text.peek(also=",") == "}":
            text.take()
            depth -= 1
            continue
        if text.peek() != '"':
            break
        key = text.value("a key")
        if text.peek() != ":":
            break
        text.take()
        if text.peek() == "[":
            if text.follows() == "{":
                return
        elif text.peek() == "{" and depth < DEEPEST:
            text.take()
            depth += 1
            continue
        text.value(f"{str(key)[:40]!r}")
    raise ImportRefused(f"{path}: the object holds no list of records")


def _flat(found: Any, where: str, whole: Collection[str]) -> dict[str, str]:
    try:
        return _record(found, where, whole)
    except RecursionError as error:  # deep enough to be read, too deep to be written as a cell
        raise ImportRefused(f"{where} is {_reason(error)}") from error


def _record(found: Any, where: str, whole: Collection[str]) -> dict[str, str]:
    if not isinstance(found, dict):
        raise ImportRefused(f"{where} is not an object")
    flat: dict[str, str] = {}
    if found.get("type") == "Feature" and isinstance(found.get("properties"), dict | None):
        flat = Feature()
        _flatten(found.get("properties") or {}, "", flat, where, whole=whole)
        geometry = found.get("geometry")
        point = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
        if isinstance(point, list) and len(point) >= 2:
            flat.setdefault("longitude", _cell(point[0]))
            flat.setdefault("latitude", _cell(point[1]))
        if "id" in found:
            flat.setdefault("id", _cell(found["id"]))
    else:
        _flatten(found, "", flat, where, whole=whole)
    return flat


def _flatten(
    found: Mapping[str, Any], prefix: str, flat: dict[str, str], where: str, *, whole: Collection[str], depth: int = 1
) -> None:
    for key, value in found.items():
        # Half a surrogate pair is no text, and a column name is printed.
        name = prefix + key.encode("utf-8", "replace").decode("utf-8")
        if isinstance(value, dict) and depth < DEEPEST:
            _flatten(value, f"{name}.", flat, where, whole=whole, depth=depth + 1)
            if name in whole and value:
                flat[name] = json.dumps(value, ensure_ascii=False)
        else:
            flat[name] = _cell(value)
        if len(flat) > MOST_COLUMNS:
            raise ImportRefused(f"{where} has more than {MOST_COLUMNS} members")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return "; ".join(_cell(item) for item in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())[:80]
