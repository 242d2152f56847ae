"""What has to be done before the processes start: servers, tables, static files, reference data, the demo network."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from django.core.management.base import CommandError

from retail.embedded import folders
from stores.management.processes.terminal import Terminal


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """The person asked to stop while a step was running."""


class Steps:
    """Runs steps one after the other and shows each with the time it took."""

    def __init__(self, terminal: Terminal, environment: Mapping[str, str], stopping: threading.Event) -> None:
        self._console = terminal
        self._environment = dict(environment)
        self._stopping = stopping

    def run(self, title: str, work: Callable[[], object]) -> None:
        """A step that is a function call of ours."""
        began = time.monotonic()
        with self._console.status(f"{title} ..."):
            work()
        self._done(title, began)
        self.check()

    def command(self, title: str, *arguments: str, shows_progress: bool = False) -> None:
        """A step that is a ``manage.py`` command in a process of its own.

        It reads the settings anew, with the servers running. A command that shows its own progress writes to the
        terminal; of the others the latest line is shown while they run, and everything when they fail.
        """
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            [sys.executable, "manage.py", *arguments],
            cwd=folders.REPO,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=None if shows_progress else subprocess.PIPE,
            stderr=None if shows_progress else subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        said: list[str] = []
        room = self._console.width - 4  # one line beside the wheel: a second would not be wiped away
        if shows_progress:
            self._console.print(f"[dim]… {title}[/dim]", highlight=False)
            self._wait(process)
        else:
            with self._console.status(f"{title} ...") as status:

                def read() -> None:
                    for line in process.stdout or ():
                        said.append(line)
                        status.update(f"{title}: {line.strip()}"[:room])

                reader = threading.Thread(target=read, daemon=True)
                reader.start()
                self._wait(process)
                reader.join(timeout=2)
        self.check()
        if process.returncode:
            raise CommandError(f"{title} failed (manage.py {' '.join(arguments)}):\n{''.join(said)}")
        self._done(title, began)

    def _wait(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            if self._stopping.wait(0.05):
                process.terminate()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def check(self) -> None:
        """Raise Stopped when the person asked to stop."""
        if self._stopping.is_set():
            raise Stopped

    def _done(self, title: str, began: float) -> None:
        self._console.print(f"[green]✓[/green] {title} [dim]({time.monotonic() - began:.1f} s)[/dim]", highlight=False)
