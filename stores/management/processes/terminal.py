"""What ``up`` shows: steps while it starts, then the lines of every process behind its name."""

from __future__ import annotations

import os
import sys

from rich.console import Console
from rich.text import Text

# One colour per process, told apart on dark and light ground; the name is there too, so no meaning hangs on colour.
COLOURS = {"web": "cyan", "worker": "magenta", "beat": "blue", "shops": "yellow", "up": "green"}


class Terminal(Console):
    """One writer for all threads, so that lines and a turning wheel never mix."""

    def say(self, name: str, text: str) -> None:
        """Print one line of the process ``name``, with the colours it has itself and unbroken, for copying."""
        mark = Text(f"{name:<6} | ", style=COLOURS.get(name, "white"))
        self.print(mark + Text.from_ansi(text), soft_wrap=True, highlight=False)

    def on_broken_pipe(self) -> None:
        """The reader of our lines left: go on in silence until told to stop, as a process without a terminal does."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
