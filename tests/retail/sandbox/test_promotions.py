"""The promotion API as a channel's connector meets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.shops import RunningSandbox, promotion

pytestmark = [pytest.mark.real, pytest.mark.allow_hosts(["127.0.0.1"])]


def created(sandbox: RunningSandbox, document: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = sandbox.api("POST", "promotions", json=document or promotion())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def shown(sandbox: RunningSandbox) -> list[str]:
    return [offer["ref"] for offer in sandbox.live()]


def refused_fields(sandbox: RunningSandbox, **changes: Any) -> dict[str, str]:
    answer = sandbox.api("POST", "promotions", json=promotion(**changes))
    assert answer.status_code == 422
    assert sandbox.live() == []
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def test_a_created_promotion_is_read_back_as_it_was_sent(sandbox: RunningSandbox) -> None:
    document = promotion(badge="−17 %", nested={"a": [1, None, "é"]})
    made = created(sandbox, document)
    read = sandbox.api("GET", f"promotions/{made['id']}").json()
    own = {"id", "version", "created_at", "updated_at"}
    assert read == made
    assert {name: value for name, value in read.items() if name not in own} == document
    assert sandbox.live() == [
        {
            "ref": "autumn",
            "id": made["id"],
            "title": "Herbstangebot",
            "language": "de",
            "starts_at": "2020-01-01T00:00:00+01:00",
            "ends_at": "2099-01-01T00:00:00+01:00",
            "items": [{"sku": "RG-1", "price": "499.00", "currency": "EUR"}],
        }
    ]


def test_a_shop_with_a_key_refuses_a_second_promotion_with_the_same_ref(sandbox: RunningSandbox) -> None:
    first = created(sandbox)
    again = sandbox.api("POST", "promotions", json=promotion())
    assert (again.status_code, again.json()["error"], again.json()["id"]) == (409, "duplicate_ref", first["id"])
    assert len(sandbox.live()) == 1


def test_a_deleted_promotion_frees_its_ref(sandbox: RunningSandbox) -> None:
    first = created(sandbox)
    sandbox.api("DELETE", f"promotions/{first['id']}")
    assert created(sandbox)["id"] != first["id"]


def test_a_shop_without_a_key_creates_the_same_promotion_twice(sandbox: RunningSandbox) -> None:
    sandbox.put_shop(options={"has_key": False})
    made = [created(sandbox)["id"], created(sandbox)["id"]]
    found = sandbox.api("GET", "promotions", params={"ref": "autumn"}).json()
    assert [one["id"] for one in found["results"]] == made
    assert shown(sandbox) == ["autumn", "autumn"]


def test_a_ref_that_nobody_used_is_not_found(sandbox: RunningSandbox) -> None:
    created(sandbox)
    assert sandbox.api("GET", "promotions", params={"ref": "Autumn"}).json() == {"results": [], "next": None}


def test_pages_hold_every_promotion_once_in_the_order_of_creation(sandbox: RunningSandbox) -> None:
    refs = [created(sandbox, promotion(f"offer-{number}"))["ref"] for number in range(5)]
    seen, cursor, pages = [], None, 0
    while True:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = sandbox.api("GET", "promotions", params=asked).json()
        seen += [one["ref"] for one in page["results"]]
        cursor, pages = page["next"], pages + 1
        if cursor is None:
            break
    assert (seen, pages) == (refs, 3)


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "-1"}, {"limit": "²"}, {"limit": "9" * 40}, {"cursor": "x"}]
)
def test_a_page_that_cannot_be_is_refused(sandbox: RunningSandbox, query: dict[str, str]) -> None:
    assert sandbox.api("GET", "promotions", params=query).status_code == 400


def test_an_update_must_name_the_version_it_read(sandbox: RunningSandbox) -> None:
    made = created(sandbox)
    path = f"promotions/{made['id']}"
    without = sandbox.api("PATCH", path, json={"title": "Neu"})
    changed = sandbox.api("PATCH", path, json={"title": "Neu"}, headers={"If-Match": '"1"'})
    stale = sandbox.api("PATCH", path, json={"title": "Alt"}, headers={"If-Match": '"1"'})
    assert (without.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert (made["version"], changed.json()["version"], stale.json()["version"]) == (1, 2, 2)
    assert changed.headers["ETag"] == '"2"'
    assert sandbox.live()[0]["title"] == "Neu"


def test_a_shop_without_a_lock_takes_any_update_and_shows_no_version(sandbox: RunningSandbox) -> None:
    sandbox.put_shop(options={"has_lock": False})
    made = created(sandbox)
    changed = sandbox.api("PATCH", f"promotions/{made['id']}", json={"title": "Neu"}, headers={"If-Match": "99"})
    assert changed.status_code == 200
    assert "version" not in made
    assert "version" not in changed.json()


def test_put_replaces_everything_and_patch_only_what_is_given(sandbox: RunningSandbox) -> None:
    made = created(sandbox, promotion(badge="neu"))
    path = f"promotions/{made['id']}"
    patched = sandbox.api("PATCH", path, json={"terms": "Kurz."}, headers={"If-Match": "1"}).json()
    replaced = sandbox.api("PUT", path, json=promotion(title="Ganz neu"), headers={"If-Match": "2"}).json()
    assert (patched["badge"], patched["terms"], patched["title"]) == ("neu", "Kurz.", "Herbstangebot")
    assert "badge" not in replaced
    assert replaced["title"] == "Ganz neu"


def test_the_ref_of_a_promotion_cannot_change(sandbox: RunningSandbox) -> None:
    made = created(sandbox)
    answer = sandbox.api("PATCH", f"promotions/{made['id']}", json={"ref": "other"}, headers={"If-Match": "1"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "immutable")


def test_an_update_that_changes_nothing_keeps_the_version(sandbox: RunningSandbox) -> None:
    made = created(sandbox)
    same = sandbox.api("PUT", f"promotions/{made['id']}", json=made, headers={"If-Match": "1"})
    assert (same.status_code, same.json()) == (200, made)
    assert sandbox.history()[-1]["applied"] is False


def test_a_delete_can_be_repeated_but_not_invented(sandbox: RunningSandbox) -> None:
    made = created(sandbox)
    path = f"promotions/{made['id']}"
    answers = [sandbox.api("DELETE", path).status_code for _ in range(2)]
    assert answers == [204, 204]
    assert [line["applied"] for line in sandbox.history()] == [True, True, False]
    assert sandbox.api("GET", path).status_code == 410
    assert sandbox.api("PATCH", path, json={}, headers={"If-Match": "2"}).status_code == 410
    assert sandbox.api("DELETE", "promotions/promo_99999999").status_code == 404
    assert sandbox.api("DELETE", "promotions/nonsense").status_code == 404


def test_one_shop_does_not_see_the_promotions_of_another(sandbox: RunningSandbox) -> None:
    made = created(sandbox)
    sandbox.put_shop(f"{sandbox.shop}-other")
    elsewhere = f"{sandbox.shop}-other"
    assert sandbox.api("GET", f"promotions/{made['id']}", elsewhere).status_code == 404
    assert sandbox.api("DELETE", f"promotions/{made['id']}", elsewhere).status_code == 404
    assert sandbox.api("GET", "promotions", elsewhere).json()["results"] == []
    assert shown(sandbox) == ["autumn"]


def test_field_errors_come_all_at_once(sandbox: RunningSandbox) -> None:
    items = [
        {"sku": "RG-1", "price": "0", "currency": "USD"},
        {"sku": "XX-9", "price": "12", "currency": "EUR"},
        {"sku": "RG-1", "price": True, "currency": "EUR"},
        "RG-1",
    ]
    assert refused_fields(sandbox, title=" ", starts_at="tomorrow", items=items) == {
        "title": "required",
        "starts_at": "invalid",
        "items[0].price": "invalid",
        "items[0].currency": "wrong_currency",
        "items[1].sku": "unknown_sku",
        "items[2].sku": "repeated",
        "items[2].price": "invalid",
        "items[3].sku": "required",
    }


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"ref": ""}, {"ref": "required"}),
        ({"ref": None}, {"ref": "required"}),
        ({"ref": 7}, {"ref": "invalid"}),
        ({"title": "x" * 256}, {"title": "too_long"}),
        ({"starts_at": "2026-01-01T00:00:00"}, {"starts_at": "invalid"}),
        ({"starts_at": None}, {"starts_at": "required"}),
        ({"starts_at": "0001-01-01T00:00:00+09:00"}, {"starts_at": "invalid"}),
        ({"ends_at": "2020-01-01T00:00:00+01:00"}, {"ends_at": "before_start"}),
        ({"items": {}}, {"items": "invalid"}),
        ({"items": [{"sku": "RG-1", "price": "1e400", "currency": "EUR"}]}, {"items[0].price": "invalid"}),
        ({"items": [{"sku": "RG-1", "price": "NaN", "currency": "EUR"}]}, {"items[0].price": "invalid"}),
    ],
)
def test_a_promotion_the_shop_cannot_show_is_refused(
    sandbox: RunningSandbox, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    assert refused_fields(sandbox, **changes) == errors


def test_a_shop_without_a_price_list_takes_any_sku(sandbox: RunningSandbox) -> None:
    sandbox.put_shop(prices=[])
    created(sandbox, promotion(items=[{"sku": "ANY", "price": 5, "currency": "EUR"}]))
    assert sandbox.live()[0]["items"] == [{"sku": "ANY", "price": 5, "currency": "EUR"}]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"ref": NaN}', b'{"ref": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(sandbox: RunningSandbox, body: bytes) -> None:
    answer = sandbox.api("POST", "promotions", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_json")


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "7"])
def test_json_that_is_no_object_is_refused(sandbox: RunningSandbox, body: str) -> None:
    made = created(sandbox)
    assert sandbox.api("POST", "promotions", content=body).status_code == 422
    patch = sandbox.api("PATCH", f"promotions/{made['id']}", content=body, headers={"If-Match": "1"})
    assert patch.status_code == 422


def test_a_body_of_more_than_a_megabyte_is_refused(sandbox: RunningSandbox) -> None:
    answer = sandbox.api("POST", "promotions", content=b" " * (1024**2 + 1))
    assert answer.status_code == 413
    assert "error" in answer.json()


def test_a_promotion_is_seen_from_its_start_to_just_before_its_end(sandbox: RunningSandbox) -> None:
    now = sandbox.clock()
    window = {"past": (-2, -1), "now": (-1, 1), "later": (1, 2)}
    for ref, (start, end) in window.items():
        dates = {"starts_at": now + timedelta(hours=start), "ends_at": now + timedelta(hours=end)}
        created(sandbox, promotion(ref, **{name: value.isoformat() for name, value in dates.items()}))
    created(sandbox, promotion("open", ends_at=None))
    created(sandbox, promotion("draft", published=False))
    assert shown(sandbox) == ["now", "open"]


def test_a_shop_that_cannot_schedule_shows_whatever_is_there(sandbox: RunningSandbox) -> None:
    sandbox.put_shop(options={"can_schedule": False})
    later = sandbox.clock() + timedelta(hours=1)
    made = created(sandbox, promotion("later", starts_at=later.isoformat()))
    assert shown(sandbox) == ["later"]
    sandbox.api("DELETE", f"promotions/{made['id']}")
    assert shown(sandbox) == []


def test_the_price_a_buyer_gets_is_the_lowest_that_is_live(sandbox: RunningSandbox) -> None:
    def seen() -> dict[str, Any]:
        price: dict[str, Any] = sandbox.api("GET", "prices/RG-1").json()
        return price

    regular = {"sku": "RG-1", "currency": "EUR", "regular": "599.00", "price": "599.00", "promotion_ref": None}
    assert seen() == regular
    created(sandbox, promotion("dear", items=[{"sku": "RG-1", "price": "550.00", "currency": "EUR"}]))
    created(sandbox, promotion("cheap"))
    created(
        sandbox,
        promotion("future", starts_at="2098-01-01T00:00:00Z", items=[{"sku": "RG-1", "price": "1", "currency": "EUR"}]),
    )
    assert seen() == {**regular, "price": "499.00", "promotion_ref": "cheap"}
    assert sandbox.api("GET", "prices/XX-9").status_code == 404


def test_a_caller_without_the_shops_token_changes_nothing_and_stands_in_the_history(sandbox: RunningSandbox) -> None:
    other = sandbox.put_shop(f"{sandbox.shop}-other")
    mine = sandbox.tokens[sandbox.shop]
    presented = (b"Bearer", b"Bearer nonsense", f"Bearer {other}".encode(), f"Basic {mine}".encode(), b"Bearer \xe9")
    for header in presented:
        headers = {b"Authorization": header}
        answer = sandbox.client.post(f"/{sandbox.shop}/api/promotions", json=promotion(), headers=headers)
        assert answer.status_code == 401
    assert sandbox.live() == []
    lines = [(line["status"], line["applied"], line["ref"]) for line in sandbox.history()]
    assert lines == [(401, False, "autumn")] * 5
