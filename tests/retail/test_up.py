"""``manage.py up`` for real: every process, a data folder and ports of its own, stopped, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from retail.embedded import folders, processes
from tests.running import STOP_SECONDS, Up, data_folder, environment, free_ports, manage

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]


def server_pid(folder: Path) -> int:
    return int((folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


def test_one_run_from_readiness_to_ctrl_c(folder: Path) -> None:
    port, sandbox_port = free_ports(2)
    up = Up(folder, port=port, sandbox_port=sandbox_port)
    assert up.says("Meridian is ready")
    assert up.says("Ctrl-C stops everything")

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{sandbox_port}/", timeout=10) as answer:
        assert isinstance(json.loads(answer.read()), list)

    second = manage(folder, "up", port=port, sandbox_port=sandbox_port)
    assert second.returncode == 1
    assert f"Meridian already runs on the folder {folder} (pid {up.process.pid})" in second.stderr

    other = manage(folder.with_name("other"), "up", port=port, sandbox_port=sandbox_port)
    assert f"Port {port} is taken by another program. Choose another: PORT={port + 10} make run" in other.stderr

    database = server_pid(folder)
    assert manage(folder, "showmigrations", "--plan").returncode == 0
    assert server_pid(folder) == database

    pid, identity = up.children()["worker"]
    os.kill(pid, signal.SIGKILL)
    assert up.says("worker was killed by SIGKILL; starting it again in 1 s")
    assert processes.wait_gone(pid, identity, 5)
    os.kill(database, signal.SIGKILL)
    assert up.says("an embedded server has ended; starting it again")

    before = up.children()
    began = time.monotonic()
    assert up.stops() == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert [processes.identity(pid) == identity for pid, identity in before.values()] == [False] * 4
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()
    assert "stopped; the data is kept" in "".join(up.said)


def test_a_run_that_was_killed_is_cleared_away_by_the_next(folder: Path) -> None:
    port, sandbox_port = free_ports(2)
    first = Up(folder, port=port, sandbox_port=sandbox_port)
    assert first.says("worker: healthy")
    left = first.children()
    first.process.kill()
    first.process.communicate(timeout=STOP_SECONDS)
    # Another command comes and goes; the servers stay for the processes that still use them.
    assert manage(folder, "showmigrations", "--plan").returncode == 0
    assert (folder / "postgres" / "data" / "postmaster.pid").exists()

    second = Up(folder, port=port, sandbox_port=sandbox_port)
    assert second.says("Tables up to date")
    assert [processes.identity(pid) == identity for pid, identity in left.values()] == [False] * 4
    assert "ended worker, left over from a run that was killed" in "".join(second.said)
    assert second.stops() == 0
    assert "stopped; the data is kept" in "".join(second.said)
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("port", "sandbox_port", "message"),
    [
        ("eight", "8100", "PORT is 'eight': give a port number from 1 to 65535"),
        ("8000", "70000", "SANDBOX_PORT is '70000': give a port number from 1 to 65535"),
        ("8000", "8000", "PORT and SANDBOX_PORT are both 8000"),
    ],
)
def test_ports_that_make_no_sense_are_refused(tmp_path: Path, port: str, sandbox_port: str, message: str) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=folders.REPO,
        env=environment(tmp_path, port=1, sandbox_port=2) | {"PORT": port, "SANDBOX_PORT": sandbox_port},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, message in run.stderr) == (1, True)
