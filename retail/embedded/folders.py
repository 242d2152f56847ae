"""Where the embedded servers keep their data, and as which account PostgreSQL runs.

Everything lies under ``MERIDIAN_VAR`` (default ``<repo>/var``): ``postgres/``, ``valkey/`` and the run state in
``run/``. Two things can force a part of it elsewhere, and both are found again from the same folder:

- a socket path longer than about 100 bytes is refused by the kernel, so a deep checkout gets a short folder in the
  temporary folder;
- PostgreSQL refuses to run as root, so for root it runs as ``nobody``, who cannot enter a checkout under ``/root``:
  then the data and a copy of the programs lie in ``/var/lib/meridian``, and ``run/postgres-home`` says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero and PostgreSQL's file name.
LONGEST_SOCKET_PATH = 100
SYSTEM_FOLDER = Path("/var/lib/meridian")


class EmbeddedError(Exception):
    """An embedded server cannot run; the message says what the person at the terminal can do."""


@dataclass(frozen=True)
class Account:
    """The account a server runs as when it is not our own."""

    name: str
    uid: int
    gid: int


def var() -> Path:
    """The data folder of this process; a relative ``MERIDIAN_VAR`` counts from the repository."""
    return (REPO / (os.environ.get("MERIDIAN_VAR") or "var")).resolve()


def private_folder(path: Path, account: Account | None = None) -> Path:
    """Make ``path`` if needed and see to it that only its owner may enter; refuse a folder of somebody else."""
    owner = account.uid if account else os.geteuid()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account and path.lstat().st_uid == os.geteuid():
            os.chown(path, account.uid, account.gid)
        found = path.lstat()
    except OSError as error:
        raise EmbeddedError(
            f"The folder {path} cannot be used: {error.strerror}. Set MERIDIAN_VAR to a folder you may write."
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        holder = _name(found.st_uid)
        raise EmbeddedError(
            f"The folder {path} belongs to {holder}. Run as the account that made it, "
            "or set MERIDIAN_VAR to another folder."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def run_folder() -> Path:
    """Locks, pids and ports of what runs now."""
    top = var()
    try:
        top.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"The folder {top} cannot be made: {error.strerror}. Set MERIDIAN_VAR to a folder you may write."
        ) from error
    return private_folder(top / "run")


def postgres_account() -> Account | None:
    """``nobody`` when we are root, else None: PostgreSQL then runs as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and there is no account 'nobody' to run it as. "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def postgres_home() -> Path:
    """The folder that holds PostgreSQL's data, its log and usually its socket."""
    usual = var() / "postgres"
    account = postgres_account()
    # Data that is there stays there, even when a folder above is closed later: a start then fails and says so.
    if account is None or (usual / "data").exists() or enterable(var(), account):
        return usual
    # A new name each time, noted in the data folder: who removes that folder gets a new database and not the old one.
    return Path(kept(run_folder() / "postgres-home", lambda: f"{SYSTEM_FOLDER / _key()}-{secrets.token_hex(4)}"))


def kept(path: Path, make: Callable[[], str]) -> str:
    """A text that is chosen once and kept in the file ``path``, readable by its owner only."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(f"{make()}\n")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)  # of two processes that race the first wins, and both read its value
        draft.unlink()
    return path.read_text().strip()


def socket_folder() -> Path:
    """The folder of PostgreSQL's socket: inside its home, or a short temporary one when that path is too long."""
    inside = postgres_home() / "socket"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return inside
    return Path(tempfile.gettempdir()) / f"meridian-{os.geteuid()}-{_key()}"


def enterable(folder: Path, account: Account) -> bool:
    """Whether ``account`` may walk to ``folder``. Only the mode bits are read: they decide for the usual checkouts."""
    for step in (folder, *folder.parents):
        try:
            found = step.stat()
        except FileNotFoundError:
            continue  # it will be made by us, open enough
        if found.st_uid == account.uid:
            allowed = found.st_mode & stat.S_IXUSR
        elif found.st_gid == account.gid:
            allowed = found.st_mode & stat.S_IXGRP
        else:
            allowed = found.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def package_folder(name: str) -> Path:
    """The folder of an installed package, found without importing it: its own start-up code is not wanted."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed. Run 'make run', or install requirements.txt.")
    return Path(spec.origin).parent


def _key() -> str:
    return hashlib.sha256(f"{os.geteuid()}:{var()}".encode()).hexdigest()[:12]


def _name(uid: int) -> str:
    try:
        return f"'{pwd.getpwuid(uid).pw_name}'"
    except KeyError:
        return f"user number {uid}"
