from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stores.actions import milestones
from stores.models import LaunchItem, MarketEntry, Store, StoreMilestone, User
from stores.models.queries.opening import local_day
from stores.values import clock
from tests import people

OPENINGS, LAUNCHES = "/admin/openings/", "/admin/launches/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(user: User, address: str = OPENINGS, **asked: Any) -> Any:
    answer = signed_in(user).get(address, asked)
    assert answer.status_code == 200
    return answer.context


def codes(context: Any) -> list[str]:
    return [row["store"].code for row in context["rows"]]


def coming(world: people.World, code: str, market: str, days: int | None, **fields: Any) -> Store:
    today = local_day(people.MARKETS[market]["default_time_zone"], clock.now())
    opening = None if days is None else today + timedelta(days=days)
    given = {"status": "fit_out", "published_at": None, "opening_date": opening, **fields}
    return people.store(world.rokid, market, code, **given)


@pytest.fixture
def network(world: people.World) -> None:
    coming(world, "berlin", "DE", 20)
    coming(world, "paris", "FR", -2)
    coming(world, "munich", "DE", None, status="prospect")
    coming(world, "tokyo", "JP", 5)
    people.store(world.rokid, "DE", "hamburg")
    late = coming(world, "lyon", "FR", 50, status="ready")
    StoreMilestone.objects.create(
        brand=world.rokid, store=late, kind="handover",
        due_date=local_day("Europe/Paris", clock.now()) - timedelta(days=10),
    )  # fmt: skip


def test_the_pipeline_is_ordered_by_opening_and_shows_what_is_late(world: people.World, network: None) -> None:
    shown = page(world.olivia)
    assert codes(shown) == ["paris", "tokyo", "berlin", "lyon", "munich"]
    assert shown["totals"] == {"all": 5, "soon": 2, "late": 2, "undated": 1}
    assert codes(page(world.olivia, late="1")) == ["paris", "lyon"]
    [lyon] = [row for row in shown["rows"] if row["store"].code == "lyon"]
    assert [each.kind for each in lyon["late"]] == ["handover"]
    assert [str(each) for each in lyon["gaps"]] == ["name in fr", "address", "position", "hours", "contact"]


def test_the_pipeline_is_narrowed_by_region_market_and_status(world: people.World, network: None) -> None:
    assert codes(page(world.olivia, region="asia")) == ["tokyo"]
    assert codes(page(world.olivia, market="FR")) == ["paris", "lyon"]
    assert codes(page(world.olivia, status="prospect")) == ["munich"]
    assert codes(page(world.olivia, market="XX", region="nowhere", page="9")) == []


def test_each_person_finds_the_own_part(world: people.World, network: None) -> None:
    assert codes(page(world.emma)) == ["paris", "berlin", "lyon", "munich"]
    assert codes(page(world.kenji)) == ["tokyo"]
    assert codes(page(world.emma, region="asia")) == codes(page(world.emma, market="JP")) == []
    for address in (OPENINGS, LAUNCHES):
        assert signed_in(world.stan).get(address).status_code == 404


def test_an_empty_pipeline_says_how_one_begins(world: people.World) -> None:
    text = signed_in(world.olivia).get(OPENINGS).content.decode()
    assert "No store is on its way to an opening." in text


def test_the_pipeline_costs_the_same_for_fifty_stores_as_for_one(world: people.World) -> None:
    client = signed_in(world.olivia)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(OPENINGS).status_code == 200
        return len(queries)

    milestones.plan_milestones(by=world.emma, store=coming(world, "first", "DE", 20, status="ready"))
    client.get(OPENINGS)
    one = cost()
    for number in range(4):
        milestones.plan_milestones(by=world.emma, store=coming(world, f"more-{number}", "FR", 20, status="ready"))
    assert cost() == one


def test_overdue_milestones_wait_on_the_home_page(world: people.World, network: None) -> None:
    shown = page(world.emma, "/admin/")
    assert shown["overdue_count"] == 1
    assert [(each.store.code, each.kind) for each in shown["overdue"]] == [("lyon", "handover")]
    assert page(world.kenji, "/admin/")["overdue_count"] == 0


def test_launches_show_each_market_and_what_is_to_do_first(world: people.World) -> None:
    entry = MarketEntry.objects.get(brand=world.rokid, market__code="FR")
    MarketEntry.objects.filter(pk=entry.pk).update(status="preparing")
    today = local_day("Europe/Paris", clock.now())
    for kind, days, owner in (("tax", 3, world.olivia), ("prices", -3, world.emma), ("holidays", None, None)):
        LaunchItem.objects.create(
            brand=world.rokid, entry=entry, kind=kind, owner=owner,
            due_date=None if days is None else today + timedelta(days=days),
        )  # fmt: skip
    LaunchItem.objects.create(brand=world.rokid, entry=entry, kind="rule_pack", done_date=today)
    shown = page(world.emma, LAUNCHES)
    [market] = shown["markets"]
    assert (market["done"], market["total"], market["late"]) == (1, 4, 1)
    assert [(row["item"].kind, row["late"]) for row in shown["rows"]] == [
        ("prices", True), ("tax", False), ("holidays", False),
    ]  # fmt: skip
    assert [row["item"].kind for row in page(world.emma, LAUNCHES, mine="1")["rows"]] == ["prices"]
    assert page(world.kenji, LAUNCHES)["markets"] == []
