"""``manage.py create_api_key``: the key alone on stdout."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from stores.models import ApiKey
from tests.people import World
from tests.stores.api.conftest import Shop


def test_it_prints_the_key_and_nothing_else(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "--brand", "rokid", "--name", "web shop", "--market", "de")
    printed = capsys.readouterr()
    assert printed.err == ""
    [line] = printed.out.splitlines()
    assert Shop(line).ask("stores/").status_code == 200
    assert ApiKey.objects.get().market_codes == ["DE"]


def test_it_names_the_brands_there_are(world: World) -> None:
    with pytest.raises(CommandError, match=r"no brand .rockid.\. Brands: acme, rokid\."):
        call_command("create_api_key", "--brand", "rockid", "--name", "x")
    with pytest.raises(CommandError, match="no market ZZ"):
        call_command("create_api_key", "--brand", "rokid", "--name", "x", "--market", "zz")
    assert ApiKey.objects.count() == 0
