from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from stores.actions.errors import NotFound, Refused
from stores.actions.holidays import correct_holiday
from stores.models import HolidayDate, Market, MarketEntry, Store, WeeklyHours
from stores.models.queries.opening_rows import schedules
from stores.timetable.evaluate import state_at
from tests.people import World, market, store


def load(*arguments: str) -> str:
    said = StringIO()
    call_command("load_holidays", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def calendars(world: World) -> None:
    for code in ("DE", "JP", "FR"):
        Market.objects.filter(code=code).update(holiday_country=code)


def dates(code: str, part: str, kind: str = "holiday") -> set[date]:
    rows = HolidayDate.objects.filter(market__code=code, subdivision=part, kind=kind)
    return set(rows.values_list("date", flat=True))


def test_each_part_has_its_full_calendar_with_names_source_and_certainty(calendars: None) -> None:
    assert re.fullmatch(r"holidays 2026-2026 of 1 markets: \d+ created, 0 changed, 0 removed, 0 unchanged\n",
                        load("--years", "2026", "--market", "de"))  # fmt: skip
    epiphany, women, unity = date(2026, 1, 6), date(2026, 3, 8), date(2026, 10, 3)
    assert [{epiphany, women, unity} & dates("DE", part) for part in ("", "BY", "BE", "HH")] == [
        {unity}, {epiphany, unity}, {women, unity}, {unity},
    ]  # fmt: skip
    row = HolidayDate.objects.get(market__code="DE", subdivision="BY", date=epiphany)
    assert (row.name, row.kind, row.certainty) == (
        {"en": "Epiphany", "de": "Heilige Drei Könige"},
        "holiday",
        "certain",
    )
    assert re.fullmatch(r"holidays \d+\.\d+", row.source)


def test_china_has_its_make_up_working_days_and_a_year_without_decree_is_incomplete(world: World) -> None:
    Market.objects.filter(code="HK").update(code="CN", holiday_country="CN", languages=["zh-Hans"])
    load("--years", "2026,2031", "--market", "CN")
    worked = HolidayDate.objects.get(date=date(2026, 2, 14))
    assert (worked.kind, worked.counts_as, worked.name["zh-Hans"]) == ("working_day", 4, "调休上班")
    assert HolidayDate.objects.get(date=date(2026, 10, 1)).name["zh-Hans"] == "国庆节"
    assert set(HolidayDate.objects.filter(date__year=2031).values_list("certainty", flat=True)) == {"incomplete"}


def test_a_store_in_china_keeps_golden_week_and_works_the_weekends_for_it(world: World) -> None:
    place = store(world.rokid, "HK", "hangzhou", time_zone="Asia/Shanghai")
    Market.objects.filter(code="HK").update(code="CN", holiday_country="CN")
    load("--years", "2026", "--market", "CN")
    MarketEntry.objects.filter(market__code="CN").update(holiday_policy="closed")
    open_days = [[{"start": "10:00", "end": "18:00"}]] * 5 + [[], []]
    WeeklyHours.objects.create(brand=world.rokid, store=place, periods=open_days)

    def answers(policy: str) -> dict[int, tuple[str, bool]]:
        Store.objects.update(holiday_policy=policy)
        schedule = schedules([place.pk])[place.pk]
        moments = {day: datetime(2026, 10, day, 4, tzinfo=UTC) for day in (1, 7, 8, 10, 11)}
        found = {day: state_at(schedule, moment) for day, moment in moments.items()}
        return {day: (answer.state.value, answer.rule.confirmed) for day, answer in found.items()}

    # 1 and 7 October are given off, Saturday the 10th is worked like the Wednesday it stands for, Sunday the 11th is not.
    closed, opened = ("closed", True), ("open", True)
    assert answers("") == {1: closed, 7: closed, 8: opened, 10: opened, 11: closed}
    assert answers("normal") == {1: opened, 7: opened, 8: opened, 10: closed, 11: closed}
    unsure = {1: ("open", False), 7: ("open", False), 10: ("closed", False)}
    assert answers("ask") == {**unsure, 8: opened, 11: closed}


def test_a_second_load_writes_nothing_and_moves_no_store(world: World, calendars: None) -> None:
    load("--years", "2026", "--market", "JP")
    before = list(HolidayDate.objects.values())
    version = store(world.rokid, "JP", "ginza").version
    assert " 0 created, 0 changed, 0 removed, " in load("--years", "2026", "--market", "JP")
    assert list(HolidayDate.objects.values()) == before
    assert Store.objects.get(code="ginza").version == version


def test_what_is_wrong_is_corrected_and_what_a_person_said_stays(world: World, calendars: None) -> None:
    load("--years", "2026", "--market", "JP")
    HolidayDate.objects.filter(date=date(2026, 5, 3)).update(name={"en": "wrong"})
    HolidayDate.objects.filter(date=date(2026, 5, 4)).delete()
    HolidayDate.objects.create(market=market("JP"), date=date(2026, 6, 9), name={"en": "no such day"}, source="old")
    HolidayDate.objects.create(market=market("JP"), date=date(2027, 6, 9), name={"en": "next year"}, source="old")
    correct_holiday(by=world.kenji, market=market("JP"), day=date(2026, 5, 5), kind="ordinary", name={"en": "Work"})
    said = load("--years", "2026", "--market", "JP")
    assert " 1 created, 1 changed, 1 removed, " in said
    assert said.endswith("1 corrected by people kept\n")
    kept = HolidayDate.objects.get(date=date(2026, 5, 5))
    assert (kept.kind, kept.name, kept.overridden_by) == ("ordinary", {"en": "Work"}, "kenji@example.com")
    assert HolidayDate.objects.filter(date=date(2027, 6, 9)).exists()


def test_a_dry_run_says_what_would_change_and_changes_nothing(calendars: None) -> None:
    assert load("--years", "2026", "--market", "JP", "--dry-run").endswith("(dry run: nothing written)\n")
    assert not HolidayDate.objects.exists()


def test_what_has_no_calendar_is_named(world: World, calendars: None) -> None:
    Market.objects.create(code="LK", name={"en": "Sri Lanka"}, currency="LKR", price_decimals=2, languages=["si"],
                          default_time_zone="Asia/Colombo", holiday_country="LK")  # fmt: skip
    said = load("--years", "2099", "--market", "LK", "--market", "HK")
    assert said.splitlines()[1:] == ["without a calendar: HK", "not known yet: LK 2099"]


@pytest.mark.parametrize("years", ["26", "2026-2040", "2028-2026", "1999", "2026-", "all", "2026, 2027"])
def test_strange_years_are_refused(years: str, calendars: None) -> None:
    with pytest.raises(CommandError, match="is not a year or a span"):
        load("--years", years)


def test_an_unknown_market_is_named(calendars: None) -> None:
    with pytest.raises(CommandError, match="There is no market ZZ here"):
        load("--market", "DE", "--market", "zz")


def test_a_part_is_corrected_under_its_code_and_the_row_says_that_a_person_did(world: World) -> None:
    day = date(2026, 1, 6)
    MarketEntry.objects.filter(brand=world.acme).delete()
    HolidayDate.objects.create(
        market=market("DE"), subdivision="BY", date=day, name={"en": "Epiphany"}, source="package"
    )
    for said in ("Bavaria", "by", "DE-BY"):
        [row] = correct_holiday(
            by=world.emma, market=market("DE"), day=day, kind="ordinary", name={"en": said}, subdivision=said
        )
        assert (row.subdivision, row.name, row.source) == ("BY", {"en": said}, "person")
    for said in ("Atlantis", "Bretagne"):
        with pytest.raises(Refused) as refusal:
            correct_holiday(
                by=world.emma, market=market("FR"), day=day, kind="ordinary", name={"en": "x"}, subdivision=said
            )
        assert refusal.value.code == "subdivision"
    assert HolidayDate.objects.count() == 1


def test_a_date_is_corrected_everywhere_in_the_country_by_who_speaks_for_all_brands(world: World) -> None:
    day = date(2026, 9, 19)
    HolidayDate.objects.create(
        market=market("FR"), subdivision="BRE", date=date(2026, 1, 1), name={"en": "x"}, source="t"
    )
    made = correct_holiday(
        by=world.emma, market=market("FR"), day=day, kind="holiday", name={"en": "Mourning"}, everywhere=True
    )
    assert sorted(row.subdivision for row in made) == ["", "BRE"]
    again = correct_holiday(by=world.emma, market=market("FR"), day=day, kind="ordinary", name={"en": "Moved"})
    assert [(row.subdivision, row.kind) for row in again] == [("", "ordinary")]
    # Acme is in Germany too, so Rokid's manager does not decide its calendar; Kenji is not there at all.
    for person, refusal in (
        (world.emma, Refused),
        (world.kenji, NotFound),
        (world.mei, NotFound),
        (world.stan, NotFound),
    ):
        with pytest.raises(refusal):
            correct_holiday(by=person, market=market("DE"), day=day, kind="holiday", name={"en": "x"})
    MarketEntry.objects.filter(brand=world.acme).delete()
    correct_holiday(by=world.emma, market=market("DE"), day=day, kind="holiday", name={"en": "x"})
    assert HolidayDate.objects.get(market__code="DE").overridden_by == "emma@example.com"
