"""Every error is a problem document, and no input makes a server error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.actions.keys import create_api_key, revoke_api_key
from stores.api import authentication, shared
from stores.models import ApiKey, System
from stores.values import clock
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for, problem

LISTS = ("stores/", "places/", "promotions/", "services/", "channels/", "markets/")


@pytest.mark.parametrize("path", [*LISTS, "stores/mitte/", "markets/DE/"])
def test_no_answer_without_a_key(db: None, path: str) -> None:
    response = Client().get(f"/api/v1/{path}")
    assert problem(response)["type"] == "urn:meridian:problem:unauthorized"
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Api-Key realm="storefront"')


@pytest.mark.parametrize(
    "header",
    ["", "Api-Key", "Api-Key x", "Bearer a.b", "Api-Key a.b", "Api-Key .", "Api-Key a.b c", "Api-Key " + "a." * 400],
)
def test_a_wrong_key_is_refused(world: World, shop: Shop, header: str) -> None:
    response = Client().get("/api/v1/stores/", headers={"Authorization": header})
    assert problem(response)["status"] == 401


def test_a_secret_of_another_key_is_refused(world: World, shop: Shop) -> None:
    other = key_for(world.rokid)
    prefix, _, _ = shop.token.partition(".")
    _, _, secret = other.token.partition(".")
    assert Shop(f"{prefix}.{secret}").ask("stores/").status_code == 401


def test_expired_and_revoked_keys_are_refused(world: World) -> None:
    expired = key_for(world.rokid, expires_at=clock.now() - timedelta(seconds=1))
    assert expired.ask("stores/").status_code == 401
    made = create_api_key(by=System("test"), brand=world.rokid, name="x")
    assert Shop(made.token).ask("stores/").status_code == 200
    revoke_api_key(by=System("test"), key=made.key)
    authentication.forget()  # what a process does by itself within five seconds
    assert Shop(made.token).ask("stores/").status_code == 401


def test_a_revoked_key_is_remembered_for_five_seconds_at_most() -> None:
    assert authentication.REMEMBERED_S <= 5


def test_a_key_without_the_scope_is_refused(world: World) -> None:
    booking = key_for(world.rokid, scopes=["bookings"])
    response = booking.ask("stores/")
    assert (problem(response)["type"], response.status_code) == ("urn:meridian:problem:forbidden", 403)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/stores/", "/api/v1/stores", "/api/x"]
)
def test_an_unknown_address_is_a_problem_too(db: None, path: str) -> None:
    response = Client().get(path)
    assert (problem(response)["type"], response.status_code) == ("urn:meridian:problem:not-found", 404)


def test_writing_is_refused(world: World, shop: Shop) -> None:
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(Client(), method)("/api/v1/stores/", headers={"Authorization": f"Api-Key {shop.token}"})
        assert problem(response)["status"] == 405
        assert response["Allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(world: World, shop: Shop) -> None:
    store(world.rokid, "DE", "mitte")
    headers = {"Authorization": f"Api-Key {shop.token}"}
    head, get = Client().head("/api/v1/stores/", headers=headers), Client().get("/api/v1/stores/", headers=headers)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_parameter_is_refused_and_the_known_are_named(world: World, shop: Shop, path: str) -> None:
    response = shop.ask(path, radios="5", marked="x")
    body = problem(response)
    assert (body["status"], [error["parameter"] for error in body["errors"]]) == (400, ["radios", "marked"])
    assert "language, limit" in body["errors"][0]["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"near": "here"}, {"near": "91,0"}, {"near": "0,181"}, {"near": "nan,0"}, {"near": "1"}, {"near": "1_0,2"},
        {"radius": "5"}, {"near": "1,1", "radius": "0"}, {"near": "1,1", "radius": "500001"},
        {"near": "1,1", "radius": "1e3"}, {"near": "1,1", "radius": "٣"}, {"bbox": "1,2,3"}, {"bbox": "0,9,1,8"},
        {"limit": "0"}, {"limit": "101"}, {"limit": "-1"}, {"limit": "1e9"}, {"limit": ""}, {"limit": "१"},
        {"market": "Germany"}, {"market": "DE,,FR"}, {"format": "castle"}, {"status": "prospect"}, {"status": "closed"},
        {"service": "x"}, {"on_demo": "1"}, {"spoken": "!"}, {"language": "not a tag"}, {"open_at": "today"},
        {"open_at": "2026-11-27T09:00:00"}, {"open_at": "0001-01-01T00:00:00+14:00"},
        {"open_at": "9999-12-31T23:59:59-14:00"}, {"updated_since": "now"}, {"q": ""}, {"q": "x" * 101},
        {"q": "a\x00b"}, {"region": "a b"}, {"cursor": "x"}, {"cursor": "é"}, {"cursor": ""},
    ],
)  # fmt: skip
def test_a_malformed_value_is_refused(world: World, shop: Shop, wrong: dict[str, str]) -> None:
    status, parameters = shop.refused("stores/", **wrong)
    assert (status, parameters) == (400, [list(wrong)[-1]])


def test_a_parameter_given_twice_is_refused(world: World, shop: Shop) -> None:
    assert shop.refused("stores/?market=DE&market=FR") == (400, ["market"])


def test_a_plus_that_was_not_escaped_is_understood(world: World, shop: Shop) -> None:
    assert shop.ask("stores/?open_at=2026-11-27T09:00:00+09:00").status_code == 200


def test_another_moment_needs_the_scope_preview(world: World, shop: Shop) -> None:
    moment = "2026-11-27T09:00:00Z"
    assert problem(shop.ask("promotions/", at=moment))["status"] == 403
    assert shop.ask("promotions/", at="now").status_code == 200
    assert key_for(world.rokid, scopes=["read", "preview"]).ask("promotions/", at=moment).status_code == 200


@override_settings(API_RATE_PER_MINUTE=3)
def test_a_key_is_throttled_and_others_are_not(world: World, shop: Shop) -> None:
    answers = [shop.ask("markets/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert problem(answers[-1])["type"] == "urn:meridian:problem:throttled"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert key_for(world.rokid).ask("markets/").status_code == 200


@override_settings(API_RATE_PER_MINUTE=3)
def test_processes_share_the_count(world: World, shop: Shop) -> None:
    from stores.api import throttling

    statuses = []
    for _ in range(5):
        statuses.append(shop.ask("markets/").status_code)
        throttling.forget()  # the next request is another process's
    assert statuses == [200, 200, 200, 429, 429]


@override_settings(API_RATE_PER_MINUTE=2)
def test_one_visitor_does_not_stop_the_locator_for_others(world: World) -> None:
    page = key_for(world.rokid, kind="publishable")
    headers = {"Authorization": f"Api-Key {page.token}"}
    seen = [
        Client(REMOTE_ADDR=address).get("/api/v1/stores/", headers=headers).status_code
        for address in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")
    ]
    assert seen == [200, 200, 429, 200]


def test_the_api_answers_without_its_cache(world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    store(world.rokid, "DE", "mitte")
    nobody = redis.Redis.from_url("unix:///nowhere/valkey.sock", socket_connect_timeout=0.1)
    monkeypatch.setattr(shared, "client", lambda: nobody)
    monkeypatch.setattr(shared._State, "silent_until", 0.0)
    assert [card["code"] for card in shop.get("stores/")["results"]] == ["mitte"]
    assert shared._State.silent_until > 0


def test_a_forged_host_is_a_problem(world: World, shop: Shop) -> None:
    headers = {"Authorization": f"Api-Key {shop.token}", "Host": "evil.example"}
    assert problem(Client().get("/api/v1/stores/", headers=headers))["status"] == 400


def test_a_failure_of_ours_is_a_problem_without_details(
    world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stores.api.markets import Markets

    def broken(self: Any, call: Any, **path: str) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Markets, "answer", broken)
    client = Client(raise_request_exception=False)
    response = client.get("/api/v1/markets/", headers={"Authorization": f"Api-Key {shop.token}"})
    assert problem(response)["status"] == 500
    assert b"secret" not in response.content


TEXT = st.text(max_size=40)
VALUES = st.one_of(
    TEXT,
    st.sampled_from(
        ["", "now", "0", "-1", "1e309", "nan", "DE", "open", "1,2", "180,90", "\x00", "%", "'", "\ud7ff", "ja"]
    ),
    st.builds(lambda a, b: f"{a},{b}", st.floats(), st.floats()),
    st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC).isoformat()),
)
NAMES = st.sampled_from(
    ["market", "region", "format", "service", "spoken", "status", "near", "radius", "open_at", "bbox", "updated_since",
     "q", "limit", "cursor", "language", "channel", "store", "sku", "at", "kind"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LISTS), st.dictionaries(st.one_of(NAMES, NAMES, NAMES, TEXT), VALUES, max_size=4), TEXT)
def test_garbage_is_never_a_server_error(
    world: World, shop: Shop, path: str, query: dict[str, str], language: str
) -> None:
    header = language.encode("ascii", "replace").decode().replace("\n", " ").replace("\r", " ")
    response = shop.client.get(
        f"/api/v1/{path}", query, headers={"Authorization": f"Api-Key {shop.token}", "Accept-Language": header}
    )
    assert response.status_code in {200, 400, 403}
    if response.status_code != 200:
        problem(response)
    else:
        json.loads(response.content)


def test_keys_are_stored_as_digests(world: World) -> None:
    made = create_api_key(by=System("test"), brand=world.rokid, name="x", expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    kept = ApiKey.objects.get(pk=made.key.pk)
    secret = made.token.partition(".")[2]
    assert (len(bytes(kept.digest)), kept.pepper) == (32, 1)
    assert secret.encode() not in bytes(kept.digest)
    assert made.token not in repr(made)
