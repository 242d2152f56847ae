"""Channels that close, open and move while promotions run in them."""

from __future__ import annotations

import pytest

from stores.actions.errors import Refused
from stores.actions.records import save_record
from stores.models import ChannelPromotion, RemoteObject
from tests.shopping import Shop, approved


def presence() -> str:
    return str(ChannelPromotion.objects.get().presence)


def test_closing_a_channel_ends_what_runs_there_and_opening_it_brings_it_back(shop: Shop) -> None:
    approved(shop, "DE")
    channel = shop.channels["DE"]
    channel.status = "closed"
    save_record(by=shop.world.olivia, obj=channel, fields=["status"])
    assert presence() == "absent"
    channel.status = "active"
    save_record(by=shop.world.olivia, obj=channel, fields=["status"])
    assert presence() == "present"


def test_a_channel_that_holds_promotions_cannot_move_to_another_place(shop: Shop) -> None:
    approved(shop, "DE")
    RemoteObject.objects.create(promotion=ChannelPromotion.objects.get(), remote_id="promo_1")
    channel = shop.channels["DE"]
    channel.remote_selector = "elsewhere"
    with pytest.raises(Refused) as refused:
        save_record(by=shop.world.olivia, obj=channel, fields=["remote_selector"])
    assert refused.value.code == "holds"
    channel.refresh_from_db()
    assert channel.remote_selector == "web-de"
