"""Parsing in several processes gives what parsing in one gives, in the same order."""

from __future__ import annotations

from itertools import islice

from stores.imports import presets
from stores.imports.parse import Rules
from stores.imports.pool import CHUNK, WORTH_A_POOL, parsed
from stores.values.territories import territories
from tests.stores.imports.lists import BERLIN, TOKYO

MAPPING = presets.preset("allplaces")
RULES = Rules("allplaces", {each.code: each.languages for each in territories()}, frozenset(MAPPING.rules))


def test_many_rows_are_parsed_in_processes_and_stay_in_order() -> None:
    rows = [MAPPING.apply(n, (TOKYO if n % 2 else BERLIN) | {"ref": f"R{n}"}) for n in range(2, 3 * CHUNK)]
    assert list(parsed(rows, RULES, expected=WORTH_A_POOL)) == list(parsed(rows, RULES, expected=len(rows)))


def test_rows_are_taken_as_they_are_needed() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield MAPPING.apply(taken, TOKYO | {"ref": f"R{taken}"})

    records = parsed(endless(), RULES, expected=WORTH_A_POOL)  # type: ignore[arg-type]
    assert [record.row for record in islice(records, 3)] == [1, 2, 3]
    assert taken <= 20 * CHUNK
    records.close()  # type: ignore[attr-defined]
