from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stores.actions import cases
from stores.models import Connection, ServiceCase, User
from stores.models.channels import credentials_context
from stores.values import crypto
from tests import people
from tests.stores.admin.network import Place, furnish

ADD = "/admin/stores/servicecase/add/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(case: ServiceCase) -> str:
    return reverse("admin:stores_servicecase_change", args=[case.pk])


@pytest.fixture
def berlin(world: people.World) -> Place:
    return furnish(world.rokid, "DE", "berlin")


def intake(**changes: Any) -> dict[str, Any]:
    return {
        "serial": "berlin-0001",
        "store": "berlin-store",
        "offering": "berlin-repair",
        "language": "de",
        "complaint": "Bügel gebrochen",
        "name": "Jonas Weber",
        "email": "jonas@example.com",
    } | changes


def test_a_device_is_taken_in_moved_along_and_handed_back(world: people.World, berlin: Place) -> None:
    emma = signed_in(world.emma)
    answer = emma.post(ADD, intake())
    case = ServiceCase.objects.get(complaint="Bügel gebrochen")
    assert answer["Location"] == page(case)
    shown = emma.get(page(case))
    assert shown.context["contact"] == {"name": "Jonas Weber", "email": "jonas@example.com"}
    for status in ("diagnosing", "repairing", "ready", "returned"):
        emma.post(page(case), {"step": "move", "to_status": status, "note": f"to {status}"})
    case.refresh_from_db()
    assert case.status == "returned"
    notes = [event.note for event in emma.get(page(case)).context["events"]]
    assert notes == ["to returned", "to ready", "to repairing", "to diagnosing", ""]


def test_a_step_that_is_not_possible_is_refused_with_those_that_are(world: people.World, berlin: Place) -> None:
    case = berlin["ServiceCase"]
    answer = signed_in(world.emma).post(page(case), {"step": "move", "to_status": "returned"}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["A case that is received cannot become returned. Possible: diagnosing, cancelled."]


def test_a_case_goes_to_another_store_of_the_own_region_only(world: people.World, berlin: Place) -> None:
    people.store(world.rokid, "FR", "paris")
    people.store(world.rokid, "JP", "tokyo")
    case, emma = berlin["ServiceCase"], signed_in(world.emma)
    refused = emma.post(page(case), {"step": "transfer", "store": "tokyo"}, follow=True)
    missing = emma.post(page(case), {"step": "transfer", "store": "nowhere"}, follow=True)
    assert [str(m) for m in refused.context["messages"]] == [str(m) for m in missing.context["messages"]]
    emma.post(page(case), {"step": "transfer", "store": "paris"})
    case.refresh_from_db()
    assert case.store.code == "paris"


def test_a_device_or_store_of_others_is_a_mistake_like_any_other(world: people.World, berlin: Place) -> None:
    furnish(world.rokid, "JP", "tokyo")
    emma, before = signed_in(world.emma), ServiceCase.objects.count()
    errors = [
        emma.post(ADD, intake(serial=serial)).context["form"].errors["serial"]
        for serial in ("tokyo-0001", "no-such-one")
    ]
    assert errors[0] == errors[1] == ["Not found in your stores."]
    assert emma.post(ADD, intake(store="tokyo-store")).context["form"].errors["store"] == ["Not found in your stores."]
    assert ServiceCase.objects.count() == before


def test_the_customers_contact_is_for_those_who_handle_the_case(world: people.World, berlin: Place) -> None:
    case = cases.open_case(
        by=world.emma,
        device=berlin["Device"],
        store=berlin["Store"],
        language="de",
        complaint="x",
        contact={"name": "Jonas Weber", "phone": "+4930123456"},
    )
    reader = people.person("Anna", "analyst", brand=world.rokid)
    shown = signed_in(reader).get(page(case))
    assert shown.status_code == 200
    assert "Jonas Weber" not in shown.content.decode()
    assert signed_in(reader).get(ADD).status_code == 404
    signed_in(reader).post(page(case), {"step": "move", "to_status": "diagnosing"})
    case.refresh_from_db()
    assert case.status == "received"


def test_an_accounts_login_goes_in_and_never_comes_out(world: people.World, berlin: Place) -> None:
    account, olivia = berlin["Connection"], signed_in(world.olivia)
    address = reverse("admin:stores_connection_change", args=[account.pk])
    sent = {
        "base_url": account.base_url,
        "rate_per_second": "20",
        "burst": "40",
        "max_in_flight": "8",
        "token": "s3cret",
    }
    assert olivia.post(address, sent).status_code == 302
    account = Connection.objects.get(pk=account.pk)
    assert crypto.unseal(bytes(account.credentials), context=credentials_context(account.uid)) == b"s3cret"
    assert "s3cret" not in olivia.get(address).content.decode()
    olivia.post(address, sent | {"token": "", "burst": "50"})
    kept = Connection.objects.get(pk=account.pk)
    assert (kept.burst, bytes(kept.credentials)) == (50, bytes(account.credentials))
