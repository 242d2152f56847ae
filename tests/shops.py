"""A real sandbox shop process for tests: on a free port over a folder of its own, to break, kill and question."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

REPOSITORY = Path(__file__).resolve().parents[1]
CONTROL = "control-token-of-the-tests"


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], *, seconds: float = 15) -> None:
    """Asks again and again until it is so; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def promotion(ref: str = "autumn", **changes: Any) -> dict[str, Any]:
    """A promotion that is live now in the shop that `RunningSandbox.put_shop` opens."""
    document = {
        "ref": ref,
        "title": "Herbstangebot",
        "body": "Rokid Glasses zum Herbstpreis.",
        "terms": "Solange der Vorrat reicht.",
        "language": "de",
        "starts_at": "2020-01-01T00:00:00+01:00",
        "ends_at": "2099-01-01T00:00:00+01:00",
        "items": [{"sku": "RG-1", "price": "499.00", "currency": "EUR"}],
    }
    return {**document, **changes}


class RunningSandbox:
    """One ``python -m retail.sandbox``. A context manager; may be killed and started again over the same folder."""

    def __init__(self, folder: Path, *, port: int | None = None, clock_offset: float = 0) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.clock_offset = clock_offset
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx2.Client(base_url=self.url, timeout=10, trust_env=False)
        self.shop = "de-web"  # the one that is meant where a call names none
        self.tokens: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.kill()

    # --- the process

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        environment = {
            **os.environ,
            "MERIDIAN_VAR": str(self.folder),
            "SANDBOX_PORT": str(self.port),
            "SANDBOX_TOKEN": CONTROL,
            "MERIDIAN_CLOCK_OFFSET": str(self.clock_offset),
        }
        self._process = subprocess.Popen([sys.executable, "-m", "retail.sandbox"], cwd=REPOSITORY, env=environment)
        deadline = time.monotonic() + 30
        while True:
            try:
                self.client.get("/").raise_for_status()
            except httpx2.TransportError:
                assert self._process.poll() is None, f"the sandbox ended with {self._process.returncode}"
                assert time.monotonic() < deadline, "the sandbox does not answer"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> int:
        """Asks the process to end. Returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(timeout=10)
        self._process = None
        return code

    def kill(self) -> None:
        """``kill -9``, as a machine does that runs out of memory."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(timeout=10)
            self._process = None

    # --- the operator

    def control(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """One call of the operator."""
        return self.client.request(method, path, headers=_bearer(CONTROL), **more)

    def put_shop(self, shop: str | None = None, *, options: dict[str, bool] | None = None, **changes: Any) -> str:
        """Opens a German shop, or what ``changes`` make of it. Returns the token of its API."""
        settings = {
            "market": "DE",
            "language": "de",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "name": "Rokid Deutschland",
            "prices": [
                {"sku": "RG-1", "title": "Rokid Glasses", "amount": "599.00"},
                {"sku": "RS-1", "title": "Rokid AI Glasses Style", "amount": "299.00"},
            ],
            "options": options or {},
        }
        shop = shop or self.shop
        answer = self.client.put(f"/{shop}", json={**settings, **changes}, headers=_bearer(CONTROL))
        answer.raise_for_status()
        self.tokens[shop] = answer.json()["token"]
        return self.tokens[shop]

    def clock(self) -> datetime:
        """The business time of the shops."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_offset)

    # --- the channel's owner

    def api(
        self, method: str, path: str, shop: str | None = None, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        """One call to ``/{shop}/api/...`` with the shop's token."""
        shop = shop or self.shop
        sent = {**_bearer(self.tokens[shop]), **(headers or {})}
        return self.client.request(method, f"/{shop}/api/{path}", headers=sent, **more)

    # --- the checker

    def fault(self, kind: str, shop: str | None = None, **settings: Any) -> dict[str, Any]:
        """Puts a shop out of order."""
        answer = self.client.post(f"/{shop or self.shop}/faults", json={"kind": kind, **settings})
        answer.raise_for_status()
        posted: dict[str, Any] = answer.json()
        return posted

    def heal(self, shop: str | None = None) -> None:
        """Puts a shop in order again; connections that hang are closed."""
        self.client.delete(f"/{shop or self.shop}/faults").raise_for_status()

    def live(self, shop: str | None = None) -> list[dict[str, Any]]:
        """The promotions a buyer sees now."""
        answer = self.client.get(f"/{shop or self.shop}/live.json")
        answer.raise_for_status()
        shown: list[dict[str, Any]] = answer.json()["promotions"]
        return shown

    def history(self, shop: str | None = None, *, after: int = 0) -> list[dict[str, Any]]:
        """Every call the shop's API got, oldest first."""
        answer = self.client.get(f"/{shop or self.shop}/history.json", params={"after": after})
        answer.raise_for_status()
        lines: list[dict[str, Any]] = answer.json()
        return lines


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
