from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stores.timetable.osm_schedule import format_schedule
from stores.timetable.parse import parse_hours
from stores.timetable.schedule import HolidayPolicy, MonthDay, Period, Schedule, Season, SpecialDay, Week

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = Period.between("10:00", "19:00")
LATE = Period.between("18:00", "02:00")
WEEKDAYS_ONLY = Week.of([[SHOP]] * 5 + [[]] * 2)
YEAR = date(2026, 1, 1), date(2027, 1, 1)


def test_a_week_alone_is_its_shortest_form() -> None:
    assert format_schedule(Schedule(BERLIN, WEEKDAYS_ONLY), *YEAR) == "Mo-Fr 10:00-19:00"


def test_unknown_hours_have_no_text() -> None:
    assert format_schedule(Schedule(BERLIN), *YEAR) is None


def test_seasons_holidays_and_special_days_follow_the_week() -> None:
    schedule = Schedule(
        BERLIN,
        WEEKDAYS_ONLY,
        seasons=(Season(MonthDay(6, 1), MonthDay(8, 31), Week.of([[SHOP]] * 6 + [[]])),),
        special_days=(
            SpecialDay(date(2026, 12, 24), (Period.between("10:00", "14:00"),)),
            SpecialDay(date(2026, 12, 26), ()),
            SpecialDay(date(2026, 12, 31), (), confirmed=False),
        ),
        policy=HolidayPolicy.CLOSED,
    )
    assert format_schedule(schedule, *YEAR) == (
        "Mo-Fr 10:00-19:00; Jun 01-Aug 31 off; Jun 01-Aug 31 Mo-Sa 10:00-19:00; PH off; "
        "2026 Dec 24 10:00-14:00; 2026 Dec 26 off"
    )


def test_nights_with_anything_beside_the_week_are_not_written() -> None:
    week = Week.daily(LATE)
    assert format_schedule(Schedule(BERLIN, week), *YEAR) == "Mo-Su 18:00-02:00"
    with_holidays = Schedule(BERLIN, week, policy=HolidayPolicy.CLOSED)
    assert format_schedule(with_holidays, *YEAR) is None


periods = st.lists(
    st.sampled_from(
        [Period.between("09:00", "12:00"), Period.between("13:00", "20:30"), Period.between("21:00", "24:00")]
    ),
    unique=True,
    max_size=3,
).map(tuple)
weeks = st.lists(periods, min_size=7, max_size=7).filter(any).map(Week.of)
special = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), periods, max_size=3).map(
    lambda found: tuple(SpecialDay(day, hours) for day, hours in sorted(found.items()))
)


@settings(deadline=None)
@given(weeks, weeks, st.booleans(), special, st.sampled_from([HolidayPolicy.ASK, HolidayPolicy.CLOSED]))
def test_reading_the_text_back_gives_the_same_hours(
    regular: Week, summer: Week, with_season: object, days: tuple[SpecialDay, ...], policy: HolidayPolicy
) -> None:
    seasons = (Season(MonthDay(5, 15), MonthDay(9, 14), summer),) if with_season and summer != regular else ()
    schedule = Schedule(BERLIN, regular, seasons, days, policy=policy)
    text = format_schedule(schedule, *YEAR)
    assert text is not None
    read = parse_hours(text)
    assert read.week == regular
    assert read.seasons == seasons
    assert {day.date: day.periods for day in read.special_days} == {day.date: day.periods for day in days}
    assert read.policy == (HolidayPolicy.CLOSED if policy is HolidayPolicy.CLOSED else None)
