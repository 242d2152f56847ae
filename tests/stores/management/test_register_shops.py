"""The sandbox opens a shop for every connected channel, in its own language, currency and prices, over real HTTP."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from stores.management.demo.loading import network, people, selling
from stores.management.demo.loading.sealing import shop_token
from stores.models import Channel, Connection
from stores.values import clock
from tests.shops import CONTROL, RunningSandbox, free_port

pytestmark = [pytest.mark.django_db, pytest.mark.real, pytest.mark.enable_socket]


@pytest.fixture
def channels(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's channels and prices, without the rest of the demo."""
    monkeypatch.setenv("SANDBOX_TOKEN", CONTROL)
    call_command("load_markets", stdout=StringIO())
    brand, _ = network.load_brand()
    for load in (network.load_regions, network.load_entries, network.load_partners, selling.load_products,
                 selling.load_channels, selling.load_offers, people.load_people):  # fmt: skip
        load(brand)
    selling.load_prices(brand, clock.now())


def register() -> str:
    out = StringIO()
    call_command("register_shops", stdout=out)
    return out.getvalue().strip()


def test_every_connected_channel_becomes_a_shop_and_the_connections_find_it(
    channels: None, settings: Settings, tmp_path: Path
) -> None:
    with RunningSandbox(tmp_path) as sandbox:
        settings.SANDBOX_URL = sandbox.url
        assert register() == f"sandbox shops: 42 opened, 0 there already, 42 connections moved to {sandbox.url}"
        assert register() == "sandbox shops: 0 opened, 42 there already"
        shops = {shop["shop"]: shop["language"] for shop in sandbox.client.get("/", headers=JSON).json()}
        assert shops["rokid-jp-web"] == "ja"
        assert shops["rokid-ae-rimal"] == "ar"
        assert set(shops) == set(Channel.objects.exclude(connection=None).values_list("remote_selector", flat=True))
        assert set(Connection.objects.values_list("base_url", flat=True)) == {sandbox.url}
        token = shop_token(Connection.objects.get(code="rokid-jp-web"))
        price = sandbox.client.get(
            "/rokid-jp-web/api/prices/RKG-BK", headers={"Authorization": f"Bearer {token}"}
        ).json()
        assert (price["price"], price["currency"]) == ("89800", "JPY")


def test_a_sandbox_that_does_not_run_is_named(channels: None, settings: Settings) -> None:
    settings.SANDBOX_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=f"does not answer at {settings.SANDBOX_URL}"):
        register()


def test_without_a_token_it_says_where_it_looked(
    channels: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SANDBOX_TOKEN")
    settings.VAR = tmp_path
    with pytest.raises(CommandError, match="has not run yet"):
        register()


JSON = {"Accept": "application/json"}
