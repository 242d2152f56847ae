from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from stores.models import Store, User, WeeklyHours
from tests import people
from tests.stores.admin.network import WEEK

PREVIEW, READ = "/admin/stores/weeklyhours/preview/", "/admin/stores/weeklyhours/read/"
WORKDAYS = ["10:00-19:00"] * 5 + ["", ""]


@pytest.fixture
def store(world: people.World) -> Store:
    made = people.store(world.rokid, "DE", "berlin")
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def posted(user: User, url: str, content: Any) -> Any:
    return signed_in(user).post(url, json.dumps(content), content_type="application/json")


def shown(user: User, store: Store, *weeks: dict[str, Any], purpose: str = "store") -> dict[str, Any]:
    answer = posted(user, PREVIEW, {"store": str(store.pk), "purpose": purpose, "weeks": weeks})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_days_ahead_are_shown_with_hours_that_are_not_saved(world: people.World, store: Store) -> None:
    found = shown(world.emma, store, {"purpose": "store", "days": ["9:30-18:00"] * 7})
    assert found["problems"] == [{}]
    assert found["html"].count("09:30–18:00") == 14
    assert store.weekly_hours.get().periods == WEEK


def test_weeks_of_other_purposes_do_not_mix(world: people.World, store: Store) -> None:
    weeks = ({"purpose": "store", "days": ["10:00-20:00"] * 7}, {"purpose": "service", "days": ["12:00-18:00"] * 7})
    assert shown(world.emma, store, *weeks)["html"].count("10:00–20:00") == 14
    assert shown(world.emma, store, *weeks, purpose="service")["html"].count("12:00–18:00") == 14


def test_seasons_that_claim_the_same_days_are_told_in_place_of_a_preview(world: people.World, store: Store) -> None:
    summer = {"purpose": "store", "from": "06-01", "to": "08-31", "days": ["10:00-20:00"] * 7}
    late = summer | {"from": "08-31", "to": "09-30"}
    html = shown(world.emma, store, summer, late)["html"]
    assert html == '<p class="m-note bad">Two seasons claim the same days: end one before the other begins.</p>'
    # Those of another purpose have days of their own.
    assert "m-note" not in shown(world.emma, store, summer, late | {"purpose": "service"})["html"]


def test_a_season_that_is_half_written_is_left_out_until_it_is_whole(world: people.World, store: Store) -> None:
    year = {"purpose": "store", "days": ["10:00-20:00"] * 7}
    half = {"purpose": "store", "from": "01-01", "to": "", "days": ["11:00-17:00"] * 7}
    assert shown(world.emma, store, year, half)["html"].count("10:00–20:00") == 14
    assert shown(world.emma, store, year, half | {"to": "12-31"})["html"].count("11:00–17:00") == 14


@pytest.mark.parametrize(
    ("days", "problems"),
    [
        (["10-19", *WORKDAYS[1:]], {"0": "Write periods as 10:00-21:00, with times from 00:00 to 24:00."}),
        (["10:00-25:00", "", "soon"], {"0": "Write periods as 10:00-21:00, with times from 00:00 to 24:00.",
                                       "2": "Write periods as 10:00-21:00, with times from 00:00 to 24:00."}),
        (["", "10:00-14:00, 13:00-19:00"], {"1": "Two periods overlap at 13:00."}),
        (["22:00-11:00", "10:00-19:00"], {"0": "The night runs into Tuesday, which begins at 10:00."}),
        (["00:00-09:00", "", "", "", "", "", "20:00-02:00"], {"6": "The night runs into Monday, which begins at 00:00."}),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_day(
    days: list[str], problems: dict[str, str], world: people.World, store: Store
) -> None:
    found = shown(world.emma, store, {"purpose": "store", "days": days})
    assert found == {"problems": [problems], "html": ""}


def test_saving_says_the_same_as_the_preview(world: people.World, store: Store) -> None:
    row = store.weekly_hours.get()
    sent = {"store": store.pk, "purpose": "store", "season_from": "", "season_to": ""}
    texts = ["22:00-11:00", "10:00-19:00", "", "", "", "", ""]
    answer = signed_in(world.emma).post(
        f"/admin/stores/weeklyhours/{row.pk}/change/",
        sent | {f"periods_{day}": text for day, text in enumerate(texts)},
    )
    assert answer.context["adminform"].form.errors == {
        "periods": ["Monday: The night runs into Tuesday, which begins at 10:00."]
    }


def test_the_days_of_somebody_elses_store_stay_hidden(world: people.World, store: Store) -> None:
    week = {"purpose": "store", "days": WORKDAYS}
    assert shown(world.kenji, store, week)["html"] == ""
    for url in (PREVIEW, READ):
        assert posted(world.stan, url, {}).status_code == 404
        assert signed_in(world.emma).get(url).status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"weeks": 7}', '{"weeks": [1, {"days": {"a": 1}}]}', "\xff"])
def test_a_strange_question_is_no_error_page(body: str, world: people.World) -> None:
    client = signed_in(world.emma)
    for url in (PREVIEW, READ):
        assert client.post(url, body, content_type="application/json").status_code in {200, 404}


def test_a_text_is_read_into_the_week(world: people.World) -> None:
    found = posted(world.emma, READ, {"text": "Mo-Fr 10:00-14:00,15:00-19:00; Sa 10:00-02:00; PH off"}).json()
    assert found["days"] == [*["10:00-14:00, 15:00-19:00"] * 5, "10:00-02:00", ""]
    assert "holiday policy: closed" in " ".join(found["html"].split())


def test_a_text_with_a_season_says_what_has_to_be_added(world: people.World) -> None:
    found = posted(world.emma, READ, {"text": "Mo-Su 10:00-18:00; Jun-Aug Mo-Su 09:00-22:00"}).json()
    assert found["days"] == ["10:00-18:00"] * 7
    assert "From 06-01 to 08-31 the text names other hours." in found["html"]
    assert found["html"].count("09:00-22:00") == 7


def test_a_text_that_is_not_certain_changes_nothing_and_says_why(world: people.World) -> None:
    found = posted(world.emma, READ, {"text": "whenever <b>we</b> like"}).json()
    assert found["days"] is None
    assert "This text could mean something else, so nothing was changed:" in found["html"]
    assert "<b>" not in found["html"]


@time_machine.travel(datetime(2026, 11, 29, 11, tzinfo=UTC), tick=False)
def test_last_night_is_no_part_of_todays_line(world: people.World, store: Store) -> None:
    found = shown(world.emma, store, {"purpose": "store", "days": ["10:00-19:00"] * 5 + ["10:00-02:00", ""]})["html"]
    lines = re.findall(r"<span>([^<]+)</span><span>([^<]+)</span>", found)
    assert [text for day, text in lines if day.startswith(("Sat", "Sun"))] == ["closed", "10:00–02:00"] * 2
