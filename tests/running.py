"""One ``manage.py up`` for tests: every process, in a data folder and on ports of its own, and what it says."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retail.embedded import folders

START_SECONDS = 240  # first start with the demo network, on a busy machine with two cores
STOP_SECONDS = 40  # a quiet machine needs two; one with eight busy tests a core has been seen to need fifteen


def free_ports(count: int) -> list[int]:
    lines = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [line.getsockname()[1] for line in lines]
    for line in lines:
        line.close()
    return ports


TEST_RUN = "MERIDIAN_TEST_RUN"
"""The variable by which all processes of one run of pytest know that they belong together."""

started: list[Up] = []


class Up:
    """One ``manage.py up`` in ``folder``, and what it says."""

    def __init__(self, folder: Path, *, port: int, sandbox_port: int, demo: bool = False) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *([] if demo else ["--no-demo"])],
            cwd=folders.REPO,
            env=environment(folder, port=port, sandbox_port=sandbox_port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(self)

    def says(self, text: str) -> bool:
        """Read on until a line holds ``text``; False when it ends without, or after the time that a start may take."""
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        assert self.process.stdout is not None
        try:
            for line in self.process.stdout:
                self.said.append(line)
                if text in line:
                    return True
        finally:
            watchdog.cancel()
        print("".join(self.said))  # pytest shows it with the failure
        return False

    def children(self) -> dict[str, tuple[int, str]]:
        """The processes that it wrote down, as (pid, identity)."""
        record = json.loads((self.folder / "run" / "up.json").read_text())
        return {entry["name"]: (entry["pid"], entry["identity"]) for entry in record["processes"]}

    def stops(self) -> int:
        """Its exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=STOP_SECONDS)
        self.said.append(said)
        return self.process.returncode


def environment(folder: Path, *, port: int, sandbox_port: int) -> dict[str, str]:
    ours = {"MERIDIAN_MODE": "demo", "MERIDIAN_VAR": str(folder), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
    replaced = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
    return {name: value for name, value in os.environ.items() if name not in replaced} | ours


def manage(
    folder: Path, *arguments: str, port: int = 1, sandbox_port: int = 2, seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """A command beside it, to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folders.REPO,
        env=environment(folder, port=port, sandbox_port=sandbox_port),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, as the server of root has to.

    pytest's own are closed to others, and closed again by every other pytest that starts on the machine.
    """
    with tempfile.TemporaryDirectory(prefix="meridian-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder as a first start leaves it; nothing runs on it at the end."""
    started.clear()
    with open_folder() as top:
        folder = top / "var"
        subprocess.run(
            ["cp", "-a", str(first_start()), str(folder)], check=True
        )  # owners too: the server may be another
        yield folder
        for up in started:  # only after a failure is one still there
            up.process.terminate()
            up.process.communicate(timeout=STOP_SECONDS)
        if (folder / "postgres" / "data" / "postmaster.pid").exists():
            run = subprocess.run(
                [sys.executable, "-c", "from retail import embedded; embedded.ensure_for_this_process()"],
                cwd=folders.REPO,
                env=environment(folder, port=1, sandbox_port=2),
                check=False,
            )
            assert run.returncode == 0


def first_start() -> Path:
    """The folder of one first start, made once by whichever process of this run of pytest needs it first."""
    top = _shared()
    top.mkdir(mode=0o755, exist_ok=True)
    with (top / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = top / "var"
        if not (top / "made").exists():
            port, sandbox_port = free_ports(2)
            up = Up(folder, port=port, sandbox_port=sandbox_port)
            assert up.says("Meridian is ready")
            assert up.stops() == 0
            started.remove(up)
            (top / "made").touch()
    return folder


def forget_first_start() -> None:
    """Remove that folder, when the last process of the run ends."""
    shutil.rmtree(_shared(), ignore_errors=True)


def _shared() -> Path:
    return Path(tempfile.gettempdir()) / f"meridian-first-start-{os.environ[TEST_RUN]}"
