from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stores.models import MarketEntry, Store, User
from stores.models.queries.opening import local_day
from stores.values import clock
from tests import people
from tests.stores.actions.test_lifecycle import complete
from tests.stores.admin.network import furnish


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(store: Store) -> str:
    return reverse("admin:stores_store_life", args=[store.pk])


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def move(client: Client, store: Store, to: str, seen: str, **more: Any) -> Any:
    return client.post(page(store), {"do": "move", "to": to, "seen": seen, **more}, follow=True)


@pytest.fixture
def berlin(world: people.World) -> Store:
    return people.store(world.rokid, "DE", "berlin", status="ready", published_at=None)


def test_the_page_offers_the_possible_steps_and_a_step_is_taken(world: people.World, berlin: Store) -> None:
    emma = signed_in(world.emma)
    shown = emma.get(page(berlin))
    assert [step["to"] for step in shown.context["steps"]] == ["soft_open", "open", "fit_out", "cancelled"]
    assert said(move(emma, berlin, "open", "ready")) == ["Done."]
    pause = move(emma, berlin, "temporarily_closed", "open", reason="Umbau", reopen_date="2099-01-31")
    assert said(pause) == ["Done."]
    berlin.refresh_from_db()
    assert (berlin.status, str(berlin.reopen_date)) == ("temporarily_closed", "2099-01-31")


def test_a_step_that_is_blocked_says_why_and_has_no_button(world: people.World) -> None:
    store = furnish(world.rokid, "DE", "munich")["Store"]
    Store.objects.filter(pk=store.pk).update(status="closing", closing_date=local_day(store.time_zone, clock.now()))
    shown = signed_in(world.emma).get(page(store))
    [closing, _off] = shown.context["steps"]
    assert [str(each) for each in closing["blockers"]] == ["1 open service case"]
    assert "1 open service case" in shown.content.decode()
    refused = move(signed_in(world.emma), store, "closed", "closing")
    assert said(refused) == ["Not possible yet: 1 open service case."]


def test_who_looked_at_an_older_status_looks_again(world: people.World, berlin: Store) -> None:
    emma = signed_in(world.emma)
    move(emma, berlin, "open", "ready")
    assert said(move(signed_in(world.olivia), berlin, "cancelled", "ready", reason="x")) == [
        "Meanwhile the store is open: look at it again."
    ]


def test_a_refusal_after_a_race_is_said_in_the_readers_language(world: people.World, berlin: Store) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    move(emma, berlin, "open", "ready")
    olivia.cookies["django_language"] = "de"
    assert said(move(olivia, berlin, "cancelled", "ready", reason="x")) == [
        "Inzwischen steht die Filiale auf „Geöffnet“: bitte noch einmal ansehen."
    ]
    followed = people.store(world.rokid, "DE", "counter", hours_from=berlin)
    move(emma, berlin, "closing", "open", reason="x", closing_date="2099-01-01")
    assert said(move(olivia, berlin, "closed", "closing")) == [
        "Noch nicht möglich: 1 Counter, der ihren Zeiten folgt."
    ], followed


@pytest.mark.parametrize(
    ("to", "more", "message"),
    [
        ("temporarily_closed", {}, "Say why, so that others find it in the history."),
        ("temporarily_closed", {"reason": "x", "reopen_date": "2020-01-01"},
         "The store opens again on a day to come, or nobody knows when."),
        ("temporarily_closed", {"reason": "x", "reopen_date": "tomorrow"}, "Write the date as year, month and day."),
        ("temporarily_closed", {"reason": "x", "reopen_date": "2027-02-30"}, "Write the date as year, month and day."),
        ("closing", {"reason": "x"}, "Name the first day on which the store stays closed."),
        ("closing", {"reason": "x\x00y", "closing_date": "\x00"}, "Name the first day on which the store stays closed."),
    ],
)  # fmt: skip
def test_a_mistake_is_said_and_changes_nothing(
    world: people.World, to: str, more: dict[str, str], message: str
) -> None:
    store = people.store(world.rokid, "DE", "hamburg")
    before = Store.objects.values().get(pk=store.pk)
    assert said(move(signed_in(world.emma), store, to, "open", **more)) == [message]
    assert Store.objects.values().get(pk=store.pk) == before


def test_a_status_of_nobodys_making_is_no_page(world: people.World, berlin: Store) -> None:
    emma = signed_in(world.emma)
    for sent in (
        {"do": "move", "to": "open", "seen": "nonsense"},
        {"do": "move", "to": "x", "seen": "ready"},
        {"do": "x"},
    ):
        assert emma.post(page(berlin), sent).status_code == 404


def test_a_store_beyond_reach_is_no_store(world: people.World, berlin: Store) -> None:
    kenji = signed_in(world.kenji)
    missing = reverse("admin:stores_store_life", args=[987654321])
    sent = {"do": "move", "to": "open", "seen": "ready"}
    answers = {
        (a.status_code, a.content)
        for a in (kenji.get(page(berlin)), kenji.post(page(berlin), sent), kenji.get(missing))
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    berlin.refresh_from_db()
    assert berlin.status == "ready"


def test_who_only_reads_sees_the_life_and_no_button(world: people.World, berlin: Store) -> None:
    reader = signed_in(people.person("Anna", "analyst", brand=world.rokid))
    assert reader.get(page(berlin)).context["steps"] == []
    assert said(move(reader, berlin, "open", "ready")) == ["Your role does not allow you to edit stores here."]
    berlin.refresh_from_db()
    assert berlin.status == "ready"


def test_a_complete_store_is_published_and_taken_down_again(world: people.World, berlin: Store) -> None:
    emma = signed_in(world.emma)
    refused = emma.post(page(berlin), {"do": "publish"}, follow=True)
    assert said(refused) == ["Nothing was published: the checklist has gaps."]
    complete(berlin)
    assert said(emma.post(page(berlin), {"do": "publish"}, follow=True)) == ["Done."]
    berlin.refresh_from_db()
    assert berlin.published_at is not None
    down = emma.post(page(berlin), {"do": "unpublish", "reason": "The builders are late"}, follow=True)
    assert said(down) == ["Done."]
    berlin.refresh_from_db()
    assert berlin.published_at is None


def test_a_market_that_is_not_ready_holds_its_stores_unless_an_owner_says_why(
    world: people.World, berlin: Store
) -> None:
    complete(berlin)
    MarketEntry.objects.filter(brand=world.rokid).update(status="preparing")
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    assert "The market is not live yet" in emma.get(page(berlin)).content.decode()
    why = {"do": "publish", "override": "The opening is on television tonight"}
    assert said(emma.post(page(berlin), why, follow=True)) == [
        "Only an owner may publish stores that are not complete."
    ]
    assert said(olivia.post(page(berlin), why, follow=True)) == ["Done."]
    berlin.refresh_from_db()
    assert berlin.publish_override == "The opening is on television tonight (lacks market)"


def test_the_status_is_not_a_field_of_the_form(world: people.World, berlin: Store) -> None:
    address = reverse("admin:stores_store_change", args=[berlin.pk])
    form = signed_in(world.emma).get(address).context["adminform"].form
    assert "status" not in form.fields
    assert page(berlin) in signed_in(world.emma).get(address).content.decode()


def test_map_services_are_told_what_the_day_says(world: people.World, berlin: Store) -> None:
    opening = local_day(berlin.time_zone, clock.now()) + timedelta(days=20)
    Store.objects.filter(pk=berlin.pk).update(opening_date=opening)
    shown = signed_in(world.emma).get(page(berlin)).context
    assert (shown["google"]["status"], shown["apple"]["status"]) == ("OPEN", "OPENING_SOON")
