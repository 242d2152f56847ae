"""Keeps the processes of ``up`` running until it is told to stop, and stops them in the right order."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Collection
from types import FrameType

from django.core.management.base import CommandError

from retail import embedded
from stores.management.processes.child import Child
from stores.management.processes.record import Ports, Record
from stores.management.processes.terminal import Terminal

HEALTHY_WITHIN = 150.0  # seconds; a slow laptop needs about fifteen, one that is busy with tests a hundred
WORKER_PATIENCE = 5.0  # seconds for running tasks: what is cut off is found again in the rows
OTHERS_PATIENCE = 3.0
SERVERS_EVERY = 2.0  # seconds between two looks at the embedded servers


class Signals:
    """Ctrl-C and SIGTERM: the first asks to stop, the second kills."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.killing = threading.Event()

    def listen(self) -> None:
        """Take the signals over from Python."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._receive)

    def _receive(self, sign: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            self.killing.set()
        self.stopping.set()


class Supervisor:
    """The children of one ``up``, in the order in which they start."""

    def __init__(
        self, children: list[Child], *, signals: Signals, terminal: Terminal, record: Record, ports: Ports
    ) -> None:
        self._children = children
        self._started: list[Child] = []
        self._signals = signals
        self._terminal = terminal
        self._record = record
        self._ports = ports
        self._next_look = 0.0

    def start(self, *names: str) -> None:
        """Start the named children; from now on they are started again whenever they end."""
        for child in self._children:
            if child.name in names:
                child.start()
                self._started.append(child)
        self._write_down()

    def wait_healthy(self, *names: str, healthy: Callable[[Collection[str]], set[str]]) -> None:
        """Return when the named processes do their work; one that keeps ending, or is silent too long, is an error."""
        waiting = list(names)
        began = time.monotonic()
        while waiting and not self._signals.stopping.is_set():
            self._look_after()
            for name in sorted(healthy(waiting)):
                waiting.remove(name)
                self._terminal.say("up", f"{name}: healthy after {time.monotonic() - began:.1f} s")
            broken = [child.name for child in self._started if child.failures >= 3]
            if broken:
                raise CommandError(
                    f"{', '.join(broken)} ended three times while starting. Its last lines above say why."
                )
            if waiting and time.monotonic() - began > HEALTHY_WITHIN:
                raise CommandError(
                    f"Not healthy after {HEALTHY_WITHIN:.0f} s: {', '.join(waiting)}. The lines above say why."
                )
            self._signals.stopping.wait(0.2)

    def watch(self) -> None:
        """Start again what ends, until told to stop."""
        while not self._signals.stopping.wait(0.2):
            self._look_after()

    def stop(self) -> None:
        """Beat first, that no new work comes; then the worker, while web and shops still answer it; then these."""
        kill = self._signals.killing
        order = [("beat", "worker"), ("web", "shops")]
        for names, patience in zip(order, (WORKER_PATIENCE, OTHERS_PATIENCE), strict=True):
            group = [child for child in self._started if child.name in names]
            for child in group:
                child.ask_to_stop()
            limit = time.monotonic() + patience
            while any(child.runs() for child in group) and time.monotonic() < limit and not kill.is_set():
                time.sleep(0.05)
            for child in group:
                child.kill()
        self._record.clear()

    def _look_after(self) -> None:
        revived = [child.name for child in self._started if child.revive()]
        if revived:
            self._write_down()
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + SERVERS_EVERY
            if not embedded.is_running():
                self._terminal.say("up", "an embedded server has ended; starting it again")
                embedded.ensure_for_this_process()

    def _write_down(self) -> None:
        started = [entry for child in self._started if (entry := child.started())]
        self._record.write(started, self._ports)
