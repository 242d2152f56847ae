from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.feeds.reading import feed_stores
from stores.imports import presets
from stores.imports.job import Request, run_import
from stores.models import Store, StoreAddress, System, WeeklyHours
from stores.models.queries.stores import StoreQuerySet
from tests.people import World, store

NOON = datetime(2026, 12, 21, 12, tzinfo=UTC)
WEEK = [[{"start": "10:00", "end": "21:00"}] for _day in range(6)] + [[]]


def shown(world: World) -> StoreQuerySet:
    found: StoreQuerySet = Store.objects.visible_to(System("test")).public().filter(brand=world.rokid)
    return found


def furnished(world: World, code: str) -> Store:
    made = store(
        world.rokid, "DE", code, name={"en": f"Rokid {code}", "de": f"Rokid {code} DE"}, phone="+493012345678",
        website="https://example.com/", latitude=52.52, longitude=13.405,
    )  # fmt: skip
    StoreAddress.objects.create(
        brand=world.rokid, store=made, language="de", is_primary=True, lines=["Unter den Linden 1"], locality="Berlin",
        postal_code="10117",
    )  # fmt: skip
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    return made


def test_only_what_customers_may_know_of_is_read(world: World) -> None:
    furnished(world, "mitte")
    store(world.rokid, "DE", "hidden", published_at=None)
    store(world.rokid, "DE", "planned", status="signed", published_at=None)
    assert [record.code for record in feed_stores(shown(world), NOON)] == ["mitte"]


def test_three_stores_cost_as_many_queries_as_one(world: World) -> None:
    furnished(world, "one")
    with CaptureQueriesContext(connection) as one:
        list(feed_stores(shown(world), NOON))
    furnished(world, "two")
    furnished(world, "three")
    with CaptureQueriesContext(connection) as three:
        assert len(list(feed_stores(shown(world), NOON))) == 3
    assert len(three) == len(one)


def test_the_date_is_the_stores_own(world: World) -> None:
    furnished(world, "mitte")
    store(world.rokid, "JP", "ginza")
    late = datetime(2026, 12, 21, 20, tzinfo=UTC)
    assert {record.code: record.today for record in feed_stores(shown(world), late)} == {
        "mitte": date(2026, 12, 21),
        "ginza": date(2026, 12, 22),
    }


@pytest.mark.parametrize(("name", "source"), [("google", "google"), ("csv", "own")])
def test_a_feed_that_is_imported_again_changes_nothing(world: World, tmp_path: Path, name: str, source: str) -> None:
    furnished(world, "mitte")
    path = tmp_path / "stores.csv"
    call_command("export_feed", name, brand="rokid", language="de", output=path)
    result = run_import(Request(path, world.rokid, presets.preset(source), System("test")))
    assert {outcome: result.counts[outcome] for outcome in ("created", "changed", "unchanged", "refused")} == {
        "created": 0,
        "changed": 0,
        "unchanged": 1,
        "refused": 0,
    }
