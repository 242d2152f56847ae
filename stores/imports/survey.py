"""A first look into a list, before anything is decided: its columns, what is in them, and how many rows there are about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from stores.imports.files import Source, examine
from stores.imports.tables import open_table

MOST_ROWS = 20_000
MOST_CELLS = 400_000
"""What is looked through for the words of a column; a list with a thousand columns is looked at in fewer rows."""
KEPT_CELLS = 60_000
"""What is kept in memory for a suggestion."""
MOST_WORDS = 40
"""Different words of a column that are shown to be translated; a column with more holds no kinds or states."""
LONGEST_SHOWN = 120


@dataclass(slots=True)
class Column:
    """One column: its name, cells to show, and all its words when it has few."""

    header: str
    examples: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Different cells, commonest first; blank when there are too many."""
    filled: int = 0


@dataclass(slots=True)
class Survey:
    """What was seen."""

    source: Source
    headers: list[str]
    columns: list[Column]
    rows: list[dict[str, str]]
    """The first ones, cells cut to a length that can be compared."""
    seen: int
    whole: bool
    """Whether ``seen`` is all there is."""

    def column(self, header: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.header == header), None)


def survey(path: Path, encoding: str | None = None) -> Survey:
    """Look through the first rows of a file. ImportRefused when it is none that can be read."""
    source = examine(path, encoding)
    with open_table(source) as table:
        headers = [header for header in table.headers if header]
        most = max(min(MOST_ROWS, MOST_CELLS // len(headers)), 1)
        kept: list[dict[str, str]] = []
        columns = {header: Column(header) for header in headers}
        counted: dict[str, Counter[str] | None] = {header: Counter() for header in headers}
        seen = 0
        for row in islice(table.rows, most):
            seen += 1
            if len(kept) * len(headers) < KEPT_CELLS:
                kept.append({header: row.values.get(header, "")[:1000] for header in headers})
            for header, column in columns.items():
                if cell := row.values.get(header, "").strip():
                    column.filled += 1
                    _count(counted, header, cell)
                    if len(column.examples) < 3 and (shown := cell[:LONGEST_SHOWN]) not in column.examples:
                        column.examples.append(shown)
        whole = next(table.rows, None) is None
    for header, counter in counted.items():
        columns[header].words = [word for word, _ in counter.most_common()] if counter else []
    return Survey(source, headers, list(columns.values()), kept, seen, whole)


def _count(counted: dict[str, Counter[str] | None], header: str, cell: str) -> None:
    counter = counted[header]
    if counter is not None:
        counter[cell] += 1
        if len(counter) > MOST_WORDS or len(cell) > LONGEST_SHOWN:
            counted[header] = None
