"""The schema.org vocabulary, read from the files of a package that is generated from it: which type has which properties,
and what each may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_SPEC = find_spec("pydantic2_schemaorg")
assert _SPEC is not None
assert _SPEC.origin is not None
FOLDER = Path(_SPEC.origin).parent
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def _class(name: str) -> ast.ClassDef:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def _parents(name: str) -> list[str]:
    names = [base.id for base in _class(name).bases if isinstance(base, ast.Name)]
    return [parent for parent in names if (FOLDER / f"{parent}.py").exists()]


@cache
def properties(name: str) -> dict[str, frozenset[str]]:
    """Every property of a type, its parents' included, with the names of the types it may hold."""
    found: dict[str, frozenset[str]] = {}
    for parent in _parents(name):
        found |= properties(parent)
    for statement in _class(name).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = frozenset(re.findall(r"'([A-Z]\w+)'", ast.unparse(statement.annotation)))
    return found


@cache
def _ancestors(name: str) -> frozenset[str]:
    return frozenset({name}).union(*(_ancestors(parent) for parent in _parents(name)))


def faults(document: dict[str, Any], where: str = "") -> list[str]:
    """What in a JSON-LD object the vocabulary does not know or does not expect."""
    kind = document["@type"]
    known = properties(kind)
    found = []
    for name, value in document.items():
        if name.startswith("@"):
            continue
        if name not in known:
            found.append(f"{where}{kind} has no property {name}")
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found += faults(each, f"{where}{name}.")
                if not _ancestors(each["@type"]) & known[name]:
                    found.append(f"{where}{name} is no {each['@type']}")
            elif not any(_fits(each, expected) for expected in known[name]):
                found.append(f"{where}{name}: {each!r} is none of {sorted(known[name])}")
    return found


_TEXTS: dict[str, Callable[[str], bool]] = {
    "Text": lambda text: True,
    "Language": bool,
    "URL": lambda text: text.startswith(("https://", "http://", "urn:")),
    "Time": lambda text: bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text)),
    "Date": lambda text: bool(re.fullmatch(r"\d{4}-[01]\d-[0-3]\d", text)),
    "DayOfWeek": lambda text: text.removeprefix("https://schema.org/") in DAYS,
}


def _fits(value: Any, expected: str) -> bool:
    if isinstance(value, int | float):
        return expected in {"Number", "Float", "Integer"}
    return expected in _TEXTS and _TEXTS[expected](value)
