"""A mapping to begin with, for a person to look at: from what the headers say, and from what the cells look like.

Nothing here is applied by itself. A shipped mapping is taken when the list has its columns; otherwise each column's header is
looked up in nine languages, cells decide where a header says nothing or something else, and what remains is "not used".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stores.imports import presets
from stores.imports.errors import ImportRefused
from stores.imports.evidence import contradicts, date_form, field_by_values, pair_order
from stores.imports.mapping import ColumnMapping, field_name
from stores.imports.vocabulary import field_of, weekday_of, word_of

SAMPLES = 60
"""Different cells of a column that are looked at; more would not change what it is."""

# Fields that may be put together from several columns; any other takes the first column that fits.
_SEVERAL = frozenset({"name", "market", "address_lines", "phone"})
_DATES = ("opening_date", "closing_date")


@dataclass(slots=True)
class Suggested:
    """What is proposed: rules in the form of a mapping file, and where each came from."""

    fields: dict[str, Any] = field(default_factory=dict)
    because: dict[str, str] = field(default_factory=dict)
    """By column: ``header`` or ``values``."""
    preset: str = ""
    """The shipped mapping that the list fits; then ``fields`` is blank."""


def fitting_preset(headers: Sequence[str]) -> str:
    """The shipped mapping whose columns the list has; blank when there is none."""
    present = set(headers)
    for name in presets.names():
        mapping = presets.preset(name)
        forms = (mapping, mapping.otherwise) if mapping.otherwise else (mapping,)
        if any(form.required and form.required <= present for form in forms):
            return name
    ours = [header for header in headers if _is_ours(header)]
    own = "code" in ours and any(header == "name" or header.startswith("name_") for header in ours)
    return "own" if own and len(ours) > len(present) / 2 else ""


def fitting_saved(saved: Mapping[str, ColumnMapping], headers: Sequence[str]) -> str:
    """The name of the saved mapping that reads the most of the list and misses nothing it needs; blank when there is none."""
    present = set(headers)
    best, most = "", 0.0
    for name, mapping in saved.items():
        columns = {column for rule in mapping.rules.values() for column in rule.columns}
        try:
            mapping.fitted(headers)
        except ImportRefused:
            continue
        read = len(columns & present) / (len(columns) or 1)
        if read > max(most, 0.6):
            best, most = name, read
    return best


def suggest(headers: Sequence[str], rows: Sequence[Mapping[str, str]]) -> Suggested:
    """What each column probably fills, from the list's columns in their order and some of its rows."""
    if preset := fitting_preset(headers):
        return Suggested(preset=preset)
    found = Suggested()
    looked = {header: _different(rows, header) for header in headers if header}
    named = {header: field_of(header) for header in headers if header}
    _weekdays(found, headers)
    columns: dict[str, list[str]] = {}
    for header in headers:
        if not header or header in found.because:
            continue
        meant, because = _meaning(named[header], looked[header], taken={*columns, *found.fields})
        if not meant or meant in found.fields or (meant in columns and meant not in _SEVERAL):
            continue
        columns.setdefault(meant, []).append(header)
        found.because[header] = because
    _positions(found, columns, looked)
    for name, chosen in columns.items():
        found.fields[name] = _rule(name, chosen, looked, named)
    _house_number(found, columns)
    _identity(found, columns, rows)
    return found


def _different(rows: Sequence[Mapping[str, str]], header: str) -> list[str]:
    cells: dict[str, None] = {}
    for row in rows:
        if cell := row.get(header, "").strip():
            cells[cell] = None
            if len(cells) == SAMPLES:
                break
    return list(cells)


def _meaning(named: str, cells: Sequence[str], taken: set[str]) -> tuple[str, str]:
    """The field of one column, and whether its header or its cells say so."""
    by_values = field_by_values(cells)
    if named and by_values in {"status", "format"} and named in {"administrative_area", "status", "format"}:
        return by_values, "values"  # "Estado" is a province or a status, "Type" either of the two: the words tell
    if named and not contradicts(named, cells):
        return named, "header"
    # A second column of phones or codes is rarely meant for the same field when its header does not say so.
    return (by_values, "values") if by_values and by_values not in taken else ("", "")


def _weekdays(found: Suggested, headers: Sequence[str]) -> None:
    days = {day: header for header in headers if (day := weekday_of(header)) is not None}
    if len(days) == 7:
        found.fields["hours"] = {"weekdays": [days[day] for day in range(7)]}
        found.because |= dict.fromkeys(days.values(), "header")


def _positions(found: Suggested, columns: dict[str, list[str]], looked: Mapping[str, Sequence[str]]) -> None:
    """A column that holds both numbers is used when there are not two columns, and only in an order that is certain."""
    pair = columns.pop("position", [])
    order = pair_order(looked[pair[0]]) if pair else ""
    if order and not {"latitude", "longitude"} & columns.keys():
        found.fields["latitude"] = {"column": pair[0], "format": order}
    else:
        for header in pair:
            del found.because[header]


def _rule(name: str, chosen: list[str], looked: Mapping[str, Sequence[str]], named: Mapping[str, str]) -> Any:
    if name in {"status", "format"}:
        words = {cell: word for cell in looked[chosen[0]] if (word := word_of(name, cell)) and word != cell}
        return {"column": chosen[0], "values": words} if words else chosen[0]
    if name in _DATES and (form := date_form(looked[chosen[0]])):
        return {"column": chosen[0], "format": form}
    if len(chosen) == 1:
        return chosen[0]
    return {"columns": chosen, "join": "\n"} if name == "address_lines" else {"first": chosen}


def _house_number(found: Suggested, columns: Mapping[str, list[str]]) -> None:
    """It belongs to its street; a list that has the address in other ways does not need it."""
    number = columns.get("house_number", [])
    street = columns.get("address_lines", [])
    found.fields.pop("house_number", None)
    if number and len(street) == 1:
        found.fields["address_lines"] = {"columns": [*street, *number], "join": " "}
    else:
        for header in number:
            del found.because[header]


def _identity(found: Suggested, columns: Mapping[str, list[str]], rows: Sequence[Mapping[str, str]]) -> None:
    """Numbers that several chains share need the chain; a list without codes tells its stores apart by name and address."""
    code = columns.get("external_id", [])
    if not code:
        told_by = [header for name in ("name", "address_lines") for header in columns.get(name, ())]
        if told_by:
            found.fields["external_id"] = {"hash": told_by}
        return
    if _tells_apart(code, rows):
        return
    for header in rows[0]:
        if header not in code and not _is_no_identity(header, rows) and _tells_apart([header, *code], rows):
            found.fields["external_id"] = {"columns": [header, *code], "join": ":"}
            found.because.setdefault(header, "values")
            return


def _is_no_identity(header: str, rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether a column is no part of an identity: blank somewhere, or different almost everywhere, as phones are."""
    cells = [row.get(header, "").strip() for row in rows]
    return not all(cells) or len(set(cells)) > len(cells) / 2


def _tells_apart(headers: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bool:
    seen = [tuple(row.get(header, "").strip() for header in headers) for row in rows]
    filled = [key for key in seen if all(key)]
    return len(set(filled)) >= 0.99 * len(filled)


def _is_ours(header: str) -> bool:
    try:
        field_name(header)
    except ImportRefused:
        return False
    return True
