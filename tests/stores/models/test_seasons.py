"""Seasons of a store: on days that exist, none claimed twice, and what is unreadable all the same takes no page down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from stores.models import Store, WeeklyHours
from stores.models.queries.opening_rows import schedules
from stores.timetable.evaluate import state_at
from stores.timetable.schedule import Period, Week
from tests.people import World, store

WEEK = Week.daily(Period.between("10:00", "18:00")).to_json()
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)


def season(place: Store, first: str, last: str, **fields: Any) -> WeeklyHours:
    made: WeeklyHours = WeeklyHours.objects.create(
        brand=place.brand, store=place, season_from=first, season_to=last, periods=WEEK, **fields
    )
    return made


def at_the_end() -> None:
    """Ask the database now what it would ask at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def written_to_the_end(place: Store, first: str, last: str) -> None:
    season(place, first, last)
    at_the_end()


@pytest.mark.parametrize("day", ["13-01", "00-10", "01-00", "02-30", "04-31", "11-31", "12-32", "1-01", "2-29", "x"])
def test_a_season_on_a_day_that_no_year_has_is_refused(day: str, world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    for first, last in ((day, "12-31"), ("01-01", day)):
        with pytest.raises(IntegrityError, match="weekly_hours_season"), transaction.atomic():
            season(place, first, last)


def test_every_day_that_some_year_has_may_begin_and_end_a_season(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    row = season(place, "01-01", "01-01")
    for month, days in enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
        for day in range(1, days + 1):
            text = f"{month:02}-{day:02}"
            assert WeeklyHours.objects.filter(pk=row.pk).update(season_from=text, season_to=text) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("06-01", "08-31"), ("08-31", "09-30")),
        (("06-01", "08-31"), ("07-01", "07-02")),
        (("11-01", "02-28"), ("12-24", "12-26")),
        (("11-01", "02-28"), ("02-28", "03-31")),
        (("11-01", "02-28"), ("10-01", "11-01")),
        (("11-01", "02-28"), ("12-31", "01-01")),
    ],
)
def test_two_seasons_of_a_purpose_do_not_claim_one_day(
    one: tuple[str, str], other: tuple[str, str], world: World
) -> None:
    place = store(world.rokid, "DE", "berlin")
    season(place, *one)
    with pytest.raises(IntegrityError, match="weekly_hours_seasons_apart"):
        written_to_the_end(place, *other)


def test_seasons_of_other_stores_and_purposes_and_the_years_week_have_days_of_their_own(world: World) -> None:
    place, far = store(world.rokid, "DE", "berlin"), store(world.rokid, "DE", "hamburg")
    season(place, "06-01", "08-31")
    season(place, "06-02", "08-30", purpose="service")
    season(far, "06-02", "08-30")
    season(place, "09-01", "05-31")
    season(place, "", "")
    at_the_end()
    assert WeeklyHours.objects.count() == 5


def test_seasons_may_hand_days_to_each_other_in_one_transaction(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    winter, summer = season(place, "10-01", "03-31"), season(place, "04-01", "09-30")
    WeeklyHours.objects.filter(pk=winter.pk).update(season_to="04-30")
    WeeklyHours.objects.filter(pk=summer.pk).update(season_from="05-01")
    at_the_end()
    assert set(WeeklyHours.objects.values_list("season_from", "season_to")) == {("10-01", "04-30"), ("05-01", "09-30")}


def test_a_store_whose_hours_cannot_be_read_is_unknown_and_the_others_answer(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    torn, shut, whole = (store(world.rokid, "DE", code) for code in ("torn", "shut", "whole"))
    broken = [[{"start": "10:00", "end": "18:00"}, {"start": "12:00", "end": "13:00"}]] * 7
    for place, periods in ((torn, broken), (shut, broken), (whole, WEEK)):
        WeeklyHours.objects.create(brand=world.rokid, store=place, periods=periods)
    Store.objects.filter(pk=shut.pk).update(status="temporarily_closed")
    found = schedules([torn.pk, shut.pk, whole.pk])
    states = [state_at(found[place.pk], NOON).state.value for place in (torn, shut, whole)]
    assert states == ["unknown", "closed", "open"]
    assert sorted(record.getMessage() for record in caplog.records if record.name == "stores.models.queries.opening") == [
        f"the hours of store {place.pk} cannot be read, so it is unknown when it is open: Monday: periods overlap at 12:00"
        for place in (torn, shut)
    ]  # fmt: skip
