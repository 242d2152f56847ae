"""What an import says of a row is written once, in English; the dashboard knows each of these sentences."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain, product, repeat
from pathlib import Path

from django.utils import translation

import stores.imports
from stores.dashboard.imports.findings import said

IMPORTS = Path(stores.imports.__file__).parent
# What may stand at the places of a sentence: a number or a code, a field's name, a clause.
SAMPLES = ("7", "format", "status", "services", "is the nearest")


def sentences() -> Iterator[tuple[str, ast.expr]]:
    """Every reason with which a row is refused or warned about, and where it stands."""
    for path in sorted(IMPORTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"refuse", "warn"}
            ):
                yield f"{path.name}:{node.lineno}", node.args[1]


def written(reason: ast.expr, first: str, other: str) -> str:
    """The sentence, with samples at its first and its other places; blank for one that comes from elsewhere."""
    if isinstance(reason, ast.Constant):
        return str(reason.value)
    if isinstance(reason, ast.JoinedStr):
        samples = chain([first], repeat(other))
        return "".join(str(part.value) if isinstance(part, ast.Constant) else next(samples) for part in reason.values)
    return ""


def test_every_finding_is_said_in_the_readers_language() -> None:
    found = list(sentences())
    assert len(found) > 30
    with translation.override("ja"):
        unknown = [
            f"{place} {written(reason, '…', '…')}"
            for place, reason in found
            if (texts := [written(reason, *pair) for pair in product(SAMPLES, repeat=2)])[0]
            and all(said(text) == text for text in texts)
        ]
    assert unknown == []
