"""What the shops keep on disk: nothing that was answered is lost when the process is killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.shops import REPOSITORY, RunningSandbox, promotion, wait_until

pytestmark = [pytest.mark.real, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_the_history_holds_every_call_in_order_with_its_body(sandbox: RunningSandbox) -> None:
    made = sandbox.api("POST", "promotions", json=promotion(title="冬のセール")).json()
    sandbox.api("GET", "promotions", params={"ref": "autumn"})
    sandbox.api("DELETE", f"promotions/{made['id']}")
    history = sandbox.history()
    names = ("method", "path", "ref", "remote_id", "status", "applied")
    at = f"/{sandbox.shop}/api/promotions"
    assert [tuple(line[name] for name in names) for line in history] == [
        ("POST", at, "autumn", made["id"], 201, True),
        ("GET", f"{at}?ref=autumn", "autumn", made["id"], 200, False),
        ("DELETE", f"{at}/{made['id']}", "autumn", made["id"], 204, True),
    ]
    assert [line["body"] for line in history] == [promotion(title="冬のセール"), None, None]
    assert [line["seq"] for line in history] == sorted({line["seq"] for line in history})


def test_the_history_can_be_read_on_from_where_one_was(sandbox: RunningSandbox) -> None:
    for _ in range(3):
        sandbox.api("GET", "promotions")
    first, second, third = sandbox.history()
    assert sandbox.history(after=first["seq"]) == [second, third]
    assert sandbox.history(after=third["seq"]) == []
    limited = sandbox.client.get(f"/{sandbox.shop}/history.json", params={"limit": 2}).json()
    assert limited == [first, second]
    assert sandbox.client.get(f"/{sandbox.shop}/history.json", params={"after": "x"}).status_code == 400


def test_a_long_history_comes_whole(sandbox: RunningSandbox) -> None:
    for _ in range(1001):  # more than two of the pieces in which it is sent
        sandbox.api("GET", "promotions/promo_0")
    assert len({line["seq"] for line in sandbox.history()}) == 1001


def test_a_killed_process_has_kept_all_it_answered(own: RunningSandbox) -> None:
    """Writers hammer the shop while it is killed; every answered create is there, none twice, each with its line."""

    def write(writer: int) -> list[str]:
        answered = []
        with httpx2.Client(base_url=own.url, timeout=5, trust_env=False) as client:
            for number in range(10_000):
                ref = f"{writer}-{number}"
                headers = {"Authorization": f"Bearer {own.tokens[own.shop]}"}
                try:
                    answer = client.post(f"/{own.shop}/api/promotions", json=promotion(ref), headers=headers)
                except httpx2.TransportError:
                    break
                assert answer.status_code == 201
                answered.append(ref)
        return answered

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        wait_until(lambda: len(own.live()) > 100)
        own.kill()
        answered = {ref for writer in writers for ref in writer.result()}
    own.start()
    live = [offer["ref"] for offer in own.live()]
    applied = [line["ref"] for line in own.history() if line["applied"]]
    assert len(live) == len(set(live))
    assert applied == live
    # The kill may hit between a commit and its answer: at most one such write per writer.
    assert len(answered) > 100
    assert answered <= set(live)
    assert len(set(live) - answered) <= 4


def test_shops_prices_and_faults_survive_a_kill(own: RunningSandbox) -> None:
    own.fault("error", count=2)
    assert own.api("GET", "prices/RG-1").status_code == 500
    own.kill()
    own.start()
    assert [own.api("GET", "prices/RG-1").status_code for _ in range(2)] == [500, 200]
    assert own.client.get("/").json() == [
        {"shop": "de-web", "market": "DE", "language": "de", "url": f"{own.url}/de-web/"},
    ]


def test_a_late_write_comes_even_when_the_process_was_killed_before(own: RunningSandbox) -> None:
    own.fault("apply_late", count=1, delay=1)
    assert own.api("POST", "promotions", json=promotion()).status_code == 504
    own.kill()
    own.start()
    wait_until(lambda: [offer["ref"] for offer in own.live()] == ["autumn"])
    assert [(line["status"], line["applied"]) for line in own.history()] == [(504, False), (201, True)]
    own.kill()
    own.start()
    assert len(own.history()) == 2


def test_the_process_ends_quickly_when_asked_even_while_it_hangs(own: RunningSandbox) -> None:
    own.fault("hang")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(own.api, "GET", "promotions")
        wait_until(lambda: own.client.get("/de-web/faults").json()["held"] == 1)
        assert own.stop() == 0
        assert isinstance(waiting.exception(timeout=5), httpx2.TransportError)
    own.start()
    assert own.client.get("/de-web/faults").json()["faults"][0]["kind"] == "hang"


def test_a_taken_port_and_a_taken_folder_are_said_clearly(own: RunningSandbox, tmp_path: Path) -> None:
    def run(folder: Path, port: int) -> tuple[int, str]:
        environment = {"MERIDIAN_VAR": str(folder), "SANDBOX_PORT": str(port), "PATH": ""}
        command = [sys.executable, "-m", "retail.sandbox"]
        ended = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        return ended.returncode, ended.stderr

    code, said = run(tmp_path / "other", own.port)
    assert (code, f"port {own.port} (SANDBOX_PORT)" in said, "Traceback" in said) == (1, True, False)
    code, said = run(own.folder, 1)
    assert (code, "run already" in said) == (1, True)


def test_business_time_is_shifted_by_the_offset(tmp_path: Path) -> None:
    with RunningSandbox(tmp_path, clock_offset=40 * 365 * 86_400) as future:
        future.put_shop()
        future.api("POST", "promotions", json=promotion(ends_at=None))
        future.api("POST", "promotions", json=promotion("from-2060", starts_at="2060-01-01T00:00:00Z"))
        assert [offer["ref"] for offer in future.live()] == ["autumn", "from-2060"]
        assert future.history()[0]["at"] > "2060"


@pytest.mark.parametrize(
    "line",
    [
        b"GET /%s/api/promotions/\xff\xfe HTTP/1.1",
        b"GET /%s/api/promotions/%%ff HTTP/1.1",
        b"GET /%s/api/prices/%%ff%%00 HTTP/1.1",
        b"GET /%s/api/promotions?ref=%%ff%%ed%%a0%%80 HTTP/1.1",
        b"POST /%s/api/promotions HTTP/1.1\r\nIf-Match: \xff\r\nContent-Length: 2\r\nContent-Encoding: gzip",
        b"POST /%s/api/promotions HTTP/1.1\r\nTransfer-Encoding: chunked",
        b"GET /%s/api/promotions/%%00 HTTP/1.1",
    ],
)
def test_bytes_that_are_no_text_are_refused_and_not_stumbled_over(sandbox: RunningSandbox, line: bytes) -> None:
    head = line % sandbox.shop.encode() + b"\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as connection:
        connection.sendall(head + sandbox.tokens[sandbox.shop].encode() + b"\r\n\r\n{}")
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    status = int(answer.split(b" ", 2)[1])
    assert status < 500, answer
    json.dumps(sandbox.history())
