from __future__ import annotations

from pathlib import Path

import pytest

from tests import people
from tests.stores.imports.lists import Desk


@pytest.fixture
def desk(world: people.World, tmp_path: Path) -> Desk:
    """A place to import lists into Rokid."""
    return Desk(tmp_path)
