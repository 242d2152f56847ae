"""Parsing in several processes, in order and with a bounded number of rows under way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from stores.imports.errors import ImportRefused
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import MappedRow, Record

CHUNK = 500
WORTH_A_POOL = 30_000
"""Rows. Starting workers costs more than a second; fewer rows are parsed here in about that time."""

_rules: Rules | None = None


def parsed(rows: Iterable[MappedRow], rules: Rules, expected: int) -> Iterator[Record]:
    """Records of ``rows`` in their order. ``expected`` is about how many there will be."""
    workers = min(os.cpu_count() or 1, 8)
    if expected < WORTH_A_POOL or workers < 2:
        return (parse_row(row, rules) for row in rows)
    return _in_processes(iter(rows), rules, workers)


def _in_processes(rows: Iterator[MappedRow], rules: Rules, workers: int) -> Iterator[Record]:
    # spawn, because this process holds a database connection that a fork would share
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(rules,)) as pool:
        waiting: deque[Future[list[Record]]] = deque()
        while True:
            while len(waiting) < 2 * workers and (chunk := list(islice(rows, CHUNK))):
                waiting.append(pool.submit(_parse, chunk))
            if not waiting:
                return
            try:
                records = waiting.popleft().result()
            except BrokenProcessPool as error:
                raise ImportRefused("a process that parses the file was ended; is there memory enough?") from error
            yield from records


def _begin(rules: Rules) -> None:
    global _rules  # noqa: PLW0603  (a worker process has one import's rules for its whole life)
    _rules = rules
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer, and it ends the workers


def _parse(rows: list[MappedRow]) -> list[Record]:
    if _rules is None:
        raise RuntimeError("the worker was started without rules")
    return [parse_row(row, _rules) for row in rows]
