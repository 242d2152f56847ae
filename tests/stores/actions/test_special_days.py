"""Proposals for coming holidays, and what people decide about them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from stores.actions.errors import Refused
from stores.actions.records import save_record
from stores.actions.special_days import (
    Decided,
    Proposed,
    Unchanged,
    confirm_special_days,
    dismiss_special_days,
    propose_special_days,
)
from stores.models import HolidayDate, MarketEntry, SpecialDay, Store, System, WeeklyHours
from stores.models.queries.readiness import worklist
from stores.tasks.hours import propose
from tests.people import World, store

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "18:00"}]
SHORT = [{"start": "10:00", "end": "13:00"}]
CHRISTMAS = date(2026, 12, 25)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def shop(world: World, code: str, market: str = "DE", **fields: Any) -> Store:
    made = store(world.rokid, market, code, **fields)
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=[DAY] * 7)
    return made


def holiday(world: World, day: date = CHRISTMAS, market: str = "DE", name: str = "Christmas Day") -> None:
    HolidayDate.objects.create(market=world.markets[market], date=day, name={"en": name}, source="test")


def ask(**more: Any) -> Proposed:
    return propose_special_days(by=System("test"), **more)


def proposals() -> list[tuple[str, date, Any]]:
    return list(SpecialDay.objects.filter(state="proposed").values_list("store__code", "date", "periods"))


def test_stores_that_ask_get_a_proposal_with_their_regular_hours_once(world: World) -> None:
    host = shop(world, "berlin")
    shop(world, "counter", hours_from=host)
    shop(world, "decided", holiday_policy="closed")
    shop(world, "gone", status="closed")
    shop(world, "later", status="ready", opening_date=date(2027, 1, 5))
    shop(world, "tokyo", "JP")
    store(world.rokid, "DE", "nobody-knows")
    holiday(world)
    holiday(world, date(2027, 6, 1), name="Far away")
    holiday(world, date(2026, 11, 22), name="Yesterday")
    assert ask() == Proposed(created=1, withdrawn=0)
    assert proposals() == [("berlin", CHRISTMAS, DAY)]
    made = SpecialDay.objects.get()
    assert (made.name, made.source.partition(" ")[0], made.decided_by) == ({"en": "Christmas Day"}, "holidays", "")
    assert ask() == Proposed(created=0, withdrawn=0)


def test_a_store_is_proposed_what_it_did_the_last_time(world: World) -> None:
    place = shop(world, "berlin")
    for year, periods in ((2024, []), (2025, SHORT)):
        SpecialDay.objects.create(
            brand=world.rokid, store=place, date=date(year, 12, 25), periods=periods, name={"en": "Christmas Day"},
            decided_by="x", decided_at=NOW,
        )  # fmt: skip
    holiday(world)
    ask()
    assert proposals() == [("berlin", CHRISTMAS, SHORT)]


def test_a_proposal_that_nobody_has_to_answer_is_withdrawn_and_a_decision_stays(world: World) -> None:
    for code in ("moved", "decided", "policy"):
        shop(world, code)
    holiday(world)
    ask()
    confirm_special_days(by=world.emma, days=SpecialDay.objects.filter(store__code="decided"))
    Store.objects.filter(code="policy").update(holiday_policy="closed")
    assert ask() == Proposed(created=0, withdrawn=1)
    HolidayDate.objects.update(date=date(2026, 12, 26))
    assert ask() == Proposed(created=2, withdrawn=1)
    assert sorted(proposals()) == [("decided", date(2026, 12, 26), DAY), ("moved", date(2026, 12, 26), DAY)]
    assert SpecialDay.objects.get(date=CHRISTMAS).store.code == "decided"


def test_a_store_that_follows_another_or_goes_back_to_the_builders_is_asked_no_more(world: World) -> None:
    host = shop(world, "host", holiday_policy="closed")
    for code in ("counter", "site", "hall", "written"):
        shop(world, code, published_at=None)
    holiday(world)
    assert ask() == Proposed(created=4, withdrawn=0)
    SpecialDay.objects.filter(store__code="written").update(source="")
    Store.objects.filter(code__in=["counter", "written"]).update(hours_from=host)
    Store.objects.filter(code="site").update(status="fit_out")
    assert sorted(SpecialDay.objects.waiting(NOW.date()).values_list("store__code", flat=True)) == ["hall", "site"]
    assert ask() == Proposed(created=0, withdrawn=2)
    assert sorted(code for code, *_ in proposals()) == ["hall", "written"]


def test_a_date_of_other_parts_is_a_question_to_whoever_may_be_there_whatever_the_policy(world: World) -> None:
    for code, policy in (("closed", "closed"), ("asks", "ask"), ("same", "normal")):
        shop(world, code, holiday_policy=policy)
    shop(world, "bavarian", holiday_policy="closed", holiday_subdivision="BY")
    shop(world, "berliner", holiday_policy="ask", holiday_subdivision="BE")
    holiday(world)
    for part, day, name in (("BY", date(2027, 1, 6), "Dreikönig"), ("BY", CHRISTMAS, "x"), ("BE", CHRISTMAS, "x")):
        HolidayDate.objects.create(
            market=world.markets["DE"], subdivision=part, date=day, name={"de": name, "en": name}, source="test"
        )
    ask()
    found = SpecialDay.objects.order_by("store__code", "date").values_list("store__code", "date", "name__en")
    assert list(found) == [
        ("asks", CHRISTMAS, "Christmas Day"), ("asks", date(2027, 1, 6), "Dreikönig"), ("berliner", CHRISTMAS, "x"),
        ("closed", date(2027, 1, 6), "Dreikönig"),
    ]  # fmt: skip
    confirm_special_days(by=world.emma, days=SpecialDay.objects.filter(store__code="closed"), periods=[])
    Store.objects.filter(code="asks").update(holiday_subdivision="BE")
    assert ask() == Proposed(created=0, withdrawn=1)


def test_each_of_the_days_that_share_a_name_is_like_the_same_one_of_the_year_before(world: World) -> None:
    place = shop(world, "shanghai", "HK")
    for year in (2025, 2026):
        for day in (24, 25, 26):
            holiday(world, date(year, 12, day), "HK", "Winter Days")
    for day, periods, state in ((24, [], "confirmed"), (25, DAY, "dismissed"), (26, SHORT, "confirmed")):
        SpecialDay.objects.create(
            brand=world.rokid, store=place, date=date(2025, 12, day), periods=periods, name={"en": "Winter Days"},
            state=state, decided_by="x", decided_at=NOW,
        )  # fmt: skip
    ask()
    assert sorted(proposals()) == [
        ("shanghai", date(2026, 12, 24), []), ("shanghai", date(2026, 12, 25), DAY),
        ("shanghai", date(2026, 12, 26), SHORT),
    ]  # fmt: skip


def test_the_task_asks_once_a_day(world: World, clock: Any) -> None:
    shop(world, "berlin")
    holiday(world)
    propose()
    SpecialDay.objects.all().delete()
    clock.move_to(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    propose()
    assert proposals() == []
    clock.move_to(datetime(2026, 11, 24, 0, 1, tzinfo=UTC))
    propose()
    assert proposals() == [("berlin", CHRISTMAS, DAY)]


def test_a_bulk_decision_says_of_each_day_it_leaves_why(world: World) -> None:
    for code, market in (("berlin", "DE"), ("hamburg", "DE"), ("paris", "FR"), ("tokyo", "JP")):
        shop(world, code, market)
    for market in ("DE", "FR", "JP"):
        holiday(world, market=market)
    ask()
    everything = SpecialDay.objects.all()
    dismiss_special_days(by=world.emma, days=everything.filter(store__code="paris"))
    SpecialDay.objects.filter(store__code="hamburg").update(date=date(2026, 11, 20))
    # Emma does not see Tokyo, so nothing is said about it.
    assert confirm_special_days(by=world.emma, days=everything, periods=[]) == Decided(
        1,
        (
            Unchanged("hamburg", date(2026, 11, 20), "The day is over."),
            Unchanged("paris", CHRISTMAS, "It is dismissed already."),
        ),
    )
    states = {day.store.code: (day.state, day.periods, day.decided_by) for day in everything}
    assert states == {
        "berlin": ("confirmed", [], "emma@example.com"),
        "hamburg": ("proposed", DAY, ""),
        "paris": ("dismissed", DAY, "emma@example.com"),
        "tokyo": ("proposed", DAY, ""),
    }
    assert confirm_special_days(by=world.stan, days=everything) == Decided(0, ())


def test_a_partner_decides_for_the_own_counters_and_an_analyst_for_none(world: World) -> None:
    for code, operator in (("own", world.optician), ("other", None)):
        shop(world, code, "HK", operator=operator)
    holiday(world, market="HK")
    ask()
    assert confirm_special_days(by=world.mei, days=SpecialDay.objects.all()) == Decided(1, ())
    grant = world.mei.grants.get()
    grant.role = type(grant.role).objects.get(code="analyst")
    grant.save()
    SpecialDay.objects.update(state="proposed", decided_by="", decided_at=None)
    reader = type(world.mei).objects.get(pk=world.mei.pk)
    assert confirm_special_days(by=reader, days=SpecialDay.objects.all()).unchanged == (
        Unchanged("own", CHRISTMAS, "Your role does not allow you to edit hours here."),
    )


def test_days_on_end_are_one_line_of_the_worklist_and_the_soonest_comes_first(world: World) -> None:
    for code, market in (("aa", "JP"), ("bb", "JP"), ("cc", "JP"), ("dd", "DE"), ("ee", "FR"), ("ff", "FR")):
        shop(world, code, market)
    for day in (29, 30, 31):
        holiday(world, date(2026, 12, day), "JP", name=f"Golden {day}")
    for market in ("DE", "FR"):
        holiday(world, market=market)
    ask()
    SpecialDay.objects.filter(store__code="cc", date=date(2026, 12, 29)).delete()
    SpecialDay.objects.filter(store__code="bb", date=date(2026, 12, 30)).delete()
    SpecialDay.objects.filter(store__code="aa", date=date(2026, 12, 31)).delete()
    lines = worklist(SpecialDay.objects.visible_to(world.olivia).waiting(NOW.date()))
    assert [
        (line.market, str(line.first), str(line.last), line.stores, line.days, line.name["en"]) for line in lines
    ] == [
        ("FR", "2026-12-25", "2026-12-25", 2, 2, "Christmas Day"),
        ("DE", "2026-12-25", "2026-12-25", 1, 1, "Christmas Day"),
        ("JP", "2026-12-29", "2026-12-31", 3, 6, "Golden 29"),
    ]
    assert worklist(SpecialDay.objects.visible_to(world.kenji).waiting(NOW.date())) == lines[2:]
    assert worklist(SpecialDay.objects.visible_to(world.stan).waiting(NOW.date())) == []


def test_a_day_that_a_person_writes_carries_the_name_and_the_moment(world: World) -> None:
    place = shop(world, "berlin")
    made = save_record(by=world.emma, obj=SpecialDay(brand=world.rokid, store=place, date=CHRISTMAS, periods=SHORT))
    assert (made.state, made.decided_by, made.decided_at) == ("confirmed", "emma@example.com", NOW)
    made.state = "proposed"
    save_record(by=world.emma, obj=made, fields=["state"])
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.decided_at) == ("proposed", "", None)


def test_a_store_follows_only_who_keeps_hours_in_the_same_market(world: World) -> None:
    host, counter, paris = shop(world, "host"), shop(world, "counter"), shop(world, "paris", "FR")
    counter.hours_from = host
    save_record(by=world.emma, obj=counter, fields=["hours_from"])
    for who, whom, code in ((host, paris, "follows"), (host, counter, "follows"), (host, host, "follows")):
        who.hours_from = whom
        with pytest.raises(Refused) as refusal:
            save_record(by=world.emma, obj=who, fields=["hours_from"])
        assert refusal.value.code == code
    host.hours_from = shop(world, "other")
    with pytest.raises(Refused, match="Other stores follow this one"):
        save_record(by=world.emma, obj=host, fields=["hours_from"])


def test_the_part_of_the_country_is_one_with_a_calendar_and_kept_by_its_code(world: World) -> None:
    place = shop(world, "berlin")
    place.holiday_subdivision = "Bayern"
    save_record(by=world.emma, obj=place, fields=["holiday_subdivision"])
    assert Store.objects.get().holiday_subdivision == "BY"
    place.holiday_subdivision = "Atlantis"
    with pytest.raises(Refused, match="no holidays of its own"):
        save_record(by=world.emma, obj=place, fields=["holiday_subdivision"])


def test_a_markets_policy_ends_the_questions(world: World) -> None:
    shop(world, "berlin")
    holiday(world)
    ask()
    MarketEntry.objects.filter(brand=world.rokid).update(holiday_policy="closed")
    assert ask() == Proposed(created=0, withdrawn=1)
