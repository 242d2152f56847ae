from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from stores.actions import lifecycle
from stores.actions.errors import NotFound, Refused
from stores.actions.stores import publish_stores, unpublish_stores
from stores.models import (
    Grant,
    MarketEntry,
    MarketPlan,
    PlanRevision,
    Role,
    ServiceCase,
    Store,
    StoreAddress,
    WeeklyHours,
)
from stores.models.queries.opening import local_day
from stores.models.queries.publication import publication_gaps
from stores.values import clock, publishers
from tests import people
from tests.stores.admin.network import WEEK, furnish


@pytest.fixture
def berlin(world: people.World) -> Store:
    return people.store(world.rokid, "DE", "berlin", status="prospect", published_at=None)


def today(store: Store) -> Any:
    return local_day(store.time_zone, clock.now())


def in_days(store: Store, days: int) -> Any:
    return today(store) + timedelta(days=days)


def google_status(life: publishers.Life, day: Any) -> Any:
    return (publishers.google_open_info(life, day) or {}).get("status")


def complete(store: Store) -> Store:
    """A store whose checklist has no gap."""
    StoreAddress.objects.create(
        brand=store.brand, store=store, language="de", is_primary=True, lines=["Torstraße 1"], locality="Berlin",
        postal_code="10119",
    )  # fmt: skip
    WeeklyHours.objects.create(brand=store.brand, store=store, periods=WEEK)
    Store.objects.filter(pk=store.pk).update(
        name={"de": "Berlin Mitte"}, latitude=52.53, longitude=13.4, phone="+493028045100"
    )
    return Store.objects.get(pk=store.pk)


def test_a_store_lives_from_the_first_contract_to_the_last_day(world: people.World, berlin: Store) -> None:
    store = berlin
    for to in ("signed", "fit_out", "ready", "soft_open"):
        store = lifecycle.advance_store(by=world.emma, store=store, to=to)
    store = lifecycle.open_store(by=world.emma, store=store)
    assert (store.status, store.opening_date) == ("open", today(store))
    store = lifecycle.close_store_temporarily(
        by=world.emma, store=store, reason="Water damage", reopen_date=in_days(store, 9)
    )
    assert (store.status, store.reopen_date) == ("temporarily_closed", in_days(store, 9))
    store = lifecycle.open_store(by=world.emma, store=store)
    assert (store.status, store.reopen_date) == ("open", None)
    store = lifecycle.announce_closing(
        by=world.emma, store=store, closing_date=in_days(store, 30), reason="The lease ends"
    )
    store = lifecycle.close_store(by=world.emma, store=store)
    assert (store.status, store.closing_date) == ("closed", today(store))
    row: Any = berlin
    last = row.history.order_by("-pgh_id")
    assert [event.pgh_context["reason"] for event in last[:4]] == [
        "closing > closed",
        "The lease ends",
        "temporarily closed > open",
        "Water damage",
    ]


def test_a_closing_that_is_called_off_takes_its_date_back(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin")
    store = lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, 30), reason="Lease")
    store = lifecycle.open_store(by=world.emma, store=store, reason="The lease goes on")
    assert (store.status, store.closing_date) == ("open", None)


def test_a_store_that_is_shut_stays_shut_when_its_closing_is_announced(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin", opening_date="2026-01-01")
    store = lifecycle.close_store_temporarily(by=world.emma, store=store, reason="Fire", reopen_date=in_days(store, 30))
    store = lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, 90), reason="Lease")
    assert (store.status, store.reopen_date, store.closing_date) == (
        "temporarily_closed", in_days(store, 30), in_days(store, 90),
    )  # fmt: skip
    state = publishers.Life(store.status, store.opening_date, store.closing_date, store.reopen_date)
    assert google_status(state, in_days(store, 1)) == "CLOSED_TEMPORARILY"
    # Sooner than it opens again: then it does not.
    store = lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, 20), reason="Lease")
    assert (store.status, store.reopen_date) == ("temporarily_closed", None)
    store = lifecycle.open_store(by=world.emma, store=store)
    assert (store.status, store.closing_date) == ("closing", in_days(store, 20))
    store = lifecycle.open_store(by=world.emma, store=store, reason="The lease goes on")
    assert (store.status, store.closing_date) == ("open", None)


def test_a_store_that_is_shut_may_stay_so_for_good_at_once(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin")
    store = lifecycle.close_store_temporarily(by=world.emma, store=store, reason="Fire", reopen_date=in_days(store, 30))
    store = lifecycle.close_store(by=world.emma, store=store, reason="It burnt down")
    assert (store.status, store.reopen_date, store.closing_date) == ("closed", None, today(store))


@pytest.mark.parametrize("detour", ["temporarily_closed", "closing"])
def test_a_store_that_opens_before_its_day_is_read_as_open(detour: str, world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin", status="soft_open")
    Store.objects.filter(pk=store.pk).update(opening_date=in_days(store, 10))
    if detour == "closing":
        store = lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, 30), reason="Pop-up")
    else:
        store = lifecycle.close_store_temporarily(by=world.emma, store=store, reason="Water damage")
    store = lifecycle.open_store(by=world.emma, store=store)
    assert (store.status, store.opening_date) == ("open", today(store))


def test_a_step_that_the_table_does_not_know_names_those_that_it_knows(world: people.World, berlin: Store) -> None:
    with pytest.raises(Refused, match=r"prospect cannot become open\. Possible: signed, cancelled\."):
        lifecycle.open_store(by=world.emma, store=berlin)
    with pytest.raises(Refused, match="action of its own"):
        lifecycle.advance_store(by=world.emma, store=berlin, to="open")
    berlin.refresh_from_db()
    assert berlin.status == "prospect"


def test_of_two_people_at_the_same_door_the_second_looks_again(world: people.World) -> None:
    store = people.store(world.rokid, "DE", "berlin")
    seen_by_olivia = Store.objects.get(pk=store.pk)
    lifecycle.close_store_temporarily(by=world.emma, store=store, reason="Water damage")
    with pytest.raises(Refused, match="Meanwhile the store is temporarily closed") as refusal:
        lifecycle.announce_closing(
            by=world.olivia, store=seen_by_olivia, closing_date=in_days(store, 5), reason="The lease ends"
        )
    assert refusal.value.code == "changed_meanwhile"
    store.refresh_from_db()
    assert (store.status, store.closing_date) == ("temporarily_closed", None)


def test_a_store_does_not_close_while_somebody_counts_on_it(world: people.World) -> None:
    place = furnish(world.rokid, "DE", "berlin")
    store: Store = place["Store"]
    role = Role.objects.get(code="service_agent")
    grant = Grant.objects.create(user=world.stan, role=role, brand=world.rokid, store=store)
    MarketPlan.objects.filter(pk=place["MarketPlan"].pk).update(
        approved_revision=place["PlanRevision"], review_state="approved", starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=3),
    )  # fmt: skip
    store = lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, 2), reason="Lease")
    with pytest.raises(Refused) as refusal:
        lifecycle.close_store(by=world.emma, store=store)
    assert refusal.value.message == ("Cannot close: 1 open service case, 1 staff grant, 1 promotion that runs here.")
    ServiceCase.objects.update(status="returned")
    grant.delete()
    MarketPlan.objects.update(stopped_at=clock.now(), review_state="stopped")
    assert lifecycle.close_store(by=world.emma, store=store).status == "closed"


def test_guards_are_asked_once_however_many_stores(world: people.World, django_assert_num_queries: Any) -> None:
    stores = [furnish(world.rokid, code, mark)["Store"] for code, mark in (("DE", "berlin"), ("FR", "paris"))]
    with django_assert_num_queries(len(lifecycle.GUARDS["closed"])):
        found = lifecycle.blockers([store.pk for store in stores], "closed")
    assert {pk: list(map(str, reasons)) for pk, reasons in found.items()} == {
        store.pk: ["1 open service case"] for store in stores
    }


def test_a_store_does_not_close_while_a_counter_follows_its_hours(world: people.World) -> None:
    host = people.store(world.rokid, "DE", "host")
    counter = people.store(world.rokid, "DE", "counter", hours_from=host)
    found = lifecycle.blockers([host.pk, counter.pk], "closed")
    assert {pk: [reason.code for reason in reasons] for pk, reasons in found.items()} == {host.pk: ["followers"]}
    Store.objects.filter(pk=counter.pk).update(status="closed")
    assert lifecycle.blockers([host.pk], "closed") == {}


@pytest.mark.parametrize("days", [-1, 0])
def test_dates_of_a_step_lie_ahead(world: people.World, days: int) -> None:
    store = people.store(world.rokid, "DE", "berlin")
    with pytest.raises(Refused) as closing:
        lifecycle.announce_closing(by=world.emma, store=store, closing_date=in_days(store, days), reason="x")
    with pytest.raises(Refused) as pause:
        lifecycle.close_store_temporarily(by=world.emma, store=store, reason="x", reopen_date=in_days(store, days))
    assert (closing.value.code, pause.value.code) == ("closing_date", "reopen_date")


def test_what_ends_something_needs_a_reason(world: people.World, berlin: Store) -> None:
    store = people.store(world.rokid, "DE", "munich")
    with pytest.raises(Refused, match="Say why"):
        lifecycle.cancel_store(by=world.emma, store=berlin, reason=" ")
    with pytest.raises(Refused, match="Say why"):
        lifecycle.close_store_temporarily(by=world.emma, store=store, reason="")
    with pytest.raises(Refused, match="Say why"):
        unpublish_stores(by=world.emma, stores=Store.objects.all(), reason="")


def test_nobody_moves_a_store_beyond_reach_and_nothing_changes(world: people.World, berlin: Store) -> None:
    for stranger in (world.kenji, world.stan):
        with pytest.raises(NotFound):
            lifecycle.advance_store(by=stranger, store=berlin, to="signed")
    mine = people.store(world.rokid, "HK", "kowloon", operator=world.optician)
    with pytest.raises(Refused, match="role does not allow"):
        lifecycle.close_store_temporarily(by=world.mei, store=mine, reason="holiday")
    assert list(Store.objects.order_by("code").values_list("status", flat=True)) == ["prospect", "open"]


def test_the_checklist_asks_for_what_the_market_requires(world: people.World, berlin: Store) -> None:
    def gaps() -> list[str]:
        return list(map(str, publication_gaps([berlin.pk])[berlin.pk]))

    assert gaps() == ["name in de", "address", "position", "hours", "contact"]
    complete(berlin)
    assert gaps() == []
    entry = MarketEntry.objects.filter(brand=world.rokid, market=berlin.market)
    entry.update(required_languages=["de", "en"])
    assert gaps() == ["name in en", "address in en"]
    StoreAddress.objects.create(brand=world.rokid, store=berlin, language="en", lines=["1 Tor St"])
    assert gaps() == ["name in en", "address in en (locality, postal code)"]
    entry.update(required_languages=[], status="preparing")
    assert gaps() == ["market (preparing)"]
    entry.delete()
    assert gaps() == ["market (not entered)"]


def test_a_counter_that_follows_the_hours_of_its_host_has_them(world: people.World, berlin: Store) -> None:
    host = complete(people.store(world.rokid, "DE", "mall"))
    complete(berlin)
    WeeklyHours.objects.filter(store=berlin).delete()
    assert list(map(str, publication_gaps([berlin.pk])[berlin.pk])) == ["hours"]
    Store.objects.filter(pk=berlin.pk).update(hours_from=host)
    assert publication_gaps([berlin.pk])[berlin.pk] == []
    # Its own week counts where the host has none.
    WeeklyHours.objects.filter(store=host).update(store=berlin)
    assert publication_gaps([berlin.pk])[berlin.pk] == []


def test_one_checklist_for_many_stores_costs_the_same_as_for_one(
    world: people.World, django_assert_num_queries: Any
) -> None:
    stores = [people.store(world.rokid, code, f"s-{code}") for code in ("DE", "FR", "JP")]
    for ids in ([stores[0].pk], [store.pk for store in stores]):
        with django_assert_num_queries(3):
            assert set(publication_gaps(ids)) == set(ids)


def test_what_is_published_is_taken_down_and_keeps_its_code(world: people.World, berlin: Store) -> None:
    store = complete(berlin)
    for to in ("signed", "fit_out", "ready"):
        store = lifecycle.advance_store(by=world.emma, store=store, to=to)
    mine = Store.objects.filter(pk=store.pk)
    assert publish_stores(by=world.emma, stores=mine).published == 1
    with pytest.raises(Refused, match="Cannot go back to fit-out: it is published: take it down first"):
        lifecycle.advance_store(by=world.emma, store=store, to="fit_out")
    assert unpublish_stores(by=world.kenji, stores=mine, reason="not mine") == 0
    assert unpublish_stores(by=world.emma, stores=mine, reason="The builders are late") == 1
    assert lifecycle.advance_store(by=world.emma, store=store, to="fit_out").status == "fit_out"
    for change in (lambda: mine.update(code="other"), mine.delete):
        with pytest.raises(IntegrityError, match="was published"), transaction.atomic():
            change()
    assert mine.get().code == "berlin"


def test_a_code_that_nobody_saw_may_still_be_corrected(world: people.World, berlin: Store) -> None:
    mine = Store.objects.filter(pk=berlin.pk)
    mine.update(code="berlin-mitte")
    mine.delete()
    assert not Store.objects.exists()


def test_only_a_closed_door_has_a_day_on_which_it_opens_again(world: people.World, berlin: Store) -> None:
    with pytest.raises(IntegrityError, match="store_reopen_date"), transaction.atomic():
        Store.objects.filter(pk=berlin.pk).update(reopen_date=in_days(berlin, 3))


def test_the_revision_of_the_plan_is_the_approved_one(world: people.World) -> None:
    """A store that only a draft names is free to close."""
    place = furnish(world.rokid, "DE", "berlin")
    assert PlanRevision.objects.count() == 1
    found = lifecycle.blockers([place["Store"].pk], "closed")[place["Store"].pk]
    assert [reason.code for reason in found] == ["open_cases"]
