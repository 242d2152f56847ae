from __future__ import annotations

from typing import Any

import pytest

from stores.feeds import schema_org
from stores.feeds.store import FeedStore
from stores.timetable.schedule import MonthDay, Period, Schedule, Season, Week
from tests.stores.feeds.records import DAY, GINZA, TOKYO, bare, ginza
from tests.stores.feeds.vocabulary import DAYS, faults


def hours(opens: str, closes: str, days: tuple[str, ...] = (), date: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes}
    if days:
        made["dayOfWeek"] = [f"https://schema.org/{day}" for day in days]
    if date:
        made |= {"validFrom": date, "validThrough": date}
    return made


def test_a_store_in_japanese_is_golden() -> None:
    assert schema_org.store(GINZA, "ja") == {
        "@context": "https://schema.org",
        "@type": "Store",
        "@id": "urn:uuid:0b0c2f4e-0000-4000-8000-000000000001",
        "identifier": "jp-ginza",
        "name": "Rokid 銀座",
        "description": "グラスを試せます。",
        "brand": {"@type": "Brand", "name": "Rokid"},
        "url": "https://example.com/ginza",
        "telephone": "+81312345678",
        "email": "ginza@example.com",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "銀座4-6-16",
            "addressLocality": "中央区",
            "addressRegion": "東京都",
            "postalCode": "104-0061",
            "addressCountry": "JP",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 35.6717, "longitude": 139.765},
        "knowsLanguage": ["ja", "en"],
        "openingHoursSpecification": [
            hours("11:00", "20:00", DAYS[:5]),
            hours("10:00", "13:00", DAYS[5:6]),
            hours("14:00", "00:00", DAYS[5:6]),
            hours("00:00", "00:00", DAYS[6:]),
        ],
        "specialOpeningHoursSpecification": [
            hours("11:00", "15:00", date="2026-12-31"),
            hours("00:00", "00:00", date="2027-01-01"),
        ],
    }


@pytest.mark.parametrize(
    "record", [GINZA, bare(), ginza(operator={"en": "Clearview Optical"})], ids=["full", "bare", "partner"]
)
@pytest.mark.parametrize("language", ["ja", "en", "de"])
def test_every_property_and_value_is_one_the_vocabulary_expects(record: FeedStore, language: str) -> None:
    assert faults(schema_org.store(record, language)) == []


def test_the_check_against_the_vocabulary_can_fail() -> None:
    wrong = {"openingTimes": "Mo", "geo": {"@type": "Brand", "name": "x"}, "url": "nowhere"}
    assert sorted(faults(schema_org.store(GINZA, "en") | wrong)) == [
        "Store has no property openingTimes",
        "geo is no Brand",
        "url: 'nowhere' is none of ['URL']",
    ]


def test_seasons_are_told_with_the_dates_on_which_they_hold() -> None:
    summer = Season(MonthDay(6, 1), MonthDay(8, 31), Week.daily(Period.between("09:00", "22:00")))
    made = schema_org.store(ginza(schedule=Schedule(TOKYO, Week.daily(DAY), seasons=(summer,))), "en")
    told = [(each["opens"], each["validFrom"], each["validThrough"]) for each in made["openingHoursSpecification"]]
    assert told == [
        ("11:00", "2026-12-21", "2027-05-31"),
        ("09:00", "2027-06-01", "2027-08-31"),
        ("11:00", "2027-09-01", "2027-12-20"),
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "told"),
    [("00:00", "24:00", ("00:00", "23:59")), ("18:00", "02:00", ("18:00", "02:00"))],
    ids=["around the clock", "past midnight"],
)
def test_times_follow_the_conventions_of_search_engines(opens: str, closes: str, told: tuple[str, str]) -> None:
    schedule = Schedule(TOKYO, Week.daily(Period.between(opens, closes)))
    [made] = schema_org.store(ginza(schedule=schedule), "en")["openingHoursSpecification"]
    assert (made["opens"], made["closes"]) == told
