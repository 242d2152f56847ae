"""The promises of sync, against a real shop process that crashes, hangs, lies and forgets on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stores.actions import plans
from stores.models import Channel, ChannelReadback, ConnectionHealth, MarketPlan, PlanRevision, SyncAttempt
from stores.planning.channels import desired_hash
from stores.values import clock
from tests.shopping import approved, campaign
from tests.stores.sync.conftest import Market

pytestmark = [pytest.mark.real, pytest.mark.allow_hosts(["127.0.0.1"])]


def run(market: Market) -> MarketPlan:
    return approved(market.shop, "DE")


def read_back(market: Market) -> None:
    """As if every channel's next reading were due now."""
    ChannelReadback.objects.update(due_at=clock.now() - timedelta(hours=1))
    market.sync()


def test_an_approved_plan_is_live_in_the_shop(market: Market) -> None:
    run(market)
    assert market.titles() == []
    market.sync()
    assert market.titles() == ["Winterlichter"]
    row = market.row()
    assert (row.state, row.applied_generation, row.last_error) == ("live", row.generation, "")
    assert row.remote_objects.count() == 1


def test_a_steady_network_makes_no_calls(market: Market) -> None:
    run(market)
    market.sync()
    calls = len(market.sandbox.history(market.name))
    assert market.sync().claimed == 0
    assert len(market.sandbox.history(market.name)) == calls


def test_an_edit_reaches_the_shop_only_with_its_approval(market: Market) -> None:
    made = plans.revise_plan(by=market.shop.world.emma, plan=run(market), headline={"de": "Lichterzeit"})
    market.sync()
    assert market.titles() == ["Winterlichter"]
    assert made.latest_revision is not None
    plans.approve_plan(by=market.shop.world.olivia, plan=made, content_hash=made.latest_revision.content_hash)
    market.sync()
    assert market.titles() == ["Lichterzeit"]
    assert [method for method, _ in market.applied()] == ["POST", "PUT"]


def test_stopping_removes_it_even_while_the_channel_is_paused(market: Market) -> None:
    made = run(market)
    market.sync()
    Channel.objects.filter(pk=market.channel.pk).update(status="paused")
    plans.stop_plan(by=market.shop.world.emma, plan=made)
    market.sync()
    assert (market.held(), market.row().state) == ([], "ended")


def test_a_paused_channel_takes_nothing_new(market: Market) -> None:
    run(market)
    Channel.objects.filter(pk=market.channel.pk).update(status="paused")
    assert market.sync().claimed == 0
    assert market.held() == []


def test_content_that_was_not_approved_is_held_back(market: Market) -> None:
    """Even when the rows were changed behind the actions' back, with a hash that fits."""
    run(market)
    row = market.row()
    row.desired["title"] = "90 % auf alles"
    row.save(update_fields=["desired"])
    market.sync()
    assert (market.held(), market.row().state) == ([], "rejected")
    row.desired_hash = desired_hash(row.desired, present=True)
    row.content_hash = "0" * 64
    row.save(update_fields=["desired", "desired_hash", "content_hash"])
    market.due()
    market.sync()
    assert market.held() == []


@pytest.mark.parametrize("kind", ["throttle", "error", "html", "truncated", "wrong_body", "redirect", "auth"])
def test_a_fault_is_never_taken_for_success_and_heals_by_itself(market: Market, kind: str) -> None:
    market.sandbox.fault(kind, market.name, count=1, retry_after=0)
    run(market)
    market.sync(seconds=0)
    row = market.row()
    assert row.state == "failing"
    assert row.last_error != ""
    for _ in range(3):
        market.due()
        market.sync()
    assert (market.titles(), len(market.held())) == (["Winterlichter"], 1)
    assert market.row().last_error == ""


@pytest.mark.platform(has_key=False, has_lock=False)
@pytest.mark.parametrize("kind", ["apply_then_drop", "apply_late"])
def test_a_create_that_may_have_happened_is_searched_before_it_is_repeated(market: Market, kind: str) -> None:
    market.account.options = {"late_write_seconds": 4}
    market.account.save()
    market.sandbox.fault(kind, market.name, count=1)
    run(market)
    market.sync(seconds=0)
    row = market.row()
    assert (row.state, row.create_intent_at is not None, row.suspect_until is not None) == ("failing", True, True)
    market.sync(seconds=20)
    wait_for_the_end_of_doubt(market)
    assert len(market.held()) == 1
    assert (market.row().state, market.row().suspect_until) == ("live", None)


def wait_for_the_end_of_doubt(market: Market) -> None:
    """Sync until the row is no longer suspect, as beat does every two seconds."""
    from tests.shops import wait_until

    def settled() -> bool:
        market.sync(seconds=1)
        return market.row().suspect_until is None and market.row().next_at is None

    wait_until(settled, seconds=30)


@pytest.mark.platform(has_key=False, has_lock=False)
def test_a_worker_that_died_after_creating_leaves_one_promotion(market: Market) -> None:
    """The create arrived, its answer was never recorded, the lease ran out."""
    run(market)
    row = market.row()
    market.sandbox.api(
        "POST", "promotions", market.name, json={**row.desired, "items": [dict(row.desired["items"][0])]}
    ).raise_for_status()
    row.create_intent_at = clock.now()
    row.save(update_fields=["create_intent_at"])
    market.sync()
    assert len(market.held()) == 1
    assert market.row().state == "live"


@pytest.mark.platform(has_key=False, has_lock=False)
def test_a_duplicate_is_found_by_reading_back_and_the_oldest_stays(market: Market) -> None:
    run(market)
    market.sync()
    first = market.held()[0]
    body = {key: value for key, value in first.items() if key not in {"id", "created_at", "updated_at"}}
    market.sandbox.api("POST", "promotions", market.name, json=body).raise_for_status()
    read_back(market)
    market.sync()
    assert [one["id"] for one in market.held()] == [first["id"]]
    assert market.row().state == "live"


def test_a_wiped_shop_is_refilled(market: Market) -> None:
    run(market)
    market.sync()
    market.sandbox.fault("wipe", market.name)
    assert market.titles() == []
    read_back(market)
    market.sync()
    assert market.titles() == ["Winterlichter"]
    assert ChannelReadback.objects.get(channel=market.channel).missing == 1


def test_what_somebody_changed_in_the_shop_is_healed(market: Market) -> None:
    run(market)
    market.sync()
    held = market.held()[0]
    market.sandbox.api(
        "PATCH",
        f"promotions/{held['id']}",
        market.name,
        json={"title": "Hacked"},
        headers={"If-Match": str(held["version"])},
    ).raise_for_status()
    read_back(market)
    market.sync()
    assert market.titles() == ["Winterlichter"]


def test_foreign_promotions_are_never_touched(market: Market) -> None:
    foreign = {
        "ref": "the-shops-own",
        "title": "Sommer",
        "language": "de",
        "starts_at": "2020-01-01T00:00:00Z",
        "ends_at": "2099-01-01T00:00:00Z",
        "items": [{"sku": "RG-BLK", "price": "590.00", "currency": "EUR"}],
    }
    market.sandbox.api("POST", "promotions", market.name, json=foreign).raise_for_status()
    run(market)
    market.sync()
    read_back(market)
    assert sorted(market.titles()) == ["Sommer", "Winterlichter"]


def test_a_rejection_is_shown_in_the_channels_words_and_not_repeated(market: Market) -> None:
    market.sandbox.control(
        "PUT", f"/{market.name}/prices", json={"prices": [{"sku": "OTHER", "title": "x", "amount": "1.00"}]}
    ).raise_for_status()
    run(market)
    market.sync()
    row = market.row()
    assert row.state == "rejected"
    assert "sku" in row.last_error
    assert market.sync().claimed == 0
    attempt = SyncAttempt.objects.latest("id")
    assert (attempt.operation, attempt.outcome, attempt.status) == ("create", "rejected", 422)


@pytest.mark.platform(can_schedule=False)
def test_a_channel_that_cannot_schedule_gets_it_at_the_minute(market: Market) -> None:
    now = clock.now()
    tomorrow = now.replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    later = campaign(market.shop.world.rokid, market.shop.world.olivia, starts_local=tomorrow)
    approved(market.shop, "DE", of=later)
    market.sync()
    assert (market.titles(), market.row().state) == ([], "scheduled")
    row = market.row()
    row.act_at = row.starts_at = now - timedelta(seconds=1)
    row.save(update_fields=["act_at", "starts_at"])
    market.sync()
    assert (market.titles(), market.row().state) == (["Winterlichter"], "live")


def test_the_end_empties_the_shop(market: Market) -> None:
    run(market)
    market.sync()
    row = market.row()
    row.ends_at = row.act_at = clock.now()
    row.save(update_fields=["ends_at", "act_at"])
    market.sync()
    assert (market.held(), market.row().state) == ([], "ended")


def test_an_account_that_keeps_failing_rests_and_one_probe_wakes_it(market: Market) -> None:
    market.sandbox.fault("error", market.name)
    run(market)
    for _ in range(5):
        market.sync(seconds=0)
        market.due()
    health = ConnectionHealth.objects.get(connection=market.account)
    assert (health.failures, health.open_until is not None) == (5, True)
    assert market.sync(seconds=0).claimed == 0
    market.sandbox.heal(market.name)
    ConnectionHealth.objects.update(open_until=clock.now() - timedelta(seconds=1))
    market.sync()
    health.refresh_from_db()
    assert (health.failures, health.open_until, market.titles()) == (0, None, ["Winterlichter"])


def test_revisions_cannot_be_changed_behind_an_approval(market: Market) -> None:
    from django.db import DatabaseError, transaction

    run(market)
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanRevision.objects.update(content={})
