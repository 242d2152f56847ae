"""Answers of ours, recorded for the floors to give: ``stores.api.floors`` reads what is written here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

HEADERS = ("Content-Type", "ETag", "Cache-Control", "Content-Language", "Vary", "Content-Length")


class Recorded(NamedTuple):
    """One answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def not_modified(self) -> Recorded:
        """The same for a caller who has it already."""
        kept = {name: text for name, text in self.headers.items() if name not in {"Content-Length", "Content-Type"}}
        return Recorded(304, kept, b"")


def record(name: str, answers: Sequence[Recorded]) -> None:
    """Keep the answers under a name. Before a web process first gives them: each reads them once."""
    folder = Path(settings.VAR) / "floors"
    folder.mkdir(exist_ok=True)
    rows = [[each.status, each.headers, each.body.decode()] for each in answers]
    (folder / f"{name}.json").write_text(json.dumps(rows))
