"""The grammar of one field's rule: which columns its text comes from, and how.

A rule is a column name, or an object with one of ``column``; ``columns`` and ``join``; ``first`` (the first column that is
not blank); ``hash`` (of columns, for lists without identifiers); ``weekdays`` (seven columns of hours, Monday first); or
``constant``. Each may have ``values``, a table from the file's words to ours; ``default``, when blank; and ``format``: a text
around ``{}``, for dates what strptime reads (``%d.%m.%Y``), for a position in one column its order (``lng,lat``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stores.imports.errors import ImportRefused

_KINDS = ("column", "columns", "first", "hash", "weekdays", "constant")
_EXTRAS = {"values", "default", "format"}
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_CLOSED = {"x": "closed", "closed": "closed", "-": "closed"}
_DATES = frozenset({"opening_date", "closing_date"})
_PAIRS = frozenset({"lat,lng", "lng,lat", "lat,lon", "lon,lat"})


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field's text is made from a row."""

    kind: str
    columns: tuple[str, ...] = ()
    join: str = " "
    constant: str = ""
    values: Mapping[str, str] | None = None
    default: str = ""
    format: str = ""

    def read(self, row: Mapping[str, str]) -> tuple[str, str, bool]:
        """The text, the column it came from, and whether the mapping itself supplied it."""
        text, column = self._raw(row)
        if self.values is not None and text:
            text = self.values.get(text, self.values.get(text.strip(), text))
        if not text.strip():
            return self.default, column, bool(self.default)
        if "{}" in self.format:
            text = self.format.replace("{}", text.strip())
        return text, column, self.kind == "constant"

    def to_json(self) -> dict[str, Any]:
        """The rule as ``parse_rule`` reads it."""
        named = self.columns[0] if self.kind == "column" else list(self.columns)
        found: dict[str, Any] = {self.kind: self.constant if self.kind == "constant" else named}
        if self.kind == "columns":
            found["join"] = self.join
        if self.values is not None:
            found["values"] = dict(self.values)
        return found | {name: text for name in ("default", "format") if (text := getattr(self, name))}

    def _raw(self, row: Mapping[str, str]) -> tuple[str, str]:
        if self.kind == "constant":
            return self.constant, ""
        if self.kind == "first":
            filled = (column for column in self.columns if row.get(column, "").strip())
            column = next(filled, self.columns[0])
            return row.get(column, ""), column
        cells = [row.get(column, "").strip() for column in self.columns]
        if self.kind == "weekdays":
            days = zip(_DAYS, cells, strict=True)
            text = "; ".join(f"{day} {_CLOSED.get(cell.lower(), cell)}" for day, cell in days if cell)
        elif self.kind == "hash":
            whole = "\x1f".join(" ".join(cell.split()) for cell in cells)
            text = hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:16] if any(cells) else ""
        else:
            text = self.join.join(cell for cell in cells if cell)
        return text, "+".join(self.columns)


def parse_rule(name: str, data: object) -> Rule:
    if isinstance(data, str):
        return Rule("column", (data,))
    if not isinstance(data, dict):
        raise ImportRefused(f"field {name}: a rule is a column name or an object")
    kinds = [kind for kind in _KINDS if kind in data]
    if len(kinds) != 1:
        raise ImportRefused(f"field {name}: a rule has one of {listed(_KINDS)}")
    [kind] = kinds
    allowed = {kind, *_EXTRAS} | ({"join"} if kind == "columns" else set())
    if extra := set(data) - allowed:
        raise ImportRefused(f"field {name}: {listed(sorted(map(str, extra)))} is not part of a {kind} rule")
    given = data[kind]
    extras = _extras(name, data)
    if kind == "constant":
        if not isinstance(given, str | int | float):
            raise ImportRefused(f"field {name}: a constant is a text or a number")
        return Rule(kind, constant=str(given), **extras)
    if kind == "column":
        if not isinstance(given, str):
            raise ImportRefused(f"field {name}: a column is named by a text")
        return Rule(kind, (given,), **extras)
    if not is_texts(given) or not given:
        raise ImportRefused(f"field {name}: {kind} is a list of column names")
    if kind == "weekdays" and (name != "hours" or len(given) != 7):
        raise ImportRefused(f"field {name}: weekdays are seven columns of hours, Monday first")
    return Rule(kind, tuple(given), **extras)


def _extras(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("default", "format", "join"):
        if key in data:
            if not isinstance(data[key], str | int | float):
                raise ImportRefused(f"field {name}: {key} is a text")
            found[key] = str(data[key])
    form = found.get("format", "")
    if form and not _is_format(name, form):
        raise ImportRefused(
            f"field {name}: the format {form[:40]!r} is not one; it is a text with {{}}, for dates such as %d.%m.%Y, "
            "for a position in one column lat,lng or lng,lat"
        )
    if "values" in data:
        table = data["values"]
        if not isinstance(table, dict) or not all(isinstance(value, str | int | float) for value in table.values()):
            raise ImportRefused(f"field {name}: values is a table from the file's words to ours")
        found["values"] = {key: str(value) for key, value in table.items()}
    return found


def _is_format(name: str, form: str) -> bool:
    if "{}" in form or (name in _DATES and "%" in form):
        return True
    return name in {"latitude", "longitude"} and form.replace(" ", "") in _PAIRS


def is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def listed(names: Iterable[str]) -> str:
    shown = [printable(name)[:60] for name in names]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")


def printable(text: str) -> str:
    """A name from a file as it may stand in a sentence: on one line, without what cannot be seen or printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
