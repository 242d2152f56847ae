"""What PostgreSQL leaves out at night is never open: held against the schedule itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stores.models import Store, WeeklyHours
from stores.models.queries.opening import MAY_BE_OPEN, OpeningFacts, schedule_of, wall_clocks
from stores.models.queries.selection import Selection
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Period, Week
from tests.people import World, store
from tests.stores.timetable.schedules import weeks

ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu")
MOMENTS = st.integers(0, 730 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))
ALL_DAY = Week.daily(Period(1320, 1440))


def facts(zone: str, **fields: Any) -> OpeningFacts:
    row = Store(time_zone=zone, status="open", **fields)
    return OpeningFacts.of(row, [])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(weeks, min_size=3, max_size=3), st.sampled_from(ZONES), MOMENTS)
@example([ALL_DAY] * 3, "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
def test_a_store_that_is_open_is_never_left_out(world: World, made: list[Week], zone: str, moment: datetime) -> None:
    WeeklyHours.objects.all().delete()
    for number, week in enumerate(made):
        place = Store.objects.filter(code=f"s{number}").first() or store(world.rokid, "DE", f"s{number}")
        Store.objects.filter(pk=place.pk).update(time_zone=zone)
        WeeklyHours.objects.create(brand=world.rokid, store=place, periods=week.to_json())
    selection = Selection.of(Store.objects.filter(brand=world.rokid))
    kept = {code for [code] in selection.where(MAY_BE_OPEN, [wall_clocks(ZONES, moment)]).ask('"stores_store"."code"')}
    rows = {f"s{number}": [("", "", week.to_json())] for number, week in enumerate(made)}
    places = {place.code: place for place in Store.objects.filter(brand=world.rokid)}
    opened = {
        code
        for code, week in rows.items()
        if state_at(schedule_of(OpeningFacts.of(places[code], week)), moment).state is State.OPEN
    }
    assert opened <= kept
    changes = {
        (moment + timedelta(hours=shift)).astimezone(schedule_of(facts(zone)).zone).utcoffset()
        for shift in (-50, 0, 50)
    }
    if len(changes) == 1:
        assert kept == opened  # on an ordinary day nothing is kept in vain


def test_a_zone_nobody_knows_keeps_its_stores(world: World) -> None:
    store(world.rokid, "DE", "lost", time_zone="Moon/Tranquility")
    selection = Selection.of(Store.objects.filter(brand=world.rokid))
    clocks = wall_clocks(["Moon/Tranquility", "Europe/Berlin"], datetime(2026, 6, 1, tzinfo=UTC))
    assert clocks == '{"Europe/Berlin": [0, 6, "02:00"]}'
    assert selection.where(MAY_BE_OPEN, [clocks]).ask('"stores_store"."code"') == [("lost",)]
