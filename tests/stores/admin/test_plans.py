"""The main job in the dashboard: edit what is live, approve it, and see it reach the rows that sync reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stores.actions import campaigns, plans
from stores.models import Campaign, ChannelPromotion, MarketPlan, PlanRevision, User
from stores.planning.content import Selector
from stores.values import clock
from tests import people
from tests.stores.admin.network import furnish


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def wall(days: int) -> datetime:
    return (clock.now() + timedelta(days=days)).replace(tzinfo=None, microsecond=0, second=0)


@pytest.fixture
def plan(world: people.World) -> MarketPlan:
    """A plan of Rokid in Germany, live since yesterday; written by Olivia, approved by Emma."""
    place = furnish(world.rokid, "DE", "berlin")
    campaign = campaigns.create_campaign(
        by=world.olivia, brand=world.rokid, code="winter", title="Winter", kind="percentage", percent=Decimal(10),
        starts_local=wall(-1), ends_local=wall(9),
    )  # fmt: skip
    made = plans.localize_plan(
        by=world.olivia,
        campaign=campaign,
        market=world.markets["DE"],
        headline={"de": "Winterlicht"},
        body={"de": "Alles heller."},
        terms={},
        selectors=[Selector("product", "berlin-glasses")],
        channels=[place["Channel"].code],
    )
    return plans.approve_plan(by=world.emma, plan=made, content_hash=made.latest_revision.content_hash)  # type: ignore[union-attr]  # the plan has one


def page(plan: MarketPlan) -> str:
    return reverse("admin:stores_marketplan_change", args=[plan.pk])


def form_of(client: Client, plan: MarketPlan) -> dict[str, Any]:
    """What the browser would send back unchanged."""
    form = client.get(page(plan)).context["form"]
    sent: dict[str, Any] = {"decision": "save"}
    for bound in form:
        value = bound.value()
        sent[bound.name] = value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value
    return sent


def row() -> ChannelPromotion:
    return ChannelPromotion.objects.get(plan__campaign__code="winter")


def test_an_edit_changes_nothing_live_until_it_is_approved_and_then_reaches_the_rows(
    world: people.World, plan: MarketPlan
) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    before = row()
    sent = form_of(emma, plan) | {"headline:de": "Winterzauber", "percent": "25"}
    assert emma.post(page(plan), sent).status_code == 302
    assert (row().desired["title"], row().generation) == ("Winterlicht", before.generation)
    shown = olivia.get(page(plan))
    assert shown.context["differs"] is True
    assert [line.name for line in shown.context["comparison"] if line.changed] == ["Headline", "Percentage", "Prices"]
    answer = olivia.post(
        page(plan), {"decision": "approve", "content_hash": shown.context["latest"].content_hash}, follow=True
    )
    assert [str(message) for message in answer.context["messages"]] == ["Approved. The channels follow within seconds."]
    assert (row().desired["title"], row().desired["items"][0]["price"]) == ("Winterzauber", "449.25")
    assert row().generation > before.generation


def test_two_people_who_edit_different_parts_keep_both_and_of_the_same_part_the_second_is_told(
    world: people.World, plan: MarketPlan
) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    first, second, third = (form_of(client, plan) for client in (emma, olivia, emma))
    opened = {"revision": plan.latest_revision_id}
    emma.post(page(plan), first | opened | {"headline:de": "Winterzauber"})
    olivia.post(page(plan), second | opened | {"percent": "25"})
    latest = PlanRevision.objects.filter(plan=plan).latest("number").content
    assert (latest["copy"]["headline"]["de"], latest["percent"]) == ("Winterzauber", "25")
    answer = emma.post(page(plan), third | opened | {"headline:de": "Winterruhe"})
    assert answer.context["form"].non_field_errors() == [
        "Somebody changed the same after you opened this: look at theirs, and save again to write yours."
    ]
    assert "Winterruhe" in answer.content.decode()
    assert PlanRevision.objects.filter(plan=plan).latest("number").content == latest
    seen_now = {"revision": answer.context["latest"].pk}
    emma.post(page(plan), form_of(emma, plan) | seen_now | {"headline:de": "Winterruhe"})
    latest = PlanRevision.objects.filter(plan=plan).latest("number").content
    assert (latest["copy"]["headline"]["de"], latest["percent"]) == ("Winterruhe", "25")


@pytest.mark.parametrize(
    ("language", "percentage", "amount"),
    [("de", "12,5 %", "524,12\xa0€ (statt 599,00\xa0€)"), ("ja", "12.5 %", "€524.12 (通常 €599.00)")],
)
def test_the_comparison_is_written_as_the_reader_writes_dates_and_money(
    world: people.World, plan: MarketPlan, language: str, percentage: str, amount: str
) -> None:
    emma = signed_in(world.emma)
    emma.post(
        page(plan), form_of(emma, plan) | {"percent": "12.5", "starts": "2026-12-01T09:00", "ends": "2026-12-24T23:00"}
    )
    emma.cookies["django_language"] = language
    lines = {line.name: line.proposed for line in emma.get(page(plan)).context["comparison"]}
    found = list(lines.values())
    assert percentage in found
    assert [line.partition(": ")[2] for line in found if "599" in line] == [amount]
    assert any("2026-12" in line for line in found) is False


def test_saving_without_a_change_makes_no_revision(world: people.World, plan: MarketPlan) -> None:
    emma = signed_in(world.emma)
    emma.post(page(plan), form_of(emma, plan))
    assert PlanRevision.objects.filter(plan=plan).count() == 1


def test_an_approval_of_what_was_changed_meanwhile_is_refused_clearly(world: people.World, plan: MarketPlan) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    emma.post(page(plan), form_of(emma, plan) | {"headline:de": "Erste Fassung"})
    seen = olivia.get(page(plan)).context["latest"].content_hash
    emma.post(page(plan), form_of(emma, plan) | {"headline:de": "Zweite Fassung"})
    answer = olivia.post(page(plan), {"decision": "approve", "content_hash": seen}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["The plan was changed after you opened it: look at it again."]
    assert row().desired["title"] == "Winterlicht"


def test_with_four_eyes_the_author_is_told_that_somebody_else_has_to_approve(
    world: people.World, plan: MarketPlan
) -> None:
    emma = signed_in(world.emma)
    emma.post(page(plan), form_of(emma, plan) | {"headline:de": "Von mir"})
    shown = emma.get(page(plan))
    assert shown.context["own_words"] is True
    sent = {"decision": "approve", "content_hash": shown.context["latest"].content_hash}
    answer = emma.post(page(plan), sent, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["You wrote this revision: a second person has to approve it."]
    plan.refresh_from_db()
    assert plan.review_state == "draft"


def test_stopping_takes_the_plan_out_of_its_channels_and_resuming_brings_it_back(
    world: people.World, plan: MarketPlan
) -> None:
    emma = signed_in(world.emma)
    emma.post(page(plan), {"decision": "stop", "comment": "wrong price"})
    assert row().presence == "absent"
    assert emma.get(page(plan)).context["state"] == "stopped"
    emma.post(page(plan), {"decision": "resume"})
    assert row().presence == "present"


def test_a_rejected_proposal_goes_back_with_its_reason_and_leaves_what_is_live(
    world: people.World, plan: MarketPlan
) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    emma.post(page(plan), form_of(emma, plan) | {"headline:de": "Zu laut"})
    emma.post(page(plan), {"decision": "submit"})
    olivia.post(page(plan), {"decision": "reject", "comment": "too loud"})
    plan.refresh_from_db()
    assert (plan.review_state, row().presence, row().desired["title"]) == ("rejected", "present", "Winterlicht")
    assert olivia.get(page(plan)).context["steps"][0].comment == "too loud"


def test_a_mistake_in_the_form_keeps_what_was_written(world: people.World, plan: MarketPlan) -> None:
    emma = signed_in(world.emma)
    sent = form_of(emma, plan) | {"headline:de": "Neu", "ends": wall(-3).strftime("%Y-%m-%dT%H:%M")}
    answer = emma.post(page(plan), sent)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["The plan ends before it starts."]
    assert answer.context["form"]["headline:de"].value() == "Neu"
    assert PlanRevision.objects.filter(plan=plan).count() == 1


def test_another_market_is_added_from_the_campaign_with_the_words_that_are_there(
    world: people.World, plan: MarketPlan
) -> None:
    furnish(world.rokid, "FR", "paris")
    emma = signed_in(world.emma)
    address = reverse("admin:stores_campaign_localize", args=[plan.campaign_id])
    assert emma.get(address).context["choices"] == [("FR", "France")]
    form = emma.get(f"{address}?market=FR").context["form"]
    sent: dict[str, Any] = {bound.name: bound.value() for bound in form}
    sent |= {"starts": wall(1).strftime("%Y-%m-%dT%H:%M"), "ends": wall(5).strftime("%Y-%m-%dT%H:%M")}
    sent |= {"headline:fr": "Lumières d’hiver", "products": ["paris-glasses"]}
    answer = emma.post(f"{address}?market=FR", sent)
    made = MarketPlan.objects.get(campaign=plan.campaign, market__code="FR")
    assert answer["Location"] == page(made)
    assert made.latest_revision.content["copy"]["headline"] == {"fr": "Lumières d’hiver"}  # type: ignore[union-attr]  # the plan has one


def test_a_market_beyond_the_own_region_cannot_be_added(world: people.World, plan: MarketPlan) -> None:
    furnish(world.rokid, "JP", "tokyo")
    address = reverse("admin:stores_campaign_localize", args=[plan.campaign_id])
    assert signed_in(world.emma).get(f"{address}?market=JP").status_code == 404
    assert MarketPlan.objects.filter(campaign=plan.campaign).count() == 1


def test_a_manager_of_another_region_finds_neither_plan_nor_campaign(world: people.World, plan: MarketPlan) -> None:
    kenji = signed_in(world.kenji)
    campaign = reverse("admin:stores_campaign_change", args=[plan.campaign_id])
    nowhere = kenji.get(reverse("admin:stores_marketplan_change", args=[99999]))
    for answer in (kenji.get(page(plan)), kenji.post(page(plan), {"decision": "stop"}), kenji.get(campaign)):
        assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert row().presence == "present"


def test_freezing_keeps_what_is_live_and_is_said_on_the_page(world: people.World, plan: MarketPlan) -> None:
    olivia = signed_in(world.olivia)
    address = reverse("admin:stores_campaign_change", args=[plan.campaign_id])
    olivia.post(address, {"decision": "freeze"})
    assert row().presence == "present"
    assert Campaign.objects.get(code="winter").frozen_at is not None
    assert "Frozen" in olivia.get(address).content.decode()
    olivia.post(address, {"decision": "unfreeze"})
    assert Campaign.objects.get(code="winter").frozen_at is None


def test_a_decision_nobody_offers_is_nothing(world: people.World, plan: MarketPlan) -> None:
    olivia = signed_in(world.olivia)
    assert olivia.post(page(plan), {"decision": "delete"}).status_code == 404
