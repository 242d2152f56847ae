"""An answer is another one exactly when its content is, and may be kept until its content changes by the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from stores.models import (
    HolidayDate,
    MarketEntry,
    Partner,
    Product,
    Region,
    ServiceOffering,
    StoreProduct,
    StoreService,
    WeeklyHours,
)
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for

BEFORE_MIDNIGHT = datetime(2026, 11, 25, 22, 59, 40, tzinfo=UTC)  # in Berlin
BEFORE_TEN = datetime(2026, 11, 25, 8, 59, 45, tzinfo=UTC)


def opened(world: World, code: str, **fields: Any) -> Any:
    made = store(world.rokid, "DE", code, **fields)
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=[[{"start": "10:00", "end": "20:00"}]] * 7)
    return made


def offered(world: World, made: Any, **dates: date) -> None:
    repair = ServiceOffering.objects.create(
        brand=world.rokid, market=made.market, code=f"repair-{made.code}", kind="repair", name={"en": "Repair"},
        intake="walk_in", **dates,
    )  # fmt: skip
    StoreService.objects.create(brand=world.rokid, store=made, offering=repair)


def kept(answer: Any) -> int:
    return int(answer["Cache-Control"].removeprefix("private, max-age="))


def test_a_record_is_kept_until_its_fourteen_days_begin_a_day_later(world: World, shop: Shop) -> None:
    opened(world, "mitte")
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False) as clock:
        first = shop.ask("stores/mitte/")
        clock.move_to(BEFORE_MIDNIGHT.replace(hour=23, minute=0, second=0))
        assert (kept(first), first["ETag"] != shop.ask("stores/mitte/")["ETag"]) == (20, True)


def test_a_list_of_what_is_open_is_kept_until_another_store_may_open(world: World, shop: Shop) -> None:
    opened(world, "mitte", latitude=52.5, longitude=13.4)
    night = store(world.rokid, "DE", "night", latitude=52.6, longitude=13.4)
    WeeklyHours.objects.create(brand=world.rokid, store=night, periods=[[{"start": "00:00", "end": "24:00"}]] * 7)
    with time_machine.travel(BEFORE_TEN, tick=False):
        answer = shop.ask("stores/", near="52.5,13.4", open_at="now", limit=1)
    assert ([card["code"] for card in answer.json()["results"]], kept(answer)) == (["night"], 15)


def test_a_service_is_asked_for_on_the_days_on_which_it_is_offered(world: World, shop: Shop) -> None:
    offered(world, store(world.rokid, "DE", "over"), to_date=date(2026, 11, 26))
    offered(world, store(world.rokid, "JP", "coming", time_zone="Asia/Tokyo"), from_date=date(2026, 11, 26))
    offered(world, store(world.rokid, "DE", "always"))

    def found(**asked: str) -> tuple[list[str], list[list[str]]]:
        cards = shop.get("stores/", service="repair", **asked)["results"]
        return [card["code"] for card in cards], [card["services"] for card in cards]

    with time_machine.travel(BEFORE_MIDNIGHT, tick=False) as clock:
        assert found() == (["always", "coming", "over"], [["repair"]] * 3)
        assert kept(shop.ask("stores/", service="repair", limit=1)) == 20
        clock.shift(60)
        assert found(limit="50") == (["always", "coming"], [["repair"]] * 2)
        clock.move_to(datetime(2026, 11, 25, 14, tzinfo=UTC))
        assert found(limit="60") == (["always", "over"], [["repair"]] * 2)


def test_whatever_is_named_in_a_record_changes_its_validator(world: World, shop: Shop) -> None:
    made = store(world.rokid, "HK", "central", operator=world.optician)
    model = Product.objects.create(brand=world.rokid, code="glasses", name={"en": "Glasses"}, line="glasses")
    StoreProduct.objects.create(brand=world.rokid, store=made, product=model)
    tags = [shop.ask("stores/central/")["ETag"]]
    for row, name in ((model, {"en": "Glasses 2"}), (world.optician, {"en": "Clear View"}), (world.rokid, "ROKID")):
        row.name = name
        row.save(update_fields=["name"])
        tags.append(shop.ask("stores/central/")["ETag"])
    Partner.objects.filter(pk=world.optician.pk).update(contact_email="office@clearview.example")
    assert (len(set(tags)), shop.ask("stores/central/")["ETag"]) == (4, tags[-1])


def test_a_market_that_is_entered_or_left_after_its_stores_changes_what_they_answer(world: World) -> None:
    ginza = store(world.acme, "JP", "ginza")
    WeeklyHours.objects.create(brand=world.acme, store=ginza, periods=[[{"start": "10:00", "end": "20:00"}]] * 7)
    holiday = date(2026, 11, 26)
    HolidayDate.objects.create(market=ginza.market, date=holiday, name={"en": "Founders"}, source="test")
    shop, since = key_for(world.acme), datetime.now(UTC).isoformat()

    def told() -> tuple[str, str, list[str]]:
        answer, changed = shop.ask("stores/ginza/"), shop.get("stores/", updated_since=since)["results"]
        return answer["ETag"], answer.json()["opening"]["state"], [card["code"] for card in changed]

    with time_machine.travel(datetime.combine(holiday, datetime.min.time(), UTC).replace(hour=3), tick=False):
        before = told()
        entry = MarketEntry.objects.create(
            brand=world.acme, market=ginza.market, region=Region.objects.get(brand=world.acme), holiday_policy="closed"
        )
        entered = told()
        entry.delete()
        left = told()
    assert [state for _, state, _ in (before, entered, left)] == ["open", "closed", "open"]
    assert [codes for *_, codes in (before, entered, left)] == [[], ["ginza"], ["ginza"]]
    assert entered[0] not in {before[0], left[0]}  # before and after it the answer may be the same bytes


@pytest.mark.parametrize("name", ["schema-org", "ics"])
def test_a_feed_is_another_one_when_a_day_begins_where_its_stores_are_and_not_before(
    world: World, shop: Shop, name: str
) -> None:
    opened(world, "mitte")
    with time_machine.travel(BEFORE_MIDNIGHT.replace(hour=21), tick=False) as clock:
        first = shop.ask(f"feeds/{name}/")
        again = {"If-None-Match": first["ETag"]}
        clock.move_to(BEFORE_MIDNIGHT)
        answer = shop.ask(f"feeds/{name}/", headers=again)
        assert (answer.status_code, kept(answer)) == (304, 20)
        clock.shift(20)
        assert shop.ask(f"feeds/{name}/", headers=again).status_code == 200


def test_a_feed_of_a_region_is_another_one_when_a_market_takes_anothers_place(world: World, shop: Shop) -> None:
    for market, code in (("HK", "central"), ("FR", "marais"), ("DE", "mitte")):
        store(world.rokid, market, code)
    again = {"If-None-Match": shop.ask("feeds/geojson/", region="europe")["ETag"]}
    for market, region in (("FR", world.asia), ("HK", world.europe)):
        MarketEntry.objects.filter(brand=world.rokid, market__code=market).update(region=region)
    assert shop.ask("feeds/geojson/", region="europe", headers=again).status_code == 200
