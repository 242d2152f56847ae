"""Parsing in several processes gives what parsing in one gives, in the same order."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import billiard
import pytest

from stores.imports import presets
from stores.imports.errors import ImportRefused
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


def test_a_worker_of_celery_parses_in_processes_too(tmp_path: Path) -> None:
    """Its process is one of billiard's, which multiprocessing lets have no children."""
    rows = [RawRow(n, TOKYO | {"ref": f"R{n}"}) for n in range(2, 3 * CHUNK)]
    out = tmp_path / "lines"

    def work() -> None:
        out.write_bytes(b"".join(parsed(rows, RECIPE, expected=WORTH_A_POOL)))

    worker = billiard.Process(target=work, daemon=True)
    worker.start()
    worker.join(60)
    assert (worker.exitcode, out.read_bytes()) == (0, b"".join(parsed(rows, RECIPE, expected=len(rows))))


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
    blocks.close()  # type: ignore[attr-defined]  # a generator
    assert children() == []


def test_a_process_that_is_ended_ends_the_import_with_a_sentence() -> None:
    rows = (RawRow(n, TOKYO | {"ref": f"R{n}"}) for n in range(2, 40 * CHUNK))
    blocks = parsed(rows, RECIPE, expected=WORTH_A_POOL)
    next(blocks)
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(ImportRefused, match=r"^a process that parses the file was ended; is there memory enough\?$"):
        list(blocks)
    assert children() == []


def children() -> list[int]:
    """The processes that parse for this one."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "stores.imports.worker"], capture_output=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]
