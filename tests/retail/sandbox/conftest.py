"""One sandbox process for all tests of a worker; each test opens a shop of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.shops import RunningSandbox

NUMBERS = count(1)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with RunningSandbox(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture
def sandbox(process: RunningSandbox) -> Iterator[RunningSandbox]:
    """A German shop with key, lock and schedule, which nobody has called yet."""
    process.shop = f"shop-{next(NUMBERS)}"
    process.put_shop()
    yield process
    process.heal()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningSandbox]:
    """A process of the test's own, to kill."""
    with RunningSandbox(tmp_path) as running:
        running.put_shop()
        yield running
