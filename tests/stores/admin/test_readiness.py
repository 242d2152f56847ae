"""The worklist of coming holidays: who sees which lines, and what its buttons do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stores.models import HolidayDate, SpecialDay
from tests.people import World, market, store
from tests.stores.admin.test_pages import signed_in

NOW = datetime(2026, 12, 11, 11, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "18:00"}]
CHRISTMAS = {"market": "DE", "from": "2026-12-25", "to": "2026-12-26"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def christmas(world: World) -> None:
    """Two stores in Germany and one in Japan wait for a decision, and one of another brand."""
    for brand, code, name in (
        (world.rokid, "DE", "berlin"),
        (world.rokid, "DE", "hamburg"),
        (world.rokid, "JP", "tokyo"),
        (world.acme, "DE", "rival"),
    ):
        place = store(brand, code, name)
        for day in (25, 26):
            SpecialDay.objects.create(
                brand=brand, store=place, date=date(2026, 12, day), periods=DAY, name={"en": "Christmas", "de": "Weihnachten"},
                state="proposed", source="holidays 0.1",
            )  # fmt: skip
    for code in ("DE", "FR", "HK"):
        HolidayDate.objects.create(market=market(code), date=date(2026, 12, 25), name={"en": "x"}, source="t")


def page(client: Client, **asked: str) -> Any:
    return client.get(reverse("admin:stores_specialday_readiness"), asked)


def lines(answer: Any) -> list[tuple[str, int, int]]:
    return [(line.waiting.market, line.waiting.stores, line.in_days) for line in answer.context["lines"]]


def decide(client: Client, decision: str, **sent: Any) -> Any:
    address = reverse("admin:stores_specialday_readiness") + "?market=DE&from=2026-12-25&to=2026-12-26"
    return client.post(address, {"decision": decision, **sent}, follow=True)


def states() -> dict[str, list[tuple[str, Any]]]:
    found: dict[str, list[tuple[str, Any]]] = {}
    for day in SpecialDay.objects.order_by("store__code", "date"):
        found.setdefault(day.store.code, []).append((day.state, day.periods))
    return found


def test_each_person_finds_the_own_lines_and_the_markets_without_a_calendar(world: World, christmas: None) -> None:
    seen = {name: page(signed_in(getattr(world, name))) for name in ("olivia", "emma", "kenji", "mei")}
    assert {name: lines(answer) for name, answer in seen.items()} == {
        "olivia": [("DE", 2, 14), ("JP", 1, 14)], "emma": [("DE", 2, 14)], "kenji": [("JP", 1, 14)], "mei": [],
    }  # fmt: skip
    assert seen["olivia"].context["without"] == ["JP"]
    assert page(signed_in(world.stan)).status_code == 404
    assert lines(page(signed_in(world.olivia), market="JP")) == [("JP", 1, 14)]
    for wrong in ({"market": "JP"}, {"market": "ZZ"}):
        assert page(signed_in(world.emma), **wrong).status_code == 404


def test_the_home_page_counts_the_stores_that_wait(world: World, christmas: None) -> None:
    shown = {
        name: signed_in(getattr(world, name)).get("/admin/").context["holidays"] for name in ("olivia", "emma", "mei")
    }
    assert shown["olivia"] == {"stores": 3, "name": "Christmas", "market": "DE", "days": 14}
    assert (shown["emma"]["stores"], shown["mei"]) == (2, {"stores": 0})


def test_the_chosen_days_are_confirmed_and_the_others_wait_on(world: World, christmas: None) -> None:
    client = signed_in(world.emma)
    rows = page(client, **CHRISTMAS).context["rows"]
    assert [(row.store.code, row.date.day) for row in rows] == [
        ("berlin", 25),
        ("hamburg", 25),
        ("berlin", 26),
        ("hamburg", 26),
    ]
    rival = SpecialDay.objects.filter(store__code="rival").first()
    assert rival is not None
    answer = decide(client, "closed", which="chosen", day=[rows[0].pk, rival.pk, "9" * 30, "x"])
    assert [str(message) for message in answer.context["messages"]] == ["Decided about 1 special day."]
    waiting = ("proposed", DAY)
    assert states() == {
        "berlin": [("confirmed", []), waiting], "hamburg": [waiting] * 2, "rival": [waiting] * 2, "tokyo": [waiting] * 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "sent", "expected"),
    [
        ("confirm", {}, ("confirmed", DAY)),
        ("closed", {}, ("confirmed", [])),
        ("hours", {"hours": "9:00-14:00"}, ("confirmed", [{"start": "09:00", "end": "14:00"}])),
        ("regular", {}, ("dismissed", DAY)),
    ],
)
def test_all_of_a_line_are_decided_at_once(
    decision: str, sent: dict[str, str], expected: tuple[str, Any], world: World, christmas: None
) -> None:
    answer = decide(signed_in(world.emma), decision, which="all", **sent)
    assert answer.redirect_chain == [(reverse("admin:stores_specialday_readiness"), 302)]
    found = states()
    assert found["berlin"] == found["hamburg"] == [expected] * 2
    assert found["rival"] == found["tokyo"] == [("proposed", DAY)] * 2


def test_the_second_of_two_people_is_told_what_was_decided_already(world: World, christmas: None) -> None:
    emma, olivia = signed_in(world.emma), signed_in(world.olivia)
    chosen = [row.pk for row in page(emma, **CHRISTMAS).context["rows"][:2]]
    decide(emma, "closed", which="chosen", day=chosen[:1])
    answer = decide(olivia, "regular", which="chosen", day=chosen)
    assert [str(message) for message in answer.context["messages"]] == [
        "Decided about 1 special day.",
        "berlin, Dec. 25, 2026: It is confirmed already.",
    ]
    assert (states()["berlin"][0], states()["hamburg"][0]) == (("confirmed", []), ("dismissed", DAY))
    decide(emma, "confirm", which="all")
    answer = decide(olivia, "closed", which="all")
    assert [str(message) for message in answer.context["messages"]] == ["Nothing is left to decide here."]


@pytest.mark.parametrize(
    ("decision", "sent", "said"),
    [
        ("confirm", {}, "Choose stores first, or decide for all of them."),
        ("hours", {"which": "all", "hours": ""}, "Write the hours, such as 10:00-18:00."),
        ("hours", {"which": "all", "hours": "ten"}, "Write periods as 10:00-21:00, with times from 00:00 to 24:00."),
        ("hours", {"which": "all", "hours": "10:00-15:00, 14:00-16:00"}, "Two periods overlap at 14:00."),
    ],
)
def test_a_mistake_is_said_and_decides_nothing(
    decision: str, sent: dict[str, str], said: str, world: World, christmas: None
) -> None:
    answer = decide(signed_in(world.emma), decision, **sent)
    assert [str(message) for message in answer.context["messages"]] == [said]
    assert {state for rows in states().values() for state, _ in rows} == {"proposed"}


def test_an_unknown_decision_and_another_market_are_no_pages(world: World, christmas: None) -> None:
    assert decide(signed_in(world.emma), "burn", which="all").status_code == 404
    assert decide(signed_in(world.kenji), "closed", which="all").status_code == 404


def test_the_pages_cost_the_same_for_many_stores(world: World, christmas: None) -> None:
    client = signed_in(world.emma)

    def queries() -> list[int]:
        counts = []
        for asked in ({}, CHRISTMAS):
            page(client, **asked)
            with CaptureQueriesContext(connection) as seen:
                assert page(client, **asked).status_code == 200
            counts.append(len(seen))
        return counts

    before = queries()
    for number in range(5):
        place = store(world.rokid, "DE", f"more-{number}")
        for day in (25, 26):
            SpecialDay.objects.create(brand=world.rokid, store=place, date=date(2026, 12, day), state="proposed")
    assert queries() == before
