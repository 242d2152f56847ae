"""The OpenAPI description and its pages, health, and answers held against the description."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from jsonschema import Draft202012Validator

from stores.api import health
from stores.api.shapes import SHAPES
from stores.feeds.formats import FORMATS
from stores.models import JobSlot
from stores.values import clock
from tests.people import World, store
from tests.stores.api.conftest import Shop
from tests.stores.api.test_lists import channel, offering
from tests.stores.api.test_promotions import plan


@pytest.fixture
def description(capsys: pytest.CaptureFixture[str]) -> Any:
    response = Client().get("/api/schema/")
    assert response.status_code == 200
    assert capsys.readouterr() == ("", "")  # the generator complains there about what it had to guess
    return json.loads(response.content)


def test_it_is_openapi_3_1_and_describes_every_address(description: Any) -> None:
    assert description["openapi"] == "3.1.0"
    assert sorted(description["paths"]) == [
        "/api/v1/channels/",
        "/api/v1/feeds/{format}/",
        "/api/v1/markets/",
        "/api/v1/markets/{code}/",
        "/api/v1/places/",
        "/api/v1/promotions/",
        "/api/v1/services/",
        "/api/v1/stores/",
        "/api/v1/stores/{code}/",
        "/api/v1/stores/{code}/hours/",
    ]


def test_every_endpoint_describes_parameters_answers_and_errors(description: Any) -> None:
    for path, item in description["paths"].items():
        operation = item["get"]
        assert operation["security"] == [{"ApiKey": []}], path
        expected = {"200", "304", "400", "401", "403", "429"} | ({"404"} if "{" in path else set())
        assert set(operation["responses"]) == expected, path
        for code in expected - {"200", "304"}:
            assert list(operation["responses"][code]["content"]) == ["application/problem+json"]
        assert all(each["description"] for each in operation["parameters"]), path
    names = [each["name"] for each in description["paths"]["/api/v1/stores/"]["get"]["parameters"]]
    assert {"near", "radius", "open_at", "bbox", "cursor", "If-None-Match"} <= set(names)


def test_clients_can_check_a_value_before_they_send_it(description: Any) -> None:
    schemas = {
        (path, each["name"]): each["schema"]
        for path, item in description["paths"].items()
        for each in item["get"]["parameters"]
    }
    stores = "/api/v1/stores/"
    for name, good, bad in (
        ("region", "east-asia", "east asia"),
        ("language", "zh-Hant", "<>"),
        ("cursor", "WzAs", ""),
        ("q", "渋谷", ""),
        ("market", ["JP"], ["Japan"]),
        ("radius", 500, 0),
    ):
        check = Draft202012Validator(schemas[stores, name])
        assert (check.is_valid(good), check.is_valid(bad)) == (True, False), name
    assert schemas[stores, "updated_since"]["format"] == "date-time"
    assert schemas["/api/v1/feeds/{format}/", "format"]["enum"] == list(FORMATS)


def test_answers_are_as_described(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "mitte", latitude=52.5, longitude=13.4)
    channel(world.rokid, "DE", "shop")
    offering(world.rokid, "DE", "repair", price=5)
    made = plan(world.rokid)
    made.starts_at, made.ends_at = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    made.save()
    for path, shape in (
        ("stores/?near=1,1", "StorePage"),
        ("stores/mitte/", "StoreRecord"),
        ("places/?q=berlin", "PlacePage"),
        ("stores/mitte/hours/", "StoreHours"),
        ("markets/", "MarketPage"),
        ("markets/DE/", "Market"),
        ("channels/", "ChannelPage"),
        ("services/", "ServicePage"),
        ("promotions/", "PromotionPage"),
    ):
        body = shop.get(path)
        assert body.get("results", True), path
        held_against(shape, body)
    held_against("Problem", json.loads(shop.ask("stores/", x="y").content))


def held_against(shape: str, body: Any) -> None:
    document = {"$ref": f"#/components/schemas/{shape}", "components": {"schemas": SHAPES}}
    Draft202012Validator(document).validate(body)


def test_the_pages_take_nothing_from_outside_and_run_no_script_of_their_own(db: None) -> None:
    response = Client().get("/api/docs/")
    text = response.content.decode()
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*src=)", text) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("/static/")
        assert finders.find(address.removeprefix("/static/"))


def test_yaml_is_offered(db: None) -> None:
    assert Client().get("/api/schema/?format=yaml").content.startswith(b"openapi: 3.1.0")


def test_the_process_is_alive_without_a_database() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_it_is_ready_with_database_and_migrations(db: None) -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "reasons": [], "sync_tick_age_s": None})


def test_it_is_not_ready_when_the_sync_tick_stopped(db: None) -> None:
    JobSlot.objects.create(job="sync.tick", slot_at=clock.now(), started_at=clock.now() - timedelta(seconds=500))
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert re.fullmatch(
        r"the last sync tick was 50\d s ago: beat or worker does not run", response.json()["reasons"][0]
    )


def test_it_is_not_ready_with_a_migration_left(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    monkeypatch.setattr(health._Migrations, "applied", False)
    MigrationRecorder.Migration.objects.filter(app="stores").order_by("-name")[0].delete()
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert "migrations are not applied" in response.json()["reasons"][0]


def test_health_checks_ask_by_any_name(db: None) -> None:
    assert Client().get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200
    assert Client().post("/healthz").status_code == 405


def test_the_front_page_is_the_dashboard(db: None) -> None:
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_the_clock_is_read_as_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert isinstance(clock.now(), datetime)
