"""Named nights and named rules: what a manager would look up, with the expected answer written out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stores.timetable.evaluate import Answer, State, intervals, state_at
from stores.timetable.schedule import (
    Certainty,
    Closure,
    Holiday,
    HolidayKind,
    HolidayPolicy,
    MonthDay,
    Period,
    Schedule,
    Season,
    SpecialDay,
    Week,
)

BERLIN = ZoneInfo("Europe/Berlin")
TEN_TO_SIX = Period.between("10:00", "18:00")
NIGHT = Period.between("22:00", "06:00")
SHOP = Week(((TEN_TO_SIX,),) * 5 + ((Period.between("11:00", "16:00"),), ()))


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def asked(schedule: Schedule, text: str) -> Answer:
    return state_at(schedule, datetime.fromisoformat(text).replace(tzinfo=schedule.zone))


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "opens", "closes"),
    [
        # Clocks go back at 03:00: the night shift lasts nine hours.
        ("Europe/Berlin", "2026-10-24", "22:00", "06:00", "2026-10-24T20:00Z", "2026-10-25T05:00Z"),
        # Half past two happens twice: a start takes the earlier, an end the later.
        ("Europe/Berlin", "2026-10-25", "02:30", "12:00", "2026-10-25T00:30Z", "2026-10-25T11:00Z"),
        ("Europe/Berlin", "2026-10-24", "20:00", "02:30", "2026-10-24T18:00Z", "2026-10-25T01:30Z"),
        ("Europe/Berlin", "2026-10-25", "02:15", "02:45", "2026-10-25T00:15Z", "2026-10-25T01:45Z"),
        # Clocks go forward at 02:00: the night shift lasts seven hours, half past two means three.
        ("Europe/Berlin", "2026-03-28", "22:00", "06:00", "2026-03-28T21:00Z", "2026-03-29T04:00Z"),
        ("Europe/Berlin", "2026-03-29", "02:30", "12:00", "2026-03-29T01:00Z", "2026-03-29T10:00Z"),
        ("Europe/Berlin", "2026-03-28", "20:00", "02:30", "2026-03-28T19:00Z", "2026-03-29T01:00Z"),
        # Midnights that do not exist: 00:00 means 01:00.
        ("Africa/Cairo", "2027-04-30", "00:00", "08:00", "2027-04-29T22:00Z", "2027-04-30T05:00Z"),
        ("Africa/Cairo", "2027-04-29", "18:00", "24:00", "2027-04-29T16:00Z", "2027-04-29T22:00Z"),
        ("Asia/Beirut", "2027-03-28", "00:00", "08:00", "2027-03-27T22:00Z", "2027-03-28T05:00Z"),
        ("Asia/Beirut", "2027-03-27", "18:00", "24:00", "2027-03-27T16:00Z", "2027-03-27T22:00Z"),
        # An hour before midnight happens twice, and half an hour on Lord Howe.
        ("Africa/Cairo", "2026-10-29", "18:00", "24:00", "2026-10-29T15:00Z", "2026-10-29T22:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "06:00", "2026-04-04T14:45Z", "2026-04-04T19:30Z"),
        ("Asia/Kathmandu", "2026-11-27", "10:00", "20:00", "2026-11-27T04:15Z", "2026-11-27T14:15Z"),
    ],
)
def test_a_period_on_a_night_of_changing_clocks(
    *, zone: str, day: str, start: str, end: str, opens: str, closes: str
) -> None:
    when = date.fromisoformat(day)
    special = SpecialDay(when, (Period.between(start, end),))
    schedule = Schedule(ZoneInfo(zone), Week.daily(), special_days=(special,))
    (interval,) = intervals(schedule, when, when + timedelta(days=1))
    assert (interval.start, interval.end) == (datetime.fromisoformat(opens), datetime.fromisoformat(closes))
    assert state_at(schedule, interval.start)[:3] == (State.OPEN, interval.start, interval.end)
    assert state_at(schedule, interval.end).state is State.CLOSED


def test_a_day_that_has_begun_does_not_end_when_clocks_go_back_over_its_midnight() -> None:
    """In St. John's clocks went from 00:01 back to 23:01."""
    schedule = Schedule(ZoneInfo("America/St_Johns"), Week(((),) * 6 + ((Period.between("00:00", "08:00"),),)))
    opens, closes = (datetime.fromisoformat(f"2010-11-07T{clock}Z") for clock in ("02:30", "11:30"))
    again = state_at(schedule, datetime.fromisoformat("2010-11-07T03:00Z"))
    assert again[:3] == (State.OPEN, opens, closes)


def test_a_period_inside_the_gap_does_not_happen() -> None:
    schedule = Schedule(BERLIN, Week.daily(Period.between("02:10", "02:50")))
    assert intervals(schedule, date(2026, 3, 29), date(2026, 3, 30)) == []
    assert asked(schedule, "2026-03-28T12:00").until == at("Europe/Berlin", "2026-03-30T02:10")


def test_around_the_clock_stays_open_when_clocks_change() -> None:
    for minutes in (Period.between("00:00", "24:00"), Period.between("02:30", "02:30")):
        schedule = Schedule(BERLIN, Week.daily(minutes))
        for moment in ("2026-10-25T02:30", "2026-03-29T01:59:59", "2026-06-01T00:00"):
            assert asked(schedule, moment)[:3] == (State.OPEN, None, None)


def test_intervals_are_half_open() -> None:
    schedule = Schedule(BERLIN, SHOP)
    states = [asked(schedule, f"2026-11-18T{clock}").state for clock in ("09:59:59", "10:00", "17:59:59", "18:00")]
    assert states == [State.CLOSED, State.OPEN, State.OPEN, State.CLOSED]


def test_a_shut_weekend_is_crossed_both_ways() -> None:
    answer = asked(Schedule(BERLIN, SHOP), "2026-11-22T12:00")
    assert answer.since == at("Europe/Berlin", "2026-11-21T16:00")
    assert answer.until == at("Europe/Berlin", "2026-11-23T10:00")


def test_a_shut_weekend_on_which_clocks_change_is_crossed_both_ways() -> None:
    """Neither Friday nor Monday knows of the change between them."""
    schedule = Schedule(BERLIN, Week(((TEN_TO_SIX,),) * 5 + ((), ())))
    for friday, monday in (("2026-03-27", "2026-03-30"), ("2026-10-23", "2026-10-26")):
        asked_twice = asked(schedule, f"{friday}T20:00"), asked(schedule, f"{monday}T08:00")
        weekend = at("Europe/Berlin", f"{friday}T18:00"), at("Europe/Berlin", f"{monday}T10:00")
        assert [(answer.since, answer.until) for answer in asked_twice] == [weekend, weekend]


def test_periods_that_meet_over_midnight_are_one_opening() -> None:
    week = Week(((Period.between("20:00", "24:00"),), (Period.between("00:00", "02:00"),), (), (), (), (), ()))
    answer = asked(Schedule(BERLIN, week), "2026-11-17T01:00")
    assert (answer.since, answer.until) == (
        at("Europe/Berlin", "2026-11-16T20:00"),
        at("Europe/Berlin", "2026-11-17T02:00"),
    )


def test_a_special_day_replaces_only_what_starts_on_it() -> None:
    christmas = SpecialDay(date(2026, 12, 25), (), "Christmas Day", by="Mia Wolf")
    schedule = Schedule(BERLIN, Week.daily(NIGHT), special_days=(christmas,))
    tail = asked(schedule, "2026-12-25T03:00")
    assert (tail.state, tail.rule.kind, tail.until) == (State.OPEN, "regular", at("Europe/Berlin", "2026-12-25T06:00"))
    evening = asked(schedule, "2026-12-25T23:00")
    assert (evening.state, evening.rule.text) == (State.CLOSED, "special day Christmas Day, confirmed by Mia Wolf")
    assert asked(schedule, "2026-12-26T01:00").state is State.CLOSED


def test_what_opens_before_the_night_has_ended_is_listed_from_its_end_on() -> None:
    early = SpecialDay(date(2026, 11, 18), (Period.between("05:00", "09:00"),))
    schedule = Schedule(BERLIN, Week.daily(NIGHT), special_days=(early,))
    spans = [(each.start, each.end) for each in intervals(schedule, date(2026, 11, 17), date(2026, 11, 19))]
    clocks = ["2026-11-16T22:00", "2026-11-17T06:00", "2026-11-17T22:00", "2026-11-18T06:00", "2026-11-18T09:00"]
    late, morning, night, end, closing = (at("Europe/Berlin", clock) for clock in clocks)
    assert spans == [(late, morning), (night, end), (end, closing)]


def test_a_proposed_special_day_only_marks_the_answer() -> None:
    proposal = SpecialDay(date(2026, 11, 18), (), "Inventory", confirmed=False)
    answer = asked(Schedule(BERLIN, SHOP, special_days=(proposal,)), "2026-11-18T12:00")
    assert answer.state is State.OPEN
    assert answer.rule == ("regular", "regular hours; special day Inventory is proposed, unconfirmed", False)


@pytest.mark.parametrize(
    ("policy", "state", "until", "rule"),
    [
        (HolidayPolicy.CLOSED, State.CLOSED, "2026-10-02T10:00", ("holiday", "holiday National Day: closed", True)),
        (HolidayPolicy.NORMAL, State.OPEN, "2026-10-01T18:00", ("regular", "regular hours", True)),
        (HolidayPolicy.ASK, State.OPEN, "2026-10-01T18:00", ("holiday", "holiday, unconfirmed: National Day", False)),
        (
            HolidayPolicy.SUNDAY_HOURS,
            State.CLOSED,
            "2026-10-02T10:00",
            ("holiday", "holiday National Day: Sunday hours", True),
        ),
        (
            HolidayPolicy.OWN_HOURS,
            State.OPEN,
            "2026-10-01T15:00",
            ("holiday", "holiday National Day: holiday hours", True),
        ),
    ],
)
def test_the_policy_decides_a_holiday(
    policy: HolidayPolicy, state: State, until: str, rule: tuple[str, str, bool]
) -> None:
    schedule = Schedule(
        ZoneInfo("Asia/Shanghai"),
        SHOP,
        holidays=(Holiday(date(2026, 10, 1), "National Day"),),
        policy=policy,
        holiday_hours=(Period.between("12:00", "15:00"),),
    )
    answer = asked(schedule, "2026-10-01T12:30")
    assert (answer.state, answer.until, answer.rule) == (state, at("Asia/Shanghai", until), rule)


@pytest.mark.parametrize(
    ("policy", "open_at_half_past_ten", "rule"),
    [
        (HolidayPolicy.CLOSED, True, ("working_day", "make-up working day Spring Festival: Friday hours", True)),
        (HolidayPolicy.SUNDAY_HOURS, True, ("working_day", "make-up working day Spring Festival: Friday hours", True)),
        (HolidayPolicy.NORMAL, False, ("regular", "regular hours", True)),
        (HolidayPolicy.ASK, False, ("working_day", "make-up working day, unconfirmed: Spring Festival", False)),
    ],
)
def test_a_make_up_working_day_counts_as_the_weekday_given_off(
    policy: HolidayPolicy, *, open_at_half_past_ten: bool, rule: tuple[str, str, bool]
) -> None:
    # Saturday 14 February 2026 was worked for Friday the 20th.
    day = Holiday(date(2026, 2, 14), "Spring Festival", HolidayKind.WORKING_DAY, counts_as=4)
    answer = asked(Schedule(ZoneInfo("Asia/Shanghai"), SHOP, holidays=(day,), policy=policy), "2026-02-14T10:30")
    assert (answer.state is State.OPEN, answer.rule) == (open_at_half_past_ten, rule)


def test_an_estimated_holiday_is_not_confirmed() -> None:
    eid = Holiday(date(2026, 3, 20), "Eid al-Fitr", certainty=Certainty.ESTIMATED)
    schedule = Schedule(ZoneInfo("Asia/Dubai"), SHOP, holidays=(eid,), policy=HolidayPolicy.CLOSED)
    assert asked(schedule, "2026-03-20T12:00").rule == ("holiday", "holiday Eid al-Fitr: closed", False)


def test_a_closure_beats_a_special_day() -> None:
    closure = Closure(date(2026, 11, 1), date(2027, 3, 1), reason="renovation")
    party = SpecialDay(date(2026, 12, 24), (TEN_TO_SIX,))
    schedule = Schedule(BERLIN, SHOP, special_days=(party,), closures=(closure,))
    answer = asked(schedule, "2026-12-24T12:00")
    assert answer.rule.text == "temporary closure until 2027-03-01: renovation"
    assert (answer.since, answer.until) == (
        at("Europe/Berlin", "2026-10-31T16:00"),
        at("Europe/Berlin", "2027-03-01T10:00"),
    )


@pytest.mark.parametrize(
    ("closure", "text"),
    [
        (Closure(date.min, reason="not open yet"), "not open yet"),
        (Closure(date.min), "temporary closure until further notice"),
        (Closure(date(2026, 11, 1), reason="flood"), "temporary closure until further notice: flood"),
        (Closure(date.min, permanent=True), "closed for good"),
        (Closure(date(2026, 11, 1), permanent=True), "closed for good since 2026-11-01"),
    ],
)
def test_a_closure_says_no_more_than_is_known(closure: Closure, text: str) -> None:
    answer = asked(Schedule(BERLIN, SHOP, closures=(closure,)), "2026-11-18T12:00")
    assert (answer.state, answer.rule) == (State.CLOSED, ("closure", text, True))


def test_a_store_trades_from_its_opening_until_its_closing_date() -> None:
    schedule = Schedule(BERLIN, SHOP, opens_on=date(2026, 12, 1), closes_on=date(2027, 2, 1))
    before, after = asked(schedule, "2026-11-18T12:00"), asked(schedule, "2027-02-02T12:00")
    assert (before.state, before.since, before.until) == (State.CLOSED, None, at("Europe/Berlin", "2026-12-01T10:00"))
    assert before.rule == ("opening", "opens on 2026-12-01", True)
    assert (after.state, after.since, after.until) == (
        State.CLOSED,
        at("Europe/Berlin", "2027-01-30T16:00"),
        None,
    )
    assert after.rule == ("closure", "closed for good since 2027-02-01", True)


def test_a_season_beats_the_regular_week() -> None:
    summer = Season(MonthDay(6, 1), MonthDay(8, 31), Week.daily(Period.between("08:00", "22:00")))
    schedule = Schedule(BERLIN, SHOP, seasons=(summer,))
    assert asked(schedule, "2026-08-31T21:00").rule == ("season", "season 06-01 to 08-31", True)
    assert asked(schedule, "2026-08-31T23:00").until == at("Europe/Berlin", "2026-09-01T10:00")


def test_a_change_more_than_a_year_away_is_none() -> None:
    far = SpecialDay(date(2027, 6, 1), (TEN_TO_SIX,))
    schedule = Schedule(BERLIN, Week.daily(), special_days=(far,))
    assert asked(schedule, "2026-05-30T12:00").until is None
    assert asked(schedule, "2026-06-01T12:00").until == at("Europe/Berlin", "2027-06-01T10:00")


def test_unknown_ends_where_somebody_knows() -> None:
    day = SpecialDay(date(2026, 11, 20), (TEN_TO_SIX,))
    schedule = Schedule(BERLIN, special_days=(day,))
    answer = asked(schedule, "2026-11-18T12:00")
    assert (answer.state, answer.until) == (State.UNKNOWN, at("Europe/Berlin", "2026-11-20T00:00"))
    assert asked(schedule, "2026-11-20T09:00").state is State.CLOSED


def test_the_calendar_ends_without_an_error() -> None:
    schedule = Schedule(ZoneInfo("UTC"), SHOP)
    for moment in (datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 12, 20, tzinfo=UTC)):
        assert state_at(schedule, moment).state in {State.OPEN, State.CLOSED}
