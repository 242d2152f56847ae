"""What benchmarks stand on: web processes over the large and the small network, the sandbox shops, and the load."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx2
from django.conf import settings

from retail import embedded
from retail.embedded import folders
from stores.management.bench.load import Load
from stores.management.bench.recordings import HEADERS, Recorded
from stores.management.commands.up import commands
from stores.management.processes import health
from stores.management.processes.child import Child
from stores.management.processes.terminal import Terminal

SMALL = "small"
SMALL_STORES = 1_000
_START_SECONDS = 60.0


def small_database_url() -> str:
    """The small network is a database of its own on the same server: it shares no table and no index with the large."""
    return embedded.database_url().replace("/meridian?", f"/{SMALL}?")


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class Web(NamedTuple):
    """A running web server of ours, and a key that it knows."""

    port: int
    key: str

    def request(self, path: str, **headers: str) -> str:
        """A request as it goes over the wire; underscores in header names stand for hyphens."""
        lines = {
            "Host": f"127.0.0.1:{self.port}",
            "Authorization": f"Api-Key {self.key}",
            "Accept-Language": "en",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"

    def get(self, path: str) -> Recorded:
        """One answer, as a caller gets it."""
        headers = {"Authorization": f"Api-Key {self.key}", "Accept-Language": "en"}
        answer = httpx2.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, trust_env=False, timeout=20)
        answer.raise_for_status()
        kept = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        return Recorded(answer.status_code, kept, answer.content)

    def json(self, path: str) -> Any:
        """The document at a path."""
        return json.loads(self.get(path).body)


class Ground:
    """Starts what is asked for when it is first asked for; a context manager that ends all of it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def say(self, text: str) -> None:
        """Tell the person at the terminal what goes on."""
        self.terminal.say("bench", text)

    @cached_property
    def load(self) -> Load:
        return self._stack.enter_context(Load())

    @cached_property
    def web(self) -> Web:
        """The large network, served as ``up`` serves."""
        return self._serve({})

    @cached_property
    def small(self) -> Web:
        """The same over the small network."""
        return self._serve({"DATABASE_URL": small_database_url()})

    @cached_property
    def shops(self) -> str:
        """Address of the sandbox, with a shop for every channel of the large network."""
        port = int(settings.SANDBOX_URL.rpartition(":")[2])
        self._start("shops", commands(port)["shops"], {}, lambda: health.shops_are_open(port))
        self._command("register_shops", {})
        return str(settings.SANDBOX_URL)

    def _serve(self, more: dict[str, str]) -> Web:
        port = free_port()
        self._start("web", commands(port)["web"], more, lambda: health.web_is_ready(port))
        key = self._command("create_api_key", more, "--brand", "rokid", "--name", "bench").split()[-1]
        return Web(port, key)

    def _start(self, name: str, argv: list[str], more: dict[str, str], answers: Callable[[], bool]) -> None:
        child = Child(name, argv, environment={**os.environ, **more}, terminal=self.terminal)
        self._stack.callback(child.kill)
        child.start()
        limit = time.monotonic() + _START_SECONDS
        while not answers():
            if not child.runs() or time.monotonic() > limit:
                raise RuntimeError(f"{name} does not answer; its lines above say why")
            time.sleep(0.1)

    def _command(self, name: str, more: dict[str, str], *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [sys.executable, "manage.py", name, *arguments],
            cwd=folders.REPO,
            env={**os.environ, **more},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout
