"""Cells as long as a file may have them: they cost about what other cells cost, and nothing of them is kept."""

from __future__ import annotations

import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from stores.imports.limits import LONGEST_CELL
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import FIELDS, MappedRow, Record
from stores.values.territories import territories

RULES = Rules(
    "list", {each.code: each.languages for each in territories()}, frozenset((*FIELDS, "name_en", "address_de"))
)
GOOD = dict.fromkeys(RULES.fields, "") | {"code": "A-1", "name": "Foo", "market": "US", "longitude": "13"}
SECONDS = 20
"""Of the processor, for a row that takes a few tenths of one; a search that goes back at every character takes minutes."""

REPEATED = (
    *" .,;:-/(01aXé店", "1 ", "a,", "a.", "0 ", " a", " -", ",\n", ";\n", "a/b ", "Mo ", "Mo 10:00-18:00; ", "2026-12-24: x, ",
    "Europe/", "1 or ", "1. ", "10 am ", "周一至周五",
)  # fmt: skip
CELLS = {
    **{repr(part): part * (LONGEST_CELL // len(part)) for part in REPEATED},
    "degrees": "1" + " " * (LONGEST_CELL - 2) + "x",
    "website": "http://" + "a." * (LONGEST_CELL // 2 - 5) + " x",
    "words": " ".join(f"{number:x}" for number in range(LONGEST_CELL // 6)),
}


def read(**cells: str) -> Record:
    return parse_row(MappedRow(2, GOOD | cells, {}), RULES)


@contextmanager
def bounded() -> Iterator[None]:
    """Ends what uses the processor for longer, however busy the machine is."""

    def end(*_: object) -> None:
        raise AssertionError(f"more than {SECONDS} seconds of work")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_no_field_goes_back_over_a_huge_cell(cell: str) -> None:
    read()  # the tables of names and zones are read once
    with bounded():
        for name in sorted(RULES.fields):
            read(**{name: cell})


def test_nothing_of_a_huge_cell_is_kept() -> None:
    read(**dict.fromkeys(RULES.fields, "x"))
    tracemalloc.start()
    try:
        for number in range(10):
            for name in RULES.fields - {"address_lines", "address_de"}:
                read(**{name: f"{number} {name}" + "a" * LONGEST_CELL})
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 5 * LONGEST_CELL


@pytest.mark.parametrize("name", ["languages", "services"])
def test_a_cell_of_a_thousand_words_is_no_list_of_a_stores(name: str) -> None:
    record = read(**{name: " , ".join(f"a{number}" for number in range(1000))})
    assert [each.reason for each in record.warnings if each.column == name] == [
        f"1000 words are too many for a store's {name}; left out"
    ]
    assert (record.languages, record.services, name in record.given) == ((), (), False)
