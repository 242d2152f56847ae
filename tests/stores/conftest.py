from __future__ import annotations

import pytest

from tests import people


@pytest.fixture
def world(db: None) -> people.World:
    """The fixed cast and what they work on."""
    return people.world()
