"""Editing plain records: what decides for the whole brand, and what decides where a login is sent."""

from __future__ import annotations

import pytest

from stores.actions.channels import set_credentials
from stores.actions.errors import Refused
from stores.actions.keys import create_api_key
from stores.actions.records import save_record
from stores.models import Brand, Channel, Connection, Grant, Region, Role, System, User
from tests import people


@pytest.fixture
def account(world: people.World) -> Connection:
    made = Connection.objects.create(
        brand=world.rokid, code="platform", platform="sandbox", base_url="https://shops.example/api"
    )
    return set_credentials(by=System("test"), connection=made, token="top secret")


def moved(account: Connection, to: str, *, by: User) -> bytes:
    """The account's sealed login after its address was edited."""
    row = Connection.objects.get(pk=account.pk)
    row.base_url = to
    save_record(by=by, obj=row, fields=["base_url"])
    row.refresh_from_db()
    assert row.base_url == to
    return bytes(row.credentials)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://collector.example/api", "https://shops.example:8443/api", "https://shops.example.collector.example/api"],
)
def test_another_server_never_gets_the_old_ones_login(world: people.World, account: Connection, elsewhere: str) -> None:
    assert moved(account, elsewhere, by=world.olivia) == b""


def test_another_path_on_the_same_server_keeps_the_login(world: people.World, account: Connection) -> None:
    assert moved(account, "https://shops.example:443/api/v2", by=world.olivia) == bytes(account.credentials)


@pytest.mark.parametrize("address", ["http://shops.example/", "https://10.0.0.8/", "https://me:word@shops.example/"])
def test_an_address_that_may_not_be_called_is_refused(world: people.World, account: Connection, address: str) -> None:
    with pytest.raises(Refused) as refusal:
        moved(account, address, by=world.olivia)
    assert refusal.value.code == "unsafe_address"
    account.refresh_from_db()
    assert account.base_url == "https://shops.example/api"


def test_who_has_one_market_cannot_point_its_channel_at_another_markets_shop(
    world: people.World, account: Connection
) -> None:
    role = Role.objects.create(code="channel_editor", name={"en": "Channels"}, abilities=["view", "edit_channels"])
    dora = people.person("Dora", role.code, brand=world.rokid, market=world.markets["DE"])
    channel = Channel.objects.create(
        brand=world.rokid, code="shop-de", name={"en": "Shop"}, market=world.markets["DE"], kind="web_shop",
        connection=account, remote_selector="de", currency="EUR", languages=["de"],
    )  # fmt: skip
    for selector, code in (("./jp", "not_allowed"), ("de", None)):
        channel.remote_selector, channel.url = selector, "https://shop.example/de"
        if code is None:
            save_record(by=dora, obj=channel, fields=["remote_selector", "url"])
            continue
        with pytest.raises(Refused) as refusal:
            save_record(by=dora, obj=channel, fields=["remote_selector", "url"])
        assert refusal.value.code == code
    channel.remote_selector = "de-2"
    save_record(by=world.olivia, obj=channel, fields=["remote_selector"])
    channel.refresh_from_db()
    assert (channel.remote_selector, channel.url) == ("de-2", "https://shop.example/de")


def test_an_owner_of_a_part_decides_nothing_for_the_whole_brand(world: people.World) -> None:
    part = people.person("Paula", "owner", brand=world.rokid, region=world.europe)
    brand, tree = Brand.objects.get(pk=world.rokid.pk), Region.objects.get(pk=world.japan.pk)
    brand.four_eyes, tree.parent = False, world.europe
    for obj, field in ((brand, "four_eyes"), (tree, "parent")):
        with pytest.raises(Refused) as refusal:
            save_record(by=part, obj=obj, fields=[field])
        assert refusal.value.code == "not_brand_wide"
    with pytest.raises(Refused) as refusal:
        create_api_key(by=part, brand=world.rokid, name="all markets")
    assert refusal.value.code == "not_brand_wide"
    brand.refresh_from_db()
    tree.refresh_from_db()
    assert (brand.four_eyes, tree.parent) == (True, world.asia)
    assert create_api_key(by=world.olivia, brand=world.rokid, name="all markets").key.market_codes == []


def test_an_account_that_works_for_two_brands_is_closed_by_neither_alone(world: people.World) -> None:
    Grant.objects.create(user=world.emma, brand=world.acme, role=Role.objects.get(code="analyst"))
    shared = User.objects.get(pk=world.emma.pk)
    shared.is_active = False
    with pytest.raises(Refused) as refusal:
        save_record(by=world.olivia, obj=shared, fields=["is_active"])
    assert refusal.value.code == "shared_account"
    own = User.objects.get(pk=world.kenji.pk)
    own.is_active = False
    save_record(by=world.olivia, obj=own, fields=["is_active"])
    assert list(User.objects.filter(is_active=False)) == [own]
