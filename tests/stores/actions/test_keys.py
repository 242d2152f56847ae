"""Making and revoking API keys."""

from __future__ import annotations

from typing import Any

import pytest

from stores.actions.errors import NotFound, Refused
from stores.actions.keys import create_api_key, revoke_api_key
from stores.models import ApiKey, System
from tests.people import World


def test_an_owner_makes_a_key_of_the_own_brand(world: World) -> None:
    made = create_api_key(by=world.olivia, brand=world.rokid, name=" web shop ", market_codes=["JP", "DE", "DE"])
    assert (made.key.name, made.key.market_codes, made.key.scopes) == ("web shop", ["DE", "JP"], ["read"])
    assert made.token.startswith(f"{made.key.prefix}.")


@pytest.mark.parametrize("who", ["emma", "mei", "stan"])
def test_others_do_not(world: World, who: str) -> None:
    with pytest.raises(NotFound):
        create_api_key(by=getattr(world, who), brand=world.rokid, name="x")
    with pytest.raises(NotFound):
        create_api_key(by=world.olivia, brand=world.acme, name="x")
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "name"),
        ({"kind": "master"}, "kind"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["write"]}, "scopes"),
        ({"kind": "publishable", "scopes": ["read", "preview"]}, "scopes"),
        ({"origins": ["https://shop.example"]}, "origins"),
        ({"kind": "publishable", "origins": ["https://shop.example/"]}, "origins"),
        ({"kind": "publishable", "origins": ["http://shop.example"]}, "origins"),
        ({"kind": "publishable", "origins": ["*"]}, "origins"),
        ({"market_codes": ["de"]}, "markets"),
        ({"market_codes": ["ZZ"]}, "markets"),
        ({"channel_codes": ["nowhere"]}, "channels"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(world: World, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        create_api_key(by=System("test"), brand=world.rokid, **{"name": "x", **fields})
    assert refused.value.code == code
    assert ApiKey.objects.count() == 0


def test_revoking_is_for_those_who_manage_the_brand_and_happens_once(world: World) -> None:
    key = create_api_key(by=System("test"), brand=world.rokid, name="x").key
    with pytest.raises(NotFound):
        revoke_api_key(by=world.emma, key=key)
    first = revoke_api_key(by=world.olivia, key=key).revoked_at
    assert (key.is_usable(), revoke_api_key(by=world.olivia, key=key).revoked_at) == (False, first)
