"""Rows that meet what no honest platform does: they neither spin, nor stall, nor stop the others."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from stores.actions import campaigns, plans
from stores.connectors.contract import Answer, ChannelConfig
from stores.models import (
    Channel,
    ChannelPromotion,
    Connection,
    ConnectionHealth,
    MarketPlan,
    PlanRevision,
    SyncAttempt,
)
from stores.sync import claims, completion, readback
from stores.sync.converge import CALL_SECONDS, begun
from stores.sync.database import connected
from stores.values import clock
from stores.values.documents import Capabilities
from tests import people, shopping
from tests.shops import wait_until
from tests.stores.sync.platform import Platform, sync


@pytest.fixture
def shop(transactional_db: None) -> shopping.Shop:
    return shopping.shop(people.world())


@pytest.fixture
def platform() -> Platform:
    return Platform()


def row(market: str = "DE") -> ChannelPromotion:
    found: ChannelPromotion = ChannelPromotion.objects.get(channel__market__code=market)
    return found


def due() -> None:
    ChannelPromotion.objects.exclude(next_at=None).look_now()


def drift() -> None:
    """As read-back marks a row whose channel differs."""
    ChannelPromotion.objects.update(next_at=clock.now() - timedelta(seconds=1), suspect_until=clock.now())


def both(shop: shopping.Shop) -> None:
    """The same campaign live in two markets, on two accounts."""
    of = shopping.campaign(shop.world.rokid, shop.world.olivia)
    for market in ("DE", "JP"):
        shopping.approved(shop, market, of=of)


def test_words_that_the_database_cannot_keep_harm_nobody(shop: shopping.Shop, platform: Platform) -> None:
    both(shop)
    platform.answers["create"] = [Answer(kind="retry", status=500, error="a\0b\ud800c")]
    sync(platform)
    assert sorted(ChannelPromotion.objects.values_list("state", "last_error")) == [("failing", "ab?c"), ("live", "")]
    assert SyncAttempt.objects.filter(error="ab?c").count() == 1


def test_a_document_nobody_can_read_harms_nobody_else(shop: shopping.Shop, platform: Platform) -> None:
    both(shop)
    ChannelPromotion.objects.filter(channel__market__code="DE").update(desired={"schema": 1.5})
    sync(platform)
    assert (row("DE").state, row("JP").state) == ("failing", "live")


def test_an_option_of_a_newer_release_is_passed_over(shop: shopping.Shop, platform: Platform) -> None:
    Connection.objects.update(options={"has_wings": True})
    shopping.approved(shop, "DE")
    sync(platform)
    assert row().state == "live"


def test_a_refusal_after_a_doubt_is_final_all_the_same(shop: shopping.Shop, platform: Platform) -> None:
    shopping.approved(shop, "DE")
    sync(platform)
    platform.held.clear()
    platform.always["create"] = Answer(kind="rejected", status=422, error="sku: unknown")
    drift()
    sync(platform, seconds=2)
    found = row()
    assert (found.state, found.next_at, found.suspect_until, platform.calls.count("create")) == (
        "rejected",
        None,
        None,
        2,
    )


@pytest.mark.parametrize("operation", ["create", "find"])
def test_a_shop_that_is_not_where_we_look_is_not_asked_without_end(
    shop: shopping.Shop, platform: Platform, operation: str
) -> None:
    platform.always[operation] = Answer(kind="gone", status=404, error="no such shop")
    shopping.approved(shop, "DE")
    if operation == "find":
        drift()
    sync(platform)
    found = row()
    assert found.next_at is not None
    assert (found.state, found.next_at > found.updated_at) == ("failing", True)


def test_an_end_is_tried_again_even_when_the_platform_refuses_it(shop: shopping.Shop, platform: Platform) -> None:
    plan = shopping.approved(shop, "DE")
    sync(platform)
    plans.stop_plan(by=shop.world.emma, plan=plan)
    platform.answers["withdraw"] = [Answer(kind="rejected", status=400, error="not now")]
    sync(platform)
    assert (row().state, len(platform.held)) == ("rejected", 1)
    due()
    sync(platform)
    assert (row().state, platform.held) == ("ended", [])


def test_a_doubt_that_comes_up_during_a_call_outlives_its_success(shop: shopping.Shop) -> None:
    """Another worker lost this row's lease and then found its own write answered."""
    shopping.approved(shop, "DE")
    until = clock.now() + timedelta(seconds=30)

    async def work() -> None:
        async with connected() as db:
            await claims.prepare(db)
            claimed = await claims.claim(db, now=clock.now(), most=1)
            await db.execute("UPDATE stores_channelpromotion SET suspect_until = %s", [until])
            await completion.complete(db, [begun(one, clock.now()) for one in claimed], now=clock.now())

    asyncio.run(work())
    assert (row().state, row().suspect_until, row().next_at) == ("live", until, until)


def test_a_defect_after_a_create_leaves_one_promotion(shop: shopping.Shop, platform: Platform) -> None:
    shopping.approved(shop, "DE")
    platform.after = True
    platform.answers["create"] = [RuntimeError("a connector's own defect")]
    sync(platform)
    assert (row().state, len(platform.held)) == ("failing", 1)
    due()
    sync(platform)
    assert (row().state, len(platform.held)) == ("live", 1)


def test_a_defect_at_the_end_waits_before_the_next_try(shop: shopping.Shop, platform: Platform) -> None:
    shopping.approved(shop, "DE")
    sync(platform)
    platform.answers["withdraw"] = [RuntimeError("a connector's own defect")] * 9
    sync(platform, now=row().ends_at + timedelta(minutes=1))
    assert (row().state, row().act_at) == ("failing", None)


def test_what_appears_before_its_start_is_removed_where_nothing_can_be_scheduled(
    shop: shopping.Shop, platform: Platform
) -> None:
    """A write that landed late, found by reading back: our own row knows of nothing there."""
    Connection.objects.update(options={"can_schedule": False})
    shopping.approved(shop, "DE")
    sync(platform)
    before = row().starts_at - timedelta(hours=1)
    late = list(platform.held)
    sync(platform, now=before)
    drift()
    sync(platform, now=before)
    platform.held = late
    drift()
    sync(platform, now=before, seconds=2)
    found = row()
    assert (platform.held, found.suspect_until, found.next_at, found.act_at) == ([], None, None, found.starts_at)


def test_content_held_back_goes_out_when_it_turns_out_to_be_approved(shop: shopping.Shop, platform: Platform) -> None:
    plan = shopping.approved(shop, "DE")
    MarketPlan.objects.filter(pk=plan.pk).update(approved_revision=None, review_state="draft")
    sync(platform)
    assert (row().state, platform.held) == ("rejected", [])
    MarketPlan.objects.filter(pk=plan.pk).update(approved_revision=PlanRevision.objects.get())
    due()
    sync(platform)
    assert (row().state, len(platform.held)) == ("live", 1)


@pytest.mark.parametrize(("failures", "rested", "pulled"), [(1, False, False), (5, True, True)])
def test_only_an_account_back_from_a_rest_pulls_waiting_rows_forward(
    shop: shopping.Shop, platform: Platform, *, failures: int, rested: bool, pulled: bool
) -> None:
    """Else one row that always fails would be tried again with every success beside it."""
    both(shop)
    Channel.objects.update(connection=shop.channels["DE"].connection)
    waiting = clock.now() + timedelta(minutes=5)
    ChannelPromotion.objects.filter(channel__market__code="JP").update(next_at=waiting, state="failing")
    account_health(shop.channels["DE"], failures=failures, rested=rested)
    sync(platform)
    assert row("DE").state == "live"
    assert (row("JP").next_at != waiting) == pulled


def account_health(channel: Channel, *, failures: int, rested: bool) -> None:
    now = clock.now()
    over = now - timedelta(seconds=1) if rested else None
    ConnectionHealth.objects.create(
        connection_id=channel.connection_id or 0, tokens=10, tokens_at=now, failures=failures, open_until=over
    )


def test_a_channel_that_has_no_end_is_read_no_longer_than_a_run_may_take(platform: Platform) -> None:
    platform.always["list"] = Answer(kind="applied", cursor="again")
    config = ChannelConfig("web-de", "https://shop.example", "de", "", "EUR", Capabilities())
    reading = readback.Reading(row={}, config=config, expected=())
    page = asyncio.run(readback.fetch(reading, platform, until=time.monotonic() + CALL_SECONDS - 1))
    assert (page.error, platform.calls) == ("too slow: only 0 pages in the time a reading may take", [])


def test_recording_outcomes_and_replanning_never_wait_in_a_circle(shop: shopping.Shop) -> None:
    both(shop)
    low, high = ChannelPromotion.objects.order_by("plan_id", "pk")
    failed: list[BaseException] = []
    recorded = threading.Event()

    async def record() -> None:
        async with connected() as db:
            await claims.prepare(db)
            claimed = sorted(await claims.claim(db, now=clock.now(), most=2), key=lambda one: -one.id)
            recorded.set()
            go.wait(10)
            await completion.complete(db, [begun(one, clock.now()) for one in claimed], now=clock.now())

    def worker() -> None:
        try:
            asyncio.run(record())
        except BaseException as error:  # whatever ends the thread fails the test in the main one
            failed.append(error)
            raise

    go = threading.Event()
    thread = threading.Thread(target=worker)
    thread.start()
    assert recorded.wait(10)
    with transaction.atomic():
        ChannelPromotion.objects.select_for_update().get(pk=low.pk)
        go.set()
        wait_until(blocked)
        ChannelPromotion.objects.select_for_update().get(pk=high.pk)
    thread.join(10)
    assert failed == []
    assert set(ChannelPromotion.objects.values_list("lease_token", flat=True)) == {None}


def blocked() -> bool:
    """Whether somebody waits for the transaction that this is asked in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks mine JOIN pg_locks theirs ON theirs.transactionid = mine.transactionid "
            "WHERE mine.pid = pg_backend_pid() AND mine.granted AND NOT theirs.granted)"
        )
        return bool(cursor.fetchone()[0])


def test_a_freeze_sees_an_approval_that_is_just_being_made(shop: shopping.Shop) -> None:
    tomorrow = clock.now().replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    of = shopping.campaign(shop.world.rokid, shop.world.olivia, starts_local=tomorrow)
    draft = shopping.plan(shop, "DE", shop.world.emma, of=of)
    assert draft.latest_revision is not None

    def freeze() -> None:
        campaigns.freeze_campaign(by=shop.world.olivia, campaign=of)
        connection.close()

    thread = threading.Thread(target=freeze)
    with transaction.atomic():
        plans.approve_plan(by=shop.world.olivia, plan=draft, content_hash=draft.latest_revision.content_hash)
        thread.start()
        wait_until(lambda: blocked() or not thread.is_alive())
    thread.join(10)
    assert row().presence == "absent"
