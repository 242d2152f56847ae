"""A list does not take a store where no steps of its life lead: closed by hand stays closed, and the row says why."""

from __future__ import annotations

from datetime import date

import pytest

from stores.imports import jobs
from stores.models import ImportJob, Store
from stores.values.lifecycle import STORE_STATUSES
from tests import people
from tests.stores.imports.lists import BERLIN, Desk, text_of

pytestmark = pytest.mark.django_db

HEADER = "code,name_en,market,status,closing_date,phone\n"


@pytest.mark.parametrize(
    ("was", "listed"),
    [
        ("closed", "open"), ("closed", "closing"), ("closed", "temporarily_closed"), ("cancelled", "open"),
        ("cancelled", "prospect"), ("open", "cancelled"), ("open", "ready"), ("open", "prospect"), ("soft_open", "ready"),
        ("ready", "prospect"), ("closing", "soft_open"),
    ],
)  # fmt: skip
def test_a_status_that_no_steps_lead_to_stays_and_the_row_says_why(
    was: str, listed: str, world: people.World, desk: Desk
) -> None:
    store = people.store(world.rokid, "DE", "de-1", status=was, published_at=None, closing_date=date(2026, 3, 1))
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,{listed},,+4930901820\n", "--apply", source="own")
    names = [word.replace("_", " ") for word in (was, listed)]
    assert line["warnings"] == [{
        "column": "status", "value": listed,
        "reason": f"a store that is {names[0]} cannot become {names[1]}; the status stays as it is",
    }]  # fmt: skip
    assert sorted(line["changes"]) == ["phone"]
    store.refresh_from_db()
    assert (store.status, store.closing_date, store.phone) == (was, date(2026, 3, 1), "+4930901820")


@pytest.mark.parametrize(
    ("was", "listed"),
    [("prospect", "open"), ("signed", "cancelled"), ("open", "closed"), ("temporarily_closed", "closed")],
)
def test_a_list_may_be_several_steps_ahead(was: str, listed: str, world: people.World, desk: Desk) -> None:
    store = people.store(world.rokid, "DE", "de-1", status=was, published_at=None)
    people.store(world.rokid, "DE", "de-2")
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,{listed},,\n", "--apply", "--allow-mass-change", source="own")
    store.refresh_from_db()
    assert (line["warnings"], store.status) == ([], listed)


@pytest.mark.parametrize("was", STORE_STATUSES)
def test_a_store_stays_what_the_list_says_it_is_already(was: str, world: people.World, desk: Desk) -> None:
    people.store(world.rokid, "DE", "de-1", status=was, published_at=None)
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,{was},,\n", source="own")
    assert (line["outcome"], line["warnings"]) == ("unchanged", [])


def test_a_whole_list_of_outlets_leaves_what_was_closed_by_hand_and_says_that_it_still_has_it(
    world: people.World, desk: Desk
) -> None:
    desk.run(text_of(BERLIN), "--apply")
    Store.objects.update(status="closed", closing_date=date(2026, 3, 1))
    [line] = desk.run(text_of(BERLIN | {"phone": ""}), "--apply", "--complete")
    assert [each["reason"] for each in line["warnings"]] == [
        "the store is closed and stays so, but the list still has it"
    ]
    assert Store.objects.values_list("status", "closing_date", "phone").get() == ("closed", date(2026, 3, 1), "")


def test_open_in_a_list_calls_no_closing_off_unless_the_list_clears_its_date(world: people.World, desk: Desk) -> None:
    store = people.store(world.rokid, "DE", "de-1", status="closing", closing_date=date(2027, 3, 1))
    for row in ("de-1,de-1,DE,open,2027-04-01,", "de-1,de-1,DE,open,2027-03-01,"):
        [line] = desk.run(f"{HEADER}{row}\n", "--apply", source="own")
        assert [each["reason"] for each in line["warnings"]] == [
            (
                "the store is open and will close; only a list that clears its closing date calls that off. "
                "The status stays as it is"
            )
        ]
    store.refresh_from_db()
    assert (store.status, store.closing_date) == ("closing", date(2027, 3, 1))
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,open,,\n", "--apply", source="own")
    store.refresh_from_db()
    assert (line["warnings"], store.status, store.closing_date) == ([], "open", None)


def test_a_closing_that_a_list_announces_opens_no_doors_until_then(world: people.World, desk: Desk) -> None:
    store = people.store(world.rokid, "DE", "de-1", status="temporarily_closed")
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,closing,2027-03-01,\n", "--apply", "--allow-mass-change", source="own")
    assert [each["reason"] for each in line["warnings"]] == [
        "the store is temporarily closed and stays so until it closes for good"
    ]
    store.refresh_from_db()
    assert (store.status, store.closing_date) == ("temporarily_closed", date(2027, 3, 1))


def test_a_list_that_opens_a_temporarily_closed_store_says_so_and_undoing_gives_its_day_back(
    world: people.World, desk: Desk
) -> None:
    store = people.store(world.rokid, "DE", "de-1", status="temporarily_closed", reopen_date=date(2027, 1, 10))
    [line] = desk.run(f"{HEADER}de-1,de-1,DE,open,,\n", "--apply", source="own")
    assert [each["reason"] for each in line["warnings"]] == [
        "the store is temporarily closed until 2027-01-10; the list opens it again"
    ]
    store.refresh_from_db()
    assert (store.status, store.reopen_date) == ("open", None)
    job = jobs.revert_job(by=world.olivia, job=ImportJob.objects.get())
    store.refresh_from_db()
    assert (job.state, store.status, store.reopen_date) == ("reverted", "temporarily_closed", date(2027, 1, 10))
