from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stores.actions.keys import create_api_key
from stores.admin.base import ScopedAdmin
from tests import people
from tests.stores.admin.network import furnish, job_slot, tables


def address(model: type[models.Model], page: str, *args: object) -> str:
    from django.urls import reverse

    return reverse(f"admin:stores_{model._meta.model_name}_{page}", args=args)


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]  # a person of the cast
    return client


def test_every_table_is_in_the_dashboard_through_the_scoped_base() -> None:
    missing = [model.__name__ for model in tables() if not isinstance(admin.site._registry.get(model), ScopedAdmin)]
    assert missing == []
    assert set(admin.site._registry) == set(tables())


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_the_owner_opens_every_list_with_as_many_queries_for_three_rows_as_for_one(
    model: type[models.Model], world: people.World
) -> None:
    client = signed_in(world.olivia)
    furnish(world.rokid, "DE", "berlin")
    job_slot()
    client.get(address(model, "changelist"))
    with CaptureQueriesContext(connection) as one:
        assert client.get(address(model, "changelist")).status_code == 200
    furnish(world.rokid, "FR", "paris")
    furnish(world.rokid, "JP", "tokyo")
    with CaptureQueriesContext(connection) as three:
        assert client.get(address(model, "changelist")).status_code == 200
    more = [query["sql"] for query in three.captured_queries]
    assert len(three) == len(one), "\n".join(more)


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_the_owner_opens_every_record_and_every_form(model: type[models.Model], world: people.World) -> None:
    place = furnish(world.rokid, "DE", "berlin")
    job_slot()
    client = signed_in(world.olivia)
    create_api_key(by=world.olivia, brand=world.rokid, name="Web shop")
    row = place.rows.get(model.__name__) or model._default_manager.first()
    assert row is not None
    assert client.get(address(model, "change", row.pk)).status_code == 200
    assert client.get(address(model, "history", row.pk)).status_code == 200
    registered = admin.site._registry[model]
    expected = 200 if isinstance(registered, ScopedAdmin) and registered.add_ability else 404
    assert client.get(address(model, "add")).status_code == expected
