"""Seasons as people write them: days that exist, and none claimed twice, whichever page they are written on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from stores.actions.errors import Refused
from stores.actions.records import save_record, save_together
from stores.models import Store, WeeklyHours
from tests.people import World, store
from tests.stores.admin.test_scope import signed_in, store_form

TEXTS = {f"periods_{day}": "10:00-18:00" for day in range(7)}
CLAIMED_TWICE = "Two seasons claim the same days: end one before the other begins."


@pytest.fixture
def berlin(world: World) -> Store:
    made = store(world.rokid, "DE", "berlin")
    for first, last in (("10-01", "03-31"), ("04-01", "09-30")):
        WeeklyHours.objects.create(
            brand=world.rokid, store=made, season_from=first, season_to=last,
            periods=[[{"start": "10:00", "end": "18:00"}]] * 7,
        )  # fmt: skip
    return made


def seasons(place: Store) -> list[tuple[str, str]]:
    return sorted(place.weekly_hours.values_list("season_from", "season_to"))


def save(user: Any, place: Store, *dates: tuple[str, str], new: int = 0) -> Any:
    """Save the store's page with these seasons, the last ``new`` of them just added."""
    client = signed_in(user)
    rows: list[Any] = list(place.weekly_hours.order_by("pk"))
    sent = store_form(client, place) | {
        "weekly_hours-TOTAL_FORMS": len(dates), "weekly_hours-INITIAL_FORMS": len(dates) - new,
    }  # fmt: skip
    for number, (first, last) in enumerate(dates):
        fields: dict[str, Any] = {
            "store": place.pk,
            "purpose": "store",
            "season_from": first,
            "season_to": last,
            **TEXTS,
        }
        if number < len(dates) - new:
            fields["id"] = rows[number].pk
        sent |= {f"weekly_hours-{number}-{name}": value for name, value in fields.items()}
    return client.post(reverse("admin:stores_store_change", args=[place.pk]), sent)


def told(answer: Any) -> list[str]:
    [formset] = [
        each.formset for each in answer.context["inline_admin_formsets"] if each.formset.prefix == "weekly_hours"
    ]
    return [
        *formset.non_form_errors(),
        *(text for form in formset.forms for texts in form.errors.values() for text in texts),
    ]


def test_one_season_hands_days_to_another_on_the_stores_page(world: World, berlin: Store) -> None:
    assert save(world.emma, berlin, ("10-01", "04-30"), ("05-01", "09-30")).status_code == 302
    assert seasons(berlin) == [("05-01", "09-30"), ("10-01", "04-30")]


def test_seasons_that_meet_are_told_on_the_stores_page(world: World, berlin: Store) -> None:
    answer = save(world.emma, berlin, ("10-01", "03-31"), ("04-01", "09-30"), ("12-24", "12-26"), new=1)
    assert told(answer) == [CLAIMED_TWICE]
    assert seasons(berlin) == [("04-01", "09-30"), ("10-01", "03-31")]


@pytest.mark.parametrize("day", ["02-30", "13-01"])
def test_a_day_that_does_not_exist_is_told_on_the_stores_page(day: str, world: World, berlin: Store) -> None:
    answer = save(world.emma, berlin, ("10-01", "03-31"), ("04-01", day))
    assert told(answer) == ["A season has a first and a last day as MM-DD."]


def test_seasons_that_meet_are_told_on_the_page_of_a_week(world: World, berlin: Store) -> None:
    winter = berlin.weekly_hours.get(season_from="10-01")
    answer = signed_in(world.emma).post(
        reverse("admin:stores_weeklyhours_change", args=[winter.pk]),
        {"purpose": "store", "season_from": "10-01", "season_to": "04-30", **TEXTS},
    )
    assert answer.context["adminform"].form.errors == {"season_from": [CLAIMED_TWICE]}
    assert seasons(berlin) == [("04-01", "09-30"), ("10-01", "03-31")]


def test_rows_written_together_are_compared_together(world: World, berlin: Store) -> None:
    winter, summer = berlin.weekly_hours.get(season_from="10-01"), berlin.weekly_hours.get(season_from="04-01")
    winter.season_to, summer.season_from = "04-30", "05-01"
    with pytest.raises(Refused) as refusal:
        save_record(by=world.emma, obj=winter, fields=["season_to"])
    assert refusal.value.code == "seasons"
    save_together(by=world.emma, rows=[(winter, ["season_to"]), (summer, ["season_from"])])
    assert seasons(berlin) == [("05-01", "09-30"), ("10-01", "04-30")]
