"""Parsing in several processes gives what parsing in one gives, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from stores.imports import presets
from stores.imports.parse import Rules
from stores.imports.pool import CHUNK, WORTH_A_POOL, Recipe, parsed
from stores.imports.rows import RawRow
from stores.values.territories import territories
from tests.stores.imports.lists import BERLIN, TOKYO

MAPPING = presets.preset("allplaces")
RECIPE = Recipe(
    MAPPING, Rules("allplaces", {each.code: each.languages for each in territories()}, frozenset(MAPPING.rules))
)


def test_many_rows_are_parsed_in_processes_and_stay_in_order() -> None:
    rows = [RawRow(n, (TOKYO if n % 2 else BERLIN) | {"ref": f"R{n}"}) for n in range(2, 3 * CHUNK)]
    alone = b"".join(parsed(rows, RECIPE, expected=len(rows)))
    assert [int(line.split(b"\t")[0]) for line in alone.splitlines()] == list(range(2, 3 * CHUNK))
    assert b"".join(parsed(rows, RECIPE, expected=WORTH_A_POOL)) == alone


def test_rows_are_taken_as_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[RawRow]:
        nonlocal taken
        while True:
            taken += 1
            yield RawRow(taken, TOKYO | {"ref": f"R{taken}"})

    blocks = parsed(endless(), RECIPE, expected=WORTH_A_POOL)
    assert [block.count(b"\n") for block in islice(blocks, 2)] == [CHUNK, CHUNK]
    assert taken <= 20 * CHUNK
    blocks.close()  # type: ignore[attr-defined]
