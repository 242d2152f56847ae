"""A text of hours asked about a moment, with holidays of the place and the nights on which clocks change."""

from __future__ import annotations

import re

import pytest

from stores.timetable.question import ask
from stores.timetable.reading import HoursNotUnderstood

_OFFICE = "Mo-Su 09:00-18:00; PH off"


@pytest.mark.parametrize(
    ("at", "country", "state", "expected", "rule"),
    [
        ("2026-01-06T12:00", "DE", "BY", "closed", "holiday Epiphany: closed"),
        ("2026-01-06T12:00", "de", "HH", "open", "regular hours"),
        ("2026-01-06T12:00", "DE", None, "unknown", "2026-01-06 is a holiday in parts of DE only"),
        ("2026-01-06T20:00", "DE", None, "closed", "regular hours"),
        ("2026-03-08T12:00", "DE", "Berlin", "closed", "holiday Women's Day: closed"),
        ("2026-11-18T12:00", "DE", "Sachsen", "closed", "holiday Repentance and Prayer Day: closed"),
        ("2026-10-05T12:00", "CN", None, "closed", "holiday National Day (observed): closed"),
        ("2026-10-08T12:00", "CN", None, "open", "regular hours"),
        ("2026-10-10T12:00", "CN", None, "open", "regular hours"),
        ("2026-11-18T20:00", None, None, "closed", "regular hours"),
        # A part without a calendar of its own is no riddle where the whole country agrees.
        ("2026-01-01T12:00", "JP", "Tokyo", "closed", "holiday New Year's Day: closed"),
        ("2026-07-14T12:00", "FR", "Île-de-France", "closed", "holiday National Day: closed"),
        ("2026-07-15T12:00", "FR", "IDF", "open", "regular hours"),
        ("2026-01-02T12:00", "UK", "UK-SCT", "closed", "holiday New Year Holiday: closed"),
        # A calendar that is missing is no riddle where it makes no difference.
        ("1990-12-25T20:00", "DE", "BY", "closed", "regular hours"),
        ("1991-01-01T12:00", "DE", "BY", "closed", "holiday New Year's Day: closed"),
    ],
)
def test_holidays_of_the_place_count(
    *, at: str, country: str | None, state: str | None, expected: str, rule: str
) -> None:
    answer = ask(_OFFICE, zone="Europe/Berlin", at=at, country=country, subdivision=state)
    assert (answer.state.value, answer.rule.text) == (expected, rule)


def test_holiday_hours_by_weekday_and_the_night_before_count() -> None:
    by_weekday = "Mo-Fr,PH 09:00-18:00; Sa 09:00-14:00"
    assert ask(by_weekday, zone="Europe/Berlin", at="2026-12-26T16:00", country="DE").state.value == "closed"
    assert ask(by_weekday, zone="Europe/Berlin", at="2026-12-27T16:00", country="DE").state.value == "closed"
    assert (
        ask(by_weekday, zone="Europe/Berlin", at="2026-04-05T16:00", country="DE", subdivision="BB").state.value
        == "open"
    )
    night = "Mo-Su 20:00-04:00; PH off"
    assert ask(night, zone="Europe/Berlin", at="2026-12-25T02:00", country="DE").state.value == "open"
    assert ask(night, zone="Europe/Berlin", at="2026-12-27T02:00", country="DE").state.value == "closed"


@pytest.mark.parametrize(
    ("value", "at", "expected"),
    [
        # The rule that comes last speaks, also of a holiday: 25 and 26 December are, 24 and 31 December are not.
        ("Mo-Su 09:00-20:00; PH off; Dec 24-25,31 09:00-14:00", "2026-12-24T10:00", "open"),
        ("Mo-Su 09:00-20:00; PH off; Dec 24-25,31 09:00-14:00", "2026-12-25T10:00", "open"),
        ("Mo-Su 09:00-20:00; PH off; Dec 24-25,31 09:00-14:00", "2026-12-25T16:00", "closed"),
        ("Mo-Su 09:00-20:00; PH off; Dec 24-25,31 09:00-14:00", "2026-12-26T10:00", "closed"),
        ("Mo-Su 09:00-20:00; Dec 24-25,31 09:00-14:00; PH off", "2026-12-25T10:00", "closed"),
        ("Mo-Su 09:00-20:00; Dec 24-25,31 09:00-14:00; PH off", "2026-12-31T16:00", "closed"),
        ("Mo-Su 09:00-20:00; 2026 Dec 24-25 10:00-12:00; PH off", "2026-12-24T11:00", "open"),
        ("Mo-Su 09:00-20:00; 2026 Dec 24-25 10:00-12:00; PH off", "2026-12-25T11:00", "closed"),
        ("Mo-Su 09:00-20:00; PH off; 2026 Dec 25 10:00-12:00", "2026-12-25T11:00", "open"),
        ("Mo-Su 09:00-20:00; PH off; 2026 Dec 25 10:00-12:00", "2027-12-25T11:00", "closed"),
        ("May-Sep 10:00-22:00, PH 23:00-24:00", "2026-10-03T11:00", "closed"),
        ("May-Sep 10:00-22:00, PH 23:00-24:00", "2026-10-03T23:30", "open"),
        ("May-Sep 10:00-22:00, PH 23:00-24:00", "2026-05-01T11:00", "open"),
        ("May-Sep 10:00-22:00, PH 23:00-24:00", "2026-05-02T23:30", "closed"),
        ("Nov-Feb PH 11:00-12:00; Mar-Oct Mo-Fr 10:00-18:00; PH off", "2026-12-25T11:30", "closed"),
        ("Mo-Su 10:00-18:00; PH off; Nov-Feb PH 11:00-12:00", "2026-01-01T11:30", "open"),
        ("Mo-Su 10:00-18:00; PH off; Nov-Feb PH 11:00-12:00", "2026-10-03T11:30", "closed"),
    ],
)
def test_holidays_in_seasons_and_on_dates(value: str, at: str, expected: str) -> None:
    assert ask(value, zone="Europe/Berlin", at=at, country="DE").state.value == expected


@pytest.mark.parametrize(
    ("value", "at", "expected"),
    [
        # What no rule mentions is closed, so a text about holidays alone answers every day.
        ("PH off", "2026-12-25T11:00", "closed"),
        ("PH off", "2026-12-24T11:00", "closed"),
        ("PH 10:00-12:00", "2026-12-25T11:00", "open"),
        ("PH 10:00-12:00", "2026-12-24T11:00", "closed"),
        # A rule of one state ends what it speaks of in the other.
        ("Mo-Fr unknown", "2026-12-24T11:00", "unknown"),
        ("Mo-Fr unknown", "2026-12-26T11:00", "closed"),
        ("Mo-Sa 10:00-18:00; PH unknown", "2026-12-24T19:00", "closed"),
        ("Mo-Sa 10:00-18:00; PH unknown", "2026-12-25T19:00", "unknown"),
        ("10:00-20:00; 12:00-14:00 unknown", "2026-12-24T11:00", "closed"),
        ("10:00-20:00, We-Fr 12:00-14:00 unknown", "2026-12-24T11:00", "open"),
        ("10:00-20:00, We-Fr 12:00-14:00 unknown", "2026-12-24T12:00", "unknown"),
        ("10:00-20:00 unknown, 12:00-14:00 off", "2026-12-24T12:00", "closed"),
        # A year, and a range of dates of one.
        ("2026 10:00-12:00", "2026-12-31T11:00", "open"),
        ("2026 10:00-12:00", "2027-01-01T11:00", "closed"),
        ("2026 Sep 01-2027 Jul 31 10:00-12:00", "2027-02-28T11:00", "open"),
        ("2026Dec-Feb off; 10:00-12:00", "2027-01-15T11:00", None),
    ],
)
def test_what_no_stores_week_can_hold_is_answered_too(value: str, at: str, expected: str | None) -> None:
    if expected:
        assert ask(value, zone="Europe/Berlin", at=at, country="DE").state.value == expected
    else:
        with pytest.raises(HoursNotUnderstood, match="ends before it begins"):
            ask(value, zone="Europe/Berlin", at=at, country="DE")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-29T01:59", "closed"),
        ("2026-03-29T02:30", "open"),
        ("2026-03-29T03:00", "open"),
        ("2026-10-25T02:30", "open"),
        ("2026-10-25T02:30+01:00", "open"),
        ("2026-10-25T04:00", "closed"),
    ],
)
def test_nights_on_which_clocks_change(at: str, expected: str) -> None:
    # Half past two does not happen on 29 March: it means three o'clock.
    assert ask("Su 03:00-03:15", zone="Europe/Berlin", at="2026-03-29T02:30").state.value == "open"
    assert ask("Su 02:30-04:00", zone="Europe/Berlin", at=at).state.value == expected


@pytest.mark.parametrize(
    ("value", "zone", "at", "country", "reason"),
    [
        ("sunrise-sunset", "UTC", "2026-01-01T12:00", None, "it depends on the sun"),
        ("Mo-Fr 10:00-18:00; SH off", "UTC", "2026-01-01T12:00", None, "school holidays were left out"),
        (_OFFICE, "UTC", "2026-01-01T12:00", None, "it depends on public holidays, and no country is given"),
        (_OFFICE, "UTC", "2026-01-01T12:00", "XX", "there is no holiday calendar of 'XX'"),
        (_OFFICE, "UTC", "1990-12-25T12:00", "DE", "there is no holiday calendar of DE for 1990"),
        ("24/7", "Mars/Phobos", "2026-01-01T12:00", None, "'Mars/Phobos' is not a time zone"),
        ("24/7", "../etc/passwd", "2026-01-01T12:00", None, "'../etc/passwd' is not a time zone"),
        ("24/7", "UTC", "noon", None, "'noon' is not a time in ISO form"),
        ("24/7", "UTC", "9999-12-31T12:00", None, "the year 9999 is outside the calendar"),
    ],
)
def test_what_cannot_be_answered_says_why(*, value: str, zone: str, at: str, country: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        ask(value, zone=zone, at=at, country=country)


def test_a_night_that_the_week_cuts_is_refused_where_the_next_day_is_not_like_others() -> None:
    """The week ends Friday's night when Saturday begins, which is open all day anyway: but not on a holiday."""
    value = "Fr 22:00-06:00, Sa 00:00-24:00; PH off"
    assert ask(value, zone="Europe/Berlin", at="2026-10-10T02:00", country="DE").state.value == "open"
    assert ask(value, zone="Europe/Berlin", at="2026-10-03T07:00", country="DE").state.value == "closed"
    with pytest.raises(HoursNotUnderstood, match="run into those of the next, and not on every date alike"):
        ask(value, zone="Europe/Berlin", at="2026-10-03T02:00", country="DE")


def test_an_unknown_part_matters_where_parts_differ() -> None:
    with pytest.raises(HoursNotUnderstood) as refused:
        ask(_OFFICE, zone="Europe/Berlin", at="2026-01-06T12:00", country="DE", subdivision="Atlantis")
    assert refused.value.reason == (
        "2026-01-06 is a holiday in parts of DE only, and "
        "'Atlantis' is not a subdivision of DE with holidays of its own"
    )


def test_an_unknown_country_matters_only_where_holidays_do() -> None:
    assert ask("Mo-Fr 10:00-18:00", zone="UTC", at="2026-11-18T12:00", country="XX").state.value == "open"
    with pytest.raises(HoursNotUnderstood):
        ask("Mo-Fr 10:00-18:00; PH off", zone="UTC", at="2026-11-18T12:00")
