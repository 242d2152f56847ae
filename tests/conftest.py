"""What every test stands on: a real PostgreSQL under the application's role, and no socket but where a test asks for one."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation
from hypothesis import settings as Examples  # noqa: N812  (Django's settings have the name)
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import blocking_manager_key

from retail import embedded
from stores.management import translations
from tests import people, shopping
from tests.running import TEST_RUN, forget_first_start

# How long an example takes says something about the machine; speed is measured by make bench.
Examples.register_profile("without-deadline", parent=Examples(), deadline=None)
Examples.load_profile("without-deadline")


def pytest_configure(config: pytest.Config) -> None:
    embedded.ensure_for_this_process()
    if not hasattr(config, "workerinput"):
        os.environ[TEST_RUN] = str(os.getpid())
        # Once, before any worker: Django keeps the catalogues it has read, so a test cannot compile them later.
        translations.compile_changed()
    # Static files are served by their finders in tests; the middleware warns about a folder that is not there.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        forget_first_start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Function, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put back the rows that migrations ship: tests with real commits empty every table when they end."""
    # Asked of the test before its fixtures are gone, done after the last of them has emptied the tables.
    mark = item.get_closest_marker("django_db")
    commits = bool(mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(
        item.fixturenames
    )
    yield
    if commits and nextitem is not None:  # after the last one the database itself is gone
        with item.config.stash[blocking_manager_key].unblock():
            folder = Path(import_module("stores.migrations").__path__[0])
            for migration in sorted(folder.glob("[0-9]*.py")):
                seed = getattr(import_module(f"stores.migrations.{migration.stem}"), "seed", None)
                if seed is not None:
                    seed(apps, None)
            connection.close()


@pytest.fixture(autouse=True)
def _no_language_of_the_last_request() -> None:
    """A request leaves its reader's language with the thread, as in production, where the next request sets its own."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None, request: Any
) -> Iterator[None]:
    """Create and migrate the test database as its owner, then go on as the application's role, as production does."""
    from django.test.utils import teardown_databases

    def become(role: str | None) -> None:
        connection.close()
        options = connection.settings_dict["OPTIONS"]
        options.pop("assume_role", None)
        if role:
            options["assume_role"] = role

    become(None)
    with django_db_blocker.unblock():
        databases = _databases()
        become(settings.APP_ROLE)
    yield
    with django_db_blocker.unblock():
        become(None)
        teardown_databases(databases, verbosity=0)


def _databases() -> list[tuple[BaseDatabaseWrapper, str, bool]]:
    """The test database, copied from one that was migrated before: migrations take twenty seconds, a copy takes one.

    The first process of a run that finds none makes it, while the others wait; it is made anew when a migration or a pinned
    requirement changes.
    """
    from django.test.utils import setup_databases

    template = f"template_{_schema_digest()}"
    with _owner() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('tests', 0))")
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%'")
        known = {name for (name,) in cursor.fetchall()}
        if template in known:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            connection.settings_dict["TEST"]["TEMPLATE"] = template
            return setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        with connection.cursor() as own:
            # Tests with real commits empty the tables afterwards; nothing else may truncate.
            own.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {settings.APP_ROLE}")
        connection.close()
        for former in known:
            cursor.execute(f'DROP DATABASE IF EXISTS "{former}"')
        # Under another name until it is whole: a copy that was cut off is never taken for one.
        cursor.execute('DROP DATABASE IF EXISTS "copying_template"')
        cursor.execute(f'CREATE DATABASE "copying_template" TEMPLATE "{connection.settings_dict["NAME"]}"')
        cursor.execute(f'ALTER DATABASE "copying_template" RENAME TO "{template}"')
        return made


@contextmanager
def _owner() -> Iterator[Any]:
    """A cursor of the cluster's owner outside the test database."""
    with connection._nodb_cursor() as cursor:  # as Django does to make test databases
        yield cursor


def _schema_digest() -> str:
    digest = hashlib.sha256()
    for path in (
        *sorted((settings.BASE_DIR / "stores" / "migrations").glob("*.py")),
        settings.BASE_DIR / "requirements.txt",
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture
def world(db: None) -> people.World:
    """The fixed cast and what they work on."""
    return people.world()


@pytest.fixture
def shop(world: people.World) -> shopping.Shop:
    """Rokid's web shops in Japan and Germany with priced glasses."""
    return shopping.shop(world)


@pytest.fixture
def site(transactional_db: None) -> Iterator[str]:
    """The site on a port of its own. pytest-django's fixture would empty the tables after our rows were put back."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's chromium. Rows are made before it is asked for: no query of the test may run beside it."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        # Chromium refuses its own sandbox to root; WebGL is drawn by the processor.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=program, args=[*sandbox, "--enable-unsafe-swiftshader", "--use-angle=swiftshader"]
        )
        yield browser
        browser.close()
