"""What partners change at their counters without asking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from stores.actions.counters import confirm_counters, correct_counter, week_of
from stores.actions.errors import NotFound, Refused
from stores.models import Store, WeeklyHours
from tests import people
from tests.counters import WEEK, counter, rival

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SHORT = [[{"start": "12:00", "end": "18:00"}] for _day in range(6)] + [[]]


@time_machine.travel(NOON, tick=False)
def test_confirming_stamps_the_own_counters_and_leaves_others_alone(world: people.World) -> None:
    own, other = counter(world, "kowloon"), counter(world, "central", operator=rival(world.rokid))
    assert confirm_counters(by=world.mei, stores=Store.objects.all()) == 1
    for store in (own, other):
        store.refresh_from_db()
    assert (own.verified_at, own.verified_by) == (NOON, "mei@example.com")
    assert (other.verified_at, other.verified_by) == (None, "")


@time_machine.travel(NOON, tick=False)
def test_phone_email_website_and_hours_apply_at_once_and_count_as_confirmation(world: people.World) -> None:
    store = counter(world, "kowloon")
    correct_counter(
        by=world.mei,
        store=store,
        contact={"phone": "2345 6789", "website": "https://clearview.example/tst"},
        week=SHORT,
    )
    store.refresh_from_db()
    assert (store.phone, store.website, store.email) == ("+85223456789", "https://clearview.example/tst", "")
    assert (store.verified_at, store.verified_by) == (NOON, "mei@example.com")
    assert WeeklyHours.objects.get(store=store).periods == SHORT


def test_hours_that_nobody_knew_are_written(world: people.World) -> None:
    store = counter(world, "kowloon")
    WeeklyHours.objects.filter(store=store).delete()
    correct_counter(by=world.mei, store=store, contact={}, week=WEEK)
    row = week_of(store)
    assert row is not None
    assert (row.periods, row.purpose, row.brand) == (WEEK, "store", world.rokid)


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ({"phone": "call us"}, "phone"),
        ({"email": "nobody"}, "invalid"),
        ({"website": "javascript:alert(1)"}, "invalid"),
    ],
)
def test_what_is_no_number_or_address_is_refused_and_nothing_is_written(
    world: people.World, contact: dict[str, str], code: str
) -> None:
    store = counter(world, "kowloon")
    before = Store.objects.filter(pk=store.pk).values().get()
    with pytest.raises(Refused) as refusal:
        correct_counter(by=world.mei, store=store, contact=contact, week=SHORT)
    assert refusal.value.code == code
    assert Store.objects.filter(pk=store.pk).values().get() == before
    assert WeeklyHours.objects.get(store=store).periods == WEEK


def test_who_typed_on_an_older_version_is_told_to_look_again(world: people.World) -> None:
    store = counter(world, "kowloon")
    store.refresh_from_db()
    seen = store.version
    WeeklyHours.objects.filter(store=store).update(periods=SHORT)
    with pytest.raises(Refused) as refusal:
        correct_counter(by=world.mei, store=store, contact={"phone": "2345 6789"}, week=WEEK, version=seen)
    assert refusal.value.code == "changed_since"
    assert WeeklyHours.objects.get(store=store).periods == SHORT


def test_another_partners_counter_is_not_there(world: people.World) -> None:
    other = counter(world, "central", operator=rival(world.rokid))
    with pytest.raises(NotFound):
        correct_counter(by=world.mei, store=other, contact={"phone": ""})


def test_who_only_reads_may_not_confirm(world: people.World) -> None:
    store = counter(world, "kowloon")
    ana = people.person("Ana", "analyst", brand=world.rokid)
    assert confirm_counters(by=ana, stores=Store.objects.all()) == 0
    with pytest.raises(Refused) as refusal:
        correct_counter(by=ana, store=store, contact={"phone": ""})
    assert refusal.value.code == "not_allowed"
