"""What PostgreSQL leaves out at night is never open: held against the schedule itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stores.models import HolidayDate, SpecialDay, Store, WeeklyHours
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
    assert clocks == '{"Europe/Berlin": [0, 6, "02:00", "2026-06-01", "2026-05-31"]}'
    assert selection.where(MAY_BE_OPEN, [clocks]).ask('"stores_store"."code"') == [("lost",)]


def test_a_store_that_only_a_special_day_a_holiday_or_its_host_opens_is_kept(world: World) -> None:
    noon = datetime(2026, 12, 25, 11, tzinfo=UTC)  # a Friday, 12:00 in Berlin
    places = {
        code: store(world.rokid, "DE", code) for code in ("special", "night", "counter", "shut", "later", "proposed")
    }
    host = store(world.rokid, "FR", "host")
    Store.objects.filter(pk=places["counter"].pk).update(hours_from=host)
    open_days = {"special": (25, 24), "night": (24, 24), "shut": (25, 0), "later": (26, 24), "proposed": (25, 24)}
    for code, (day, hours) in open_days.items():
        decided = {} if code == "proposed" else {"decided_by": "x", "decided_at": noon}
        SpecialDay.objects.create(
            brand=world.rokid, store=places[code], date=date(2026, 12, day), **decided,
            state="confirmed" if decided else "proposed",
            periods=[{"start": "13:00", "end": "12:30"}] if hours else [],
        )  # fmt: skip
    WeeklyHours.objects.create(brand=world.rokid, store=host, periods=Week.daily(Period(600, 600)).to_json())

    def kept() -> set[str]:
        selection = Selection.of(Store.objects.filter(brand=world.rokid))
        rows = selection.where(MAY_BE_OPEN, [wall_clocks(["Europe/Berlin", "Europe/Paris"], noon)])
        return {code for [code] in rows.ask('"stores_store"."code"')}

    assert kept() == {"special", "night", "counter", "host"}
    for code in ("JP", "DE"):
        HolidayDate.objects.create(market=world.markets[code], date=noon.date(), name={"en": "x"}, source="test")
    assert kept() == {*places, "host"}
