"""What the tour says in the terminal, at the pace of a reader."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console

# Around text of a right-to-left script, so that it does not turn over the columns beside it.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


class Narrator:
    """Captions, links and results. ``fast`` leaves out the pauses and nothing else."""

    def __init__(self, console: Console, *, fast: bool) -> None:
        self.console = console
        self._fast = fast

    def act(self, number: int, title: str) -> None:
        """A new part of the story."""
        self.console.print()
        self.console.rule(f"[bold]{number} · {title}[/bold]", align="left")

    def say(self, text: str, *, pause: float = 0) -> None:
        """A caption; ``pause`` is the seconds a reader needs for it."""
        self.console.print(text, highlight=False)
        self.pause(pause)

    def link(self, label: str, address: str) -> None:
        """A place to open. Unbroken, so that a terminal makes it clickable."""
        self.console.print(f"  [dim]{label:<24}[/dim] [cyan]{address}[/cyan]", highlight=False, soft_wrap=True)

    def command(self, line: str) -> None:
        """Something to copy, as one line."""
        self.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)

    def row(self, took: str, *columns: tuple[str, int], last: str, language: str = "en") -> None:
        """A result: the time it took, columns of fixed width in terminal cells, and text of any length and script."""
        cells = "  ".join(set_cell_size(text, width) for text, width in columns)
        text = f"{ISOLATE}{last}{END_ISOLATE}" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else last
        self.console.print(f"  [green]{took:>7}[/green]  ", end="", highlight=False)
        self.console.print(f"{cells}  {text}", highlight=False, markup=False, soft_wrap=True)

    def waiting(self, text: str) -> AbstractContextManager[Any]:
        """A wheel that turns while something is waited for."""
        return self.console.status(text)

    def pause(self, seconds: float) -> None:
        """Time to read, or to look at a page."""
        if not self._fast:
            time.sleep(seconds)
