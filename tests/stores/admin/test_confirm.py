"""The page behind a confirmation link, as a partner's people and strangers meet it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stores.actions.confirmations import make_link, revoke_links
from stores.admin import confirm
from stores.models import ChangeRequest, Partner, Store, System, WeeklyHours
from tests import people
from tests.counters import counter, rival

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
ROBOT = System("test")


def visitor(**options: Any) -> Client:
    """A browser at an address of its own: what others ask in the meantime does not count against it."""
    return Client(REMOTE_ADDR=str(IPv4Address(random.randrange(2**24, 2**31))), **options)


@pytest.fixture
def page(world: people.World) -> str:
    """The address in Clearview's mail."""
    Partner.objects.filter(pk=world.optician.pk).update(contact_email="mei@clearview.example")
    with time_machine.travel(NOON, tick=False):
        made = make_link(
            by=ROBOT, partner=world.optician, quarter="2026Q4", email="mei@clearview.example", language="zh-Hant"
        )
    return f"/counters/{made.token}/"


def sent(form: Any, **changes: Any) -> dict[str, Any]:
    """The form as a browser would send it back."""
    data: dict[str, Any] = {}
    for bound in form:
        if bound.name == "name":
            data["name:tag"], data["name:text"] = list(bound.value()), list(bound.value().values())
        elif bound.name == "week":
            texts = bound.field.prepare_value(bound.value()) or [""] * 7
            data |= {f"week_{day}": text for day, text in enumerate(texts)}
        elif bound.value() is not None:
            data[bound.name] = bound.field.prepare_value(bound.value())
    return {**data, **changes}


@time_machine.travel(NOON, tick=False)
def test_the_page_shows_the_own_counters_and_no_other(world: people.World, page: str) -> None:
    counter(world, "kowloon")
    counter(world, "central", operator=rival(world.rokid))
    people.store(world.rokid, "HK", "flagship")
    counter(world, "former", status="closed")
    shown = visitor().get(page)
    assert shown.status_code == 200
    assert [row["store"].code for row in shown.context["rows"]] == ["kowloon"]
    text = shown.content.decode()
    for word in ("kowloon 專櫃", "1 Nathan Road", "2123 4567", "11:00–20:00"):
        assert word in text
    for word in ("central", "flagship", "former"):
        assert word not in text


@time_machine.travel(NOON, tick=False)
def test_nothing_keeps_or_tells_the_address(world: people.World, page: str) -> None:
    counter(world, "kowloon")
    for answer in (visitor().get(page), visitor().post(page, {"confirm": "x"}), visitor().get("/counters/nothing/")):
        assert (answer["Cache-Control"], answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
            "no-store", "no-referrer", "noindex, nofollow",
        )  # fmt: skip
    assert "http" not in visitor().get(page).content.decode().replace("http-equiv", "")


@time_machine.travel(NOON, tick=False)
def test_one_tap_confirms_and_the_history_says_by_which_link(world: people.World, page: str) -> None:
    store = counter(world, "kowloon")
    answer = visitor(enforce_csrf_checks=True).post(page, {"confirm": str(store.uid)})
    assert answer.status_code == 302
    store.refresh_from_db()
    assert store.verified_at == NOON
    assert store.verified_by.startswith("system:confirmation link ")
    assert "mei@clearview.example" in store.verified_by
    done = visitor().get(page)
    assert (done.context["confirmed"], done.context["total"]) == (1, 1)


@time_machine.travel(NOON, tick=False)
def test_a_correction_applies_at_once_and_a_new_name_waits_for_the_brand(world: people.World, page: str) -> None:
    store = counter(world, "kowloon")
    client = visitor(enforce_csrf_checks=True)
    form = client.get(f"{page}{store.uid}/").context["form"]
    data = sent(form, phone="2345 6789", week_0="12:00-18:00", reason="The mall renamed its wing.")
    data["name:text"] = ["Harbour City" if tag == "en" else "海港城" for tag in data["name:tag"]]
    answer = client.post(f"{page}{store.uid}/", data)
    assert answer.status_code == 302
    store.refresh_from_db()
    assert (store.phone, store.name["en"]) == ("+85223456789", "Counter kowloon")
    assert WeeklyHours.objects.get(store=store).periods[:2] == [
        [{"start": "12:00", "end": "18:00"}],
        [{"start": "11:00", "end": "20:00"}],
    ]
    (request,) = ChangeRequest.objects.undecided()
    assert (request.changes["name"]["to"]["en"], request.reason, request.partner) == (
        "Harbour City", "The mall renamed its wing.", world.optician,
    )  # fmt: skip
    assert request.proposed_by.startswith("system:confirmation link ")


@time_machine.travel(NOON, tick=False)
def test_a_week_that_nobody_knows_stays_unknown_when_only_the_phone_number_is_corrected(
    world: people.World, page: str
) -> None:
    store = counter(world, "kowloon")
    WeeklyHours.objects.filter(store=store).delete()
    form = visitor().get(f"{page}{store.uid}/").context["form"]
    assert visitor().post(f"{page}{store.uid}/", sent(form, phone="2345 6789")).status_code == 302
    store.refresh_from_db()
    assert (store.phone, store.weekly_hours.count()) == ("+85223456789", 0)
    form = visitor().get(f"{page}{store.uid}/").context["form"]
    assert visitor().post(f"{page}{store.uid}/", sent(form, week_0="12:00-18:00")).status_code == 302
    assert store.weekly_hours.get().periods == [[{"start": "12:00", "end": "18:00"}], *[[]] * 6]


@time_machine.travel(NOON, tick=False)
def test_a_mistake_is_explained_and_nothing_is_written(world: people.World, page: str) -> None:
    store = counter(world, "kowloon")
    before = Store.objects.filter(pk=store.pk).values().get()
    client = visitor()
    form = client.get(f"{page}{store.uid}/").context["form"]
    for changes in ({"phone": "call me"}, {"week_0": "noon"}, {"email": "x"}, {"phone": "2345 6789", "version": 1}):
        answer = client.post(f"{page}{store.uid}/", sent(form, **changes))
        assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True), changes
    assert Store.objects.filter(pk=store.pk).values().get() == before


@time_machine.travel(NOON, tick=False)
def test_another_partners_counter_is_out_of_reach_by_any_address_or_form(world: people.World, page: str) -> None:
    counter(world, "kowloon")
    other = counter(world, "central", operator=rival(world.rokid))
    before = Store.objects.filter(pk=other.pk).values().get()
    client = visitor()
    client.post(page, {"confirm": [str(other.uid), "no uid", "0" * 32]})
    answers = [client.get(f"{page}{other.uid}/"), client.post(f"{page}{other.uid}/", {"phone": "", "version": "1"})]
    assert {answer.status_code for answer in answers} == {404}
    assert Store.objects.filter(pk=other.pk).values().get() == before


def test_wrong_old_and_revoked_addresses_get_the_same_page(world: people.World, page: str) -> None:
    store = counter(world, "kowloon")
    with time_machine.travel(NOON, tick=False) as clock:
        wrong = visitor().get("/counters/0123456789.AAAA/")
        made = make_link(
            by=ROBOT,
            partner=world.optician,
            quarter="2026Q4",
            email="mei@clearview.example",
            kind="reminder",
            language="en",
        )
        revoke_links(by=ROBOT, partner=world.optician)
        revoked = visitor().get(f"/counters/{made.token}/")
        inner = visitor().get(f"{page}{store.uid}/")
        clock.shift(timedelta(days=61))
        expired = visitor().post(page, {"confirm": str(store.uid)})
    answers = [(one.status_code, one.content) for one in (wrong, revoked, inner, expired)]
    assert answers == [(404, wrong.content)] * 4
    store.refresh_from_db()
    assert store.verified_at is None


@time_machine.travel(NOON, tick=False)
def test_guessing_is_slowed_down(world: people.World, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "MISSES_AN_HOUR", 3)
    stranger = visitor()
    answers = [stranger.get("/counters/0123456789.AAAA/").status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    assert stranger.get(page).status_code == 200


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("language", "word"), [("de", "bestätigt"), ("ja", "確認"), ("zh-hans", "确认"), ("zh-hant", "確認您的專櫃")]
)
def test_the_page_speaks_the_language_that_was_chosen(world: people.World, page: str, language: str, word: str) -> None:
    counter(world, "kowloon")
    client = visitor()
    assert word in client.get(page, {"lang": language}).content.decode()
    assert word in client.get(page).content.decode()


@time_machine.travel(NOON, tick=False)
def test_three_hundred_counters_are_read_in_pages_at_the_cost_of_one(world: people.World, page: str) -> None:
    counter(world, "C000")
    visitor().get(page)
    with CaptureQueriesContext(connection) as one:
        assert visitor().get(page).status_code == 200
    people_store = {"operator": world.optician, "format": "partner_counter"}
    Store.objects.bulk_create(
        Store(
            brand=world.rokid, market=world.markets["HK"], code=f"C{number:03d}", name={"en": f"Counter {number}"},
            status="open", time_zone="Asia/Hong_Kong", **people_store,
        )
        for number in range(1, 300)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        first = visitor().get(page)
    assert len(many) == len(one)
    assert (first.context["total"], first.context["pages"], len(first.context["rows"])) == (300, 6, 50)
    last = visitor().get(page, {"page": "6"})
    assert last.context["rows"][-1]["store"].code == "C299"
    uids = [str(row["store"].uid) for row in last.context["rows"]]
    visitor().post(page, {"confirm": uids})
    assert visitor().get(page).context["confirmed"] == 50


@time_machine.travel(NOON, tick=False)
def test_a_counter_that_follows_its_hosts_hours_offers_none_of_its_own(world: people.World, page: str) -> None:
    host = counter(world, "mall", operator=rival(world.rokid))
    store = counter(world, "kowloon", hours_from=host)
    form = visitor().get(f"{page}{store.uid}/").context["form"]
    assert "week" not in form.fields
    assert visitor().post(f"{page}{store.uid}/", sent(form, phone="2345 6789")).status_code == 302
    store.refresh_from_db()
    assert store.phone == "+85223456789"
