"""Who may do what in the sandbox, and its list of shops."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from retail.sandbox.tokens import control_token, shop_token
from tests.shops import CONTROL, RunningSandbox, promotion

SETTINGS = {"market": "JP", "language": "ja", "currency": "JPY", "time_zone": "Asia/Tokyo", "name": "Rokid 公式"}


@pytest.fixture(autouse=True)
def no_token_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX_TOKEN", raising=False)


def test_the_control_token_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    token = control_token(tmp_path / "sandbox")
    file = tmp_path / "sandbox" / "token"
    assert control_token(tmp_path / "sandbox") == token == file.read_text()
    assert len(token) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["token"]


def test_a_token_from_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_TOKEN", "mine")
    assert control_token(tmp_path) == "mine"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestOperator:
    def test_opening_a_shop_twice_is_as_good_as_once(self, sandbox: RunningSandbox) -> None:
        path = f"/{sandbox.shop}-jp"
        first, second = (sandbox.control("PUT", path, json=SETTINGS) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert first.json() == {
            "shop": f"{sandbox.shop}-jp",
            "url": f"{sandbox.url}{path}/",
            "api": f"{sandbox.url}{path}/api",
            "token": shop_token(CONTROL, f"{sandbox.shop}-jp"),
        }

    def test_changing_a_shop_keeps_its_promotions_and_prices(self, sandbox: RunningSandbox) -> None:
        sandbox.api("POST", "promotions", json=promotion())
        sandbox.control("PUT", f"/{sandbox.shop}", json={**SETTINGS, "currency": "EUR"}).raise_for_status()
        assert [offer["ref"] for offer in sandbox.live()] == ["autumn"]
        assert sandbox.api("GET", "prices/RG-1").json()["regular"] == "599.00"

    def test_a_shop_may_get_a_token_of_its_own(self, sandbox: RunningSandbox) -> None:
        answer = sandbox.control("PUT", f"/{sandbox.shop}", json={**SETTINGS, "token": "chosen"})
        assert answer.json()["token"] == "chosen"
        assert sandbox.api("GET", "promotions").status_code == 401
        sandbox.tokens[sandbox.shop] = "chosen"
        assert sandbox.api("GET", "promotions").status_code == 200

    def test_new_prices_replace_the_old_ones(self, sandbox: RunningSandbox) -> None:
        prices = [{"sku": "NEW-1", "title": "Neu", "amount": 12}]
        answer = sandbox.control("PUT", f"/{sandbox.shop}/prices", json={"prices": prices})
        assert answer.json() == {"shop": sandbox.shop, "prices": 1}
        assert sandbox.api("GET", "prices/NEW-1").json()["price"] == "12"
        assert sandbox.api("GET", "prices/RG-1").status_code == 404
        assert sandbox.api("POST", "promotions", json=promotion()).status_code == 422

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": CONTROL}])
    def test_nobody_else_opens_shops_or_sets_prices(self, sandbox: RunningSandbox, header: dict[str, str]) -> None:
        for path in (f"/{sandbox.shop}-mine", f"/{sandbox.shop}/prices"):
            assert sandbox.client.put(path, json=SETTINGS, headers=header).status_code == 401
        mine = {"Authorization": f"Bearer {sandbox.tokens[sandbox.shop]}"}
        assert sandbox.client.put(f"/{sandbox.shop}", json=SETTINGS, headers=mine).status_code == 401
        assert sandbox.client.get(f"/{sandbox.shop}-mine/live.json").status_code == 404
        assert sandbox.api("GET", "prices/RG-1").json()["price"] == "599.00"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"time_zone": "../../etc/passwd"}, "time_zone"),
            ({"currency": "euro"}, "currency"),
            ({"market": None}, "market"),
            ({"options": {"has_wings": True}}, "options"),
            ({"options": {"has_key": 1}}, "options"),
            ({"prices": [{"sku": "A", "amount": -1}]}, "prices[0].amount"),
            ({"prices": {"A": 1}}, "prices"),
        ],
    )
    def test_settings_that_cannot_be_are_refused(
        self, sandbox: RunningSandbox, changes: dict[str, Any], field: str
    ) -> None:
        answer = sandbox.control("PUT", f"/{sandbox.shop}-x", json={**SETTINGS, **changes})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])

    @pytest.mark.parametrize("name", ["UPPER", "-x", "a b", "x" * 81, "%2e%2e", "ü"])
    def test_a_shop_needs_a_name_that_fits_into_a_path(self, sandbox: RunningSandbox, name: str) -> None:
        assert sandbox.control("PUT", f"/{name}", json=SETTINGS).status_code in {404, 405, 422}


@pytest.mark.real
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestEverybody:
    def test_the_list_of_shops_is_json_for_programs_and_a_page_for_browsers(self, sandbox: RunningSandbox) -> None:
        listed = sandbox.client.get("/").json()
        assert {
            "shop": sandbox.shop,
            "market": "DE",
            "language": "de",
            "url": f"{sandbox.url}/{sandbox.shop}/",
        } in listed
        assert {tuple(shop) for shop in listed} == {("shop", "market", "language", "url")}
        page = sandbox.client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert f'href="{sandbox.shop}/"' in page.text

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("GET", "live.json"),
            ("GET", "history.json"),
            ("GET", "faults"),
            ("POST", "faults"),
            ("DELETE", "faults"),
            ("GET", "api/promotions"),
            ("POST", "api/promotions"),
            ("GET", "api/prices/A"),
        ],
    )
    def test_an_unknown_shop_is_not_found(self, sandbox: RunningSandbox, method: str, path: str) -> None:
        answer = sandbox.client.request(method, f"/nowhere/{path}")
        assert (answer.status_code, set(answer.json())) == (404, {"error", "message"})

    def test_a_wrong_method_is_told_the_right_ones(self, sandbox: RunningSandbox) -> None:
        answer = sandbox.client.patch(f"/{sandbox.shop}/faults")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE,GET,HEAD,POST")
        assert answer.json()["error"] == "method_not_allowed"

    def test_a_page_of_another_site_can_not_break_a_shop(self, sandbox: RunningSandbox) -> None:
        path = f"/{sandbox.shop}/faults"
        foreign = sandbox.client.post(path, json={"kind": "wipe"}, headers={"Origin": "http://evil.example"})
        own = sandbox.client.post(path, json={"kind": "error"}, headers={"Origin": sandbox.url})
        assert (foreign.status_code, own.status_code) == (403, 201)

    def test_a_shop_without_its_slash_is_sent_to_it(self, sandbox: RunningSandbox) -> None:
        answer = sandbox.client.get(f"/{sandbox.shop}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/{sandbox.shop}/")

    def test_it_listens_on_loopback_only(self, process: RunningSandbox) -> None:
        # /proc/net/tcp lists listeners as HEXADDRESS:HEXPORT in state 0A; 0100007F is 127.0.0.1.
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        rows += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
        listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{process.port:04X}")]
        assert listening == [f"0100007F:{process.port:04X}"]
