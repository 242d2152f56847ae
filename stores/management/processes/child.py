"""One process that ``up`` keeps running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

from retail.embedded import folders, processes
from stores.management.processes.record import Started
from stores.management.processes.terminal import Terminal

LONGEST_PAUSE = 30.0  # seconds between two attempts to start what keeps ending
STEADY_AFTER = 30.0  # seconds of life after which an end counts as the first again


class Child:
    """A process in a session of its own, so that Ctrl-C reaches ``up`` alone and the order of stopping is ours."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        terminal: Terminal,
        keep_open: int | None = None,
    ) -> None:
        self.name = name
        self.failures = 0
        self._argv = list(argv)
        self._environment = dict(environment)
        self._terminal = terminal
        self._keep_open = () if keep_open is None else (keep_open,)
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: str | None = None
        self._reader: threading.Thread | None = None
        self._began = 0.0
        self._next_start = 0.0

    def start(self) -> None:
        """Start the process and show its lines as they come."""
        self._process = subprocess.Popen(  # noqa: S603 - our own programs with our own arguments
            self._argv,
            cwd=folders.REPO,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self._keep_open,
        )
        self._identity = processes.identity(self._process.pid)
        self._began = time.monotonic()
        self._reader = threading.Thread(target=self._show, args=(self._process,), daemon=True)
        self._reader.start()

    def _show(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - opened as a pipe above
        with process.stdout:
            for line in process.stdout:
                if text := line.decode(errors="replace").rstrip():
                    self._terminal.say(self.name, text)

    def started(self) -> Started | None:
        """How to write this process down; None when it does not run."""
        if self._process is None or self._identity is None:
            return None
        return Started(self.name, self._process.pid, self._identity)

    def runs(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def revive(self) -> bool:
        """Start again what has ended, after a pause that doubles with each failure. True when it was started."""
        now = time.monotonic()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return False
            self.failures = 1 if now - self._began > STEADY_AFTER else self.failures + 1
            pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            end = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            self._terminal.say("up", f"{self.name} {end}; starting it again in {pause:.0f} s")
            self.kill()  # what it left in its group: a pool process would hold work that nobody steers
            self._process = None
            self._next_start = now + pause
        if now < self._next_start:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Tell the leading process to finish what it does and end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and all it started, now."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._reader is not None:
                self._reader.join(timeout=1)  # the last lines say why it ended

    def _signal(self, sign: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(sign)
