"""Hours as feeds write them: what is understood, what is refused and why, and that nothing else ever happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.timetable.osm import DAYS, format_osm
from stores.timetable.parse import parse_hours
from stores.timetable.reading import HoursNotUnderstood
from stores.timetable.schedule import HolidayPolicy, Period

_SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "hours" / "atp_opening_hours_dev.tsv"


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("MO 09:00-19:00 TU 09:00-19:00 SA 09:00-18:00", "Mo-Tu 09:00-19:00; Sa 09:00-18:00"),
        ("MO 09:00-12:30 & 15:00-20:00 SU 10:00-14:00", "Mo 09:00-12:30,15:00-20:00; Su 10:00-14:00"),
        ("Mon-Fri: 7am to 8pm; Sat: 7am to 6pm; Sun: 9am to 4pm", "Mo-Fr 07:00-20:00; Sa 07:00-18:00; Su 09:00-16:00"),
        ("Mon - Fri 7am - 8pm; Sat 7.30am - 12pm", "Mo-Fr 07:00-20:00; Sa 07:30-12:00"),
        ("Mo-Su:10:00-22:00", "Mo-Su 10:00-22:00"),
        ("mo-su 07:00-13:00;", "Mo-Su 07:00-13:00"),
        ("Mo-Fr 10:00 AM - 9:00 PM; Sa 10:00 AM – 6:00 PM; Su Closed - Closed", "Mo-Fr 10:00-21:00; Sa 10:00-18:00"),
        ("Monday: 10:00 a.m. - 9:00 p.m., Tuesday: closed", "Mo 10:00-21:00"),
        ("Daily : 0700 - 0000", "Mo-Su 07:00-24:00"),
        ("Sun-Thu : 0600 - 0200 Fri,Sat : 24 Hours", "Mo-We,Su 06:00-02:00, Th 06:00-24:00, Fr-Sa 00:00-24:00"),
        ("Mo 10:00-12:00, 14:00-16:00; Tu 9:00-12:00", "Mo 10:00-12:00,14:00-16:00; Tu 09:00-12:00"),
        ("Montag bis Freitag 9:00 - 18:00 Uhr, Samstag geschlossen", "Mo-Fr 09:00-18:00"),
        ("12:30pm - 1am", "Mo-Su 12:30-01:00"),
        ("Open 24 hours", "24/7"),
        ("24/7", "24/7"),
        ("Mo-Su off", "off"),
        ("10:00：00～22:00:00", "Mo-Su 10:00-22:00"),
        ("10∶00—22∶00", "Mo-Su 10:00-22:00"),
        ("9.30-18.30", "Mo-Su 09:30-18:30"),
        ("周日～周四10:00-22:00 周五～周六10:00-22:30", "Mo-Th,Su 10:00-22:00; Fr-Sa 10:00-22:30"),
        ("周一至周四营业时间：10：00-21：30，周五周六周日：10：00-22：00", "Mo-Th 10:00-21:30; Fr-Su 10:00-22:00"),
        ("周一至五 9:00-18:00，周六日 10:00-16:00", "Mo-Fr 09:00-18:00; Sa-Su 10:00-16:00"),
        ("월요일-금요일 10:00~20:00", "Mo-Fr 10:00-20:00"),
        ("วันจันทร์ - วันศุกร์ 10.00 - 20.00 น.", "Mo-Fr 10:00-20:00"),
        ('{"monday": "10.00 - 21.00", "Friday": "11.00 - 21.00"}', "Mo 10:00-21:00; Fr 11:00-21:00"),
        ("周一到周五 早上9点到晚上9点半，周末：上午10:00-下午10:00", "Mo-Fr 09:00-21:30; Sa-Su 10:00-22:00"),
        ("星期六、日 9点-18点30分", "Sa-Su 09:00-18:30"),
        ("평일 오전 10시 ~ 오후 8시 30분, 주말 11:00-19:00", "Mo-Fr 10:00-20:30; Sa-Su 11:00-19:00"),
        ("平日10:00-20:00 土日 午前10時～午後7時", "Mo-Fr 10:00-20:00; Sa-Su 10:00-19:00"),
        ("月～金 10:00-20:00、土 10:00-18:00", "Mo-Fr 10:00-20:00; Sa 10:00-18:00"),
        ("เปิดทุกวัน เวลา 10.00 - 21.00 น.", "Mo-Su 10:00-21:00"),
        ("lun.-ven. 9h30 - 19h, sam. 10h-18h", "Mo-Fr 09:30-19:00; Sa 10:00-18:00"),
        ("Mo.-Fr. 9:00-18:00 Uhr", "Mo-Fr 09:00-18:00"),
        ("Пн-Пт 9:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Pzt-Cum 10:00-20:00", "Mo-Fr 10:00-20:00"),
        ("Mon 9am-12pm 1pm-5pm", "Mo 09:00-12:00,13:00-17:00"),
        # A short name is a day of the language that knows all of them; "a" is "to" in Spanish, "and" in Czech.
        ("Ma-Sa 10:00-19:00", "Tu-Sa 10:00-19:00"),
        ("ma-za 10:00-19:00", "Mo-Sa 10:00-19:00"),
        ("Sa: 10am-2pm", "Sa 10:00-14:00"),
        ("Lu-Do 10:00-22:00", "Mo-Su 10:00-22:00"),
        ("Mo-Do 9-18 Uhr, So geschlossen", "Mo-Th 09:00-18:00"),
        ("lunes a viernes 9:00 a 18:00", "Mo-Fr 09:00-18:00"),
        ("po a st 9:00-18:00", "Mo,We 09:00-18:00"),
        ("Monday / Lundi 9:00-17:00", "Mo 09:00-17:00"),
        ("Dal lunedì al venerdì dalle 9:00 alle 18:00", "Mo-Fr 09:00-18:00"),
        ("Пн-Вс с 10:00 до 22:00", "Mo-Su 10:00-22:00"),
        ("Thứ 2 - Chủ Nhật 8h00 - 22h00", "Mo-Su 08:00-22:00"),
        ("Monday<br>9:00 AM - 5:00 PM<br>Sunday<br>Closed", "Mo 09:00-17:00"),
        ("9am-5pm Mon-Fri", "Mo-Fr 09:00-17:00"),
        ("10:00-22:00 (Mon-Thu), 10:00-23:00 (Fri - Sun)", "Mo-Th 10:00-22:00; Fr-Su 10:00-23:00"),
        ("Mon&ndash;Sat noon &ndash; 12 midnight", "Mo-Sa 12:00-24:00"),
        ("Mon-Fri 9a-5:30p, closed Sat &amp; Sun", "Mo-Fr 09:00-17:30"),
        ("10:00-20:00 定休日：月・火", "We-Su 10:00-20:00"),
        ("10:00～20:00（年中無休）", "Mo-Su 10:00-20:00"),
        ('{"mon": {"opens": "9 AM", "closes": "5 PM"}, "tue": {"isOpen": false}, "wed": null}', "Mo 09:00-17:00"),
        ('{"monday": [{"open": "09:00", "close": "12:00"}, "13:00-18:00"]}', "Mo 09:00-12:00,13:00-18:00"),
        ('{"dayOfWeek": "Monday", "opens": "09:00", "closes": "18:00"}', "Mo 09:00-18:00"),
        ('["Mo-Fr 09:00-12:00", "Mo 13:00-17:00"]', "Mo 09:00-12:00,13:00-17:00; Tu-Fr 09:00-12:00"),
        ("Mo-Fr 10:00-12:00 13:00-15:00; Sa 10:00-12:00", "Mo-Fr 10:00-12:00,13:00-15:00; Sa 10:00-12:00"),
    ],
)
def test_a_feed_is_understood(text: str, week: str) -> None:
    assert format_osm(parse_hours(text).week) == week


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        (" ; ", "it is empty"),
        ("call us", "'call' was not understood"),
        ("18056090910", "'18056090910' was not understood"),
        ("Mon", "the last days have no times"),
        ("School Term : Mon to Fri : 0800 - 1600", "'School' was not understood"),
        ("Mon-Fri 9:00 - 5:00 PM", "only one of '9:00' and '5:00 PM' says am or pm"),
        ("Mon-Fri 7am - 8pm; Sat 7am - 6pm; Sun 9pm - 4pm", "the hours of Sunday run into those of the next day"),
        ("Mon 9am-5pm; Tue 9am-5pm; Mon 10am-4pm", "Monday is named twice with different times"),
        ("9am-5pm Sat 10am-4pm", "times stand before the first day"),
        ("Mo-Fr 9-18", "'9' was not understood"),
        ("営業日 10:00-20:00", "'日' was not understood"),
        ("1: 09:00-17:00", "'1' was not understood"),
        ("Mon-Fri except holidays 9am-5pm", "'except' was not understood"),
        ("10:00-20:00 (12:00-13:00)", "'(' was not understood"),
        ("Mon-Fri 9am-25:00", "'25:00' was not understood"),
        ("Mon- 9am-5pm", "'Mon' begins a range of days without an end"),
        ("Mon 9am-12pm; 1pm-5pm", "'1pm' stands without a day"),
        ("Mon-Fri 9:00 - 12:00 closed", "'closed' stands without a day"),
        ("Mon-Fri 9:00-17:00 24 hours", "'24 hours' stands without a day"),
        ("周二休息 10:00-18:00", "'10:00' stands without a day"),
        ("下午2:00-22:00", "only one of '下午2:00' and '22:00' says am or pm"),
        ("下午14:00-下午6:00", "'下午14:00' was not understood"),
        ("10:000-12:00", "'10' was not understood"),
        ("10月1日 10:00-12:00", "'10' was not understood"),
        ("周一9：00-周日18:30", "'9:00' was not understood"),
        ("冬季早9点到下午6点，夏季早9点到下午7点", "'冬季早' was not understood"),
        ('{"monday": ["10:00", "21:00"]}', "it is JSON, but not one text for each weekday"),
        ('{"monday"', "it is not valid JSON"),
        ("x" * 2001, "it is longer than 2000 characters"),
        ("sunrise-sunset", "it depends on the sun"),
        ("Mo[1] 10:00-12:00", "it counts weekdays of a month"),
        ("week 1-10 10:00-12:00", "it counts weeks"),
        ("Mo-Fr 10:00+", "a closing time is missing"),
        ("Mo-Fr 10:00-18:00; PH -1 day off", "it means days next to holidays"),
        ("Mo-Fr 10:00-18:00; easter off", "it depends on Easter"),
        ("2020-2022 10:00-12:00", "it names more than 366 dates"),
        ('Mo-Fr 10:00-18:00 || "x"', "it has a fallback rule"),
        ("Mo-Fr unknown", "it says itself that the state is unknown"),
        ('Mo-Fr 09:00-18:00 "by appointment"', "a comment changes its meaning: 'by appointment'"),
        ('Mo-Fr 09:00-18:00 "nach Vereinbarung"', "a comment changes its meaning: 'nach Vereinbarung'"),
        ('"ring the bell"', "a comment changes its meaning: 'ring the bell'"),
        ('Mo-Fr 10:00-18:00; "call us"; Su off', "a comment changes its meaning: 'call us'"),
        ("SH off", "it speaks of holidays only"),
        ("PH off", "it speaks of holidays only"),
        ("PH Mo 10:00-12:00", "holidays and a weekday stand side by side without a comma"),
        ("Mo-Fr 10:00-18:00; SH Mo 10:00-12:00", "holidays and a weekday stand side by side without a comma"),
        ("Mo 9:00-18:00, 12:00-13:00, 15:00-16:00 off", "it is not clear which of the times are closed"),
        ("Feb 30 10:00-12:00", "'Feb 30' names a date that does not exist"),
        ("2026 Feb 29 off; 10:00-12:00", "'2026 Feb 29' names a date that does not exist"),
        ("2027 Jan 02-2026 Jan 01 off; 10:00-12:00", "'2027 Jan 2-2026 Jan 1' ends before it begins"),
        ("9999 Dec 31 off; 10:00-12:00", "'9999 Dec 31' is outside the calendar"),
        ("Mo 10:00-36:00", "a period is longer than 24 hours"),
        ("Fr 22:00-06:00; Sa 02:00-03:00 off", "a closed time lies within a night of another day"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(HoursNotUnderstood) as refused:
        parse_hours(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("Mo-Fr 10:00-18:00", None),
        ("Mo-Fr 10:00-18:00; PH off", HolidayPolicy.CLOSED),
        ("Mo-Sa 10:00-18:00; Su,PH 11:00-16:00", HolidayPolicy.SUNDAY_HOURS),
        ("Mo-Su,PH 10:00-18:00", HolidayPolicy.NORMAL),
        ("Mo-Fr 10:00-18:00; PH 12:00-15:00", HolidayPolicy.OWN_HOURS),
        ("Mo-Fr,PH 09:00-18:00; Sa 09:00-14:00", None),
        ("周日～周四10:00-22:00 周五～周六及节假日10:00-22:30", HolidayPolicy.OWN_HOURS),
        ("Mo-Sa 09:00-20:00; PH off; Dec 24 09:00-14:00", None),
        ("Mo-Sa 09:00-20:00; 2026 Dec 25 10:00-12:00; PH off", None),
    ],
)
def test_holidays_become_a_policy(text: str, policy: HolidayPolicy | None) -> None:
    assert parse_hours(text).policy == policy


def test_months_and_dates_become_seasons_and_special_days() -> None:
    hours = parse_hours("Mo-Fr 10:00-18:00; Dec 24-Jan 06 off; 2026 May 01 10:00-12:00")
    assert [(str(season), format_osm(season.week)) for season in hours.seasons] == [("12-24 to 01-06", "off")]
    assert [(str(day.date), day.periods) for day in hours.special_days] == [("2026-05-01", (Period(600, 120),))]
    assert format_osm(hours.week) == "Mo-Fr 10:00-18:00"


def test_most_of_the_year_is_the_regular_week() -> None:
    hours = parse_hours("May-Sep 10:00-22:00; Oct-Apr 11:00-18:00")
    assert format_osm(hours.week) == "Mo-Su 11:00-18:00"
    assert [(str(season), format_osm(season.week)) for season in hours.seasons] == [
        ("05-01 to 09-30", "Mo-Su 10:00-22:00")
    ]


def test_parts_that_are_left_out_are_reported() -> None:
    hours = parse_hours("Main Store: Sun-Thu,PH : 0700 - 2200 Fri,Sat,PH Eve : 0700 - 2300 Kiosk: Daily : 1000 - 2200")
    assert format_osm(hours.week) == "Mo-Th,Su 07:00-22:00; Fr-Sa 07:00-23:00"
    assert hours.warnings == (
        "left out: Kiosk : Daily : 1000 - 2200",
        "hours on the eve of holidays were left out",
    )
    assert (hours.complete, hours.policy) == (False, HolidayPolicy.SUNDAY_HOURS)
    schools = parse_hours("Mo-Fr 10:00-18:00; SH off")
    assert (schools.warnings, schools.complete) == (("school holidays were left out",), False)


def test_a_period_that_looks_like_a_slip_is_reported() -> None:
    assert parse_hours("Fr 00:00-23:00").warnings == ("Friday is open for 23 hours (00:00-23:00)",)


_WORDS = 'Mo Fr Su Mon 周一 PH closed 10:00 7am 0900 - ～ , ; : & to Dec 24 2026 x ( " || + [1] <!-- {'.split()  # noqa: SIM905  a list would be a line each
_NOISE = st.lists(st.sampled_from([*_WORDS, "PH Eve", "24 hours", "Main Store", "\x00", "\ud800", " "]), max_size=14)


@settings(max_examples=120, deadline=None)  # the first text reads the names of 34 languages
@given(_NOISE.map(" ".join) | _NOISE.map("".join) | st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        hours = parse_hours(text)
    except HoursNotUnderstood:
        return
    assert parse_hours(format_osm(hours.week)).week == hours.week


@pytest.mark.skipif(not _SAMPLE.exists(), reason="the sample of real hours is not part of the project")
def test_real_hours_are_understood_as_they_read() -> None:
    """At least 95 % of the occurrences; the plainest form is compared with a reading of its own."""
    understood = total = compared = 0
    for line in _SAMPLE.read_text(encoding="utf-8").splitlines():
        count, _, text = line.partition("\t")
        total += int(count)
        try:
            hours = parse_hours(text)
        except HoursNotUnderstood:
            continue
        understood += int(count)
        groups = re.findall(r"([A-Z]{2}) (\d\d:\d\d)-(\d\d:\d\d)", text)
        if " ".join(f"{day} {start}-{end}" for day, start, end in groups) == text:
            expected = {day.title(): (Period.between(start, end),) for day, start, end in groups}
            assert hours.week.days == tuple(expected.get(day, ()) for day in DAYS), text
            compared += 1
    assert understood / total >= 0.95
    assert compared > 300
