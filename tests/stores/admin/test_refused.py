"""What an action refuses while a form is saved: nothing is written, and what was entered comes back with the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from stores.models import LaunchItem, MarketEntry, Partner, Store, StoreAddress, StoreMilestone, User
from tests.people import World, store
from tests.stores.admin.test_pages import signed_in
from tests.stores.admin.test_scope import address, store_form


@pytest.fixture
def berlin(world: World) -> Store:
    return store(world.rokid, "DE", "berlin", phone="+4930111111")


def saved(user: User, made: Store, **entered: Any) -> Any:
    client = signed_in(user)
    return client.post(address(Store, "change", made.pk), store_form(client, made) | entered)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return {name: list(said) for name, said in answer.context["adminform"].form.errors.items()}


def test_a_refused_store_comes_back_with_all_that_was_entered_its_parts_included(world: World, berlin: Store) -> None:
    row = {"id": "", "store": berlin.pk, "language": "de", "lines": "Torstraße 1", "postal_code": "10119"}
    entered = {f"addresses-0-{name}": value for name, value in row.items()} | {"addresses-TOTAL_FORMS": 1}
    answer = saved(world.emma, berlin, holiday_subdivision="XX", phone="+4930222222", **entered)
    assert errors(answer) == {"holiday_subdivision": ["This part of the country has no holidays of its own."]}
    form = answer.context["adminform"].form
    assert (form["holiday_subdivision"].value(), form["phone"].value()) == ("XX", "+4930222222")
    [parts] = [f.formset for f in answer.context["inline_admin_formsets"] if f.formset.prefix == "addresses"]
    assert [part["lines"].value() for part in parts.forms] == ["Torstraße 1"]
    assert f'name="seen" value="{Store.objects.get().version}"' in answer.content.decode()
    berlin.refresh_from_db()
    assert (berlin.phone, StoreAddress.objects.count()) == ("+4930111111", 0)
    assert saved(world.emma, berlin, holiday_subdivision="BE", phone="+4930222222", **entered).status_code == 302


def test_what_is_refused_is_told_in_the_readers_language(world: World, berlin: Store) -> None:
    client = signed_in(world.emma)
    client.cookies["django_language"] = "de"
    sent = store_form(client, berlin) | {"holiday_subdivision": "XX"}
    assert errors(client.post(address(Store, "change", berlin.pk), sent)) == {
        "holiday_subdivision": ["Dieser Landesteil hat keine eigenen Feiertage."]
    }


def test_an_operator_whose_contract_is_over_is_refused_at_its_field(world: World, berlin: Store) -> None:
    over = Partner.objects.create(
        brand=world.rokid, code="optik", name={"de": "Optik"}, kind="optician", market=world.markets["DE"],
        contract_from_date="2020-01-01", contract_to_date="2021-01-01",
    )  # fmt: skip
    answer = saved(world.olivia, berlin, operator=over.pk, phone="+4930222222")
    assert errors(answer) == {"operator": ["This partner's contract is over by then: extend it first."]}
    assert answer.context["adminform"].form["phone"].value() == "+4930222222"


def test_a_store_that_is_followed_is_refused_as_a_follower_at_its_field(world: World, berlin: Store) -> None:
    store(world.rokid, "DE", "mitte", hours_from=berlin)
    host = store(world.rokid, "DE", "host")
    answer = saved(world.emma, berlin, hours_from=host.pk)
    assert errors(answer) == {"hours_from": ["Other stores follow this one, so it cannot follow another."]}


def test_a_new_store_that_is_refused_is_entered_once(world: World) -> None:
    sent = {
        "brand": world.rokid.pk, "code": "NEW", "name:tag": "en", "name:text": "New", "format": "pop_up", "status": "prospect",
        "time_zone": "Europe/Paris", "source_datum": "WGS84", "market": world.markets["FR"].pk, "holiday_subdivision": "XX",
    }  # fmt: skip
    answer = signed_in(world.emma).post(address(Store, "add"), sent)
    assert errors(answer) == {"holiday_subdivision": ["This part of the country has no holidays of its own."]}
    form = answer.context["adminform"].form
    assert (form["name"].value(), form["code"].value()) == ({"en": "New"}, "NEW")
    assert Store.objects.count() == 0
    assert signed_in(world.emma).post(address(Store, "add"), sent | {"holiday_subdivision": ""}).status_code == 302


def test_what_only_the_database_sees_comes_back_as_well(world: World, berlin: Store) -> None:
    row = StoreAddress.objects.create(
        brand=world.rokid, store=berlin, is_primary=True, language="de", lines=["Torstraße 1"]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # in a test no transaction ends, when they would be looked at
    sent = {"store": berlin.pk, "language": "de", "lines": "Torstraße 2", "postal_code": "10119"}
    answer = signed_in(world.emma).post(address(StoreAddress, "change", row.pk), sent)
    assert errors(answer) == {
        "is_primary": ["Mark exactly one address as the primary one, the one that the post uses."]
    }
    assert answer.context["adminform"].form["lines"].value() == "Torstraße 2"


# --- the pages of an opening and of a launch --------------------------------------------------------------------------


def boxes(answer: Any) -> str:
    """The page's text, so that what stands in a box can be looked for."""
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_step_that_is_refused_keeps_its_reason_and_its_date(world: World, berlin: Store) -> None:
    page = reverse("admin:stores_store_life", args=[berlin.pk])
    sent = {"do": "move", "to": "temporarily_closed", "seen": "open", "reason": "Umbau", "reopen_date": "2020-01-31"}
    text = boxes(signed_in(world.emma).post(page, sent))
    assert "The store opens again on a day to come, or nobody knows when." in text
    assert 'id="reason-temporarily_closed" name="reason" maxlength="200" required value="Umbau"' in text
    assert 'name="reopen_date" value="2020-01-31"' in text
    assert text.count('value="Umbau"') == 1
    berlin.refresh_from_db()
    assert berlin.status == "open"


def test_the_page_after_a_refusal_shows_the_store_as_it_is_now(world: World, berlin: Store) -> None:
    page = reverse("admin:stores_store_life", args=[berlin.pk])
    sent = {"do": "move", "to": "open", "seen": "ready", "reason": "Ribbon cut"}
    answer = signed_in(world.emma).post(page, sent)
    assert answer.context["store"].status == "open"
    assert [step["to"] for step in answer.context["steps"]] == ["temporarily_closed", "closing"]


def test_an_opening_that_somebody_moved_keeps_the_day_and_the_reason_that_were_entered(world: World) -> None:
    made = store(world.rokid, "DE", "mitte", status="fit_out", published_at=None, opening_date=date(2030, 5, 1))
    page = reverse("admin:stores_store_life", args=[made.pk])
    sent = {"do": "opening", "seen_day": "2030-04-01", "day": "2030-06-01", "reason": "The builders are late"}
    text = boxes(signed_in(world.emma).post(page, sent))
    assert 'id="opening_date" type="date" name="day" value="2030-06-01"' in text
    assert 'id="opening_reason" name="reason" maxlength="200" value="The builders are late"' in text
    assert 'name="seen_day" value="2030-05-01"' in text


def test_a_milestone_that_is_refused_keeps_its_boxes(world: World) -> None:
    made = store(world.rokid, "DE", "mitte", status="fit_out", published_at=None)
    row = StoreMilestone.objects.create(
        brand=world.rokid, store=made, kind="lease_signed", due_date="2030-02-01", note="Old"
    )
    page = reverse("admin:stores_store_life", args=[made.pk])
    sent = {
        "do": "change", "item": row.pk, "owner": world.emma.pk, "due_date": "2030-02-30", "note": "Signed by Friday",
        "follows": "1",
    }  # fmt: skip
    answer = signed_in(world.emma).post(page, sent)
    [shown] = answer.context["planned"]
    assert shown["boxes"] == {
        "due": "2030-02-30", "note": "Signed by Friday", "owner": world.emma.pk, "follows": True, "required": False,
    }  # fmt: skip
    assert 'name="note" maxlength="500" value="Signed by Friday"' in boxes(answer)
    assert shown["again"]
    row.refresh_from_db()
    assert row.note == "Old"


def test_a_point_of_a_launch_that_is_refused_stays_in_its_boxes(world: World) -> None:
    entry = MarketEntry.objects.get(brand=world.rokid, market=world.markets["DE"])
    page = reverse("admin:stores_marketentry_launch", args=[entry.pk])
    sent = {"do": "add", "title": "Recycling scheme", "due_date": "tomorrow"}
    text = boxes(signed_in(world.emma).post(page, sent))
    assert 'name="title" maxlength="120" required value="Recycling scheme"' in text
    assert 'id="due_date" type="date" name="due_date" value="tomorrow"' in text
    assert LaunchItem.objects.count() == 0
