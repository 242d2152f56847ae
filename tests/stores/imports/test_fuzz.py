"""Whatever a file is: it is imported or refused in a sentence, never half, and never at the price of the machine's memory.

A sample of the spoiled files runs with the other tests, all of them by ``make fuzz``.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest
from django.db import connection, transaction

from stores.actions.errors import Refused
from stores.imports import presets
from stores.imports.errors import ImportRefused
from stores.imports.job import Request, run_import
from stores.models import Store, System
from tests import people
from tests.stores.imports.mutations import BOMBS, spoiled

FILES = int(os.environ.get("FUZZ_FILES", "80"))
PARTS = 8
"""Tests among which the files are divided, so that they can run beside each other."""
MOST_MEMORY = 400 << 20
"""Bytes by which the process may grow: a workbook's shared texts are kept, a third of this at most."""


def network() -> list[tuple[object, ...]]:
    """How many rows each table of the network and its history have."""
    with connection.cursor() as cursor:
        tables = ("store", "storeaddress", "weeklyhours", "storesource", "storeservice", "storeevent", "importjob")
        counts = (f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM stores_{name}" for name in tables)  # noqa: S608  (our names)
        cursor.execute(" UNION ALL ".join(counts))
        # PostgreSQL may look into the tables side by side, and then answers in no order.
        return sorted(cursor.fetchall())


def imported(world: people.World, path: Path, content: bytes, seed: int) -> str:
    """Import a file for good, look, and take it back; what happened."""
    path.write_bytes(content)
    before = network()
    request = Request(
        path, world.rokid, presets.preset("own"), System("fuzz"), apply=True, complete=seed % 3 == 0, publish=seed % 2 == 0,
        allow_mass_change=seed % 5 != 0, report=path.with_name("report"), refused=path.with_name("refused"),
    )  # fmt: skip
    with transaction.atomic():
        refusal = ""
        try:
            result = run_import(request)
        except (ImportRefused, Refused) as error:
            refusal = str(error)
        if refusal:
            assert refusal.isprintable()
            assert network() == before
            return "refused"
        assert sum(result.counts[name] for name in ("created", "changed", "unchanged", "refused")) > 0
        transaction.set_rollback(True)
    return "read"


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_a_spoiled_file_is_read_or_refused_whole(part: int, world: people.World, tmp_path: Path) -> None:
    people.store(world.rokid, "JP", "jp-1")
    people.store(world.rokid, "DE", "de-1")
    outcomes = {"read": 0, "refused": 0}
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seeds = range(part * FILES // PARTS, (part + 1) * FILES // PARTS)
    for seed in seeds:
        content = spoiled(seed)
        try:
            outcomes[imported(world, tmp_path / "list", content, seed)] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, {len(content)} bytes, beginning {content[:80]!r}")
            raise
    assert sum(outcomes.values()) == len(seeds)
    # Of ten spoiled files all may be refused; of hundreds only when nothing is read any more.
    assert len(seeds) < 100 or min(outcomes.values()) > 0, outcomes
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun) * 1024
    assert grown < MOST_MEMORY, f"{grown >> 20} MB"
    assert Store.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_a_bomb_is_refused_or_read_in_little_memory(number: int, world: people.World, tmp_path: Path) -> None:
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    imported(world, tmp_path / "list", BOMBS[number](), number)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun) * 1024 < MOST_MEMORY
