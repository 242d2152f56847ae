from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from stores.admin.place import read_point, time_zone
from stores.models import Market, Store, User
from stores.models.fields import check_zone
from stores.values.coordinates import Point
from tests import people

PLACE = "/admin/stores/store/place/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(user: User, **query: str) -> dict[str, Any]:
    answer = signed_in(user).get(PLACE, query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_position_in_another_market_and_another_clock_is_said(world: people.World) -> None:
    html = said(world.emma, at="35.66,139.7", code="DE", zone="Europe/Berlin")["html"]
    assert "This position is in Japan, but the store's market is Germany." in html
    assert "The clock there is Asia/Tokyo, but the store keeps Europe/Berlin" in html
    assert 'data-zone="Asia/Tokyo"' in html
    fine = said(world.emma, at="52.52,13.405", market=str(world.markets["DE"].pk), zone="Europe/Berlin")
    assert fine["at"] == [13.405, 52.52]
    assert "warn" not in fine["html"]
    assert "Europe/Berlin" in fine["html"]


def test_a_position_of_a_chinese_map_is_brought_to_wgs_84_only_when_its_datum_is_named(world: people.World) -> None:
    plain = said(world.olivia, at="31.2304,121.4737", code="HK")
    assert plain["at"] == [121.4737, 31.2304]
    gcj = said(world.olivia, at="31.2304,121.4737", code="HK", datum="GCJ02")
    baidu = said(world.olivia, at="31.2304,121.4737", code="HK", datum="BD09")
    assert 0.003 < abs(gcj["at"][0] - 121.4737) < 0.006
    assert abs(baidu["at"][0] - 121.4737) > abs(gcj["at"][0] - 121.4737)
    assert "Taken over from GCJ02 and kept as WGS 84." in gcj["html"]
    assert "31.230400, 121.473700" in gcj["html"]


@pytest.mark.parametrize("at", ["Tokyo", "91,0", "0,181", "1", "1e999,2", "35.66"])
def test_a_text_that_is_no_position_is_answered_with_how_to_write_one(at: str, world: people.World) -> None:
    found = said(world.olivia, at=at)
    assert found["at"] is None
    assert "That is no position" in found["html"]
    assert "That is no position" in said(world.olivia, at="1,2", datum="Tokyo97")["html"]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("35.6595, 139.7005", Point(35.6595, 139.7005)),
        ("35.6595 139.7005", Point(35.6595, 139.7005)),
        ("33.86° S, 151.2° E", Point(-33.86, 151.2)),
        ("https://www.example.com/maps/place/x/@-33.86,151.2,17z", Point(-33.86, 151.2)),
    ],
)
def test_positions_are_read_as_people_copy_them(text: str, point: Point) -> None:
    assert read_point(text) == point


def test_nobody_without_a_grant_asks(world: people.World) -> None:
    assert signed_in(world.stan).get(PLACE).status_code == 404
    assert Client().get(PLACE).status_code == 302


def test_the_page_of_a_store_shows_its_pin_and_what_disagrees(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin", latitude=35.66, longitude=139.7)
    page = signed_in(world.emma).get(f"/admin/stores/store/{store.pk}/change/").content.decode()
    assert 'data-at="139.700000,35.660000"' in page
    assert "This position is in Japan" in page
    new = signed_in(world.emma).get("/admin/stores/store/add/").content.decode()
    assert "No position yet" in new


def test_in_another_language_numbers_for_scripts_keep_their_points(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin", latitude=52.52, longitude=13.405)
    client = signed_in(world.emma)
    client.cookies["django_language"] = "de"
    assert 'data-at="13.405000,52.520000"' in client.get(f"/admin/stores/store/{store.pk}/change/").content.decode()
    assert 'data-at="13.405000,52.520000"' in client.get("/admin/map/").content.decode()


@pytest.mark.parametrize(
    ("code", "latitude", "longitude", "zone"),
    [
        ("DE", None, None, "Europe/Berlin"),
        ("US", 34.05, -118.24, "America/Los_Angeles"),
        ("US", 52.52, 13.405, ""),
        ("US", None, None, ""),
        ("US", 912.0, 0.0, ""),
    ],
)
def test_a_zone_is_known_from_the_place_or_from_a_market_with_one_time(
    code: str, latitude: float | None, longitude: float | None, zone: str
) -> None:
    assert time_zone(Market(code=code), latitude, longitude) == zone


def fresh(world: people.World) -> dict[str, Any]:
    return {
        "brand": world.rokid.pk, "code": "new-1", "name:tag": "en", "name:text": "New", "market": world.markets["DE"].pk,
        "format": "flagship", "status": "prospect", "source_datum": "WGS84", "holiday_policy": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Asia/Calcutta", "Asia/Kolkata")],
)
def test_an_old_name_of_a_zone_becomes_the_one_of_today(written: str, kept: str, world: people.World) -> None:
    answer = signed_in(world.emma).post("/admin/stores/store/add/", fresh(world) | {"time_zone": written})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Store.objects.get(code="new-1").time_zone == kept


@pytest.mark.parametrize("written", ["Europe", "Europe/Berln", "America/Argentina", "UTC", "../etc/passwd"])
def test_what_is_no_zone_of_a_place_is_said_at_its_field(written: str, world: people.World) -> None:
    answer = signed_in(world.emma).post("/admin/stores/store/add/", fresh(world) | {"time_zone": written})
    assert answer.context["adminform"].form.errors == {
        "time_zone": ["This is no time zone. One is written like Europe/Berlin."]
    }
    with pytest.raises(ValidationError, match="This is no time zone"):
        check_zone(written)


def test_a_new_store_needs_no_name_of_its_zone(world: people.World) -> None:
    new = fresh(world)
    answer = signed_in(world.emma).post("/admin/stores/store/add/", new)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Store.objects.get(code="new-1").time_zone == "Europe/Berlin"
