from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stores.models import Partner, Store, StoreAddress, User
from tests import people

BERLIN, MUNICH, PARIS, TOKYO = (52.52, 13.405), (48.137, 11.575), (48.857, 2.352), (35.66, 139.7)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def store(brand: Any, market: str, code: str, at: tuple[float, float] | None, **fields: Any) -> Store:
    latitude, longitude = at or (None, None)
    return people.store(brand, market, code, latitude=latitude, longitude=longitude, **fields)


@pytest.fixture
def network(world: people.World) -> dict[str, Store]:
    return {
        "berlin": store(world.rokid, "DE", "berlin", BERLIN),
        "munich": store(world.rokid, "DE", "munich", MUNICH, status="signed", published_at=None, format="flagship"),
        "paris": store(world.rokid, "FR", "paris", PARIS, status="temporarily_closed"),
        "nowhere": store(world.rokid, "DE", "nowhere", None),
        "tokyo": store(world.rokid, "JP", "tokyo", TOKYO),
        "rival": store(world.acme, "DE", "rival", BERLIN),
    }


def listed(user: User, path: str = "/admin/map/", **query: str) -> list[str]:
    answer = signed_in(user).get(path, query)
    assert answer.status_code == 200
    assert answer.context is not None
    return [row.code for row in answer.context["rows"]]


def points(user: User, **query: str) -> dict[str, Any]:
    answer = signed_in(user).get("/admin/map/points.json", query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_list_has_the_stores_of_the_own_region_and_no_others(
    world: people.World, network: dict[str, Store]
) -> None:
    assert listed(world.emma) == ["berlin", "munich", "nowhere", "paris"]
    assert listed(world.kenji) == ["tokyo"]
    assert listed(world.mei) == []


def test_a_code_finds_the_stores_whose_code_begins_with_it_before_all_that_hold_its_parts(world: people.World) -> None:
    for code in ("DE-NEW-1", "DE-NEW-10", "DE-NEW-21", "DE-OLD-1"):
        store(world.rokid, "DE", code, None)
    old = Store.objects.get(code="DE-OLD-1")
    StoreAddress.objects.create(brand=world.rokid, store=old, language="de", lines=["Newtonstraße 1"], is_primary=True)
    assert listed(world.emma, q="de-new-1") == ["DE-NEW-1", "DE-NEW-10"]
    assert listed(world.emma, q="DE NEW 1") == ["DE-NEW-1", "DE-NEW-10", "DE-NEW-21", "DE-OLD-1"]
    assert listed(world.emma, q="new-ton-1") == ["DE-OLD-1"]  # nothing is coded so, so its parts are looked for


def test_the_map_has_a_point_for_each_of_them_that_has_a_position(
    world: people.World, network: dict[str, Store]
) -> None:
    found = points(world.emma)
    assert found == {
        "ids": [network[name].pk for name in ("berlin", "munich", "paris")],
        "places": [13.405, 52.52, 11.575, 48.137, 2.352, 48.857],
        "stages": [2, 0, 3],
    }


def test_somebody_without_a_grant_gets_what_a_missing_page_gives(
    world: people.World, network: dict[str, Store]
) -> None:
    client = signed_in(world.stan)
    missing = client.get("/admin/nothing-here/")
    for path in ("/admin/map/", "/admin/map/list/", "/admin/map/points.json", "/admin/map/cards/?id=1"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, missing.content), path
        assert "ETag" not in answer
    assert Client().get("/admin/map/points.json").status_code == 302


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"market": "FR"}, ["paris"]),
        ({"market": "JP"}, []),
        ({"status": "open"}, ["berlin", "nowhere"]),
        ({"stage": "paused"}, ["paris"]),
        ({"format": "flagship"}, ["munich"]),
        ({"q": "MUNI"}, ["munich"]),
        ({"operator": "none"}, ["berlin", "munich", "nowhere", "paris"]),
        ({"operator": "rival-optics"}, []),
        ({"position": "none"}, ["nowhere"]),
        ({"position": "known"}, ["berlin", "munich", "paris"]),
        ({"market": "DE", "stage": "open", "q": "e"}, ["berlin", "nowhere"]),
        ({"bbox": "10,47,14,53"}, ["berlin", "munich"]),
        ({"bbox": "-180,-90,180,90", "near": "48.857,2.352"}, ["paris", "munich", "berlin"]),
        ({"stage": "nonsense"}, []),
    ],
)
def test_the_list_is_narrowed_by(
    query: dict[str, str], codes: list[str], world: people.World, network: dict[str, Store]
) -> None:
    assert listed(world.emma, "/admin/map/list/", **query) == codes


def test_an_operator_is_chosen_among_those_of_the_own_stores(world: people.World, network: dict[str, Store]) -> None:
    Store.objects.filter(code="berlin").update(operator=world.optician)
    Partner.objects.create(brand=world.acme, code="rival-optics", name={"en": "Rival"}, kind="optician")
    answer = signed_in(world.olivia).get("/admin/map/", {"operator": "clearview"})
    assert [row.code for row in answer.context["rows"]] == ["berlin"]
    assert answer.context["operators"] == [("clearview", "Clearview Optical")]


def test_the_legend_counts_stages_and_stores_without_a_position(world: people.World, network: dict[str, Store]) -> None:
    shown = signed_in(world.emma).get("/admin/map/", {"stage": "open"}).context
    assert [(entry["stage"], entry["count"]) for entry in shown["legend"]] == [
        ("planned", 1), ("opening", 0), ("open", 2), ("paused", 1), ("closed", 0),
    ]  # fmt: skip
    assert (shown["total"], shown["unplaced"]) == (4, 1)


def test_points_are_sent_again_only_after_a_change_and_in_small(world: people.World, network: dict[str, Store]) -> None:
    client = signed_in(world.emma)
    first = client.get("/admin/map/points.json", headers={"Accept-Encoding": "gzip"})
    assert first["Cache-Control"] == "private, no-cache"
    body = gzip.decompress(first.content) if first.get("Content-Encoding") == "gzip" else first.content
    assert len(json.loads(body)["ids"]) == 3
    known = {"If-None-Match": first["ETag"]}
    assert client.get("/admin/map/points.json", headers=known).status_code == 304
    assert client.get("/admin/map/points.json", {"market": "FR"}, headers=known).status_code == 200
    Store.objects.filter(code="berlin").update(status="closed")
    changed = client.get("/admin/map/points.json", headers=known)
    assert (changed.status_code, changed.json()["stages"]) == (200, [4, 0, 3])
    # Another person's points are other points, whatever the browser sends.
    assert signed_in(world.kenji).get("/admin/map/points.json", headers=known).status_code == 200


def test_cards_show_stores_of_the_own_region_only(world: people.World, network: dict[str, Store]) -> None:
    StoreAddress.objects.create(
        brand=world.rokid, store=network["berlin"], language="de", is_primary=True, locality="Berlin-Mitte"
    )
    numbers = [str(network[name].pk) for name in ("berlin", "tokyo", "rival")]
    page = (
        signed_in(world.emma).get("/admin/map/cards/", {"id": [*numbers, "x", "9" * 30, "9" * 5000]}).content.decode()
    )
    assert "Berlin-Mitte" in page
    assert f"/admin/stores/store/{network['berlin'].pk}/change/" in page
    assert "tokyo" not in page
    assert "rival" not in page


@pytest.mark.parametrize("query", [{"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"near": "95,0"}, {"bbox": "0,9,9,0"}])
def test_an_area_that_is_none_is_refused(query: dict[str, str], world: people.World) -> None:
    assert signed_in(world.emma).get("/admin/map/list/", query).status_code == 400


def test_an_empty_network_and_an_empty_search_say_so(world: people.World) -> None:
    client = signed_in(world.emma)
    assert "There are no stores in your markets yet." in client.get("/admin/map/").content.decode()
    assert points(world.emma) == {"ids": [], "places": [], "stages": []}
    store(world.rokid, "DE", "berlin", BERLIN)
    assert "No store matches." in client.get("/admin/map/", {"q": "munich"}).content.decode()
    assert "No store in this part of the map." in client.get("/admin/map/list/", {"bbox": "0,0,1,1"}).content.decode()


@pytest.mark.parametrize("path", ["/admin/map/", "/admin/map/list/", "/admin/map/points.json"])
def test_as_many_questions_for_many_stores_as_for_one(path: str, world: people.World) -> None:
    client = signed_in(world.olivia)
    store(world.rokid, "DE", "first", BERLIN, operator=world.optician)
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for number in range(30):
        store(world.rokid, "FR" if number % 2 else "JP", f"more-{number}", PARIS, operator=world.optician)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(one) <= 25


def test_the_list_goes_on_in_pages_that_keep_the_filters(world: people.World) -> None:
    for number in range(30):
        store(world.rokid, "DE", f"store-{number:02}", None)
    page = signed_in(world.emma).get("/admin/map/", {"market": "DE"})
    assert len(page.context["rows"]) == 25
    assert "?market=DE&amp;page=2" in page.content.decode()
    assert listed(world.emma, market="DE", page="2") == [f"store-{number}" for number in range(25, 30)]
