"""Two people have one store open: the second to save is told, and nothing of either is lost."""

from __future__ import annotations

from typing import Any

import pytest

from stores.models import Store, StoreAddress, WeeklyHours
from tests.people import World, store
from tests.stores.admin.test_pages import signed_in
from tests.stores.admin.test_scope import address, store_form

TOLD = "Somebody saved this while you had it open"


@pytest.fixture
def berlin(world: World) -> Store:
    return store(world.rokid, "DE", "berlin", phone="+4930111111", email="old@example.com")


def opened(user: Any, made: Store) -> dict[str, Any]:
    """What the person's browser will send when nothing is edited."""
    client = signed_in(user)
    return store_form(client, made) | {"seen": str(Store.objects.visible_to(user).get(pk=made.pk).version)}


def saved(user: Any, made: Store, sent: dict[str, Any]) -> Any:
    return signed_in(user).post(address(Store, "change", made.pk), sent)


def test_the_page_says_which_state_of_the_store_it_shows(world: World, berlin: Store) -> None:
    shown = signed_in(world.emma).get(address(Store, "change", berlin.pk)).content.decode()
    berlin.refresh_from_db()
    assert f'<input type="hidden" name="seen" value="{berlin.version}">' in shown


def test_the_second_to_save_is_told_and_sees_what_is_there_now(world: World, berlin: Store) -> None:
    first, second = opened(world.olivia, berlin), opened(world.emma, berlin)
    assert saved(world.olivia, berlin, first | {"phone": "+4930222222"}).status_code == 302

    answer = saved(world.emma, berlin, second | {"email": "new@example.com"})
    form = answer.context["adminform"].form
    [told] = form.non_field_errors()
    assert told.startswith(TOLD)
    assert {name: list(said) for name, said in form.errors.items() if name != "__all__"} == {
        "phone": ["There is now: +4930222222"],
        "email": ["There is now: old@example.com"],
    }
    berlin.refresh_from_db()
    assert (berlin.phone, berlin.email) == ("+4930222222", "old@example.com")
    # Their own entry is still in its box, and the page is of the new state now: saving again is meant.
    assert form["email"].value() == "new@example.com"
    assert f'name="seen" value="{berlin.version}"' in answer.content.decode()
    again = second | {"email": "new@example.com", "phone": "+4930222222", "seen": str(berlin.version)}
    assert saved(world.emma, berlin, again).status_code == 302
    berlin.refresh_from_db()
    assert (berlin.phone, berlin.email) == ("+4930222222", "new@example.com")


def test_a_part_of_the_store_is_not_written_over_either(world: World, berlin: Store) -> None:
    second = opened(world.emma, berlin)
    assert saved(world.olivia, berlin, opened(world.olivia, berlin) | {"phone": "+4930222222"}).status_code == 302
    row = {"id": "", "store": berlin.pk, "language": "de", "lines": "Torstraße 1", "postal_code": "10119"}
    rows = {f"addresses-0-{name}": value for name, value in row.items()} | {"addresses-TOTAL_FORMS": 1}

    answer = saved(world.emma, berlin, second | {"phone": "+4930222222"} | rows)
    [formset] = [f.formset for f in answer.context["inline_admin_formsets"] if f.formset.prefix == "addresses"]
    assert [told.startswith(TOLD) for told in formset.non_form_errors()] == [True]
    assert StoreAddress.objects.visible_to(world.emma).filter(store=berlin).count() == 0


def test_saving_what_is_there_already_twice_is_no_conflict(world: World, berlin: Store) -> None:
    sent = opened(world.emma, berlin) | {"email": "new@example.com"}
    assert [saved(world.emma, berlin, sent).status_code for _click in range(2)] == [302, 302]


def test_the_history_says_dates_and_weeks_as_the_reader_does(world: World, berlin: Store) -> None:
    client = signed_in(world.emma)
    client.cookies["django_language"] = "de"
    sent = opened(world.emma, berlin) | {"opening_date": "2027-03-05"}
    assert saved(world.emma, berlin, sent).status_code == 302
    [change] = client.get(address(Store, "history", berlin.pk)).context["steps"][0].changes
    assert (change.field, change.after) == ("Eröffnung am", "5. März 2027")
    week = WeeklyHours.objects.create(
        brand=world.rokid, store=berlin, periods=[[{"start": "10:00", "end": "20:00"}], *[[]] * 6]
    )
    [made] = client.get(address(WeeklyHours, "history", week.pk)).context["steps"]
    [shown] = [each.after for each in made.changes if "10:00" in each.after]
    assert shown.startswith("Montag 10:00-20:00 · Dienstag geschlossen · ")
