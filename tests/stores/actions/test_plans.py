"""From a draft to what channels should hold: who may do it, what it is bound to, what it leaves alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from stores.actions import campaigns, plans
from stores.actions.errors import NotFound, Refused
from stores.models import Approval, Campaign, ChannelPromotion, MarketPlan, PlanRevision
from stores.values import clock
from tests.shopping import Shop, approved, campaign, plan


def latest_hash(made: MarketPlan) -> str:
    assert made.latest_revision is not None
    return made.latest_revision.content_hash


def rows() -> list[tuple[str, str, str]]:
    return [
        (row.channel.code, row.presence, row.desired["title"])
        for row in ChannelPromotion.objects.select_related("channel").order_by("channel__code")
    ]


def test_an_approved_plan_is_wanted_in_its_channel_in_its_language_at_its_price(shop: Shop) -> None:
    approved(shop, "JP")
    row = ChannelPromotion.objects.get()
    assert (row.presence, row.desired["title"], row.desired["language"]) == ("present", "冬のあかり", "ja")
    assert row.desired["items"] == [{"sku": "RG-BLK", "price": "67830", "regular": "79800", "currency": "JPY"}]
    assert len(row.our_ref) == 30
    assert row.desired["ref"] == row.our_ref


def test_a_draft_is_wanted_nowhere(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    plans.submit_plan(by=shop.world.emma, plan=made)
    assert rows() == []


def test_editing_keeps_the_approved_revision_live_until_the_next_approval(shop: Shop) -> None:
    made = approved(shop, "DE")
    made = plans.revise_plan(by=shop.world.emma, plan=made, headline={"de": "Lichterzeit"}, percent=Decimal(20))
    assert rows() == [("web-de", "present", "Winterlichter")]
    before = ChannelPromotion.objects.get().generation
    plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=latest_hash(made))
    row = ChannelPromotion.objects.get()
    assert (row.desired["title"], row.desired["items"][0]["price"]) == ("Lichterzeit", "479.20")
    assert row.generation > before


def test_an_approval_is_bound_to_the_content_that_was_looked_at(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    looked_at = latest_hash(made)
    plans.revise_plan(by=shop.world.emma, plan=made, percent=Decimal(50))
    with pytest.raises(Refused) as refused:
        plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=looked_at)
    assert refused.value.code == "changed"
    assert rows() == []


def test_what_is_over_is_not_approved_any_more(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    with time_machine.travel(clock.now() + timedelta(days=730), tick=False), pytest.raises(Refused) as refused:
        plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=latest_hash(made))
    assert (refused.value.code, rows()) == ("ended", [])


def test_with_four_eyes_nobody_approves_the_own_revision(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    with pytest.raises(Refused) as refused:
        plans.approve_plan(by=shop.world.emma, plan=made, content_hash=latest_hash(made))
    assert refused.value.code == "four_eyes"
    shop.world.rokid.four_eyes = False
    shop.world.rokid.save()
    plans.approve_plan(by=shop.world.emma, plan=made, content_hash=latest_hash(made))
    assert rows() == [("web-de", "present", "Winterlichter")]


def test_another_region_does_not_know_the_plan_exists(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    with pytest.raises(NotFound):
        plans.revise_plan(by=shop.world.kenji, plan=made, percent=Decimal(1))
    with pytest.raises(NotFound):
        plans.submit_plan(by=shop.world.kenji, plan=made)
    with pytest.raises(NotFound):
        plans.approve_plan(by=shop.world.kenji, plan=made, content_hash=latest_hash(made))
    with pytest.raises(NotFound):
        plans.stop_plan(by=shop.world.stan, plan=made)
    with pytest.raises(NotFound):
        plan(shop, "JP", shop.world.emma, of=made.campaign)
    assert (MarketPlan.objects.count(), PlanRevision.objects.count()) == (1, 1)


def test_stopping_ends_it_everywhere_and_resuming_is_an_approval(shop: Shop) -> None:
    made = approved(shop, "DE")
    plans.stop_plan(by=shop.world.emma, plan=made)
    assert rows() == [("web-de", "absent", "Winterlichter")]
    plans.resume_plan(by=shop.world.olivia, plan=made)
    assert rows() == [("web-de", "present", "Winterlichter")]


def test_stopping_a_campaign_stops_only_the_markets_in_scope(shop: Shop) -> None:
    made = approved(shop, "DE")
    approved(shop, "JP", of=made.campaign)
    campaigns.stop_campaign(by=shop.world.emma, campaign=made.campaign)
    assert rows() == [("web-de", "absent", "Winterlichter"), ("web-jp", "present", "冬のあかり")]


def test_a_freeze_keeps_what_is_live_and_starts_nothing_new(shop: Shop) -> None:
    tomorrow = clock.now().replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    made = approved(shop, "DE")
    later: Campaign = campaign(shop.world.rokid, shop.world.olivia, code="later", starts_local=tomorrow)
    waiting = approved(shop, "JP", of=later)
    for of in (made.campaign, later):
        campaigns.freeze_campaign(by=shop.world.olivia, campaign=of)
    assert rows() == [("web-de", "present", "Winterlichter"), ("web-jp", "absent", "冬のあかり")]
    campaigns.unfreeze_campaign(by=shop.world.olivia, campaign=waiting.campaign)
    assert rows()[1] == ("web-jp", "present", "冬のあかり")


def test_who_approves_in_one_market_does_not_let_the_others_start(shop: Shop) -> None:
    made = approved(shop, "DE")
    campaigns.freeze_campaign(by=shop.world.emma, campaign=made.campaign)
    campaigns.unfreeze_campaign(by=shop.world.emma, campaign=made.campaign)
    approved(shop, "JP", of=made.campaign)
    campaigns.freeze_campaign(by=shop.world.olivia, campaign=made.campaign)
    with pytest.raises(Refused) as refused:
        campaigns.unfreeze_campaign(by=shop.world.emma, campaign=made.campaign)
    assert refused.value.code == "not_allowed"
    assert Campaign.objects.get(pk=made.campaign_id).frozen_at is not None
    campaigns.unfreeze_campaign(by=shop.world.olivia, campaign=made.campaign)
    assert Campaign.objects.get(pk=made.campaign_id).frozen_at is None


def test_a_channel_that_leaves_the_plan_is_emptied(shop: Shop) -> None:
    made = approved(shop, "DE")
    made = plans.revise_plan(by=shop.world.emma, plan=made, channels=(), stores=(_store(shop),))
    plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=latest_hash(made))
    assert rows() == [("web-de", "absent", "Winterlichter")]


def _store(shop: Shop) -> str:
    from tests.people import store

    return store(shop.world.rokid, "DE", "mitte").code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"headline": {}}, "headline"),
        ({"headline": {"DE_de": "x"}}, "headline"),
        ({"channels": ("web-jp",)}, "unknown_channel"),
        ({"channels": ()}, "nowhere"),
        ({"percent": Decimal(0)}, "percent"),
        ({"selectors": ()}, "no_items"),
    ],
)
def test_content_that_makes_no_sense_is_refused_with_its_reason(shop: Shop, changes: dict[str, Any], code: str) -> None:
    made = plan(shop, "DE", shop.world.emma)
    with pytest.raises(Refused) as refused:
        plans.revise_plan(by=shop.world.emma, plan=made, **changes)
    assert refused.value.code == code


def test_saving_without_a_change_makes_no_revision(shop: Shop) -> None:
    made = approved(shop, "DE")
    again = plans.revise_plan(by=shop.world.emma, plan=made, percent=Decimal("15.00"))
    assert (again.review_state, PlanRevision.objects.count()) == ("approved", 1)


def test_a_comment_is_kept_without_what_the_database_cannot_hold(shop: Shop) -> None:
    made = plan(shop, "DE", shop.world.emma)
    plans.approve_plan(by=shop.world.olivia, plan=made, content_hash=latest_hash(made), comment="fine\x00 \ud800 done")
    assert Approval.objects.get().comment == "fine ? done"
