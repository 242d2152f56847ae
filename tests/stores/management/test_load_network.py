"""A network of any size in the database: as many stores as asked for, a channel per hundred, three approved campaigns."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stores.models import (
    Brand,
    Campaign,
    Channel,
    ChannelPromotion,
    ChannelStore,
    MarketPlan,
    Store,
    StoreAddress,
    System,
    WeeklyHours,
)
from stores.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def markets() -> None:
    call_command("load_markets", stdout=StringIO())


def test_without_markets_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_markets"):
        call_command("load_network", stores=1)


@pytest.mark.parametrize("stores", [0, 1_000_001])
def test_an_absurd_size_is_refused(stores: int) -> None:
    with pytest.raises(CommandError, match="1 to 1,000,000"):
        call_command("load_network", stores=stores)


def test_a_brand_where_two_people_decide_is_refused_before_anything_is_made(markets: None) -> None:
    Brand.objects.create(code="rokid", name="Rokid", four_eyes=True)
    with pytest.raises(CommandError, match="rokid asks two people to approve a plan"):
        call_command("load_network", stores=100, brand="rokid")
    assert not Store.objects.exists()


def test_a_network_is_whole_and_its_campaigns_run(markets: None) -> None:
    call_command("load_network", stores=450)
    assert Store.objects.count() == StoreAddress.objects.count() == WeeklyHours.objects.count() == 450
    assert Channel.objects.count() == 5
    assert Channel.objects.exclude(connection__platform="sandbox").count() == 0
    crossing = [pair for pair in ChannelStore.objects.all() if pair.store.market_id != pair.channel.market_id]
    assert crossing == []
    assert Campaign.objects.count() == 3
    assert ChannelPromotion.objects.count() == 15
    assert set(MarketPlan.objects.live_at(clock.now()).values_list("campaign__code", flat=True)) == {"n1-10", "n1-20"}
    assert Store.objects.visible_to(System("test")).exclude(published_at=None).count() == 450


def test_the_same_network_twice_is_one_and_another_seed_stands_beside_it(markets: None) -> None:
    call_command("load_network", stores=120)
    first = list(Store.objects.order_by("pk").values_list("code", "latitude", "version"))
    call_command("load_network", stores=120)
    assert list(Store.objects.order_by("pk").values_list("code", "latitude", "version")) == first
    assert (Channel.objects.count(), Campaign.objects.count()) == (2, 3)
    call_command("load_network", stores=120, seed=2)
    assert Store.objects.count() == 240
    assert Campaign.objects.count() == 6
