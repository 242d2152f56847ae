"""What ``up`` writes down in ``var/run``: that it runs, and which processes it started.

The lock dies with the process that holds it. The list of processes stays behind after a ``kill -9``; the next start
ends what it names, after making sure that a pid still means the process that was started.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.core.management.base import CommandError

from retail.embedded import folders, processes


class Ports(NamedTuple):
    """Where the web site and the sandbox shops listen on 127.0.0.1."""

    web: int
    shops: int


@dataclass(frozen=True)
class Started:
    """One process as it was written down."""

    name: str
    pid: int
    identity: str


@dataclass(frozen=True)
class Running:
    """An ``up`` that runs now, as another command sees it."""

    ports: Ports
    processes: dict[str, Started]

    def runs(self, name: str) -> bool:
        """Whether the process of that name is alive: between its end and its next start it is not."""
        process = self.processes.get(name)
        return process is not None and processes.identity(process.pid) == process.identity


def running() -> Running | None:
    """The ``up`` of this data folder; None when there is none, or it was killed and left its processes behind."""
    try:
        written = json.loads((folders.run_folder() / "up.json").read_text())
        found = Running(
            Ports(written["port"], written["sandbox_port"]),
            {entry["name"]: Started(**entry) for entry in written["processes"]},
        )
        alive = processes.identity(written["pid"]) is not None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return found if alive and any(found.runs(name) for name in found.processes) else None


class Record:
    """The run of one ``up`` in one data folder."""

    def __init__(self) -> None:
        folder = folders.run_folder()
        self._file: Path = folder / "up.json"
        self._lock = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def claim(self) -> None:
        """Be the only ``up`` of this data folder."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = os.pread(self._lock, 20, 0).decode() or "unknown"
            raise CommandError(
                f"Meridian already runs on the folder {folders.var()} (pid {other}). Stop it with Ctrl-C in its "
                "terminal, or start a second one beside it: "
                "MERIDIAN_VAR=var/second PORT=8010 SANDBOX_PORT=8110 make run"
            ) from error
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def write(self, started: list[Started], ports: Ports) -> None:
        """Note the processes that run now. Written aside and renamed: a kill in between leaves the older list whole."""
        draft = self._file.with_suffix(".new")
        content = {
            "pid": os.getpid(),
            "port": ports.web,
            "sandbox_port": ports.shops,
            "processes": [vars(process) for process in started],
        }
        draft.write_text(json.dumps(content, indent=1))
        draft.replace(self._file)

    def reap(self) -> list[str]:
        """End what an ``up`` that was killed left running; returns the names."""
        try:
            found = [Started(**entry) for entry in json.loads(self._file.read_text())["processes"]]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return []  # nothing written, or by another release: a port still held is told by the port check
        left = [process for process in found if processes.identity(process.pid) == process.identity]
        for process in left:
            processes.end(process.pid, process.identity, seconds=5, group=True)
        self.clear()
        return [process.name for process in left]

    def clear(self) -> None:
        """Forget the processes: all have ended."""
        self._file.unlink(missing_ok=True)


def port_from(variable: str, default: int) -> int:
    """The port that the environment variable names."""
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"{variable} is {text!r}: give a port number from 1 to 65535")
    return int(text)


def require_free(variable: str, port: int) -> None:
    """Refuse a port that another program listens on, naming the variable that chooses another."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
            raise CommandError(f"Port {port} {reason}. Choose another: {variable}={port + 10} make run") from error
