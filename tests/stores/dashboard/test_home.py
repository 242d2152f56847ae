from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stores.actions import campaigns
from stores.models import ChannelPromotion, MarketPlan, Store, User
from stores.values import clock
from tests import people
from tests.stores.admin.network import furnish


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def home(user: User) -> Any:
    answer = signed_in(user).get("/admin/")
    assert answer.status_code == 200
    return answer.context


def make_live(mark: str) -> None:
    """The place's promotion as sync leaves it once it has arrived, in a plan that runs now."""
    now = clock.now()
    rows = ChannelPromotion.objects.filter(plan__campaign__code=f"{mark}-sale")
    rows.update(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), state="live",
                applied_generation=1)  # fmt: skip
    for row in rows:
        MarketPlan.objects.filter(pk=row.plan_id).update(
            approved_revision=row.revision, review_state="approved", starts_at=row.starts_at, ends_at=row.ends_at
        )


def test_an_empty_network_says_what_is_missing(world: people.World) -> None:
    page = signed_in(world.olivia).get("/admin/").content.decode()
    for sentence in (
        "There are no stores in your markets yet.",
        "No campaign reaches your markets yet.",
        "Nothing is scheduled.",
    ):
        assert sentence in page


def test_somebody_without_a_grant_sees_nothing_but_whom_to_ask(world: people.World) -> None:
    furnish(world.rokid, "DE", "berlin")
    page = signed_in(world.stan).get("/admin/").content.decode()
    assert "Nothing has been granted to you yet" in page
    assert "berlin" not in page


def test_stores_are_counted_by_market_and_stage_within_the_own_region(world: people.World) -> None:
    for number, status in enumerate(("open", "open", "signed", "temporarily_closed", "closed")):
        people.store(world.rokid, "DE", f"de-{number}", status=status, published_at=None)
    people.store(world.rokid, "JP", "jp-1")
    people.store(world.acme, "DE", "acme-1")
    markets = home(world.emma)["markets"]
    assert [
        (row["name"], row["total"], row["open"], row["planned"], row["paused"], row["closed"]) for row in markets
    ] == [("Germany", 5, 2, 1, 1, 1)]
    assert [row["name"] for row in home(world.olivia)["markets"]] == ["Germany", "Japan"]


def test_a_campaign_is_live_in_the_channels_of_the_own_region(world: people.World) -> None:
    furnish(world.rokid, "DE", "berlin")
    furnish(world.rokid, "JP", "tokyo")
    make_live("berlin")
    found = {row["campaign"].code: row["progress"] for row in home(world.emma)["campaigns"]}
    assert {code: (one.state, one.done, one.wanted) for code, one in found.items()} == {"berlin-sale": ("live", 1, 1)}


def test_a_channel_that_refuses_is_named_with_its_own_words(world: people.World) -> None:
    furnish(world.rokid, "DE", "berlin")
    furnish(world.rokid, "JP", "tokyo")
    ChannelPromotion.objects.update(state="failing", last_error="503 come back later", failing_since=clock.now())
    rows = home(world.emma)["failing"]
    assert [(row["channel"], row["failing"], row["last_error"]) for row in rows] == [
        ("berlin-shop", 1, "503 come back later")
    ]
    assert rows[0]["since"] is not None
    board = signed_in(world.emma).get("/admin/sync/?failing=1").content.decode()
    assert "503 come back later" in board
    assert "tokyo" not in board


def test_plans_wait_for_those_who_may_approve_them(world: people.World) -> None:
    furnish(world.rokid, "DE", "berlin")
    MarketPlan.objects.update(review_state="in_review")
    assert [plan.campaign.code for plan in home(world.emma)["to_approve"]] == ["berlin-sale"]
    assert home(world.kenji)["to_approve"] == []


def test_the_page_asks_as_many_questions_for_three_markets_as_for_one(world: people.World) -> None:
    furnish(world.rokid, "DE", "berlin")
    client = signed_in(world.olivia)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as one:
        client.get("/admin/")
    furnish(world.rokid, "FR", "paris")
    furnish(world.rokid, "JP", "tokyo")
    with CaptureQueriesContext(connection) as three:
        client.get("/admin/")
    assert len(three) == len(one) <= 25


def test_the_chart_sums_up_small_markets_in_its_last_bar() -> None:
    from stores.dashboard.home import MOST_BARS, STAGES, chart

    markets = [
        {"name": str(number), "total": 1, **dict.fromkeys(dict(STAGES), 0), "open": 1}
        for number in range(MOST_BARS + 3)
    ]
    drawn = chart(markets)
    assert drawn["labels"][-1] == "3 other markets"
    assert [one["stage"] for one in drawn["series"]] == ["open"]
    assert sum(drawn["series"][0]["data"]) == MOST_BARS + 3


def test_a_frozen_campaign_says_so(world: people.World) -> None:
    place = furnish(world.rokid, "DE", "berlin")
    campaigns.freeze_campaign(by=world.olivia, campaign=place["Campaign"])
    assert "Frozen" in signed_in(world.olivia).get("/admin/").content.decode()


@pytest.mark.parametrize("path", ["/admin/sync/", "/admin/sync/?failing=1"])
def test_the_sync_board_without_rows_says_what_to_do(path: str, world: people.World) -> None:
    assert "m-empty" in signed_in(world.olivia).get(path).content.decode()
    assert signed_in(world.stan).get(path).status_code == 404


def test_a_store_says_how_it_opens_in_the_next_two_weeks(world: people.World) -> None:
    place = furnish(world.rokid, "DE", "berlin")
    page = signed_in(world.olivia).get(f"/admin/stores/store/{place['Store'].pk}/change/").content.decode()
    assert page.count("10:00–21:00") == 14
    assert Store.objects.count() == 1
