"""A shop out of order: what its callers get, and what really happened."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.shops import RunningSandbox, promotion, wait_until

pytestmark = [pytest.mark.real, pytest.mark.allow_hosts(["127.0.0.1"])]


def create(sandbox: RunningSandbox, ref: str = "autumn", **more: Any) -> httpx2.Response:
    return sandbox.api("POST", "promotions", json=promotion(ref), **more)


def shown(sandbox: RunningSandbox) -> list[str]:
    return [offer["ref"] for offer in sandbox.live()]


def lines(sandbox: RunningSandbox) -> list[tuple[Any, ...]]:
    return [(line["method"], line["ref"], line["status"], line["applied"], line["fault"]) for line in sandbox.history()]


@pytest.mark.parametrize(
    ("kind", "settings", "status"),
    [
        ("throttle", {}, 429),
        ("error", {}, 500),
        ("error", {"status": 502}, 502),
        ("wrong_body", {}, 200),
        ("html", {}, 200),
        ("truncated", {}, 200),
        ("redirect", {}, 302),
        ("auth", {}, 401),
    ],
)
def test_a_wrong_answer_means_that_nothing_was_done(
    sandbox: RunningSandbox, kind: str, settings: dict[str, Any], status: int
) -> None:
    sandbox.fault(kind, count=1, **settings)
    assert create(sandbox).status_code == status
    assert shown(sandbox) == []
    assert create(sandbox).status_code == 201
    assert lines(sandbox) == [("POST", "autumn", status, False, kind), ("POST", "autumn", 201, True, None)]


def test_every_wrong_answer_looks_as_its_kind_says(sandbox: RunningSandbox) -> None:
    answers = {}
    for kind in ("wrong_body", "html", "truncated", "redirect"):
        sandbox.fault(kind, count=1)
        answers[kind] = create(sandbox)
    assert answers["wrong_body"].json()["errors"][0]["code"] == "internal"
    assert answers["html"].headers["content-type"].startswith("text/html")
    assert answers["truncated"].headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError, match=r"delimiter|value|Unterminated"):
        answers["truncated"].json()
    assert answers["redirect"].headers["location"] == f"/{sandbox.shop}/"


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({}, "2"),
        ({"retry_after": 7}, "7"),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, "Wed, 21 Oct 2015 07:28:00 GMT"),
        ({"retry_after": "soon\r\nX-Evil: 1"}, "soonX-Evil: 1"),
        ({"retry_after": None}, None),
    ],
)
def test_a_throttle_says_when_to_come_back(
    sandbox: RunningSandbox, settings: dict[str, Any], header: str | None
) -> None:
    sandbox.fault("throttle", count=1, **settings)
    assert create(sandbox).headers.get("retry-after") == header


def test_errors_come_as_500_and_503_by_turns(sandbox: RunningSandbox) -> None:
    sandbox.fault("error", count=4)
    assert [create(sandbox).status_code for _ in range(5)] == [500, 503, 500, 503, 201]


def test_a_fault_by_seconds_ends_by_itself(sandbox: RunningSandbox) -> None:
    sandbox.fault("error", seconds=0.5)
    assert create(sandbox).status_code == 500
    wait_until(lambda: create(sandbox, "later").status_code == 201)
    assert sandbox.client.get(f"/{sandbox.shop}/faults").json()["faults"] == []


def test_a_fault_without_an_end_lasts_until_it_is_healed(sandbox: RunningSandbox) -> None:
    sandbox.fault("auth")
    assert [create(sandbox).status_code for _ in range(3)] == [401, 401, 401]
    sandbox.heal()
    assert create(sandbox).status_code == 201


def test_faults_wait_in_line(sandbox: RunningSandbox) -> None:
    sandbox.fault("auth", count=1)
    sandbox.fault("throttle", count=2, methods=["POST"])
    got = [create(sandbox).status_code, sandbox.api("GET", "promotions").status_code]
    got += [create(sandbox).status_code for _ in range(3)]
    assert got == [401, 200, 429, 429, 201]


def test_a_fault_of_one_shop_is_not_a_fault_of_another(sandbox: RunningSandbox) -> None:
    sandbox.put_shop(f"{sandbox.shop}-other")
    sandbox.fault("error")
    assert sandbox.api("GET", "promotions", f"{sandbox.shop}-other").status_code == 200
    assert sandbox.api("GET", "promotions").status_code == 500


def test_faults_concern_neither_buyers_nor_the_operator(sandbox: RunningSandbox) -> None:
    sandbox.fault("hang")
    sandbox.put_shop()
    pages = ["", "live.json", "history.json", "faults"]
    assert [sandbox.client.get(f"/{sandbox.shop}/{page}").status_code for page in pages] == [200] * 4


def test_apply_then_drop_does_the_write_and_says_nothing(sandbox: RunningSandbox) -> None:
    sandbox.fault("apply_then_drop", count=1)
    assert sandbox.api("GET", "promotions").json()["results"] == []  # a read is not what this fault waits for
    with pytest.raises(httpx2.RemoteProtocolError):
        create(sandbox)
    assert shown(sandbox) == ["autumn"]
    assert lines(sandbox)[1:] == [("POST", "autumn", 0, True, "apply_then_drop")]
    assert create(sandbox).status_code == 409


def test_a_dropped_create_that_is_repeated_blindly_makes_a_duplicate_where_there_is_no_key(
    sandbox: RunningSandbox,
) -> None:
    sandbox.put_shop(options={"has_key": False})
    sandbox.fault("apply_then_drop", count=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        create(sandbox)
    create(sandbox)
    assert shown(sandbox) == ["autumn", "autumn"]


def test_apply_late_does_the_write_after_it_said_no(sandbox: RunningSandbox) -> None:
    sandbox.fault("apply_late", count=1, delay=0.3)
    assert create(sandbox).status_code == 504
    assert shown(sandbox) == []
    wait_until(lambda: shown(sandbox) == ["autumn"])
    first, late = sandbox.history()
    assert (first["status"], first["applied"], first["late_of"]) == (504, False, None)
    assert (late["status"], late["applied"], late["late_of"]) == (201, True, first["seq"])
    assert late["body"] == first["body"] == promotion()


def test_a_late_update_overwrites_a_newer_one_only_where_there_is_no_lock(sandbox: RunningSandbox) -> None:
    """The write that goes backwards: an old update comes after a newer one."""
    titles = {}
    for has_lock in (True, False):
        sandbox.put_shop(options={"has_lock": has_lock})
        made = create(sandbox, f"lock-{has_lock}").json()
        path, match = f"promotions/{made['id']}", {"If-Match": str(made.get("version", 1))}
        sandbox.fault("apply_late", count=1, delay=0.3)
        assert sandbox.api("PATCH", path, json={"title": "old"}, headers=match).status_code == 504
        assert sandbox.api("PATCH", path, json={"title": "new"}, headers=match).status_code == 200
        wait_until(lambda: sandbox.history()[-1]["late_of"])
        titles[has_lock] = sandbox.api("GET", path).json()["title"]
    assert titles == {True: "new", False: "old"}


def test_a_drip_is_the_right_answer_very_slowly(sandbox: RunningSandbox) -> None:
    sandbox.fault("drip", count=1, interval=0.002)
    began = time.monotonic()
    answer = create(sandbox)
    took = time.monotonic() - began
    assert answer.status_code == 201
    assert answer.json()["ref"] == "autumn"
    assert took >= 0.002 * len(answer.content)
    assert shown(sandbox) == ["autumn"]


def test_a_caller_who_does_not_wait_for_a_drip_has_still_changed_the_shop(sandbox: RunningSandbox) -> None:
    sandbox.fault("drip", count=1, interval=30)
    with pytest.raises(httpx2.ReadTimeout):
        create(sandbox, timeout=0.3)
    assert lines(sandbox) == [("POST", "autumn", 201, True, "drip")]


def test_healing_sends_the_rest_of_a_drip_at_once(sandbox: RunningSandbox) -> None:
    sandbox.fault("drip", count=1, interval=30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(create, sandbox)
        wait_until(lambda: shown(sandbox) == ["autumn"])
        sandbox.heal()
        assert waiting.result(timeout=5).json()["ref"] == "autumn"


def test_a_price_probe_drips_the_price(sandbox: RunningSandbox) -> None:
    sandbox.fault("drip", count=1, interval=0)
    assert sandbox.api("GET", "prices/RG-1").json()["price"] == "599.00"


def test_a_hanging_shop_answers_nobody_and_lets_go_when_it_is_healed(sandbox: RunningSandbox) -> None:
    sandbox.fault("hang", count=3)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(create, sandbox, f"offer-{number}") for number in range(3)]
        wait_until(lambda: sandbox.client.get(f"/{sandbox.shop}/faults").json()["held"] == 3)
        assert not any(call.done() for call in waiting)
        sandbox.heal()
        errors = [call.exception(timeout=5) for call in waiting]
    assert [type(error) for error in errors] == [httpx2.RemoteProtocolError] * 3
    assert shown(sandbox) == []
    assert {line[2:] for line in lines(sandbox)} == {(0, False, "hang")}
    assert create(sandbox).status_code == 201


def test_a_hang_by_seconds_closes_the_connection_when_they_are_over(sandbox: RunningSandbox) -> None:
    sandbox.fault("hang", seconds=0.4)
    with pytest.raises(httpx2.RemoteProtocolError):
        create(sandbox)
    assert create(sandbox).status_code == 201


def test_a_caller_who_leaves_a_hanging_shop_frees_its_connection(sandbox: RunningSandbox) -> None:
    sandbox.fault("hang")
    with pytest.raises(httpx2.ReadTimeout):
        create(sandbox, timeout=0.2)
    wait_until(lambda: sandbox.client.get(f"/{sandbox.shop}/faults").json()["held"] == 0)


def test_a_wiped_shop_has_forgotten_everything_at_once(sandbox: RunningSandbox) -> None:
    made = create(sandbox).json()
    assert sandbox.fault("wipe") == {"kind": "wipe", "forgotten": 1}
    assert sandbox.live() == []
    assert sandbox.api("GET", f"promotions/{made['id']}").status_code == 404
    assert ("WIPE", None, 200, True, "wipe") in lines(sandbox)
    assert create(sandbox).json()["id"] != made["id"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "hang", "count": 0},
        {"kind": "hang", "count": 1.5},
        {"kind": "hang", "seconds": -1},
        {"kind": "hang", "seconds": "5"},
        {"kind": "hang", "count": True},
        {"kind": "throttle", "retry_after": ["5"]},
        {"kind": "error", "status": 200},
        {"kind": "error", "methods": "POST"},
        ["hang"],
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: RunningSandbox, document: object) -> None:
    assert sandbox.client.post(f"/{sandbox.shop}/faults", json=document).status_code == 422
    assert create(sandbox).status_code == 201


def test_the_line_of_faults_has_an_end(sandbox: RunningSandbox) -> None:
    for _ in range(100):
        sandbox.fault("error", count=1)
    assert sandbox.client.post(f"/{sandbox.shop}/faults", json={"kind": "error"}).status_code == 422
