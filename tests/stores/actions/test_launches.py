from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from stores.actions import launches, planned
from stores.actions.errors import NotFound, Refused
from stores.actions.records import save_record
from stores.models import LaunchItem, MarketEntry, Region, User
from stores.models.queries.opening import local_day
from stores.values import clock
from stores.values.milestones import USUAL_LAUNCH
from tests import people


@pytest.fixture
def norway(world: people.World) -> MarketEntry:
    """A market of Emma's that is being prepared."""
    MarketEntry.objects.filter(brand=world.rokid, market__code="FR").update(
        status="preparing", launch_date=date(2027, 3, 1)
    )
    entry: MarketEntry = MarketEntry.objects.get(brand=world.rokid, market__code="FR")
    return entry


def test_a_market_goes_live_when_its_checklist_is_done(world: people.World, norway: MarketEntry) -> None:
    with pytest.raises(Refused, match="Cannot go live: there is no checklist yet"):
        launches.advance_entry(by=world.emma, entry=norway, to="live")
    items = launches.plan_launch(by=world.emma, entry=norway)
    assert {item.kind for item in items} == set(USUAL_LAUNCH)
    for item in items:
        if item.kind not in {"prices", "tax"}:
            planned.complete(by=world.emma, item=item)
    with pytest.raises(Refused, match="Cannot go live: 2 required items are open: Tax, Prices"):
        launches.advance_entry(by=world.emma, entry=norway, to="live")
    LaunchItem.objects.filter(kind="tax").update(is_required=False)
    planned.complete(by=world.emma, item=LaunchItem.objects.get(kind="prices"))
    live = launches.advance_entry(by=world.emma, entry=norway, to="live")
    today = local_day("Europe/Paris", clock.now())
    assert (live.status, live.launch_date, live.launch_override) == ("live", today, "")


def test_an_owner_may_go_live_all_the_same_and_the_entry_says_so(world: people.World, norway: MarketEntry) -> None:
    launches.plan_launch(by=world.emma, entry=norway)
    LaunchItem.objects.exclude(kind="prices").update(done_date=date(2026, 11, 1))
    with pytest.raises(Refused, match="whole brand"):
        launches.advance_entry(by=world.emma, entry=norway, to="live", sign_off="We are on television")
    norway.refresh_from_db()
    assert norway.status == "preparing"
    live = launches.advance_entry(by=world.olivia, entry=norway, to="live", sign_off="We are on television")
    assert (live.status, live.launch_override) == (
        "live",
        "We are on television (1 required item is open: Prices)",
    )


def test_a_checklist_is_copied_from_another_market_open_and_counted_from_its_own_launch(
    world: people.World, norway: MarketEntry
) -> None:
    germany = MarketEntry.objects.get(brand=world.rokid, market__code="DE")
    with pytest.raises(Refused, match="no checklist to copy"):
        launches.plan_launch(by=world.emma, entry=norway, like=germany)
    LaunchItem.objects.create(
        brand=world.rokid, entry=germany, kind="tax", offset_days=-10, owner=world.emma, done_date=date(2026, 1, 1)
    )
    launches.add_launch_item(by=world.emma, entry=germany, title="Packaging act", due_date=date(2026, 2, 1))
    made = launches.plan_launch(by=world.emma, entry=norway, like=germany)
    fresh = LaunchItem.objects.filter(entry=norway).order_by("kind")
    assert [(i.kind, i.title, i.due_date, i.done_date, i.owner) for i in fresh] == [
        ("other", "Packaging act", date(2027, 1, 30), None, None),
        ("tax", "", date(2027, 2, 19), None, world.emma),
    ]
    assert len(made) == 2
    assert launches.plan_launch(by=world.emma, entry=norway, like=germany) == []


def test_a_copied_point_keeps_an_owner_only_where_it_could_be_given_to_them(
    world: people.World, norway: MarketEntry
) -> None:
    germany = MarketEntry.objects.get(brand=world.rokid, market__code="DE")
    gone = people.person("Gus", "owner", brand=world.rokid)
    elsewhere = people.person("Ada", "owner", brand=world.acme)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    owners = {"tax": world.emma, "prices": gone, "languages": world.mei, "rule_pack": elsewhere, "certificates": None}
    for kind, owner in owners.items():
        LaunchItem.objects.create(brand=world.rokid, entry=germany, kind=kind, offset_days=-10, owner=owner)
    made = launches.plan_launch(by=world.emma, entry=norway, like=germany)
    assert {item.kind: item.owner for item in made} == {**dict.fromkeys(owners), "tax": world.emma}


def test_a_new_presence_is_planned_and_no_form_or_action_says_otherwise(world: people.World) -> None:
    MarketEntry.objects.filter(brand=world.acme).delete()
    adam = people.person("Adam", "owner", brand=world.acme)
    region = Region.objects.get(brand=world.acme)
    with pytest.raises(Refused, match="planned first"):
        save_record(
            by=adam, obj=MarketEntry(brand=world.acme, market=world.markets["FR"], region=region, status="live")
        )
    client = Client()
    client.force_login(adam, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:stores_marketentry_add")
    form = client.get(address).context["adminform"].form
    sent = {name: field.initial or "" for name, field in form.fields.items()} | {
        "brand": world.acme.pk, "market": world.markets["FR"].pk, "region": region.pk, "status": "live",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert list(MarketEntry.objects.filter(brand=world.acme).values_list("market__code", "status")) == [
        ("FR", "planned")
    ]


def test_a_checklist_beyond_reach_is_not_copied(world: people.World, norway: MarketEntry) -> None:
    for entry in (
        MarketEntry.objects.get(brand=world.rokid, market__code="JP"),
        MarketEntry.objects.get(brand=world.acme, market__code="DE"),
    ):
        LaunchItem.objects.create(brand=entry.brand, entry=entry, kind="tax")
        with pytest.raises(NotFound):
            launches.plan_launch(by=world.emma, entry=norway, like=entry)
    assert not LaunchItem.objects.filter(entry=norway).exists()


def test_a_slipped_launch_moves_what_is_open_and_follows_it(world: people.World, norway: MarketEntry) -> None:
    made = {item.kind: item for item in launches.plan_launch(by=world.emma, entry=norway)}
    planned.complete(by=world.emma, item=made["certificates"])
    launches.change_launch_item(
        by=world.emma, item=made["tax"], owner=None, due_date=date(2027, 1, 1), follows=False, is_required=True
    )
    found = launches.set_launch_date(by=world.emma, entry=norway, launch_date=date(2027, 3, 8))
    moved = {getattr(row.item, "kind", ""): row.after for row in found}
    assert moved["channel_tested"] == date(2027, 3, 1)
    assert set(moved) == set(USUAL_LAUNCH) - {"certificates", "tax"}


def test_a_market_moves_only_along_its_steps_and_under_one_pair_of_hands(
    world: people.World, norway: MarketEntry
) -> None:
    seen = MarketEntry.objects.get(pk=norway.pk)
    launches.advance_entry(by=world.emma, entry=norway, to="planned")
    with pytest.raises(Refused, match="Meanwhile the market is planned"):
        launches.advance_entry(by=world.olivia, entry=seen, to="live")
    norway.refresh_from_db()
    with pytest.raises(Refused, match="cannot become live"):
        launches.advance_entry(by=world.emma, entry=norway, to="live")
    germany = MarketEntry.objects.get(brand=world.rokid, market__code="DE")
    with pytest.raises(Refused, match="Say why"):
        launches.advance_entry(by=world.emma, entry=germany, to="closing")
    for stranger in (world.kenji, world.stan):
        with pytest.raises(NotFound):
            launches.advance_entry(by=stranger, entry=germany, to="closing", reason="x")
    germany.refresh_from_db()
    assert germany.status == "live"
