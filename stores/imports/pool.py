"""Parsing in several processes, in order and with a bounded number of rows under way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import Pipe
from pathlib import Path

from stores.imports import copytext
from stores.imports.errors import ImportRefused
from stores.imports.mapping import ColumnMapping
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import RawRow

CHUNK = 500
WORTH_A_POOL = 30_000
"""Rows. Fewer are parsed here in about the time that it takes to start processes and hand the rows over."""
_ROOT = Path(__file__).parents[2]
_WORKER = "stores.imports.worker"


@dataclass(frozen=True)
class Recipe:
    """What makes records out of rows; it is sent to each process once."""

    mapping: ColumnMapping
    rules: Rules

    def lines(self, rows: Iterable[RawRow]) -> bytes:
        """The rows as lines of COPY."""
        return copytext.lines(
            parse_row(self.mapping.apply(row.number, row.values, row.surplus), self.rules) for row in rows
        )


def parsed(rows: Iterable[RawRow], recipe: Recipe, expected: int) -> Iterator[bytes]:
    """Blocks of COPY lines of ``rows``, in their order. ``expected`` is about how many rows there will be."""
    workers = min(os.cpu_count() or 1, 8)
    waiting = iter(rows)
    if expected >= WORTH_A_POOL and workers > 1:
        # Not before there are rows: a file of blank lines has none.
        first = list(islice(waiting, CHUNK))
        yield from (
            _in_processes(chain(first, waiting), recipe, workers) if len(first) == CHUNK else [recipe.lines(first)]
        )
        return
    while chunk := list(islice(waiting, CHUNK)):
        yield recipe.lines(chunk)


def _in_processes(rows: Iterator[RawRow], recipe: Recipe, workers: int) -> Iterator[bytes]:
    """Each process has one chunk at a time, or both ends of its pipe could wait for the other to read."""
    with ExitStack() as stack:
        busy: deque[_Process] = deque()
        while len(busy) < workers and (chunk := list(islice(rows, CHUNK))):
            busy.append(stack.enter_context(_Process(recipe)))
            busy[-1].send(chunk)
        while busy:
            process = busy.popleft()
            block = process.receive()
            if chunk := list(islice(rows, CHUNK)):
                process.send(chunk)
                busy.append(process)
            yield block


class _Process:
    """A process that parses rows.

    A program of its own: a worker of Celery may have no children by multiprocessing, and this process holds a database
    connection that a fork would share. It ends with its pipe, also when this process is killed.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (ourselves, with a number)
                [sys.executable, "-m", _WORKER, str(theirs.fileno())],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.send(recipe)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *error: object) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def send(self, what: Recipe | list[RawRow]) -> None:
        try:
            self._pipe.send(what)
        except ConnectionError as error:
            raise self._ended() from error

    def receive(self) -> bytes:
        try:
            return self._pipe.recv_bytes()
        except (EOFError, ConnectionError) as error:
            raise self._ended() from error

    def _ended(self) -> Exception:
        if self._process.wait() < 0:
            return ImportRefused("a process that parses the file was ended; is there memory enough?")
        return RuntimeError("a process that parses rows failed; what it printed says why")
