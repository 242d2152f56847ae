"""What the database holds about special days, holidays and followed hours, and which stores a change moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from stores.models import HolidayDate, Market, MarketEntry, SpecialDay, Store, WeeklyHours
from tests.people import World, store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "18:00"}]


def special(place: Store, **fields: Any) -> SpecialDay:
    decided: dict[str, Any] = {"decided_by": "olivia@example.com", "decided_at": NOON}
    made: SpecialDay = SpecialDay.objects.create(
        store=place, **{"brand": place.brand, "date": date(2026, 12, 24), **decided, **fields}
    )
    return made


def holiday(world: World, code: str = "DE", **fields: Any) -> HolidayDate:
    made: HolidayDate = HolidayDate.objects.create(
        market=world.markets[code],
        **{"date": date(2026, 12, 25), "name": {"en": "Christmas Day"}, "source": "test", **fields},
    )
    return made


def refused(name: str, write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def at_once(write: Callable[[], Any]) -> None:
    """Write, and ask the database now what it would ask at the end of the transaction."""
    write()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "periods",
    [
        {"start": "10:00"}, "10:00", None, [[]], [1], [{"start": "10:00"}], [{"start": "9:00", "end": "10:00"}],
        [{"start": "10:00", "end": "25:00"}], [*DAY, {"start": "x", "end": "11:00"}], [[{"start": "10:00"}]],
    ],
)  # fmt: skip
def test_only_periods_are_the_hours_of_a_day(world: World, periods: Any) -> None:
    place = store(world.rokid, "DE", "berlin")
    refused("special_day_periods|null value", lambda: special(place, periods=periods))
    if periods is not None:
        refused("store_holiday_hours_shape", lambda: Store.objects.filter(pk=place.pk).update(holiday_hours=periods))


def test_a_date_has_one_special_day_for_each_purpose(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    special(place, periods=DAY)
    special(place, purpose="service")
    refused("special_day_once", lambda: special(place))


def test_a_decision_names_who_and_when_and_a_proposal_neither(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    refused("special_day_decided", lambda: special(place, decided_by=""))
    refused("special_day_decided", lambda: special(place, state="proposed"))
    refused("special_day_state", lambda: special(place, state="perhaps"))
    refused("special_day_purpose", lambda: special(place, purpose="parking"))


def test_a_special_day_belongs_to_the_brand_of_its_store(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    refused("special_day_same_brand", lambda: at_once(lambda: special(place, brand=world.acme)))


def test_a_holiday_is_said_once_and_corrected_by_somebody(world: World) -> None:
    holiday(world)
    holiday(world, subdivision="BY")
    refused("holiday_date_once", lambda: holiday(world))
    refused("holiday_date_overridden", lambda: holiday(world, date=date(2026, 12, 26), overridden_by="x"))
    refused("holiday_date_counts_as", lambda: holiday(world, date=date(2026, 12, 26), counts_as=3))
    refused("holiday_date_kind", lambda: holiday(world, date=date(2026, 12, 26), kind="feast"))
    refused("holiday_date_certainty", lambda: holiday(world, date=date(2026, 12, 26), certainty="maybe"))


def test_holiday_hours_of_its_own_need_hours(world: World) -> None:
    place = Store.objects.filter(pk=store(world.rokid, "DE", "berlin").pk)
    refused("store_holiday_hours_given", lambda: place.update(holiday_policy="own_hours"))
    refused("store_holiday_policy", lambda: place.update(holiday_policy="perhaps"))
    assert place.update(holiday_policy="own_hours", holiday_hours=[]) == 1
    refused("market_entry_holiday_policy", lambda: MarketEntry.objects.update(holiday_policy="own_hours"))


def test_a_store_follows_in_one_step_within_its_brand(world: World) -> None:
    host, counter, other = (store(world.rokid, "DE", code) for code in ("host", "counter", "other"))
    Store.objects.filter(pk=counter.pk).update(hours_from=host)

    def follow(who: Store, whom: Store) -> Callable[[], Any]:
        return lambda: Store.objects.filter(pk=who.pk).update(hours_from=whom)

    for who, whom in ((other, counter), (host, other), (other, other)):
        refused("is followed by none", follow(who, whom))
    refused("is followed by none", lambda: store(world.rokid, "DE", "new", hours_from=counter))
    rival = store(world.acme, "DE", "rival")
    refused("store_hours_from_same_brand", lambda: at_once(follow(other, rival)))


def test_each_change_moves_the_stores_it_speaks_about_and_no_other(world: World) -> None:
    host, paris, tokyo = (store(world.rokid, code, code.lower()) for code in ("DE", "FR", "JP"))
    counter = store(world.rokid, "DE", "counter", hours_from=host)

    def moved(write: Callable[[], Any]) -> set[str]:
        before = dict(Store.objects.values_list("code", "version"))
        write()
        return {code for code, version in Store.objects.values_list("code", "version") if before[code] != version}

    assert moved(lambda: special(host)) == {"de", "counter"}
    assert moved(lambda: special(counter)) == {"counter"}
    week = {"brand": world.rokid, "store": host, "periods": [DAY] * 7}
    assert moved(lambda: WeeklyHours.objects.create(**week)) == {"de", "counter"}
    assert moved(lambda: SpecialDay.objects.filter(store=host).update(periods=DAY)) == {"de", "counter"}
    assert moved(lambda: SpecialDay.objects.filter(store=counter).delete()) == {"counter"}
    assert moved(lambda: holiday(world, "FR")) == {"fr"}
    assert moved(lambda: HolidayDate.objects.all().delete()) == {"fr"}
    entries = MarketEntry.objects.filter(brand=world.rokid)
    assert moved(lambda: entries.filter(market__code="JP").update(holiday_policy="closed")) == {"jp"}
    assert moved(lambda: entries.filter(market__code="JP").update(holiday_policy="closed")) == set()
    assert moved(lambda: entries.update(support_email="x@example.com")) == set()
    assert moved(lambda: Market.objects.filter(code="FR").update(holiday_subdivision="BRE")) == {"fr"}
    assert {paris.code, tokyo.code} == {"fr", "jp"}


def test_a_bulk_load_of_holidays_moves_each_store_once(world: World) -> None:
    place = store(world.rokid, "DE", "berlin")
    written = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'stores_store'"
    with connection.cursor() as cursor:
        cursor.execute(written)
        [before] = cursor.fetchone()
        HolidayDate.objects.bulk_create(
            [HolidayDate(market=world.markets["DE"], date=date(2026, 1, day), name={"en": "x"}, source="test")
             for day in range(1, 21)]
        )  # fmt: skip
        cursor.execute(written)
        [after] = cursor.fetchone()
    assert after - before == 1
    known = place.version
    place.refresh_from_db()
    assert place.version > known
