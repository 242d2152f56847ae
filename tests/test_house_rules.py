"""Rules of the house that no linter knows."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

import stores.models as exported
from stores.actions.keys import create_api_key
from stores.sync import slots
from tests.people import World
from tests.stores.admin.network import furnish, tables

ROOT = Path(__file__).resolve().parents[1]


def sources(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_every_table_is_exported_from_the_models_package() -> None:
    names = {model.__name__ for model in tables()}
    assert names - set(exported.__all__) == set()


def test_every_table_is_registered_in_the_dashboard() -> None:
    assert {model.__name__ for model in tables() if not admin.site.is_registered(model)} == set()


@pytest.mark.django_db
def test_every_table_has_a_row_in_the_tests_network(world: World) -> None:
    furnish(world.rokid, "DE", "berlin")
    create_api_key(by=world.olivia, brand=world.rokid, name="Web shop")
    slots.take("sync.tick", every_seconds=2)
    empty = {model.__name__ for model in tables() if not model._default_manager.exists()}
    assert empty == set()


def test_every_table_says_what_its_rows_are_called() -> None:
    nameless = {model.__name__ for model in tables() if model.__str__ is models.Model.__str__}
    assert nameless == set()


def test_every_scoped_table_names_its_scope() -> None:
    """A table without a scope would show nothing to anyone; one without the method could show everything."""
    unscoped = {model.__name__ for model in tables() if getattr(model._default_manager.all(), "scope", None) is None}
    assert unscoped == set()


def test_migrations_are_named_and_follow_one_another() -> None:
    folder = ROOT / "stores" / "migrations"
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    assert [name for name in names if re.search(r"_auto_\d|_alter_.*_and_more", name)] == []
    for before, after in itertools.pairwise(names):
        assert f'"{before}"' in (folder / f"{after}.py").read_text().replace("'", '"')


def test_files_stay_within_their_budget() -> None:
    budgets = {"stores/models": 300, "stores": 400, "retail": 400, "tests": 600}
    over = {
        str(path.relative_to(ROOT)): lines(path)
        for folder, most in budgets.items()
        for path in sources(folder)
        if lines(path) > most
    }
    assert over == {}


def test_models_are_apart_from_history() -> None:
    """Sync state and password hashes leave no history; what people change does."""
    tracked = {
        event._meta.model.__name__
        for event in apps.get_app_config("stores").get_models()
        if hasattr(event, "pgh_label")
    }
    assert not tracked & {"ChannelPromotionEvent", "SyncAttemptEvent", "ConnectionHealthEvent"}
    users = apps.get_model("stores", "UserEvent")
    assert {field.name for field in users._meta.fields} & {"password", "last_login"} == set()
