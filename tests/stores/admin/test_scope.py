"""Who meets which rows in the dashboard: one table of expectations, every table of ours, every kind of person.

Three places hold a row of everything: Rokid in Germany (Emma's region), Rokid in Japan (Kenji's), and Acme in Germany.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from stores.models import Store, User
from tests import people
from tests.stores.admin.network import Place, furnish, tables

EUROPE, JAPAN, ACME = "europe", "japan", "acme"
# What each person finds of the three places, by how a table can be cut.
BY_MARKET = {"olivia": {EUROPE, JAPAN}, "emma": {EUROPE}, "kenji": {JAPAN}, "mei": set(), "stan": set()}
BY_BRAND = {name: {EUROPE, JAPAN} if name != "stan" else set() for name in BY_MARKET}
WHOLE_BRAND_ONLY = {name: {EUROPE, JAPAN} if name == "olivia" else set() for name in BY_MARKET}

EXPECTED: dict[str, dict[str, set[str]]] = {
    **dict.fromkeys(
        (
            "Approval", "Campaign", "CaseEvent", "ChangeRequest", "ConfirmationLink", "Exclusivity", "PartnerContact",
            "StoreQuality", "StoreMilestone", "LaunchItem", "Channel", "ChannelPromotion", "ChannelReadback", "ChannelStore",
            "Device",
            "MarketEntry", "MarketPlan", "Offer", "Partner", "PlanChannel", "PlanItem", "PlanPrice", "PlanRevision",
            "PlanStore", "PricePoint", "RemoteObject", "ServiceCase", "ServiceOffering", "Store", "StoreAddress",
            "SpecialDay", "StoreProduct", "StoreService", "StoreSource", "SyncAttempt", "WeeklyHours",
        ),
        BY_MARKET,
    ),
    **dict.fromkeys(
        ("Connection", "ConnectionHealth", "ImportFile", "ImportJob", "ImportRow", "SavedMapping"), WHOLE_BRAND_ONLY
    ),
    **dict.fromkeys(("Brand", "HoursTemplate", "Region", "Product", "Variant"), BY_BRAND),
}  # fmt: skip
# Shared by all brands or without a place; test_people and the list tests below speak of them.
ELSEWHERE = {"ApiKey", "Grant", "HolidayDate", "Installation", "JobSlot", "Market", "Role", "User"}


@pytest.fixture
def places(world: people.World) -> dict[str, Place]:
    return {
        EUROPE: furnish(world.rokid, "DE", "berlin"),
        JAPAN: furnish(world.rokid, "JP", "tokyo"),
        ACME: furnish(world.acme, "DE", "rival"),
    }


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:stores_{model._meta.model_name}_{page}", args=args)


def is_login(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith("/admin/login/"))


def nothing(client: Client, model: type[models.Model]) -> Any:
    """What somebody gets for a number that no row has."""
    return client.get(address(model, "change", 987654321))


def test_the_table_of_expectations_names_every_table() -> None:
    assert set(EXPECTED) | ELSEWHERE == {model.__name__ for model in tables()}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_person_finds_the_own_rows_and_for_others_the_same_page_as_for_no_row(
    name: str, world: people.World, places: dict[str, Place]
) -> None:
    model = next(table for table in tables() if table.__name__ == name)
    before = stored(model, name, places)
    for person, expected in EXPECTED[name].items():
        client = signed_in(getattr(world, person))
        missing = (404, nothing(client, model).content)
        for where, place in places.items():
            row = place[name].pk
            pages = ("change", "history") if person == "emma" else ("change",)
            answers = [client.get(address(model, page, row)) for page in pages]
            if where in expected:
                assert {answer.status_code for answer in answers} == {200}, (person, where)
                continue
            answers.append(client.post(address(model, "change", row), {"decision": "stop", "name": "x"}))
            answers.append(client.post(address(model, "delete", row), {"post": "yes"}))
            assert {(answer.status_code, answer.content) for answer in answers} == {missing}, (person, where)
        listed = client.get(address(model, "changelist"))
        if person == "stan":
            assert (listed.status_code, listed.content) == missing
            continue
        known = {place[name].pk for place in places.values()}
        shown = {row.pk for row in listed.context["cl"].result_list} & known
        assert shown == {places[where][name].pk for where in expected}, person
    assert stored(model, name, places) == before


def stored(model: type[models.Model], name: str, places: dict[str, Place]) -> dict[str, Any]:
    """The three rows as the database has them."""
    return {where: model._base_manager.filter(pk=place[name].pk).values().get() for where, place in places.items()}


@pytest.mark.parametrize("name", ["Store", "Campaign", "MarketPlan", "Brand", "Connection"])
def test_nobody_and_a_closed_account_are_sent_to_the_login_page(
    name: str, world: people.World, places: dict[str, Place]
) -> None:
    model = next(table for table in tables() if table.__name__ == name)
    closed = signed_in(world.olivia)
    User.objects.filter(pk=world.olivia.pk).update(is_active=False)
    for client in (signed_in(None), closed):
        for page, args in (("changelist", ()), ("add", ()), ("change", (places[EUROPE][name].pk,))):
            assert is_login(client.get(address(model, page, *args)))
            assert is_login(client.post(address(model, page, *args), {"name": "x"}))


def store_form(client: Client, store: Store) -> dict[str, Any]:
    """The store's form as the browser would send it back, parts left out."""
    form = client.get(address(Store, "change", store.pk)).context["adminform"].form
    sent: dict[str, Any] = {}
    for bound in form:
        if bound.name in {"name", "description"}:
            sent[f"{bound.name}:tag"] = list((bound.value() or {}).keys())
            sent[f"{bound.name}:text"] = list((bound.value() or {}).values())
        elif bound.value() is not None:
            sent[bound.name] = bound.field.prepare_value(bound.value())
    for prefix in ("addresses", "weekly_hours", "special_days", "store_services", "store_products", "sources"):
        sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return sent


def test_a_manager_edits_an_own_store_and_history_says_who(world: people.World, places: dict[str, Place]) -> None:
    store, client = places[EUROPE]["Store"], signed_in(world.emma)
    sent = store_form(client, store) | {"cluster": "airport stores"}
    answer = client.post(address(Store, "change", store.pk), sent)
    assert answer.status_code == 302
    store.refresh_from_db()
    assert store.cluster == "airport stores"
    steps = client.get(address(Store, "history", store.pk)).context["steps"]
    assert (steps[0].actor, [change.after for change in steps[0].changes]) == ("emma@example.com", ["airport stores"])


def test_a_foreign_key_out_of_reach_gets_the_same_answer_as_one_that_does_not_exist(
    world: people.World, places: dict[str, Place]
) -> None:
    store, client = places[EUROPE]["Store"], signed_in(world.emma)
    sent = store_form(client, store)
    answers = []
    for pk in (places[JAPAN]["Partner"].pk, places[ACME]["Partner"].pk, 987654321):
        answer = client.post(address(Store, "change", store.pk), sent | {"operator": pk})
        assert answer.status_code == 200
        answers.append(answer.context["adminform"].form.errors.get_json_data())
    assert answers[0] == answers[1] == answers[2] == {
        "operator": [{"message": "Select a valid choice. That choice is not one of the available choices.",
                      "code": "invalid_choice"}]
    }  # fmt: skip
    store.refresh_from_db()
    assert store.operator == places[EUROPE]["Partner"]


def test_a_store_is_not_made_in_a_market_beyond_reach(world: people.World, places: dict[str, Place]) -> None:
    client, before = signed_in(world.emma), Store.objects.count()
    form = client.get(address(Store, "add")).context["adminform"].form
    assert {market.code for market in form.fields["market"].queryset} == {"DE", "FR"}
    sent = {
        "brand": world.rokid.pk, "code": "NEW", "name:tag": "en", "name:text": "New", "format": "pop_up", "status": "prospect",
        "time_zone": "Asia/Tokyo", "source_datum": "WGS84",
    }  # fmt: skip
    refused = client.post(address(Store, "add"), sent | {"market": world.markets["JP"].pk})
    assert set(refused.context["adminform"].form.errors) == {"market"}
    assert Store.objects.count() == before
    assert client.post(address(Store, "add"), sent | {"market": world.markets["FR"].pk}).status_code == 302
    assert Store.objects.get(code="NEW").market.code == "FR"


def test_the_brand_of_somebody_else_cannot_be_chosen(world: people.World, places: dict[str, Place]) -> None:
    client = signed_in(world.emma)
    form = client.get(address(Store, "add")).context["adminform"].form
    assert list(form.fields["brand"].queryset) == [world.rokid]


def test_autocomplete_offers_the_own_rows_only(world: people.World, places: dict[str, Place]) -> None:
    asked = {"app_label": "stores", "model_name": "store", "field_name": "operator"}

    def offered(user: User) -> list[str]:
        answer = signed_in(user).get(reverse("admin:autocomplete"), asked)
        return [one["text"] for one in answer.json()["results"]]

    assert offered(world.emma) == ["berlin Optics"]
    assert offered(world.kenji) == ["tokyo Optics"]
    assert signed_in(world.stan).get(reverse("admin:autocomplete"), asked).status_code == 404


def test_filters_offer_what_the_own_rows_have(world: people.World, places: dict[str, Place]) -> None:
    furnish(world.rokid, "FR", "paris")
    listed = signed_in(world.emma).get(address(Store, "changelist"))
    offered = {spec.title: [str(choice) for _pk, choice in spec.lookup_choices] for spec in listed.context["cl"].filter_specs
               if hasattr(spec, "lookup_choices")}  # fmt: skip
    assert offered["market"] == ["Germany", "France"]


@pytest.mark.parametrize(
    "lookup", ["operator__code__startswith", "brand__grants__user__password__regex", "code__regex", "brand__code"]
)
def test_a_list_cannot_be_asked_about_other_tables_or_by_patterns(
    lookup: str, world: people.World, places: dict[str, Place]
) -> None:
    assert signed_in(world.emma).get(address(Store, "changelist"), {lookup: "a"}).status_code == 400


def test_no_page_redirects_to_any_object_by_its_number(world: people.World) -> None:
    assert signed_in(world.olivia).get(f"/admin/r/1/{world.rokid.pk}/").status_code == 404


def test_a_partner_reads_the_own_counters_and_changes_their_hours_alone(world: people.World) -> None:
    own = furnish(world.rokid, "HK", "kowloon")
    Store.objects.filter(pk=own["Store"].pk).update(operator=world.optician)
    other = people.store(world.rokid, "HK", "central")
    mei = signed_in(world.mei)
    listed = mei.get(address(Store, "changelist")).context["cl"].result_list
    assert [store.code for store in listed] == ["kowloon-store"]
    assert mei.get(address(Store, "change", other.pk)).status_code == 404
    assert mei.post(address(Store, "change", own["Store"].pk), {"cluster": "x"}).status_code == 404
    hours = own["WeeklyHours"]
    sent: dict[str, Any] = {"purpose": "store", "season_from": "", "season_to": ""}
    sent |= {f"periods_{day}": "11:00-20:00" for day in range(6)} | {"periods_6": ""}
    assert mei.post(address(type(hours), "change", hours.pk), sent).status_code == 302
    hours.refresh_from_db()
    assert hours.periods == [[{"start": "11:00", "end": "20:00"}]] * 6 + [[]]
    own["Store"].refresh_from_db()
    assert own["Store"].verified_by == "mei@example.com"


def test_nothing_that_carries_history_of_its_own_can_be_deleted(world: people.World, places: dict[str, Place]) -> None:
    client = signed_in(world.olivia)
    deletable = {
        "Exclusivity",
        "HoursTemplate",
        "PartnerContact",
        "SpecialDay",
        "ChannelStore",
        "StoreAddress",
        "StoreProduct",
        "StoreService",
        "WeeklyHours",
        "Grant",
    }
    for name in sorted(set(EXPECTED) - deletable):
        row = places[EUROPE][name]
        answer = client.post(address(type(row), "delete", row.pk), {"post": "yes"})
        assert (name, answer.status_code, type(row)._base_manager.filter(pk=row.pk).exists()) == (name, 404, True)


def test_deleting_an_own_link_works_and_takes_nothing_else(world: people.World, places: dict[str, Place]) -> None:
    client, row = signed_in(world.emma), places[EUROPE]["WeeklyHours"]
    assert client.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not type(row)._base_manager.filter(pk=row.pk).exists()
    assert Store.objects.filter(pk=places[EUROPE]["Store"].pk).exists()


def test_people_and_keys_are_for_those_who_manage_people(world: people.World) -> None:
    for name in ("user", "grant", "apikey"):
        list_page = reverse(f"admin:stores_{name}_changelist")
        rows = {person: signed_in(getattr(world, person)).get(list_page) for person in ("olivia", "emma", "mei")}
        assert rows["olivia"].status_code == 200
        for person in ("emma", "mei"):
            answer = rows[person]
            found = [] if answer.status_code == 404 else list(answer.context["cl"].result_list)
            assert found == [], (name, person)


def test_no_page_of_a_library_is_in_the_dashboard() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == {"stores"}
