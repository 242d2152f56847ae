"""The store list as a file: what the list shows, in the columns of an import, and nobody else's."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from stores.models import Grant, Role, Store, User
from tests import people
from tests.stores.admin.test_publishing import signed_in
from tests.stores.imports.lists import Desk

pytestmark = pytest.mark.django_db
EXPORT = "/admin/stores/store/export"


@pytest.fixture
def desk(world: people.World, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def stores(world: people.World) -> list[Store]:
    theirs = {"operator": world.optician}
    return [
        people.store(world.rokid, "DE", "berlin", phone="+4930901820"),
        people.store(world.rokid, "DE", "munich", status="closed"),
        people.store(world.rokid, "JP", "tokyo"),
        people.store(world.rokid, "FR", "paris", **theirs),
        people.store(world.acme, "DE", "acme-1"),
    ]


def exported(user: User, query: str = "", brand: str = "rokid") -> list[str]:
    """The codes in the file that the person gets."""
    answer: Any = signed_in(user).get(f"{EXPORT}/{brand}/csv/{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [row["code"] for row in csv.DictReader(io.StringIO(text))]


def test_the_file_holds_what_the_search_and_the_filters_of_the_list_leave(
    world: people.World, stores: list[Store]
) -> None:
    assert exported(world.olivia) == ["berlin", "munich", "paris", "tokyo"]
    assert exported(world.olivia, "?status__exact=open") == ["berlin", "paris", "tokyo"]
    germany = world.markets["DE"].pk
    assert exported(world.olivia, f"?market__id__exact={germany}&status__exact=open&o=-2") == ["berlin"]
    assert exported(world.olivia, "?q=toky") == ["tokyo"]


def test_everybody_gets_what_they_may_see_and_no_more(world: people.World, stores: list[Store]) -> None:
    assert exported(world.emma) == ["berlin", "munich", "paris"]
    assert exported(world.kenji) == ["tokyo"]
    assert exported(world.mei) == ["paris"]
    assert exported(world.olivia, brand="acme") == []
    assert signed_in(world.olivia).get(f"{EXPORT}/rokid/odt/").status_code == 404
    assert signed_in(world.olivia).get(f"{EXPORT}/rokid/csv/?market__id__exact=x").status_code == 302
    assert signed_in(world.stan).get(f"{EXPORT}/rokid/csv/").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_from_the_list_changes_nothing_when_it_is_imported(
    form: str, world: people.World, stores: list[Store], desk: Desk, tmp_path: Path
) -> None:
    answer: Any = signed_in(world.olivia).get(f"{EXPORT}/rokid/{form}/")
    file = tmp_path / f"list.{form}"
    file.write_bytes(b"".join(answer.streaming_content))
    assert answer["Content-Disposition"] == f'attachment; filename="stores-rokid.{form}"'
    assert [line["outcome"] for line in desk.run(file, source="own")] == ["unchanged"] * 4


def test_the_list_and_the_wizard_lead_to_the_file(world: people.World, stores: list[Store]) -> None:
    client = signed_in(world.olivia)
    page = client.get("/admin/stores/store/?status__exact=open").content.decode()
    assert f'href="{EXPORT}/rokid/xlsx/?status__exact=open"' in page
    assert "Export these stores" in page
    assert f'href="{EXPORT}/rokid/csv/"' in client.get("/admin/imports/new/").content.decode()


def test_a_file_holds_one_brand_and_the_list_offers_each(world: people.World, stores: list[Store]) -> None:
    Grant.objects.create(user=world.olivia, role=Role.objects.get(code="owner"), brand=world.acme)
    olivia = User.objects.get(pk=world.olivia.pk)
    page = signed_in(olivia).get("/admin/stores/store/").content.decode()
    assert ("Export these stores of Acme" in page, "Export these stores of Rokid" in page) == (True, True)
    assert (exported(olivia, brand="acme"), len(exported(olivia))) == (["acme-1"], 4)
