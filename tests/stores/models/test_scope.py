"""Who sees which store: one method, every kind of actor."""

from __future__ import annotations

import pytest

from stores.models import Actor, Market, Region, Store, System
from tests.people import World, store


@pytest.fixture
def network(world: World) -> World:
    store(world.rokid, "JP", "ginza")
    store(world.rokid, "DE", "mitte")
    store(world.rokid, "HK", "central", operator=world.optician)
    store(world.rokid, "HK", "kowloon")
    store(world.acme, "DE", "acme-mitte")
    return world


def seen(actor: Actor | None, to: str = "view") -> list[str]:
    return sorted(Store.objects.visible_to(actor, to=to).values_list("code", flat=True))


def test_an_owner_sees_the_brand_and_nothing_else(network: World) -> None:
    assert seen(network.olivia) == ["central", "ginza", "kowloon", "mitte"]


def test_a_regional_manager_sees_the_subtree(network: World) -> None:
    assert seen(network.emma) == ["mitte"]
    assert seen(network.kenji) == ["ginza"]


def test_a_moved_subtree_moves_its_scope(network: World) -> None:
    network.japan.parent = network.europe
    network.japan.save()
    assert seen(network.emma) == ["ginza", "mitte"]


def test_a_partner_sees_the_own_counters(network: World) -> None:
    assert seen(network.mei) == ["central"]


def test_an_ability_that_was_not_granted_shows_nothing(network: World) -> None:
    assert seen(network.mei, to="edit_stores") == []
    assert seen(network.mei, to="edit_hours") == ["central"]


def test_strangers_the_disabled_and_nobody_see_nothing(network: World) -> None:
    network.emma.is_active = False
    assert [seen(network.stan), seen(network.emma), seen(None)] == [[], [], []]
    assert Market.objects.visible_to(network.stan).count() == 0


def test_only_the_system_sees_every_brand(network: World) -> None:
    assert len(seen(System("test"))) == 5


def test_catalogue_and_tree_belong_to_the_brand_as_a_whole(network: World) -> None:
    assert Region.objects.visible_to(network.kenji).count() == 3
