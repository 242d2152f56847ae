from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from stores.models import Store, User
from tests import people
from tests.stores.actions.test_lifecycle import complete

LIST = "/admin/stores/store/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(user: User, action: str, *stores: Store, **more: Any) -> Any:
    chosen = {"action": action, "_selected_action": [store.pk for store in stores], "select_across": "0"}
    return signed_in(user).post(LIST, chosen | more, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def stores(world: people.World) -> list[Store]:
    """A complete one, one with gaps, one that is not ready, one of Kenji's."""
    drafts = [
        people.store(world.rokid, market, code, status=status, published_at=None)
        for market, code, status in (
            ("DE", "berlin", "open"), ("DE", "munich", "open"), ("DE", "hamburg", "signed"), ("JP", "tokyo", "open"),
        )
    ]  # fmt: skip
    return [complete(drafts[0]), *drafts[1:]]


def published() -> set[str]:
    return set(Store.objects.filter(published_at__isnull=False).values_list("code", flat=True))


def test_a_look_first_and_then_the_complete_ones_go_live(world: people.World, stores: list[Store]) -> None:
    look = ask(world.emma, "publish", *stores).context
    assert (look["ready"], look["held"], look["alone"]) == (1, 1, 1)
    assert [(row["store"].code, len(row["gaps"])) for row in look["rows"]] == [("munich", 5)]
    assert published() == set()
    assert said(ask(world.emma, "publish", *stores, step="apply")) == ["1 store was published."]
    assert published() == {"berlin"}


def test_only_an_owner_publishes_what_is_not_complete(world: people.World, stores: list[Store]) -> None:
    refused = ask(world.emma, "publish", *stores, step="apply", override="Television")
    assert said(refused) == ["Only an owner may publish stores that are not complete."]
    assert published() == set()
    ask(world.olivia, "publish", *stores, step="apply", override="Television")
    assert published() == {"berlin", "munich", "tokyo"}


def test_all_pages_of_the_list_are_the_persons_own_part(world: people.World, stores: list[Store]) -> None:
    complete(stores[3])
    look = ask(world.emma, "publish", stores[0], select_across="1").content.decode()
    own = dict(re.findall(r'<input type="hidden" name="(select_across|_selected_action)" value="(\d+)"', look))
    signed_in(world.emma).post(LIST, {"action": "publish", "step": "apply", **own})
    assert published() == {"berlin"}


def test_taking_down_needs_a_reason(world: people.World, stores: list[Store]) -> None:
    ask(world.emma, "publish", stores[0], step="apply")
    assert ask(world.emma, "take_down", *stores).context["ready"] == 1
    assert said(ask(world.emma, "take_down", *stores, step="apply")) == [
        "Say why, so that others find it in the history."
    ]
    assert published() == {"berlin"}
    done = ask(world.emma, "take_down", *stores, step="apply", reason="The builders are late")
    assert said(done) == ["1 store was taken down."]
    assert published() == set()


def test_who_only_reads_has_no_such_action(world: people.World, stores: list[Store]) -> None:
    reader = people.person("Anna", "analyst", brand=world.rokid)
    ask(reader, "publish", *stores, step="apply")
    assert published() == set()


def test_the_list_of_stores_without_hours_knows_who_follows_another(world: people.World, stores: list[Store]) -> None:
    Store.objects.filter(code="munich").update(hours_from=Store.objects.get(code="berlin"))
    for wanted, codes in (("yes", ["berlin", "munich"]), ("no", ["hamburg"])):
        page = signed_in(world.emma).get(LIST, {"hours": wanted})
        assert sorted(row.code for row in page.context["cl"].result_list) == codes
