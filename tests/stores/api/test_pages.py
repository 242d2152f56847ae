"""Pages that are remembered: cheap to ask again, and right at once whatever changed meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from stores.models import Store, StoreAddress, WeeklyHours
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for

# Monday 23 November 2026, 12:00 in Berlin.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "19:00"}]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mitte(world: World) -> Store:
    made = store(world.rokid, "DE", "mitte")
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=[DAY] * 7)
    return made


def codes(shop: Shop, **kwargs: Any) -> list[str]:
    return [card["code"] for card in shop.get("stores/", **kwargs)["results"]]


def test_a_page_that_is_asked_for_again_is_one_question_to_the_database(
    shop: Shop, mitte: Store, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = shop.ask("stores/", market="DE")
    with django_assert_num_queries(1):
        again = shop.ask("stores/", market="DE")
    assert (again.content, again["ETag"], again["Content-Language"]) == (first.content, first["ETag"], "en")
    with django_assert_num_queries(1):
        answer = shop.ask("stores/", market="DE", headers={"If-None-Match": first["ETag"]})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", first["ETag"])


def test_a_change_is_seen_at_once_even_where_the_page_was_remembered(world: World, shop: Shop, mitte: Store) -> None:
    last = shop.ask("stores/")["ETag"]

    def fresh() -> list[str]:
        """The codes of the page, which is another one than before."""
        nonlocal last
        answer = shop.ask("stores/", headers={"If-None-Match": last})
        assert answer.status_code == 200
        last = answer["ETag"]
        return [card["code"] for card in json.loads(answer.content)["results"]]

    Store.objects.filter(pk=mitte.pk).update(phone="+493012345678")
    assert fresh() == ["mitte"]
    WeeklyHours.objects.filter(store=mitte).delete()
    assert fresh() == ["mitte"]
    StoreAddress.objects.create(brand=world.rokid, store=mitte, language="de", is_primary=True, locality="Berlin")
    assert fresh() == ["mitte"]
    store(world.rokid, "DE", "altona")
    assert fresh() == ["altona", "mitte"]
    Store.objects.filter(code="altona").update(status="closed")
    assert fresh() == ["mitte"]


def test_an_empty_page_fills_at_once(world: World, shop: Shop) -> None:
    assert codes(shop) == []
    store(world.rokid, "DE", "mitte")
    assert codes(shop) == ["mitte"]


def test_a_page_ends_when_a_store_on_it_opens_or_closes(shop: Shop, mitte: Store, clock: Any) -> None:
    [open_card] = shop.get("stores/")["results"]
    clock.move_to(NOON + timedelta(hours=6, minutes=59, seconds=59))
    answer = shop.ask("stores/")
    assert (json.loads(answer.content)["results"], answer["Cache-Control"]) == ([open_card], "private, max-age=1")
    clock.move_to(NOON + timedelta(hours=7))
    [closed_card] = shop.get("stores/")["results"]
    assert (open_card["opening"]["state"], closed_card["opening"]["state"]) == ("open", "closed")
    clock.move_to(NOON)
    assert shop.get("stores/")["results"] == [open_card]


def test_a_remembered_page_is_nobody_elses(world: World, shop: Shop, mitte: Store) -> None:
    store(world.rokid, "JP", "ginza", name={"en": "Ginza", "ja": "銀座"})
    assert codes(shop) == ["ginza", "mitte"]
    assert codes(key_for(world.rokid, market_codes=["DE"])) == ["mitte"]
    assert codes(key_for(world.acme)) == []
    names = [
        [card["name"] for card in shop.get("stores/", headers={"Accept-Language": tag})["results"]]
        for tag in ("ja", "en")
    ]
    assert names == [["銀座", "mitte"], ["Ginza", "mitte"]]


def test_links_lead_to_the_host_that_was_asked(shop: Shop, mitte: Store, world: World) -> None:
    store(world.rokid, "DE", "zoo")
    hosts = settings.ALLOWED_HOSTS[:2]
    following = []
    for host in hosts:
        answer = shop.client.get(
            "/api/v1/stores/?limit=1", headers={"Host": host, "Authorization": f"Api-Key {shop.token}"}
        )
        following.append(answer.json()["next"])
    assert [address.split("/")[2] for address in following] == hosts


def test_a_page_of_a_region_follows_the_regions_tree(world: World, shop: Shop, mitte: Store, clock: Any) -> None:
    assert codes(shop, region="europe") == ["mitte"]
    world.europe.code = "old-europe"
    world.europe.save()
    clock.shift(6)
    from stores.api import compiled

    compiled.forget()
    assert codes(shop, region="europe") == []
