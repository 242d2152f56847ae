"""Partners in the dashboard: the worklist, the counters, and what a partner's own user may reach."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stores.actions.confirmations import make_link
from stores.actions.quality import assess_stores
from stores.actions.requests import propose_change
from stores.models import (
    ChangeRequest,
    ConfirmationLink,
    Exclusivity,
    Partner,
    PartnerContact,
    SpecialDay,
    Store,
    StoreQuality,
    System,
    User,
    WeeklyHours,
)
from tests import people
from tests.counters import counter, rival
from tests.stores.admin.test_confirm import sent
from tests.stores.admin.test_scope import signed_in

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
WORKLIST = reverse("admin:stores_changerequest_changelist")
DECIDE = reverse("admin:stores_changerequest_decide")


@pytest.fixture
def hana(world: people.World) -> User:
    """Hana manages Asia, where Hong Kong is."""
    return people.person("Hana", "regional_manager", brand=world.rokid, region=world.asia)


def named(text: str) -> dict[str, Any]:
    return {"name": {"en": text}}


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:stores_{name}", args=args)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- the worklist -----------------------------------------------------------------------------------------------------


def test_the_worklist_is_by_age_and_several_are_decided_together(world: people.World, hana: User) -> None:
    stores = [counter(world, code) for code in ("kowloon", "central", "mongkok")]
    requests = [propose_change(by=world.mei, store=store, proposed=named(f"New {store.code}")) for store in stores]
    Store.objects.filter(pk=stores[1].pk).update(name={"en": "Somebody was faster"})
    client = signed_in(hana)
    listed = client.get(WORKLIST, {"state__exact": "open"})
    assert list(listed.context["cl"].result_list) == requests
    chosen = {"action": "decide_selected", "_selected_action": [request.pk for request in requests]}
    compared = client.post(f"{WORKLIST}?state__exact=open", chosen)
    assert [row["request"] for row in compared.context["rows"]] == requests
    assert [row["differences"][0]["moved"] for row in compared.context["rows"]] == [False, True, False]
    answer = client.post(
        DECIDE,
        {"request": [request.pk for request in requests], "decision": "accept", "comment": "as agreed"},
        follow=True,
    )
    assert [ChangeRequest.objects.get(pk=request.pk).state for request in requests] == ["accepted", "open", "accepted"]
    assert [Store.objects.get(pk=store.pk).name["en"] for store in stores] == [
        "New kowloon", "Somebody was faster", "New mongkok",
    ]  # fmt: skip
    assert len(said(answer)) == 2


def test_the_page_of_one_request_shows_three_values(world: people.World, hana: User) -> None:
    store = counter(world, "kowloon")
    request = propose_change(by=world.mei, store=store, proposed=named("New name"), reason="moved upstairs")
    Store.objects.filter(pk=store.pk).update(name={"en": "Third name"})
    text = signed_in(hana).get(page("changerequest_change", request.pk)).content.decode()
    for word in ("Counter kowloon", "New name", "Third name", "moved upstairs", "mei@example.com"):
        assert word in text


def test_who_proposed_a_change_is_told_that_a_second_person_decides(world: people.World, hana: User) -> None:
    own = propose_change(by=hana, store=counter(world, "kowloon"), proposed=named("New name"))
    other = propose_change(by=world.mei, store=counter(world, "central"), proposed=named("Other name"))
    client = signed_in(hana)
    why = "You proposed this, and this brand asks for four eyes"
    for person, decides in ((client, False), (signed_in(world.olivia), True)):
        shown = person.get(page("changerequest_change", own.pk))
        assert (shown.context["decides"], shown.context["withdraws"]) == (decides, not decides)
        assert (why in shown.content.decode()) is not decides
    answer = client.post(DECIDE, {"request": [own.pk, other.pk], "decision": "accept"}, follow=True)
    assert said(answer) == [
        f"{own.store}: You proposed this: a second person has to decide. You can withdraw it.",
        "Accepted and applied.",
    ]
    assert list(ChangeRequest.objects.undecided()) == [own]


def test_nobody_decides_what_is_not_theirs(world: people.World, hana: User) -> None:
    store = counter(world, "kowloon")
    request = propose_change(by=world.mei, store=store, proposed=named("New name"))
    other = counter(world, "central", operator=rival(world.rokid))
    foreign = propose_change(by=hana, store=other, proposed=named("New name"))
    for person in (world.emma, world.kenji, world.stan):
        answer = signed_in(person).post(DECIDE, {"request": request.pk, "decision": "accept"})
        assert answer.status_code == 404
    mei = signed_in(world.mei)
    for decision in ("accept", "reject", "withdraw"):
        assert mei.post(DECIDE, {"request": foreign.pk, "decision": decision, "comment": "x"}).status_code == 404
    mei.post(DECIDE, {"request": request.pk, "decision": "accept"})
    assert set(ChangeRequest.objects.undecided()) == {request, foreign}
    assert mei.post(DECIDE, {"request": request.pk, "decision": "withdraw"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("withdrawn", "mei@example.com")
    for wrong in ({}, {"request": "x", "decision": "accept"}, {"request": foreign.pk, "decision": "burn"}):
        assert signed_in(hana).post(DECIDE, wrong).status_code == 404
    assert signed_in(hana).get(DECIDE).status_code == 404


def test_the_home_page_counts_what_waits_for_the_person(world: people.World, hana: User) -> None:
    propose_change(by=world.mei, store=counter(world, "kowloon"), proposed=named("New name"))
    counts = {
        person.email: signed_in(person).get(reverse("admin:index")).context["requests_waiting"]
        for person in (hana, world.olivia, world.emma, world.mei)
    }
    assert list(counts.values()) == [1, 1, 0, 0]


# --- a partner's own user ---------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_a_partner_corrects_an_own_counter_and_reaches_no_other(world: people.World) -> None:
    own, other = counter(world, "kowloon"), counter(world, "central", operator=rival(world.rokid))
    mei = signed_in(world.mei)
    assert page("store_counter", own.pk) in mei.get(page("store_change", own.pk)).content.decode()
    form = mei.get(page("store_counter", own.pk)).context["form"]
    data = sent(form, step="save", phone="2345 6789", week_6="")
    data["name:text"] = ["New name" for _tag in data["name:tag"]]
    assert mei.post(page("store_counter", own.pk), data).status_code == 302
    own.refresh_from_db()
    assert (own.phone, own.verified_by, own.name["en"]) == ("+85223456789", "mei@example.com", "Counter kowloon")
    assert WeeklyHours.objects.get(store=own).periods[6] == []
    assert ChangeRequest.objects.undecided().get().store == own

    before = Store.objects.filter(pk=other.pk).values().get()
    missing = mei.get(page("store_counter", 987654321))
    answers = [
        mei.get(page("store_counter", other.pk)),
        mei.post(page("store_counter", other.pk), {"step": "confirm"}),
        mei.post(page("store_counter", other.pk), data),
    ]
    assert [(one.status_code, one.content) for one in answers] == [(404, missing.content)] * 3
    assert Store.objects.filter(pk=other.pk).values().get() == before


def test_who_cannot_confirm_has_no_such_page(world: people.World) -> None:
    store = counter(world, "kowloon")
    ana = signed_in(people.person("Ana", "analyst", brand=world.rokid))
    assert ana.get(page("store_change", store.pk)).status_code == 200
    assert ana.get(page("store_counter", store.pk)).status_code == 404
    assert ana.post(page("store_counter", store.pk), {"step": "confirm"}).status_code == 404


def test_a_partner_sees_of_the_others_nothing_in_lists_filters_and_searches(world: people.World, hana: User) -> None:
    other = rival(world.rokid)
    own, foreign = counter(world, "kowloon"), counter(world, "central", operator=other)
    for partner, store in ((world.optician, own), (other, foreign)):
        PartnerContact.objects.create(
            brand=world.rokid, partner=partner, name=f"{partner.code} contact", email="a@b.example"
        )
        make_link(by=System("test"), partner=partner, quarter="2026Q4", email="a@b.example", language="en")
        propose_change(by=hana, store=store, proposed=named("New name"))
    Exclusivity.objects.create(
        brand=world.rokid, partner=other, market=world.markets["HK"], trade="carrier", from_date=NOON.date()
    )
    assess_stores()
    mei = signed_in(world.mei)
    for model, path in (
        (Partner, "pk"), (PartnerContact, "partner"), (Exclusivity, "partner"), (ConfirmationLink, "partner"),
        (ChangeRequest, "partner"), (StoreQuality, "store__operator"), (Store, "operator"),
    ):  # fmt: skip
        name = model._meta.model_name
        answer = mei.get(page(f"{name}_changelist"))
        shown = model._default_manager.filter(pk__in=[row.pk for row in answer.context["cl"].result_list])
        assert set(shown.values_list(path, flat=True)) <= {world.optician.pk}, name
        assert "Brightside" not in answer.content.decode(), name
        for row in model._default_manager.exclude(**{path: world.optician.pk}):
            assert mei.get(page(f"{name}_change", row.pk)).status_code == 404, name
    for field, table in (("operator", "store"), ("partner", "partnercontact"), ("store", "storeaddress")):
        asked = {"app_label": "stores", "model_name": table, "field_name": field}
        answer = mei.get(reverse("admin:autocomplete"), asked)
        assert "Brightside" not in answer.content.decode()
        assert "central" not in answer.content.decode()
    for address in (page("partner_counters", other.pk), page("partner_ask", other.pk)):
        assert mei.get(address).status_code == 404
        assert mei.post(address, {"step": "revoke", "store": foreign.pk}).status_code == 404
    assert ConfirmationLink.objects.live().filter(partner=other).count() == 1


def test_a_partner_neither_publishes_nor_mails(world: people.World) -> None:
    store = counter(world, "kowloon", published_at=None)
    mei = signed_in(world.mei)
    assert mei.get(page("partner_change", world.optician.pk)).status_code == 200
    mei.post(page("partner_counters", world.optician.pk), {"store": store.pk})
    assert mei.post(page("partner_ask", world.optician.pk), {"step": "send"}).status_code == 404
    store.refresh_from_db()
    assert (store.published_at, len(mail.outbox)) == (None, 0)


# --- the partner's page -----------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_the_partners_page_tells_progress_and_what_is_lacking(world: people.World, hana: User) -> None:
    counter(world, "kowloon", verified_at=NOON)
    counter(world, "central", phone="")
    answer = signed_in(hana).get(page("partner_change", world.optician.pk))
    assert (answer.context["partner"].confirmed, answer.context["partner"].counters) == (1, 2)
    assert [row["store"].code for row in answer.context["worst"]] == ["central"]
    assert (answer.context["worst"][0]["quality"].gaps, answer.context["mean"]) == (("phone", "verified"), 88)


def test_the_page_answers_whether_a_partner_may_sell_somewhere_and_names_only_whom_one_sees(
    world: people.World, hana: User
) -> None:
    Exclusivity.objects.create(
        brand=world.rokid, partner=world.optician, market=world.markets["HK"], trade="optician", from_date=NOON.date()
    )
    other = rival(world.rokid)
    pia = people.person("Pia", "partner", brand=world.rokid, partner=other)
    address = page("partner_change", other.pk)
    asked = {"market": "HK", "kind": "", "on": "2026-12-01"}
    holders = {}
    for person in (hana, pia):
        answers = signed_in(person).get(address, asked).context.get("answers")
        holders[person.name] = answers and [(one["forbids"], str(one["holder"])) for one in answers]
    assert holders == {"Hana": [(True, "Clearview Optical")], "Pia": None}
    assert signed_in(hana).get(address, asked | {"on": "2026-11-01"}).context["answers"] == []
    for wrong in ({"on": "soon"}, {"on": "2026-13-01"}, {"market": "DE"}, {"market": "XX"}):
        assert "answers" not in signed_in(hana).get(address, asked | wrong).context


@time_machine.travel(NOON, tick=False)
def test_complete_counters_are_published_together_and_the_others_say_what_they_lack(
    world: people.World, hana: User
) -> None:
    whole = counter(world, "kowloon", published_at=None)
    poor = counter(world, "central", published_at=None, latitude=None, longitude=None)
    foreign = counter(world, "mongkok", published_at=None, operator=rival(world.rokid))
    for store in (whole, poor, foreign):
        store.addresses.create(
            brand=world.rokid, language="zh-Hant", lines=["彌敦道 1 號"], locality="尖沙咀", administrative_area="九龍"
        )
    client, address = signed_in(hana), page("partner_counters", world.optician.pk)
    rows = client.get(address).context["rows"]
    assert [(row["store"].code, row["publishable"], [gap.what for gap in row["gaps"]]) for row in rows] == [
        ("central", False, ["position"]),
        ("kowloon", True, []),
    ]
    answer = client.post(address, {"store": [whole.pk, poor.pk, foreign.pk, "x"]}, follow=True)
    published = Store.objects.filter(published_at__isnull=False).values_list("code", flat=True)
    assert list(published) == ["kowloon"]
    assert said(answer) == ["1 counter published.", "1 counter is held back: look at what it lacks."]


@time_machine.travel(NOON, tick=False)
def test_asking_sends_one_mail_and_taking_back_closes_it(world: people.World, hana: User) -> None:
    counter(world, "kowloon")
    PartnerContact.objects.create(brand=world.rokid, partner=world.optician, name="Mei", email="mei@clearview.example")
    client, address = signed_in(hana), page("partner_ask", world.optician.pk)
    assert said(client.post(address, {"step": "send"}, follow=True)) == ["Sent to mei@clearview.example."]
    assert [message.to for message in mail.outbox] == [["mei@clearview.example"]]
    assert said(client.post(address, {"step": "revoke"}, follow=True)) == ["1 link taken back."]
    assert ConfirmationLink.objects.live().count() == 0
    assert client.post(address, {"step": "burn"}).status_code == 404


def test_the_list_of_partners_sorts_by_quality_at_the_same_cost_for_many(world: people.World) -> None:
    client = signed_in(world.olivia)
    counter(world, "kowloon")
    assess_stores()
    address = page("partner_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    other = rival(world.rokid)
    for number in range(5):
        counter(world, f"C{number}", operator=other, phone="")
    assess_stores()
    with CaptureQueriesContext(connection) as many:
        listed = client.get(address, {"o": "7"})
    assert len(many) == len(one)
    assert [row.code for row in listed.context["cl"].result_list] == ["brightside", "clearview"]


# --- the stored score -------------------------------------------------------------------------------------------------


def test_only_what_changed_or_became_old_is_judged_again(world: people.World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counter(world, "kowloon", verified_at=NOON)
        store = counter(world, "central", verified_at=NOON)
        assert (assess_stores(), assess_stores()) == (2, 0)
        WeeklyHours.objects.filter(store=store).delete()
        assert (assess_stores(), assess_stores()) == (1, 0)
        assert StoreQuality.objects.get(store=store).gaps == ["hours", "holidays"]
        clock.shift(120 * 24 * 3600)
        assert (assess_stores(), assess_stores()) == (2, 0)
        assert "verified" in StoreQuality.objects.get(store=store).gaps


def test_a_question_about_a_holiday_costs_points_from_the_day_it_is_near_until_the_day_is_over(
    world: people.World,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        store = counter(world, "kowloon", verified_at=NOON)
        far = SpecialDay.objects.create(
            brand=world.rokid, store=store, date=NOON.date() + timedelta(days=70), state="proposed"
        )
        assert assess_stores() == 1
        assert StoreQuality.objects.get(store=store).gaps == []
        for day, gaps in ((10, []), (11, ["holidays"]), (71, ["holidays"]), (72, [])):
            clock.move_to(datetime.combine(NOON.date() + timedelta(days=day), time(1), UTC))
            assess_stores()
            assert (day, StoreQuality.objects.get(store=store).gaps) == (day, gaps)
        assert far.state == "proposed"


def test_anybody_may_open_no_page_without_logging_in(world: people.World) -> None:
    store = counter(world, "kowloon")
    for address in (WORKLIST, page("store_counter", store.pk), page("partner_counters", world.optician.pk)):
        assert Client().get(address)["Location"].startswith("/admin/login/")
