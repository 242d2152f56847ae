"""``manage.py bench``: what Meridian does in a second beside the floor of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from retail import embedded
from retail.embedded import folders
from stores.management.bench import registry
from stores.management.bench.ground import SMALL, SMALL_STORES, Ground, free_port, small_database_url
from stores.management.bench.registry import Bench
from stores.management.explained import ExplainedCommand
from stores.management.processes.steps import Steps
from stores.management.processes.terminal import Terminal

EXAMPLES = """\
examples:
  manage.py bench                            everything, about five minutes
  manage.py bench --only locator             one benchmark or group
  manage.py bench --stores 13000             a smaller network, for a quick look
  manage.py bench --data bench-data          keep the network there for the next run
  manage.py bench --strict                   exit code 1 when a target is missed

Lines are: name value floor ratio target PASS|MISS. Value and floor are per second. docs/benchmarks.md says what each compares.
A running demo is not touched: servers, data and ports are the benchmark's own, and DATABASE_URL and REDIS_URL are not used.
"""
STORES = 65_000


class Command(ExplainedCommand):
    """Prepares servers and networks, then runs the benchmarks in a process that has only seen these."""

    help = "Measure against the floor of this machine and print: name value floor ratio target PASS|MISS."
    examples = EXAMPLES
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which benchmarks, over how many stores, where."""
        parser.add_argument(
            "--only", metavar="NAME", help="one benchmark or group, such as list, locator, sync or hours"
        )
        parser.add_argument("--stores", type=int, default=STORES, metavar="N", help="size of the large network")
        parser.add_argument("--data", type=Path, metavar="FOLDER", help="make the data here and keep it")
        parser.add_argument("--strict", action="store_true", help="exit code 1 when a target is missed")

    def handle(self, *, only: str | None, stores: int, data: Path | None, strict: bool, **options: Any) -> None:
        """Prints the lines on stdout and everything else on stderr."""
        try:
            benches = registry.select(only)
        except KeyError as error:
            raise CommandError(error.args[0]) from None
        if stores < 10 * SMALL_STORES:
            raise CommandError(f"--stores is {10 * SMALL_STORES:,} or more: the small network has {SMALL_STORES:,}.")
        terminal = Terminal(stderr=True)
        if settings.BENCH:
            self._measure(benches, terminal, strict=strict)
            return
        with _folder(data) as folder:
            environment = _environment(folder)
            os.environ.update(environment)
            (folder / "static").mkdir(exist_ok=True)  # the web processes warn when it is missing
            try:
                _prepare(benches, terminal, stores)
                code = _run_inside()
            except embedded.EmbeddedError as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                raise SystemExit(128 + signal.SIGINT) from None
            finally:
                home = folders.postgres_home()
                embedded.leave()
                if data is None:
                    shutil.rmtree(home, ignore_errors=True)
        if code:
            raise SystemExit(code)

    def _measure(self, benches: Sequence[Bench], terminal: Terminal, *, strict: bool) -> None:
        missed = False
        # Told to stop, end in the ordinary way: the ground's processes are in sessions of their own.
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda number, _: sys.exit(128 + number))
        with Ground(terminal) as ground:
            for bench in benches:
                for line in bench.measure(ground):
                    self.stdout.write(str(line))
                    self.stdout.flush()
                    missed |= not line.passes
        if missed and strict:
            raise SystemExit(1)


def _run_inside() -> int:
    """This command again, with the settings of the data folder. Whatever ends us lets it end its processes first."""
    inside = subprocess.Popen([sys.executable, *sys.argv], cwd=folders.REPO, env=os.environ)  # noqa: S603 - our own
    try:
        return inside.wait()
    except BaseException:
        inside.terminate()
        inside.wait(timeout=20)
        raise


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    """The data folder: the one that was asked for, or one that is gone afterwards."""
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    above = folders.var()
    above.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=above, ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # as root, PostgreSQL runs as another account that has to enter
        yield Path(made)


def _environment(folder: Path) -> dict[str, str]:
    """What makes every process of ours a part of the benchmark."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        os.environ.pop(name, None)
    return {
        "MERIDIAN_VAR": str(folder),
        "MERIDIAN_MODE": "demo",
        "MERIDIAN_BENCH": "1",
        "MERIDIAN_CLOCK_OFFSET": str((_moment() - datetime.now(UTC)).total_seconds()),
        "SANDBOX_PORT": str(free_port()),
        # The throttle counts as always, it only never says no.
        "API_RATE_PER_MINUTE": "6000000",
        # Reading channels back would be work beside the writes that are compared.
        "SYNC_READBACK_SECONDS": "31536000",
        "PYTHONUNBUFFERED": "1",
    }


def _moment() -> datetime:
    """When benchmarks take place in business time, so that the hour of the day does not decide what is open.

    Afternoon in East Asia, morning in India and the Gulf, and Europe is not open yet. No store opens or closes in the half hour
    that follows.
    """
    return datetime.now(UTC).replace(hour=6, minute=32, second=0, microsecond=0)


def _prepare(benches: Sequence[Bench], terminal: Terminal, stores: int) -> None:
    """Servers and networks, as far as these benchmarks need them."""
    if not any(bench.network for bench in benches):
        return
    stopping = threading.Event()  # Ctrl-C ends this command the usual way
    steps = Steps(terminal, os.environ, stopping)
    steps.run("Servers started", embedded.ensure_for_this_process)
    _load(steps, "large", stores, embedded.database_url())
    if any(bench.small for bench in benches):
        with psycopg.connect(embedded.database_url(), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [SMALL]).fetchone():
                server.execute(f"CREATE DATABASE {SMALL}")
        small = small_database_url()
        _load(Steps(terminal, os.environ | {"DATABASE_URL": small}, stopping), "small", SMALL_STORES, small)


def _load(steps: Steps, name: str, stores: int, database: str) -> None:
    steps.command(f"Tables of the {name} network", "migrate", "--no-input")
    steps.command(f"Markets of the {name} network", "load_markets")
    steps.command(f"{stores:,} stores of the {name} network", "load_network", "--stores", str(stores), "--seed", "1")
    with psycopg.connect(database, autocommit=True) as server:
        server.execute("VACUUM (ANALYZE)")  # autovacuum would do it some minutes later, amid the rounds
