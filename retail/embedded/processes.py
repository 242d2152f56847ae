"""Which process a recorded pid means. Pids are reused, so a pid alone is never enough to signal anything."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def identity(pid: int) -> str | None:
    """A text that lasts as long as the process and differs for any later one with its pid; None when it is gone.

    A zombie counts as gone: in a container without an init process nobody may ever reap it.
    """
    if not Path("/proc/self/stat").exists():
        return _identity_by_ps(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # "pid (name) state ppid ...": the name may hold spaces and brackets; the start, in ticks after boot, is field 22.
    fields = text.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def _identity_by_ps(pid: int) -> str | None:
    """The same where there is no /proc (macOS)."""
    shown = subprocess.run(  # noqa: S603 - fixed program, number argument
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else shown[1].strip()


def command_line(pid: int) -> str:
    """The command a process was started with, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        shown = subprocess.run(  # noqa: S603 - fixed program, number argument
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip()


def wait_gone(pid: int, known: str | None, seconds: float) -> bool:
    """Wait until the process with the identity ``known`` is gone; False when it is still there after ``seconds``."""
    limit = time.monotonic() + seconds
    while known is not None and identity(pid) == known:
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, known: str | None, *, seconds: float, group: bool = False) -> None:
    """Ask the process to stop and kill it when it has not after ``seconds``. A pid that means another is left alone.

    With ``group`` the process leads a group of its own, and all of it ends.
    """
    send = os.killpg if group else os.kill
    for sign, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        if known is None or identity(pid) != known:
            return
        try:
            send(pid, sign)
        except ProcessLookupError:
            return
        if wait_gone(pid, known, patience):
            break
    if group:  # the leader is gone, those it led may be slower
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
