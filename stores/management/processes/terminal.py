"""What ``up`` shows: steps while it starts, then the lines of every process behind its name."""

from __future__ import annotations

import sys
import threading

from rich.console import Console

# One colour per process, told apart on dark and light ground; the name is there too, so no meaning hangs on colour.
COLOURS = {"web": 36, "worker": 35, "beat": 34, "shops": 33, "up": 32}


class Terminal:
    """One writer for all threads, so that lines never mix."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self._lock = threading.Lock()
        self._broken = False

    def line(self, name: str, text: str) -> None:
        """Print one line of the process ``name``."""
        mark = f"{name:<6} |"
        if self.console.is_terminal and not self.console.no_color:
            mark = f"\x1b[{COLOURS.get(name, 37)}m{mark}\x1b[0m"
        self._write(f"{mark} {text}\n")

    def _write(self, text: str) -> None:
        with self._lock:
            if self._broken:
                return
            try:
                sys.stdout.write(text)
                sys.stdout.flush()
            except BrokenPipeError:
                self._broken = True  # the reader left; the processes go on until they are told to stop
