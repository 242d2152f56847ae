"""Which column fills which field, as data: presets, and ``--mapping FILE.json``.

A mapping is ``{"source": ..., "fields": {field: rule}, "ignore": [columns]}``, the rules as in ``stores.imports.grammar``;
a bare ``{field: rule}`` is accepted too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stores.imports.documents import DEEPEST
from stores.imports.errors import ImportRefused
from stores.imports.grammar import Rule, folded, is_texts, listed, parse_rule
from stores.imports.rows import FIELDS, LONGEST_TAG, MappedRow
from stores.values import languages

IDENTITY = frozenset({"code", "external_id"})
POSITION = frozenset({"latitude", "longitude"})
HOURS = frozenset({"hours", "special_hours"})
_LARGEST_MAPPING = 1_000_000


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A source of stores: its name, the rule of each field, and the columns that are known and not used."""

    source: str
    rules: Mapping[str, Rule]
    ignore: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    """Columns without which a file is not of this kind."""

    otherwise: ColumnMapping | None = None
    """The same source's other form, for a file that lacks the required columns and has the other's."""

    own_columns: bool = False
    """The file's columns are our field names, as far as it has them."""

    objects: frozenset[str] = frozenset()
    """Of a fitted mapping: columns that are objects of a document and are read as JSON."""

    absent: tuple[str, ...] = ()
    """Of a mapping that was fitted to a file: the columns that it would read and the file lacks."""

    def fitted(self, headers: Sequence[str], *, features: bool = False) -> ColumnMapping:
        """The mapping as far as a file's columns allow: a field whose columns are absent is not spoken about, nor one whose
        meaning would be another with only some of them.

        Args:
            features: the file is GeoJSON, so it has a position however the mapping calls it.

        ImportRefused when the file lacks what tells and names a store, or a part of what tells it.
        """
        objects = self._objects_of_hours(headers)
        headers = list(dict.fromkeys((*headers, *objects)))
        present = set(headers)
        if features and not self.own_columns and present >= POSITION:
            self = self._located(present)  # noqa: PLW0642  (the same mapping, as this kind of file spells it)
        if (renamed := self._as_written(headers)) is not self:
            return renamed.fitted(headers)
        if self.otherwise and not self.required <= present and self.otherwise.required <= present:
            return self.otherwise.fitted(headers)
        rules = dict(self.rules)
        if self.own_columns:
            rules = {field_name(header): Rule("column", (header,)) for header in headers if _is_field(header)}
        missing = sorted(self.required - present)
        fitting = {
            name: rule
            for name, rule in rules.items()
            if _reads(name, rule, present) or (rule.default and not present.intersection(rule.columns))
        }
        for name in sorted(IDENTITY & set(rules) - set(fitting)):
            if present.intersection(rules[name].columns):
                # Without one of its columns every store would be another one.
                missing += [column for column in rules[name].columns if column not in present]
        if not IDENTITY & set(fitting):
            missing += [column for name in sorted(IDENTITY) if name in rules for column in rules[name].columns]
            missing += ["code"] if self.own_columns else []
        if not any(name == "name" or name.startswith("name_") for name in fitting):
            missing += list(rules["name"].columns) if "name" in rules else ["name"]
        if missing:
            raise ImportRefused(
                f"the file has no column {listed(dict.fromkeys(missing))}; its columns are {listed(headers)}. "
                "Choose another --source or give a --mapping"
            )
        needed = (
            column
            for rule in rules.values()
            if not (rule.kind == "first" and present.intersection(rule.columns))
            for column in rule.columns
        )
        return replace(
            self,
            rules=fitting,
            absent=tuple(dict.fromkeys(column for column in needed if column not in present)),
            objects=frozenset(objects),
        )

    def _objects_of_hours(self, headers: Sequence[str]) -> list[str]:
        """Columns of hours that are objects in a document, {"monday": ...} or {"periods": ...}; their members are headers."""
        forms = (self, self.otherwise) if self.otherwise else (self,)
        rules = [form.rules[name] for form in forms for name in HOURS if name in form.rules]
        wanted = {folded(column.removeprefix("properties.")) for rule in rules for column in rule.columns}
        wanted |= HOURS if self.own_columns else set()
        return sorted({name for name in _objects(headers) if folded(name) in wanted})

    def _located(self, present: set[str]) -> ColumnMapping:
        """The mapping for features: the point is their position unless both its columns are there, the rest is properties."""
        rules = {name: rule.renamed(lambda column: _property(column, present)) for name, rule in self.rules.items()}
        if not all(name in rules and present.issuperset(rules[name].columns) for name in POSITION):
            rules |= {name: Rule("column", (name,)) for name in POSITION}
        return replace(self, rules=rules)

    def _as_written(self, headers: Sequence[str]) -> ColumnMapping:
        """The mapping with the file's own spelling of its columns, where one column is meant: " store name" is "Store Name"."""
        spelled: dict[str, str | None] = {}
        for header in filter(None, headers):
            spelled[folded(header)] = None if folded(header) in spelled else header
        present = set(headers)
        names = {
            column: theirs
            for column in (*(each for rule in self.rules.values() for each in rule.named), *self.ignore)
            if column not in present and (theirs := spelled.get(folded(column)))
        }
        rules = {name: rule.renamed(lambda column: names.get(column, column)) for name, rule in self.rules.items()}
        if rules == self.rules:
            return self
        return replace(self, rules=rules, ignore=frozenset(names.get(column, column) for column in self.ignore))

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Those of the columns from which nothing is taken and which the mapping does not name as ignored."""
        used = {column for rule in self.rules.values() for column in rule.named}
        parts = tuple(f"{name}." for name in self.objects)
        return [
            column
            for column in columns
            if column and column not in used and column not in self.ignore and not column.startswith(parts)
        ]

    def formats(self) -> dict[str, str]:
        """The formats of fields that have one."""
        return {name: rule.format for name, rule in self.rules.items() if rule.format}

    def to_json(self) -> dict[str, Any]:
        """The mapping as ``parse_mapping`` reads it."""
        fields = {name: rule.to_json() for name, rule in self.rules.items()}
        return {"source": self.source, "fields": fields, "ignore": sorted(self.ignore)}

    def apply(self, number: int, row: Mapping[str, str], surplus: int = 0) -> MappedRow:
        """One row's text by field."""
        values: dict[str, str] = {}
        columns: dict[str, str] = {}
        constants = set()
        for name, rule in self.rules.items():
            values[name], columns[name], constant = rule.read(row)
            if name in IDENTITY and rule.kind == "columns":
                # A suffix may be blank. What every list of this kind has, or a format asks for, may not: "apple:" is no store.
                asked = rule.columns if rule.places > 1 else self.required.intersection(rule.columns)
                if blank := [each for each in rule.columns if each in asked and not row.get(each, "").strip()]:
                    values[name], columns[name] = "", blank[0]
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
    return parse_mapping(data, source=re.sub(r"[^\w .:-]+", "-", path.stem)[:60] or "mapping")


def parse_mapping(data: object, *, source: str, required: Iterable[str] = ()) -> ColumnMapping:
    """A mapping from its JSON form. ``source`` names it unless it names itself; it is part of a store's identity."""
    if not isinstance(data, dict):
        raise ImportRefused('a mapping is a JSON object such as {"fields": {"name": "Store Name"}}')
    fields = data.get("fields", None)
    if fields is None:
        fields = {key: value for key, value in data.items() if key not in {"source", "ignore", "comment"}}
    elif extra := set(data) - {"source", "fields", "ignore", "comment"}:
        raise ImportRefused(f"a mapping has source, fields and ignore, not {listed(sorted(map(str, extra)))}")
    if not isinstance(fields, dict) or not fields:
        raise ImportRefused('the "fields" of a mapping are an object of field names and rules')
    own = data.get("source", source)
    if not isinstance(own, str) or not re.fullmatch(r"[\w .:-]{1,60}", own):
        raise ImportRefused('the "source" of a mapping is a name of at most 60 letters and digits')
    ignore = data.get("ignore", [])
    if not is_texts(ignore):
        raise ImportRefused('the "ignore" of a mapping is a list of column names')
    rules = {field_name(name): parse_rule(name, rule) for name, rule in fields.items()}
    if not {"code", "external_id"} & set(rules):
        raise ImportRefused("a mapping needs code or external_id, so that a store is found again at the next import")
    if not any(name == "name" or name.startswith("name_") for name in rules):
        raise ImportRefused("a mapping needs name")
    return ColumnMapping(own, rules, frozenset(ignore), frozenset(required))


def field_name(name: str) -> str:
    if name in FIELDS:
        return name
    for prefix in ("name_", "address_"):
        if name.startswith(prefix):
            try:
                tag = languages.canonical(name.removeprefix(prefix).replace("_", "-"))
                known = languages.is_known(tag)
            except ValueError as error:
                raise ImportRefused(f"field {name!r}: {error}") from error
            if known and len(tag) <= LONGEST_TAG:
                return prefix + tag
    raise ImportRefused(f"there is no field {name!r}; the fields are {listed(FIELDS)}, name_<tag> and address_<tag>")


def _reads(name: str, rule: Rule, present: set[str]) -> bool:
    """Whether a file with these columns has what the rule reads."""
    there = present.intersection(rule.columns)
    # Weeks without a weekday, a hash of less and half a code would be understood, and mean something else.
    whole = rule.kind in {"weekdays", "hash"} or (name in IDENTITY and rule.kind == "columns")
    return not rule.columns or (len(there) == len(set(rule.columns)) if whole else bool(there))


def _objects(headers: Iterable[str]) -> Iterator[str]:
    """The names of what a document has as objects, whose members are columns here: ``hours`` of ``hours.monday``."""
    for header in headers:
        parts = header.split(".", DEEPEST)
        for depth in range(1, len(parts)):
            yield ".".join(parts[:depth])


def _property(column: str, present: set[str]) -> str:
    """A property is a column by its own name, also for a mapping that says where in the file it stands."""
    bare = column.removeprefix("properties.")
    return bare if column not in present and bare in present else column


def _is_field(header: str) -> bool:
    try:
        field_name(header)
    except ImportRefused:
        return False
    return True
