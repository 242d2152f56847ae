"""The locator: cards, filters, opening, paging, scope."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from stores.models import Brand, ServiceOffering, Store, StoreAddress, StoreService, WeeklyHours
from tests.people import World, market, store
from tests.stores.api.conftest import Shop, key_for

# Monday 23 November 2026, 12:00 in Berlin, 20:00 in Tokyo.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "19:00"}]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def hours(place: Store, week: list[Any] | None = None) -> None:
    WeeklyHours.objects.create(brand=place.brand, store=place, periods=week if week is not None else [DAY] * 7)


def offering(brand: Brand, market_code: str, kind: str, **fields: Any) -> ServiceOffering:
    place = market(market_code)
    made: ServiceOffering = ServiceOffering.objects.create(
        brand=brand, market=place, code=kind, kind=kind, name={"en": kind}, currency=place.currency, **fields
    )
    return made


def codes(body: Any) -> list[str]:
    return [card["code"] for card in body["results"]]


def test_a_store_is_a_card(world: World, shop: Shop) -> None:
    made = store(
        world.rokid,
        "JP",
        "ginza",
        latitude=35.67,
        longitude=139.76,
        name={"en": "Ginza", "ja": "銀座"},
        phone="+81312345678",
        languages=["ja", "en"],
    )
    for language, primary, city in (("ja", True, "中央区"), ("en", False, "Chuo City")):
        StoreAddress.objects.create(
            brand=world.rokid, store=made, language=language, is_primary=primary, lines=["4-5-6"], locality=city
        )
    hours(made)
    repair = offering(world.rokid, "JP", "repair")
    StoreService.objects.create(brand=world.rokid, store=made, offering=repair)
    made.refresh_from_db()
    body = shop.get("stores/", headers={"Accept-Language": "ja-JP,ja;q=0.9"})
    assert body == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(made.uid),
                "code": "ginza",
                "market": "JP",
                "name": "銀座",
                "language": "ja",
                "format": "experience_store",
                "status": "open",
                "address": {
                    "language": "ja",
                    "formatted": "中央区\n4-5-6",
                    "lines": ["4-5-6"],
                    "sublocality": None,
                    "locality": "中央区",
                    "administrative_area": None,
                    "postal_code": None,
                    "country": "JP",
                },
                "location": {"lat": 35.67, "lng": 139.76},
                "phone": "+81312345678",
                "email": None,
                "website": None,
                "spoken": ["ja", "en"],
                "time_zone": "Asia/Tokyo",
                "opening_date": None,
                "closing_date": None,
                "reopen_date": None,
                "updated_at": made.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "services": ["repair"],
                "opening": {
                    "state": "closed",
                    "since": "2026-11-23T19:00:00+09:00",
                    "until": "2026-11-24T10:00:00+09:00",
                    "reason": "regular hours",
                    "confirmed": True,
                },
            }
        ],
    }


def test_a_foreign_reader_gets_the_address_in_english(world: World, shop: Shop) -> None:
    made = store(world.rokid, "JP", "ginza", name={"ja": "銀座"})
    for language, primary in (("ja", True), ("en", False)):
        StoreAddress.objects.create(brand=world.rokid, store=made, language=language, is_primary=primary)
    [card] = shop.get("stores/", language="de")["results"]
    assert (card["address"]["language"], card["language"], card["name"]) == ("en", "ja", "銀座")


def test_only_public_stores_of_the_own_brand_are_listed(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "mitte")
    store(world.rokid, "DE", "drafted", published_at=None)
    store(world.rokid, "DE", "closed", status="closed")
    store(world.acme, "DE", "acme-mitte")
    assert codes(shop.get("stores/")) == ["mitte"]
    assert codes(key_for(world.acme).get("stores/")) == ["acme-mitte"]


def test_a_key_of_one_market_sees_that_market_only(world: World) -> None:
    store(world.rokid, "DE", "mitte")
    store(world.rokid, "JP", "ginza")
    german = key_for(world.rokid, market_codes=["DE"])
    assert codes(german.get("stores/")) == ["mitte"]
    assert codes(german.get("stores/", market="JP")) == codes(german.get("stores/", market="ZZ")) == []


def test_what_is_out_of_scope_answers_like_what_does_not_exist(world: World, shop: Shop) -> None:
    store(world.acme, "DE", "acme-mitte")
    store(world.rokid, "JP", "ginza")
    store(world.rokid, "DE", "drafted", published_at=None)
    german = key_for(world.rokid, market_codes=["DE"])
    missing = german.ask("stores/nowhere/")
    for path in ("stores/acme-mitte/", "stores/ginza/", "stores/drafted/"):
        other = german.ask(path)
        assert (other.status_code, other.content, other.headers) == (404, missing.content, missing.headers)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"market": "DE"}, ["berlin"]),
        ({"market": "de,jp"}, ["berlin", "ginza", "osaka"]),
        ({"region": "asia"}, ["ginza", "kowloon", "osaka"]),
        ({"region": "japan"}, ["ginza", "osaka"]),
        ({"region": "world"}, []),
        ({"format": "flagship,pop_up"}, ["ginza", "osaka"]),
        ({"service": "repair"}, ["ginza"]),
        ({"spoken": "zh"}, ["kowloon"]),
        ({"spoken": "zh-Hant-HK"}, ["kowloon"]),
        ({"spoken": "de-AT"}, ["berlin"]),
        ({"status": "temporarily_closed"}, ["osaka"]),
        ({"bbox": "139,34,141,36"}, ["ginza"]),
        ({"bbox": "170,-10,-170,10"}, []),
        ({"q": "銀"}, ["ginza"]),
        ({"q": "KANTSTR"}, ["berlin"]),
        ({"q": "100%"}, []),
        ({"q": "en"}, []),
        ({"updated_since": "2099-01-01T00:00:00Z"}, []),
        ({"updated_since": "2001-01-01T00:00:00+09:00"}, ["berlin", "ginza", "kowloon", "osaka"]),
    ],
)
def test_filters(world: World, shop: Shop, filters: dict[str, str], expected: list[str]) -> None:
    ginza = store(world.rokid, "JP", "ginza", format="flagship", name={"ja": "銀座"}, latitude=35.67, longitude=139.76)
    store(world.rokid, "JP", "osaka", format="pop_up", status="temporarily_closed")
    store(world.rokid, "HK", "kowloon", languages=["zh-Hant"])
    berlin = store(world.rokid, "DE", "berlin", languages=["de", "tr"])
    StoreAddress.objects.create(
        brand=world.rokid, store=berlin, language="de", is_primary=True, lines=["Kantstraße 1"], locality="B"
    )
    StoreService.objects.create(brand=world.rokid, store=ginza, offering=offering(world.rokid, "JP", "repair"))
    assert codes(shop.get("stores/", **filters)) == expected


def test_open_now_is_decided_on_each_stores_own_clock(world: World, shop: Shop) -> None:
    for market_code, code in (("DE", "berlin"), ("JP", "ginza"), ("FR", "paris")):
        hours(store(world.rokid, market_code, code))
    store(world.rokid, "DE", "no-hours")
    hours(store(world.rokid, "DE", "shut", status="temporarily_closed"))
    assert codes(shop.get("stores/", open_at="now")) == ["berlin", "paris"]
    assert codes(shop.get("stores/", open_at="2026-11-24T10:00:00+09:00")) == ["ginza"]
    assert codes(shop.get("stores/", open_at="2026-11-24T09:59:59+09:00")) == []


def test_a_card_tells_of_the_instant_that_was_asked_for(world: World, shop: Shop) -> None:
    hours(store(world.rokid, "JP", "ginza"))
    [card] = shop.get("stores/", open_at="2026-11-25T12:00:00+09:00")["results"]
    assert (card["opening"]["state"], card["opening"]["until"]) == ("open", "2026-11-25T19:00:00+09:00")


def test_an_answer_may_be_kept_until_the_next_store_opens_or_closes(world: World, shop: Shop, clock: Any) -> None:
    hours(store(world.rokid, "DE", "berlin"))
    store(world.rokid, "DE", "no-hours")
    assert shop.ask("stores/")["Cache-Control"] == "private, max-age=60"
    clock.move_to(datetime(2026, 11, 23, 17, 59, 48, tzinfo=UTC))
    first = shop.ask("stores/")
    assert first["Cache-Control"] == "private, max-age=12"
    clock.move_to(datetime(2026, 11, 23, 18, tzinfo=UTC))
    then = shop.ask("stores/", headers={"If-None-Match": first["ETag"]})
    assert (then.status_code, json.loads(then.content)["results"][0]["opening"]["state"]) == (200, "closed")


def test_what_is_known_already_is_not_sent_again(world: World, shop: Shop) -> None:
    place = store(world.rokid, "DE", "berlin")
    first = shop.ask("stores/")
    again = shop.ask("stores/", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert shop.ask("stores/", headers={"If-None-Match": "*"}).status_code == 304
    place.name = {"en": "Berlin"}
    place.save()
    assert shop.ask("stores/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_changed_child_changes_the_card(world: World, shop: Shop) -> None:
    place = store(world.rokid, "DE", "berlin")
    repair = offering(world.rokid, "DE", "repair")
    seen = []

    def look() -> None:
        [card] = shop.get("stores/")["results"]
        seen.append((card["opening"]["state"], card["services"]))

    look()
    hours(place)
    look()
    doing = StoreService.objects.create(brand=world.rokid, store=place, offering=repair)
    look()
    ServiceOffering.objects.filter(pk=repair.pk).update(kind="trade_in")
    look()
    ServiceOffering.objects.filter(pk=repair.pk).update(to_date="2026-11-23")
    look()
    doing.delete()
    look()
    assert seen == [
        ("unknown", []),
        ("open", []),
        ("open", ["repair"]),
        ("open", ["trade_in"]),
        ("open", []),
        ("open", []),
    ]


def test_the_number_of_queries_does_not_depend_on_the_number_of_stores(
    world: World, shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store(world.rokid, "DE", "one", latitude=50.0, longitude=8.0)
    shop.get("stores/")  # the key and the brand's languages are remembered from here on
    for path, cold, warm in (("stores/", 10, 1), ("stores/?near=50,8", 8, 1), ("stores/?near=50,8&open_at=now", 5, 1)):
        for count in (1, 3):
            for number in range(count):
                place, _ = Store.objects.get_or_create(
                    brand=world.rokid,
                    code=f"place-{number}",
                    defaults={
                        "market": world.markets["DE"],
                        "format": "pop_up",
                        "status": "open",
                        "time_zone": "Europe/Berlin",
                        "published_at": NOON,
                        "latitude": 50.0,
                        "longitude": 8.0 + number,
                    },
                )
                place.cluster = f"{path}{count}"
                place.save()
            Store.objects.filter(code="one").update(cluster=f"{path}{count}")
            with django_assert_num_queries(cold):
                shop.ask(path)
            with django_assert_num_queries(warm):
                shop.ask(path)


def test_pages_have_no_gaps_and_no_repeats(world: World, shop: Shop) -> None:
    everything = [f"s{number:02}" for number in range(23)]
    for code in reversed(everything):
        store(world.rokid, "DE", code)
    pages = list(shop.pages("stores/", limit="5"))
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [card["code"] for page in pages for card in page] == everything


def test_the_page_before_is_the_page_that_was_seen_before(world: World, shop: Shop) -> None:
    for number in range(7):
        store(world.rokid, "DE", f"s{number}", latitude=50.0, longitude=8.0 + number)
    for question in ({}, {"near": "50,8"}):
        first = shop.get("stores/", limit="3", **question)
        second = shop.get(first["next"])
        third = shop.get(second["next"])
        assert [codes(page) for page in (first, second, third)] == [["s0", "s1", "s2"], ["s3", "s4", "s5"], ["s6"]]
        assert (first["previous"], third["next"]) == (None, None)
        back = shop.get(third["previous"])
        assert (codes(back), codes(shop.get(back["previous"]))) == (codes(second), codes(first))
        assert shop.get(back["previous"])["previous"] is None
        assert codes(shop.get(back["next"])) == ["s6"]


def test_links_are_absolute(world: World, shop: Shop) -> None:
    for number in range(2):
        store(world.rokid, "DE", f"s{number}")
    body = shop.get("stores/", limit="1", market="DE")
    assert body["next"].startswith("http://testserver/api/v1/stores/?limit=1&market=DE&cursor=")


def test_a_cursor_of_another_question_is_refused(world: World, shop: Shop) -> None:
    for number in range(3):
        store(world.rokid, "DE", f"s{number}", latitude=50.0, longitude=8.0)
    link = shop.get("stores/", limit="1")["next"]
    cursor = link.rpartition("cursor=")[2]
    assert shop.get("stores/", cursor=cursor, limit="2", language="de")["results"]
    for changed in ({"market": "DE"}, {"near": "50,8"}, {"cursor": cursor[:-1]}, {"cursor": "x" + cursor[1:]}):
        assert shop.refused("stores/", **{"cursor": cursor, **changed}) == (400, ["cursor"])
    assert key_for(world.acme).refused("stores/", cursor=cursor) == (400, ["cursor"])


def test_a_record_has_two_weeks_of_hours_and_json_ld(world: World, shop: Shop) -> None:
    place = store(
        world.rokid, "DE", "mitte", latitude=52.5, longitude=13.4, description={"de": "Am Platz"}, name={"de": "Mitte"}
    )
    StoreAddress.objects.create(
        brand=world.rokid, store=place, language="de", is_primary=True, lines=["Platz 1"], locality="Berlin",
        postal_code="10115",
    )  # fmt: skip
    hours(place, [DAY] * 5 + [[{"start": "22:00", "end": "02:00"}], []])
    response = shop.ask("stores/mitte/", language="de")
    record = json.loads(response.content)
    assert (response["Content-Language"], record["description"]) == ("de", "Am Platz")
    assert [day["date"] for day in record["hours"]] == [f"2026-11-{day}" for day in range(23, 31)] + [
        f"2026-12-0{day}" for day in range(1, 7)
    ]
    assert [len(day["periods"]) for day in record["hours"]] == [1, 1, 1, 1, 1, 1, 0] * 2
    assert record["hours"][5] == {
        "date": "2026-11-28",
        "weekday": "Saturday",
        "periods": [{"opens": "2026-11-28T22:00:00+01:00", "closes": "2026-11-29T02:00:00+01:00"}],
        "reason": "regular hours",
    }
    ld = record["schema_org"]
    assert ld["@id"] == f"urn:uuid:{record['id']}"
    assert ld["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Platz 1",
        "addressLocality": "Berlin",
        "postalCode": "10115",
        "addressCountry": "DE",
    }
    assert [(len(each["dayOfWeek"]), each["opens"], each["closes"]) for each in ld["openingHoursSpecification"]] == [
        (5, "10:00", "19:00"),
        (1, "22:00", "02:00"),
        (1, "00:00", "00:00"),
    ]


def test_an_announced_store_is_closed_until_its_opening_date(world: World, shop: Shop) -> None:
    hours(store(world.rokid, "DE", "soon", status="ready", opening_date="2026-12-01"))
    hours(store(world.rokid, "DE", "someday", status="ready"))
    opening = {card["code"]: card["opening"] for card in shop.get("stores/")["results"]}
    assert (opening["soon"]["state"], opening["soon"]["until"]) == ("closed", "2026-12-01T10:00:00+01:00")
    assert (opening["someday"]["state"], opening["someday"]["until"]) == ("closed", None)
