from __future__ import annotations

import pytest

from tests import people, shopping


@pytest.fixture
def world(db: None) -> people.World:
    """The fixed cast and what they work on."""
    return people.world()


@pytest.fixture
def shop(world: people.World) -> shopping.Shop:
    """Rokid's web shops in Japan and Germany with priced glasses."""
    return shopping.shop(world)
