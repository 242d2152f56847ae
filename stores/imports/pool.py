"""Parsing in several processes, in order and with a bounded number of rows under way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice

from stores.imports import copytext
from stores.imports.errors import ImportRefused
from stores.imports.mapping import ColumnMapping
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import RawRow

CHUNK = 500
WORTH_A_POOL = 30_000
"""Rows. Starting workers costs more than a second; fewer rows are parsed here in about that time."""


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


_recipe: Recipe | None = None


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
    # spawn, because this process holds a database connection that a fork would share
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(recipe,)) as pool:
        waiting: deque[Future[bytes]] = deque()
        while True:
            while len(waiting) < 2 * workers and (chunk := list(islice(rows, CHUNK))):
                waiting.append(pool.submit(_lines, chunk))
            if not waiting:
                return
            try:
                block = waiting.popleft().result()
            except BrokenProcessPool as error:
                raise ImportRefused("a process that parses the file was ended; is there memory enough?") from error
            yield block


def _begin(recipe: Recipe) -> None:
    global _recipe  # noqa: PLW0603  (a worker process has one import's recipe for its whole life)
    _recipe = recipe
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer, and it ends the workers


def _lines(rows: list[RawRow]) -> bytes:
    if _recipe is None:
        raise RuntimeError("the worker was started without a recipe")
    return _recipe.lines(rows)
