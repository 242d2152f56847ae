"""What the board and ``sync_status`` say of each channel."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from stores.models import ChannelPromotion
from stores.values import clock
from tests.shopping import Shop, approved, campaign


def board() -> list[tuple[object, ...]]:
    rows = ChannelPromotion.objects.status_by_channel(clock.now())
    return [
        tuple(row[name] for name in ("channel", "wanted", "live", "pending", "failing", "last_error")) for row in rows
    ]


def arrive(**changes: object) -> None:
    ChannelPromotion.objects.update(applied_generation=F("generation"), state="live", next_at=None, **changes)


def test_a_change_is_pending_until_it_arrived_and_failing_with_the_channels_words(shop: Shop) -> None:
    approved(shop, "DE")
    assert board() == [("web-de", 1, 0, 1, 0, "")]
    ChannelPromotion.objects.update(state="failing", last_error="503 closed for inventory")
    assert board() == [("web-de", 1, 0, 0, 1, "503 closed for inventory")]
    arrive(last_error="")
    assert board() == [("web-de", 1, 1, 0, 0, "")]


def test_what_is_over_is_wanted_no_more_and_pending_until_it_is_gone(shop: Shop) -> None:
    approved(shop, "DE")
    arrive(ends_at=clock.now())
    assert board() == [("web-de", 0, 0, 1, 0, "")]
    ChannelPromotion.objects.update(state="ended")
    assert board() == [("web-de", 0, 0, 0, 0, "")]


def test_the_time_to_converge_is_that_of_the_last_change(shop: Shop) -> None:
    slow = approved(shop, "DE")
    quick = approved(shop, "DE", of=campaign(shop.world.rokid, shop.world.olivia, code="second"))
    arrive()
    for plan, ago, took in ((slow, 600, 90), (quick, 60, 2)):
        began = clock.now() - timedelta(seconds=ago)
        ChannelPromotion.objects.filter(plan=plan).update(
            desired_at=began, converged_at=began + timedelta(seconds=took)
        )
    [row] = ChannelPromotion.objects.status_by_channel(clock.now())
    assert row["converged_s"] == 2.0
