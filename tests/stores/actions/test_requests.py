"""What a partner proposes, and what a manager makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from stores.actions.errors import NotFound, Refused
from stores.actions.requests import (
    accept_request,
    differences,
    propose_change,
    reject_request,
    value_of,
    withdraw_request,
)
from stores.models import Brand, ChangeRequest, Store, User
from stores.models.queries.opening import local_day
from stores.values import clock
from tests import people
from tests.counters import counter, rival

NEW_NAME = {"zh-Hant": "海港城專櫃", "en": "Harbour City counter"}


@pytest.fixture
def kowloon(world: people.World) -> Store:
    return counter(world, "kowloon")


@pytest.fixture
def hana(world: people.World) -> User:
    """Hana manages Asia, where Hong Kong is."""
    return people.person("Hana", "regional_manager", brand=world.rokid, region=world.asia)


def stored(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = Store.objects.filter(pk=store.pk).values().get()
    return found


def test_a_proposal_changes_nothing_until_it_is_accepted(world: people.World, kowloon: Store, hana: User) -> None:
    before = stored(kowloon)
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME, "status": "open"}, reason="moved")
    assert stored(kowloon) == before
    assert request.changes == {"name": {"from": kowloon.name, "to": NEW_NAME}}
    assert (request.partner, request.proposed_by) == (world.optician, "mei@example.com")

    accept_request(by=hana, request=request, comment="as in the contract")
    kowloon.refresh_from_db()
    request.refresh_from_db()
    assert kowloon.name == NEW_NAME
    assert (request.state, request.decided_by, request.decision_comment) == (
        "accepted", "hana@example.com", "as in the contract",
    )  # fmt: skip


def test_an_address_is_proposed_and_accepted_whole(world: people.World, kowloon: Store, hana: User) -> None:
    wanted = {"lines": ["3 Canton Road"], "sublocality": "", "locality": "Tsim Sha Tsui",
              "administrative_area": "Kowloon", "postal_code": ""}  # fmt: skip
    request = propose_change(by=world.mei, store=kowloon, proposed={"address:en": wanted, "address:zh-Hant": wanted})
    accept_request(by=hana, request=request)
    assert value_of(kowloon, "address:en") == value_of(kowloon, "address:zh-Hant") == wanted
    assert list(kowloon.addresses.filter(is_primary=True).values_list("language", flat=True)) == ["en"]


@pytest.mark.parametrize("status", ["temporarily_closed", "closed"])
def test_a_counter_that_is_gone_takes_the_steps_of_its_life(
    world: people.World, kowloon: Store, hana: User, status: str
) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"status": status}, reason="The mall is rebuilt.")
    accept_request(by=hana, request=request)
    kowloon.refresh_from_db()
    assert kowloon.status == status
    assert (kowloon.closing_date is not None) == (status == "closed")


def test_a_counter_that_was_shut_for_a_while_is_gone_at_once(world: people.World, kowloon: Store, hana: User) -> None:
    for status in ("temporarily_closed", "closed"):
        accept_request(
            by=hana, request=propose_change(by=world.mei, store=kowloon, proposed={"status": status}, reason="x")
        )
    kowloon.refresh_from_db()
    assert (kowloon.status, kowloon.closing_date) == ("closed", local_day(kowloon.time_zone, clock.now()))


def test_what_stands_in_the_way_of_a_step_leaves_the_name_as_it_was_too(
    world: people.World, kowloon: Store, hana: User
) -> None:
    people.person("Cora", "service_agent", brand=world.rokid, store=kowloon)
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME, "status": "closed"})
    before = stored(kowloon)
    with pytest.raises(Refused) as refusal:
        accept_request(by=hana, request=request)
    assert refusal.value.code == "blocked"
    assert stored(kowloon) == before


def test_what_changed_since_is_refused_with_three_values_and_nothing_is_half_applied(
    world: people.World, kowloon: Store, hana: User
) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"status": "closed", "name": NEW_NAME})
    Store.objects.filter(pk=kowloon.pk).update(name={"en": "Somebody was faster"})
    before = stored(kowloon)
    with pytest.raises(Refused) as refusal:
        accept_request(by=hana, request=request)
    assert refusal.value.code == "changed_since"
    assert stored(kowloon) == before
    request.refresh_from_db()
    assert request.state == "open"
    request = ChangeRequest.objects.select_related("store").get(pk=request.pk)
    moved = [difference for difference in differences(request) if difference.moved]
    assert [(one.then, one.proposed, one.now) for one in moved] == [
        (kowloon.name, NEW_NAME, {"en": "Somebody was faster"})
    ]


def test_the_second_of_two_decisions_is_told_that_it_is_late(world: people.World, kowloon: Store, hana: User) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    reject_request(by=hana, request=request, comment="Not in the contract.")
    with pytest.raises(Refused) as accepting:
        accept_request(by=world.olivia, request=request)
    with pytest.raises(Refused) as withdrawing:
        withdraw_request(by=world.mei, request=request)
    assert (accepting.value.code, withdrawing.value.code) == ("decided", "decided")
    kowloon.refresh_from_db()
    assert kowloon.name["en"] == "Counter kowloon"


def test_with_four_eyes_nobody_decides_on_an_own_proposal(world: people.World, kowloon: Store, hana: User) -> None:
    own = [propose_change(by=hana, store=kowloon, proposed=what) for what in ({"name": NEW_NAME}, {"status": "closed"})]
    for decide in (accept_request, reject_request):
        with pytest.raises(Refused) as refusal:
            decide(by=hana, request=own[0], comment="mine")
        assert refusal.value.code == "four_eyes"
    assert list(ChangeRequest.objects.undecided()) == own
    assert withdraw_request(by=hana, request=own[1]).state == "withdrawn"
    assert accept_request(by=world.olivia, request=own[0]).decided_by == "olivia@example.com"


def test_only_who_proposed_a_change_takes_it_back(world: people.World, kowloon: Store, hana: User) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    colleague = people.person("Cora", "partner", brand=world.rokid, partner=world.optician)
    for person in (colleague, hana, world.olivia):
        with pytest.raises(Refused) as refusal:
            withdraw_request(by=person, request=request)
        assert refusal.value.code == "not_yours"
    assert withdraw_request(by=world.mei, request=request).state == "withdrawn"


def test_a_brand_without_four_eyes_lets_one_person_propose_and_accept(
    world: people.World, kowloon: Store, hana: User
) -> None:
    Brand.objects.filter(pk=world.rokid.pk).update(four_eyes=False)
    request = propose_change(by=hana, store=kowloon, proposed={"name": NEW_NAME})
    assert accept_request(by=hana, request=request).decided_by == "hana@example.com"


def test_a_rejection_says_why(world: people.World, kowloon: Store, hana: User) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    with pytest.raises(Refused) as refusal:
        reject_request(by=hana, request=request, comment=" ")
    assert refusal.value.code == "comment"


def test_a_newer_proposal_takes_the_place_of_an_older_one_about_the_same_field(
    world: people.World, kowloon: Store
) -> None:
    first = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    other = propose_change(by=world.mei, store=kowloon, proposed={"status": "closed"})
    second = propose_change(by=world.mei, store=kowloon, proposed={"name": {"en": "Third name"}})
    assert list(ChangeRequest.objects.undecided()) == [other, second]
    first.refresh_from_db()
    assert (first.state, first.decision_comment) == ("withdrawn", "Replaced by a newer request.")


@pytest.mark.parametrize(
    ("proposed", "code"),
    [
        ({"status": "open"}, "nothing_changes"),
        ({"status": "prospect"}, "status"),
        ({"name": {}}, "name"),
        ({"name": {"en": " "}}, "invalid"),
        ({"name": {"no such tag!": "x"}}, "invalid"),
        ({"address:en": {"lines": ["x" * 300]}}, "invalid"),
        ({"market": 1}, "not_found"),
        ({"published_at": None}, "not_found"),
    ],
)
def test_what_cannot_be_stored_is_not_proposed(
    world: people.World, kowloon: Store, proposed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        propose_change(by=world.mei, store=kowloon, proposed=proposed)
    assert refusal.value.code == code
    assert ChangeRequest.objects.count() == 0


def test_nobody_proposes_or_decides_beyond_the_own_reach(world: people.World, kowloon: Store, hana: User) -> None:
    elsewhere = counter(world, "central", operator=rival(world.rokid))
    for person in (world.mei, world.stan, world.kenji):
        with pytest.raises(NotFound):
            propose_change(by=person, store=elsewhere, proposed={"name": NEW_NAME})
    request = propose_change(by=hana, store=elsewhere, proposed={"name": NEW_NAME})
    own = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    for decide in (accept_request, reject_request):
        for person in (world.mei, world.emma, world.kenji):
            with pytest.raises(NotFound):
                decide(by=person, request=request, comment="mine")
        with pytest.raises(Refused) as refusal:
            decide(by=world.mei, request=own, comment="mine")
        assert refusal.value.code == "not_allowed"
    assert set(ChangeRequest.objects.undecided()) == {request, own}
    assert list(ChangeRequest.objects.visible_to(world.mei)) == [own]


def test_a_counter_that_changes_hands_does_not_show_what_its_former_operator_proposed(
    world: people.World, kowloon: Store
) -> None:
    propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME}, reason="our secret plans")
    other = rival(world.rokid)
    Store.objects.filter(pk=kowloon.pk).update(operator=other)
    pia = people.person("Pia", "partner", brand=world.rokid, partner=other)
    assert list(Store.objects.visible_to(pia)) == [kowloon]
    assert list(ChangeRequest.objects.visible_to(pia)) == []


def test_the_database_wants_a_person_and_a_time_for_a_decision(world: people.World, kowloon: Store) -> None:
    request = propose_change(by=world.mei, store=kowloon, proposed={"name": NEW_NAME})
    wrongs: list[dict[str, Any]] = [
        {"state": "accepted"},
        {"decided_by": "somebody"},
        {"state": "lost"},
        {"changes": {}},
    ]
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangeRequest.objects.filter(pk=request.pk).update(**wrong)
