"""``manage.py revoke_api_key``: a key that leaked is stopped by whoever has the machine."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from stores.api import authentication
from tests.people import World
from tests.stores.api.conftest import key_for


@pytest.mark.parametrize("pasted", ["prefix", "whole key"])
def test_a_revoked_key_is_refused_and_the_others_are_not(
    world: World, capsys: pytest.CaptureFixture[str], pasted: str
) -> None:
    leaked, other = key_for(world.rokid), key_for(world.rokid)
    prefix = leaked.token.partition(".")[0]
    call_command("revoke_api_key", prefix if pasted == "prefix" else leaked.token)
    said = capsys.readouterr().out
    call_command("revoke_api_key", prefix)
    assert capsys.readouterr().out == said
    authentication.forget()
    assert (leaked.ask("markets/").status_code, other.ask("markets/").status_code) == (401, 200)


def test_a_key_that_is_none_is_said_to_be_none(world: World) -> None:
    with pytest.raises(CommandError, match=r"There is no key .nobody"):
        call_command("revoke_api_key", "nobody")
