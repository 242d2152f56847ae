"""What a card remembers of itself: it may never outlive the hour, the day or the question it was made for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from stores.api import shared
from stores.models import ServiceOffering, SpecialDay, StoreService, WeeklyHours
from tests.people import World, market, store
from tests.stores.api.conftest import Shop

# Monday 23 November 2026, 22:30 in Berlin: closed from 19:00 to 10:00.
EVENING = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "19:00"}]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


def card(shop: Shop, **kwargs: Any) -> Any:
    [found] = shop.get("stores/", **kwargs)["results"]
    return found


def test_a_service_begins_at_the_stores_midnight_although_the_opening_stays(
    world: World, shop: Shop, clock: Any
) -> None:
    place = store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=place, periods=[DAY] * 7)
    for kind, fields in (("repair", {"from_date": date(2026, 11, 24)}), ("warranty", {"to_date": date(2026, 11, 24)})):
        made = ServiceOffering.objects.create(
            brand=world.rokid, market=market("DE"), code=kind, kind=kind, name={"en": kind}, currency="EUR", **fields
        )
        StoreService.objects.create(brand=world.rokid, store=place, offering=made)
    assert card(shop)["services"] == ["warranty"]
    clock.move_to(datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC))
    assert card(shop)["services"] == ["warranty"]
    clock.move_to(datetime(2026, 11, 23, 23, tzinfo=UTC))
    assert card(shop)["services"] == ["repair"]


def test_each_day_has_its_own_reason_although_the_store_stays_closed(world: World, shop: Shop, clock: Any) -> None:
    place = store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=place, periods=[DAY] * 7)
    SpecialDay.objects.create(
        brand=world.rokid,
        store=place,
        date="2026-11-24",
        name={"en": "Inventory"},
        decided_by="mei",
        decided_at=EVENING,
    )
    first = card(shop)["opening"]
    assert (first["until"], first["reason"]) == ("2026-11-25T10:00:00+01:00", "regular hours")
    etag = shop.ask("stores/")["ETag"]
    clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert card(shop)["opening"] == first | {"reason": "special day Inventory"}
    assert shop.ask("stores/", headers={"If-None-Match": etag}).status_code == 200
    clock.move_to(datetime(2026, 11, 25, 0, tzinfo=UTC))
    assert card(shop)["opening"] == first


def test_made_up_languages_do_not_fill_the_cache_that_all_share(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "berlin")
    for language in ("de", "en-x-a1"):
        assert card(shop, language=language)["code"] == "berlin"
    kept = [
        key.decode().rpartition(":")[2]
        for key in shared.client().scan_iter(f"{shared.PREFIX}card:*:{world.rokid.uid}:*")
    ]
    assert kept == ["de"]


def test_a_later_question_leaves_nothing_behind_for_an_earlier_one(world: World, shop: Shop) -> None:
    place = store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=place, periods=[DAY] * 7)
    tomorrow = "2026-11-24T12:00:00+01:00"
    assert card(shop, open_at=tomorrow)["opening"]["state"] == "open"
    assert card(shop)["opening"]["state"] == "closed"
    assert card(shop, open_at=tomorrow)["opening"]["state"] == "open"


def test_the_same_card_at_another_distance_is_another_answer(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "berlin", latitude=52.52, longitude=13.40)
    answers = [shop.ask("stores/", near=near) for near in ("52.5,13.4", "52.6,13.4")]
    plain = shop.ask("stores/")
    assert len({answer["ETag"] for answer in (*answers, plain)}) == 3
    distances = [json.loads(answer.content)["results"][0]["distance"] for answer in answers]
    assert distances == [2223.9, 8895.6]
    assert "distance" not in json.loads(plain.content)["results"][0]


def test_answers_with_the_same_stores_but_other_neighbours_differ(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "berlin")
    alone = shop.ask("stores/", limit=1)
    store(world.rokid, "DE", "hamburg")
    followed = shop.ask("stores/", limit=1)
    assert json.loads(alone.content)["results"] == json.loads(followed.content)["results"]
    assert alone["ETag"] != followed["ETag"]
