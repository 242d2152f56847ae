"""``manage.py up``: everything of Meridian on this machine, with one command and one Ctrl-C."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from retail import embedded
from stores.management import translations
from stores.management.explained import ExplainedCommand
from stores.management.processes import health, summary
from stores.management.processes.child import Child
from stores.management.processes.record import Ports, Record, port_from, require_free
from stores.management.processes.static import StaticFiles
from stores.management.processes.steps import Steps, Stopped
from stores.management.processes.supervisor import Signals, Supervisor
from stores.management.processes.terminal import Terminal

EXAMPLES = """\
examples:
  manage.py up                                     everything, with the demo network on the first start
  manage.py up --no-demo                           everything, with markets and nothing else
  PORT=8010 SANDBOX_PORT=8110 manage.py up         on other ports
  MERIDIAN_VAR=/srv/meridian manage.py up          with the data in another folder
  DATABASE_URL=postgres://me@db/meridian REDIS_URL=redis://cache/1 CELERY_BROKER_URL=redis://queue/0 manage.py up
                                                   only our processes, on servers of yours
  MERIDIAN_CLOCK_OFFSET=3600 manage.py up          one hour ahead (demo only)
"""


class Command(ExplainedCommand):
    """Start servers, prepare the database, run web, jobs and shops, and stop all of it on Ctrl-C."""

    help = "Start Meridian: embedded PostgreSQL and Valkey, the web site, jobs and the sandbox shops. Ctrl-C stops all."
    examples = EXAMPLES
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice: with or without the demo network."""
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo network on the first start")

    def handle(self, *, no_demo: bool, **options: Any) -> None:
        """Run until told to stop; the exit code is 1 when something could not start."""
        signals = Signals()
        terminal = Terminal()
        ports = Ports(port_from("PORT", 8000), port_from("SANDBOX_PORT", 8100))
        if ports.web == ports.shops:
            raise CommandError(f"PORT and SANDBOX_PORT are both {ports.web}: the web site and the shops need one each")
        environment = _environment(ports)
        try:
            record = Record()
            record.claim()
            for name in record.reap():
                terminal.print(f"[yellow]![/yellow] ended {name}, left over from a run that was killed")
            require_free("PORT", ports.web)
            require_free("SANDBOX_PORT", ports.shops)
            signals.listen()
            steps = Steps(terminal, environment, signals.stopping)
            self._prepare(steps, demo=not no_demo)
            children = [
                Child(name, argv, environment=environment, terminal=terminal, keep_open=embedded.users_handle())
                for name, argv in commands(ports.web).items()
            ]
            supervisor = Supervisor(children, signals=signals, terminal=terminal, record=record, ports=ports)
            try:
                self._run(supervisor, steps, terminal, ports)
            finally:
                signals.stopping.set()
                terminal.say("up", "stopping (Ctrl-C again kills)")
                supervisor.stop()
        except Stopped:
            pass
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from error
        finally:
            self._leave(terminal)

    def _prepare(self, steps: Steps, *, demo: bool) -> None:
        if embedded.needs_postgres() or embedded.needs_valkey():
            steps.run("Servers started", embedded.ensure_for_this_process)
        if not embedded.needs_postgres():
            steps.run("Database answers", _require_database)
        steps.command("Tables up to date", "migrate", "--no-input")
        static = StaticFiles()
        if static.changed():
            steps.command("Static files in place", "collectstatic", "--no-input", "--clear")
            static.remember()
        steps.run("Translations compiled", translations.compile_changed)
        steps.command("Markets loaded", "load_markets")
        steps.command("Towns of the world ready", "prepare_places")
        # All of the demo is one transaction, so stores mean that it is complete, or that the person has a network.
        if demo and not _has("Store"):
            steps.command("Demo network loaded", "load_demo", shows_progress=True)
        if not _has("HolidayDate"):
            # Where a brand is present is enough to begin with, and takes two seconds instead of ten.
            entered = ["--entered"] if _has("MarketEntry") else []
            steps.command("Public holidays loaded", "load_holidays", *entered)
            steps.command("Coming holidays proposed", "propose_special_days")

    def _run(self, supervisor: Supervisor, steps: Steps, terminal: Terminal, ports: Ports) -> None:
        healthy = partial(health.healthy, ports=ports)
        # The shops have to know their channels before the worker speaks to them.
        supervisor.start("shops", "web")
        supervisor.wait_healthy("shops", healthy=healthy)
        steps.command("Shops opened", "register_shops")
        supervisor.start("worker", "beat")
        supervisor.wait_healthy("web", "worker", "beat", healthy=healthy)
        steps.check()
        summary.show(terminal, ports=ports, access=summary.demo_access())
        connection.close()
        supervisor.watch()

    def _leave(self, terminal: Terminal) -> None:
        connection.close()
        used = embedded.users_handle() is not None
        stopped = embedded.leave()
        if used and stopped:
            terminal.say("up", "stopped; the data is kept")
        elif used:
            terminal.say("up", "stopped; the database stays for another manage.py command that uses it")


def commands(port: int) -> dict[str, list[str]]:
    """The command line of each process, by the name its lines carry."""
    python = sys.executable
    # Two at least: one that computes must not keep the other from answering. More than four only costs memory.
    processes = max(2, min(4, os.cpu_count() or 2))
    celery = [python, "-m", "celery", "--quiet", "-A", "retail"]
    schedule = Path(embedded.var()) / "run" / "beat-schedule"
    return {
        "shops": [python, "-m", "retail.sandbox"],
        "web": [
            python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws",
            "--workers", str(processes), "--blocking-threads", "4", "--respawn-failed-workers",
            "--log-level", "warning",
            "retail.wsgi:application",
        ],
        "worker": [
            *celery, "worker", "--loglevel", "WARNING", "--concurrency", str(processes), "--hostname", "worker@%h",
            "--without-gossip", "--without-mingle",
        ],
        "beat": [
            *celery, "beat", "--loglevel", "WARNING", "--schedule", str(schedule), "--pidfile=",
            "--enable-remote-control", "--hostname", "celerybeat@%h",
        ],
    }  # fmt: skip


def _environment(ports: Ports) -> dict[str, str]:
    """What every process of ours is started with: our own, and the choices that were made here."""
    return os.environ | {
        "MERIDIAN_MODE": os.environ.get("MERIDIAN_MODE") or "demo",
        "MERIDIAN_VAR": str(embedded.var()),
        "PORT": str(ports.web),
        "SANDBOX_PORT": str(ports.shops),
        "PYTHONUNBUFFERED": "1",
        # Celery warns about root at length; in a container there is often no other account.
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS") or "ignore::UserWarning:celery.platforms",
    }


def _require_database() -> None:
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise CommandError(f"The database of DATABASE_URL does not answer: {error}") from error


def _has(table: str) -> bool:
    found = apps.get_model("stores", table).objects.exists()
    connection.close()
    return bool(found)
