"""Calendars of countries and their parts, with the dates people look up first."""

from __future__ import annotations

from datetime import date

import holidays as package
import pytest

from stores.timetable.holidays import UnknownPart, holidays_of_parts, place, public_holidays
from stores.timetable.parts import names_of_parts, part_of_postcode
from stores.timetable.schedule import Certainty, Holiday, HolidayKind


def _dates(country: str, subdivision: str | None, year: int = 2026) -> set[date]:
    found = public_holidays(country, subdivision, years=[year])
    return {holiday.date for holiday in found if holiday.kind is HolidayKind.HOLIDAY}


@pytest.mark.parametrize(
    ("subdivision", "regional"),
    [
        ("BY", {date(2026, 1, 6)}),
        ("Bayern", {date(2026, 1, 6)}),
        ("DE-BW", {date(2026, 1, 6)}),
        ("Baden-Württemberg", {date(2026, 1, 6)}),
        ("baden-wurttemberg", {date(2026, 1, 6)}),
        ("BADEN WUERTTEMBERG", {date(2026, 1, 6)}),
        ("Bavaria", {date(2026, 1, 6)}),
        ("Freistaat Bayern", {date(2026, 1, 6)}),
        ("Lower Saxony", set()),
        ("Berlin", {date(2026, 3, 8)}),
        ("SN", {date(2026, 11, 18)}),
        ("Hamburg", set()),
        (None, set()),
    ],
)
def test_german_holidays_depend_on_the_land(subdivision: str | None, regional: set[date]) -> None:
    asked = {date(2026, 1, 6), date(2026, 3, 8), date(2026, 11, 18)}
    assert _dates("de", subdivision) & asked == regional
    assert date(2026, 10, 3) in _dates("DE", subdivision)


def test_dates_of_parts_only_are_known() -> None:
    assert {date(2026, 1, 6), date(2026, 3, 8), date(2026, 11, 18)} <= holidays_of_parts("DE", 2026)
    assert date(2026, 10, 3) not in holidays_of_parts("DE", 2026)
    assert holidays_of_parts("JP", 2026) == frozenset()


def test_china_gives_days_off_and_makes_them_up() -> None:
    found = public_holidays("CN", years=[2026])
    golden_week = {date(2026, 10, day) for day in range(1, 8)}  # the fourth is a Sunday within it
    assert {
        holiday.date for holiday in found if holiday.date.month == 10 and holiday.kind is HolidayKind.HOLIDAY
    } == golden_week
    worked = [(holiday.date, holiday.counts_as) for holiday in found if holiday.kind is HolidayKind.WORKING_DAY]
    assert worked == [
        (date(2026, 1, 4), 4),
        (date(2026, 2, 14), 4),
        (date(2026, 2, 28), 0),
        (date(2026, 5, 9), 1),
        (date(2026, 9, 20), 1),
        (date(2026, 10, 10), 2),
    ]
    assert Holiday(date(2026, 10, 7), "day off, worked on 2026-10-10") in found


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-10-04", "National Day"),
        ("2025-10-05", "National Day"),
        ("2026-02-21", "day off"),
        ("2026-02-22", "day off"),
        ("2025-06-01", "Dragon Boat Festival"),
        # Edges of a break, and a weekend day that is worked.
        ("2026-02-15", None),
        ("2024-09-15", None),
        ("2024-10-12", None),
    ],
)
def test_a_weekend_within_a_break_by_decree_belongs_to_it(day: str, name: str | None) -> None:
    found = {
        each.date: each.name for each in public_holidays("CN", years=[int(day[:4])]) if each.kind is HolidayKind.HOLIDAY
    }
    assert found.get(date.fromisoformat(day)) == name


def test_a_weekend_between_two_holidays_is_no_holiday_where_no_decree_makes_breaks() -> None:
    # Good Friday and Easter Monday.
    assert date(2026, 4, 4) not in {each.date for each in public_holidays("DE", years=[2026])}


def test_three_letters_under_a_country_are_a_part_of_it_and_no_territory() -> None:
    with pytest.raises(UnknownPart):
        place("GB", "MAN")


def test_a_year_without_its_decree_is_incomplete_and_a_moon_date_estimated() -> None:
    assert {holiday.certainty for holiday in public_holidays("CN", years=[2026])} == {Certainty.CERTAIN}
    assert {holiday.certainty for holiday in public_holidays("CN", years=[2090])} == {Certainty.INCOMPLETE}
    eid = next(day for day in public_holidays("AE", years=[2031]) if day.name == "Eid al-Fitr")
    assert eid.certainty is Certainty.ESTIMATED


@pytest.mark.parametrize(
    ("country", "subdivision", "message"),
    [
        ("XX", None, "there is no holiday calendar of 'XX'"),
        ("ß", None, "there is no holiday calendar of 'ß'"),
        ("DE", "Transylvania", "'Transylvania' is not a subdivision of DE with holidays of its own"),
    ],
)
def test_an_unknown_place_is_refused(country: str, subdivision: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(country, subdivision)


@pytest.mark.parametrize(
    ("date_", "parts"),
    [
        # Epiphany: Baden-Württemberg, Bavaria, Saxony-Anhalt. Women's Day: Berlin since 2019, Mecklenburg since 2023.
        ("01-06", {2016: "BW BY ST", 2026: "BW BY ST", 2035: "BW BY ST"}),
        ("03-08", {2018: "", 2019: "BE", 2022: "BE", 2023: "BE MV", 2035: "BE MV"}),
        # The Wednesday before 23 November, in Saxony.
        ("11-16", {2016: "SN", 2017: "", 2022: "SN", 2033: "SN"}),
        ("11-18", {2020: "SN", 2026: "SN", 2027: ""}),
        # Reformation Day: the whole country in 2017, the north since 2018.
        (
            "10-31",
            {
                2016: "BB MV SN ST TH",
                2017: "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH",
                2018: "BB HB HH MV NI SH SN ST TH",
            },
        ),
    ],
)
def test_german_dates_by_year_and_land(date_: str, parts: dict[int, str]) -> None:
    lands = "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH".split()  # noqa: SIM905  one line, not one per land
    for year, expected in parts.items():
        day = date.fromisoformat(f"{year}-{date_}")
        assert " ".join(land for land in lands if day in _dates("DE", land, year)) == expected, day


def test_every_country_and_part_is_read_by_its_code() -> None:
    for country, parts in package.list_supported_countries(include_aliases=False).items():
        for part in parts:
            assert place(country.lower(), part.lower()) == place(country, f"{country}-{part}") == (country, part)


@pytest.mark.parametrize(
    ("country", "part", "code"),
    [
        ("CH", "Kanton Zürich", ("CH", "ZH")),
        ("CH", "Geneva", ("CH", "GE")),
        ("ES", "Comunitat Valenciana", ("ES", "VC")),
        ("BR", "Estado de São Paulo", ("BR", "SP")),
        ("US", "New York State", ("US", "NY")),
        # Lists file these under another country, but they have holidays of their own.
        ("CN", "CN-HK", ("HK", None)),
        ("CN", "Macau", ("MO", None)),
        ("GB", "Isle of Man", ("IM", None)),
        ("ES", "Comunidad Foral de Navarra", ("ES", "NC")),
        ("ES", "Málaga", ("ES", "AN")),
        ("ES", "ES-B", ("ES", "CT")),
        ("FR", "FR-67", ("FR", "6AE")),
        ("IN", "IN-OR", ("IN", "OD")),
        ("US", "Washington, D.C.", ("US", "DC")),
        # Known to have the country's days and no others.
        ("FR", "FR-IDF", ("FR", None)),
        ("FR", "Région Bretagne", ("FR", None)),
        ("GB", "Jersey", ("JE", None)),
    ],
)
def test_a_part_is_known_by_the_names_people_use(country: str, part: str, code: tuple[str, str | None]) -> None:
    assert place(country, part) == code


@pytest.mark.parametrize(
    ("country", "postcode", "part"),
    [
        ("FR", "75008", ("FR", None)),
        ("FR", "67000", ("FR", "6AE")),
        ("FR", "57000", ("FR", "57")),
        ("FR", "20000", ("FR", None)),
        ("FR", "97400", ("FR", "974")),
        ("ES", "08002", ("ES", "CT")),
        ("ES", "41001", ("ES", "AN")),
        ("ES", "52001", ("ES", "ML")),
    ],
)
def test_a_postcode_tells_the_part_where_the_country_numbers_them(
    country: str, postcode: str, part: tuple[str, str | None]
) -> None:
    assert place(country, part_of_postcode(country, postcode)) == part


@pytest.mark.parametrize(
    ("country", "postcode"), [("DE", "10115"), ("ES", "99001"), ("ES", "00001"), ("FR", "7500"), ("ES", "")]
)
def test_a_postcode_that_tells_no_part_is_no_part(country: str, postcode: str) -> None:
    assert part_of_postcode(country, postcode) == ""


def test_no_two_parts_of_a_country_share_a_name() -> None:
    for country in package.list_supported_countries(include_aliases=False):
        calendar = package.country_holidays(country)
        for name, part in names_of_parts(country, calendar):
            assert place(country, name) == place(country, name.upper()) == (country, part), (country, name)


@pytest.mark.parametrize("country", ["DE", "de", "DEU", "Deutschland", "Germany"])
def test_a_country_has_its_code_in_either_case_or_its_name(country: str) -> None:
    assert place(country, "BY") == ("DE", "BY")


def test_the_last_year_of_a_calendar_is_read_without_the_next() -> None:
    calendar = package.country_holidays("LK")
    assert public_holidays("LK", years=[calendar.end_year])
    with pytest.raises(ValueError, match=f"there is no holiday calendar of LK for {calendar.end_year + 1}"):
        public_holidays("LK", years=[calendar.end_year + 1])


def test_a_year_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no holiday calendar of DE for 2500"):
        public_holidays("DE", years=[2500])
