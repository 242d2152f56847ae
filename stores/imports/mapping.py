"""Which column fills which field, as data: the grammar of presets and of ``--mapping FILE.json``.

A mapping is ``{"source": ..., "fields": {field: rule}, "ignore": [columns]}``; a bare ``{field: rule}`` is accepted too. A rule
is a column name, or one of ``{"column"}``, ``{"columns", "join"}``, ``{"first": [columns]}`` (first not blank),
``{"hash": [columns]}``, ``{"constant"}``, each with optional ``"values"`` (a table from the file's words to ours),
``"default"`` (when blank) and ``"format"`` (how the text is written, read by the field's own parser).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stores.imports.errors import ImportRefused
from stores.imports.rows import FIELDS, MappedRow
from stores.values import languages

_KINDS = ("column", "columns", "first", "hash", "constant")
IDENTITY = frozenset({"code", "external_id"})
_EXTRAS = {"values", "default", "format"}
_LARGEST_MAPPING = 1_000_000


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
        return text, column, self.kind == "constant"

    def _raw(self, row: Mapping[str, str]) -> tuple[str, str]:
        if self.kind == "constant":
            return self.constant, ""
        if self.kind == "first":
            for column in self.columns:
                if row.get(column, "").strip():
                    return row[column], column
            return "", self.columns[0]
        cells = [row.get(column, "") for column in self.columns]
        name = "+".join(self.columns)
        if self.kind == "hash":
            if not any(cell.strip() for cell in cells):
                return "", name
            return hashlib.sha256(
                "\x1f".join(" ".join(cell.split()) for cell in cells).encode(errors="replace")
            ).hexdigest()[:16], name
        return self.join.join(cell.strip() for cell in cells if cell.strip()), name


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A source of stores: its name, the rule of each field, and the columns that are known and not used."""

    source: str
    rules: Mapping[str, Rule]
    ignore: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    """Columns without which a file is not of this kind."""

    def check_headers(self, headers: Sequence[str]) -> list[str]:
        """Columns of the file that the mapping does not know. ImportRefused when it lacks what the mapping needs."""
        present = set(headers)
        missing = sorted(self.required - present)
        for name, rule in self.rules.items():
            if rule.columns and not present.intersection(rule.columns) and name in {"code", "external_id", "name"}:
                missing += [column for column in rule.columns if column not in missing]
        if missing:
            raise ImportRefused(
                f"the file has no column {_list(missing)}; its columns are {_list(headers)}. "
                "Choose another --source or give a --mapping"
            )
        return self.unknown(headers)

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Those of the columns from which nothing is taken and which the mapping does not name as ignored."""
        used = {column for rule in self.rules.values() for column in rule.columns}
        return [column for column in columns if column and column not in used and column not in self.ignore]

    def formats(self) -> dict[str, str]:
        """The formats of fields that have one."""
        return {name: rule.format for name, rule in self.rules.items() if rule.format}

    def apply(self, number: int, row: Mapping[str, str], surplus: int = 0) -> MappedRow:
        """One row's text by field."""
        values: dict[str, str] = {}
        columns: dict[str, str] = {}
        constants = set()
        for name, rule in self.rules.items():
            values[name], columns[name], constant = rule.read(row)
            if (
                name in IDENTITY
                and rule.kind == "columns"
                and not all(row.get(each, "").strip() for each in rule.columns)
            ):
                # Half an identity is shared by many rows: "apple:" is no store.
                values[name], columns[name] = "", next(each for each in rule.columns if not row.get(each, "").strip())
            if constant:
                constants.add(name)
        return MappedRow(number, values, columns, frozenset(constants), surplus)


def load_mapping(path: Path) -> ColumnMapping:
    """Read ``--mapping FILE.json``. ImportRefused says which part of it is wrong."""
    try:
        if path.stat().st_size > _LARGEST_MAPPING:
            raise ImportRefused(f"mapping {path}: the file is too large to be a mapping")
        data = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ImportRefused(f"mapping {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ImportRefused(f"mapping {path}: not JSON ({str(error)[:100]})") from error
    return parse_mapping(data, source=path.stem)


def parse_mapping(data: object, *, source: str, required: Iterable[str] = ()) -> ColumnMapping:
    """A mapping from its JSON form. ``source`` names it unless it names itself; it is part of a store's identity."""
    if not isinstance(data, dict):
        raise ImportRefused('a mapping is a JSON object such as {"fields": {"name": "Store Name"}}')
    fields = data.get("fields", None)
    if fields is None:
        fields = {key: value for key, value in data.items() if key not in {"source", "ignore"}}
    elif extra := set(data) - {"source", "fields", "ignore", "comment"}:
        raise ImportRefused(f"a mapping has source, fields and ignore, not {_list(sorted(map(str, extra)))}")
    if not isinstance(fields, dict) or not fields:
        raise ImportRefused('the "fields" of a mapping are an object of field names and rules')
    own = data.get("source", source)
    if not isinstance(own, str) or not re.fullmatch(r"[\w .:-]{1,60}", own):
        raise ImportRefused('the "source" of a mapping is a name of at most 60 letters and digits')
    ignore = data.get("ignore", [])
    if not _is_texts(ignore):
        raise ImportRefused('the "ignore" of a mapping is a list of column names')
    rules = {_field_name(name): _rule(name, rule) for name, rule in fields.items()}
    if not {"code", "external_id"} & set(rules):
        raise ImportRefused("a mapping needs code or external_id, so that a store is found again at the next import")
    if not any(name == "name" or name.startswith("name_") for name in rules):
        raise ImportRefused("a mapping needs name")
    return ColumnMapping(own, rules, frozenset(ignore), frozenset(required))


def _field_name(name: str) -> str:
    if name in FIELDS:
        return name
    for prefix in ("name_", "address_"):
        if name.startswith(prefix):
            try:
                return prefix + languages.canonical(name.removeprefix(prefix).replace("_", "-"))
            except ValueError as error:
                raise ImportRefused(f"field {name!r}: {error}") from error
    raise ImportRefused(f"there is no field {name!r}; the fields are {_list(FIELDS)}, name_<tag> and address_<tag>")


def _rule(name: str, data: object) -> Rule:
    if isinstance(data, str):
        return Rule("column", (data,))
    if not isinstance(data, dict):
        raise ImportRefused(f"field {name}: a rule is a column name or an object")
    kinds = [kind for kind in _KINDS if kind in data]
    if len(kinds) != 1:
        raise ImportRefused(f"field {name}: a rule has one of {_list(_KINDS)}")
    [kind] = kinds
    allowed = {kind, *_EXTRAS} | ({"join"} if kind == "columns" else set())
    if extra := set(data) - allowed:
        raise ImportRefused(f"field {name}: {_list(sorted(map(str, extra)))} is not part of a {kind} rule")
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
    if not _is_texts(given) or not given:
        raise ImportRefused(f"field {name}: {kind} is a list of column names")
    return Rule(kind, tuple(given), **extras)


def _extras(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("default", "format", "join"):
        if key in data:
            if not isinstance(data[key], str | int | float):
                raise ImportRefused(f"field {name}: {key} is a text")
            found[key] = str(data[key])
    if "values" in data:
        table = data["values"]
        if not isinstance(table, dict) or not all(isinstance(value, str | int | float) for value in table.values()):
            raise ImportRefused(f"field {name}: values is a table from the file's words to ours")
        found["values"] = {key: str(value) for key, value in table.items()}
    return found


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _list(names: Iterable[str]) -> str:
    shown = [name[:60] for name in names]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")
