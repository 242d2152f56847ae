"""A mapping as a person chooses it: for each column of the list the field it fills, and what holds for all rows.

The two forms meet here. A mapping file can say more than a table of choices can (a text around a cell, the first column that is
not blank): such a rule is kept as it is for as long as its columns are chosen for its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEEP = "="
"""Chosen for a column that several fields take from: all of them stay as the mapping has them."""
FOR_ALL = ("market", "format", "status", "operator", "datum")
"""Fields that may hold for all rows: alone, or where a cell is blank."""
TRANSLATED = ("market", "format", "status", "operator")
"""Fields whose words in the list may be given ours."""
DATES = ("opening_date", "closing_date")
PAIRS = {"position:lat,lng": "lat,lng", "position:lng,lat": "lng,lat"}
WEEKDAYS = tuple(f"hours:{day}" for day in range(7))
# What joins several columns; other fields take the first that is not blank.
_JOINS = {"address_lines": "\n", "external_id": ":", "code": "-"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen. ``targets`` is by column; the rest is by field."""

    targets: Mapping[str, str]
    for_all: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_forms: Mapping[str, str] = field(default_factory=dict)
    told_by_name: bool = False
    """The list has no codes: its stores are told apart by their name and address."""


def chosen(fields: Mapping[str, Any], headers: Sequence[str]) -> Choices:
    """What a mapping's rules choose for a list with these columns."""
    targets: dict[str, str] = {}
    for header in headers:
        found = [target for name, rule in fields.items() if (target := _target(name, rule, header))]
        targets[header] = KEEP if len(found) > 1 else next(iter(found), "")
    rules = {name: rule for name, rule in fields.items() if isinstance(rule, dict)}
    return Choices(
        targets=targets,
        for_all={
            name: str(rule.get("constant", rule.get("default", "")))
            for name, rule in rules.items()
            if name in FOR_ALL and ("constant" in rule or rule.get("default"))
        },
        words={name: dict(rule["values"]) for name, rule in rules.items() if name in TRANSLATED and "values" in rule},
        date_forms={name: rules[name]["format"] for name in DATES if rules.get(name, {}).get("format")},
        told_by_name="hash" in rules.get("external_id", {}),
    )


def composed(choices: Choices, base: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of a mapping from what was chosen. ``base`` holds the rules that the person began with."""
    columns = _by_field(choices, base)
    fields: dict[str, Any] = {}
    for name, headers in columns.items():
        if name in PAIRS:
            fields["latitude"] = {"column": headers[0], "format": PAIRS[name]}
        elif name not in WEEKDAYS:
            fields[name] = _rule(name, headers, base.get(name), choices)
    days = [columns[day][0] for day in WEEKDAYS if day in columns]
    if len(days) == len(WEEKDAYS):
        fields["hours"] = {"weekdays": days}
    if choices.told_by_name and "external_id" not in fields:
        kept = base.get("external_id")
        told_by = [header for name in ("name", "address_lines") for header in columns.get(name, ())]
        told_by = told_by or [header for name, found in columns.items() if name.startswith("name_") for header in found]
        if isinstance(kept, dict) and "hash" in kept and set(kept["hash"]) <= set(choices.targets):
            told_by = list(kept["hash"])
        if told_by:
            fields["external_id"] = {"hash": told_by}
    for name in FOR_ALL:
        if value := choices.for_all.get(name, ""):
            fields[name] = _with(fields[name], default=value) if name in fields else {"constant": value}
    return fields


def _target(name: str, rule: Any, header: str) -> str:
    """What a rule of field ``name`` takes the column for; blank when it does not."""
    if isinstance(rule, str):
        return name if rule == header else ""
    if "weekdays" in rule:
        return WEEKDAYS[rule["weekdays"].index(header)] if header in rule["weekdays"] else ""
    if header not in columns_of(rule) or "hash" in rule:
        return ""
    form = str(rule.get("format", "")).replace(" ", "").replace("lon", "lng")
    return f"position:{form}" if name == "latitude" and f"position:{form}" in PAIRS else name


def columns_of(rule: Any) -> list[str]:
    """The columns that a rule reads."""
    if isinstance(rule, str):
        return [rule]
    one = [rule["column"]] if "column" in rule else []
    several = (header for kind in ("columns", "first", "hash", "weekdays") for header in rule.get(kind, ()))
    return [*one, *several, *rule.get("beside", {}).values()]


def _by_field(choices: Choices, base: Mapping[str, Any]) -> dict[str, list[str]]:
    """The columns of each field, in the list's order."""
    found: dict[str, list[str]] = {}
    for header, target in choices.targets.items():
        names = [target] if target and target != KEEP else []
        if target == KEEP:
            names = [name for each, rule in base.items() if (name := _target(each, rule, header))]
        for name in names:
            found.setdefault(name, []).append(header)
    return found


def _rule(name: str, headers: list[str], base: Any, choices: Choices) -> Any:
    if base is not None and set(columns_of(base)) == set(headers) and not (isinstance(base, dict) and "hash" in base):
        rule = base if isinstance(base, str) else _with(base, default="")
    elif len(headers) == 1:
        rule = headers[0]
    elif name in _JOINS:
        rule = {"columns": headers, "join": _JOINS[name]}
    else:
        rule = {"first": headers}
    if name in TRANSLATED and name in choices.words:
        words = {word: ours for word, ours in choices.words[name].items() if ours}
        # Words that the page did not show stay as they were.
        before = rule.get("values", {}) if isinstance(rule, dict) else {}
        rule = _with(
            rule, values={word: ours for word, ours in before.items() if word not in choices.words[name]} | words
        )
    if name in DATES:
        rule = _with(rule, format=choices.date_forms.get(name, ""))
    return rule


def _with(rule: Any, **extra: Any) -> Any:
    """The rule with these extras; a blank one is taken away. A rule that is just a column stays one."""
    whole = ({"column": rule} if isinstance(rule, str) else dict(rule)) | extra
    whole = {key: value for key, value in whole.items() if value or key not in extra}
    return whole["column"] if set(whole) == {"column"} else whole
