"""Countries, zones, phones, scripts and addresses as lists of stores write them."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values import addresses, countries, phones, scripts, zones
from stores.values.coordinates import Point
from stores.values.territories import territories


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GB", "GB"), ("de", "DE"), ("UK", "GB"), ("U.K.", "GB"), ("USA", "US"), ("KOR", "KR"), ("GB-SCT", "GB"),
        ("United Kingdom", "GB"), ("Türkiye", "TR"), ("TURKEY", "TR"), ("Mainland China", "CN"), ("Hong Kong SAR, China", "HK"),
        ("Macau SAR, China", "MO"), ("Taiwan Region", "TW"), ("Kingdom of Saudi Arabia", "SA"), ("Korea", "KR"),
        ("Korea, Republic of", "KR"), ("Democratic People's Republic of Korea", "KP"), ("Czech Republic", "CZ"),
        ("The Netherlands", "NL"), ("Saipan", "MP"), ("cote d'ivoire", "CI"), ("Deutschland", "DE"), ("Schweiz", "CH"),
        ("中国", "CN"), ("日本", "JP"), ("香港", "HK"), ("대한민국", "KR"), ("ไทย", "TH"), ("Việt Nam", "VN"), ("Россия", "RU"),
        ("", None), ("xx", None), ("Atlantis", None), ("Korea Town", None), ("99", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_what_people_call_it(text: str, code: str | None) -> None:
    assert countries.country_code(text) == code


def test_every_country_is_known_by_its_codes_and_its_english_name() -> None:
    for each in territories():
        assert countries.country_code(each.code) == each.code
        assert countries.country_code(each.name) == each.code, each.name


def test_only_territories_of_a_country_are_filed_under_it() -> None:
    assert countries.filed_as("CN", "HK") == "HK"
    assert countries.filed_as("GB", "IE") == "GB"
    assert countries.filed_as("DE", None) == "DE"


@pytest.mark.parametrize(
    ("text", "country", "zone"),
    [
        ("Asia/Calcutta", None, "Asia/Kolkata"), ("US/Pacific", None, "America/Los_Angeles"),
        ("Europe/Oslo", None, "Europe/Oslo"), ("Europe/Kiev", None, "Europe/Kyiv"), ("Iceland", None, "Atlantic/Reykjavik"),
        ("GMT+1:00 Europe/Andorra", "AD", "Europe/Andorra"), ("GMT+08:00 Asia/Beijing", "CN", "Asia/Shanghai"),
        ("GMT-03:00 America/Argentina/Bu", "AR", "America/Argentina/Buenos_Aires"),
        ("America/Argentina/", "AR", None), ("Etc/GMT-4", "GB", None), ("GMT+000000", "GB", None), ("UTC", "GB", None),
        ("Mars/Base", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_a_zone_becomes_canonical_or_nothing(text: str, country: str | None, zone: str | None) -> None:
    assert zones.canonical_zone(text, country) == zone


def test_canonical_zones_stay_as_they_are_and_are_known_to_the_clock() -> None:
    for place in zones.zone_places():
        assert zones.canonical_zone(place.name) == place.name
        assert place.name in available_timezones()


@pytest.mark.parametrize(
    ("country", "lat", "lng", "zone"),
    [
        ("AU", -31.9, 115.9, "Australia/Perth"),
        ("US", 32.78, -96.8, "America/Chicago"),  # Denver's city is nearer to Dallas than Chicago is
        ("DE", 48.78, 9.18, "Europe/Berlin"),  # and Busingen is nearer to Stuttgart than Berlin
        ("CN", 43.8, 87.6, "Asia/Shanghai"),
        ("CH", 46.151305, 6.57324, None),  # a little inside France
        ("BV", 0.0, 0.0, None),
    ],
)
def test_a_position_tells_its_zone(country: str, lat: float, lng: float, zone: str | None) -> None:
    assert zones.zone_at(country, Point(lat, lng)) == zone


def test_off_the_border_the_nearest_main_city_tells() -> None:
    assert zones.zone_near("CH", Point(46.151305, 6.57324)) == "Europe/Zurich"
    assert zones.zone_near("BV", Point(0, 0)) is None


@pytest.mark.parametrize(
    ("country", "area", "zone"),
    [
        ("AU", "New South Wales", "Australia/Sydney"),
        ("AU", "queensland", "Australia/Brisbane"),
        ("CA", "ON", "America/Toronto"),
        ("CA", "BC", "America/Vancouver"),
        ("US", "XX", None),
        ("AU", "", None),
    ],
)
def test_a_state_tells_its_zone(country: str, area: str, zone: str | None) -> None:
    assert zones.zone_of_area(country, area) == zone


def test_some_countries_have_one_clock_in_several_zones() -> None:
    assert [code for code in ("DE", "CN", "JP", "MY", "BV", "US", "AU", "ES") if zones.clocks_differ(code)] == [
        "US",
        "AU",
        "ES",
    ]


def test_zones_are_compared_by_their_clocks() -> None:
    assert zones.same_clock("Europe/Berlin", "Europe/Paris")
    assert not zones.same_clock("Europe/Berlin", "Europe/London")
    assert not zones.same_clock("America/Phoenix", "America/Denver")


def test_neighbours_may_share_a_zone() -> None:
    assert zones.zone_fits("Europe/Berlin", "NO")
    assert not zones.zone_fits("Europe/Paris", "CH")


@pytest.mark.parametrize(
    ("text", "country", "e164", "note"),
    [
        ("03-1234-5678", "JP", "+81312345678", ""),
        ("+49 (0)30 901820", "DE", "+4930901820", ""),
        ("0049 30 901820", "DE", "+4930901820", ""),
        ("400-617-1335", "CN", "+864006171335", ""),
        ("376818720", "AD", "+376818720", ""),
        ("35318050400", "GB", "+35318050400", "a number of another country (+353)"),
        ("030 901820 / 030 901821", "DE", "+4930901820", "one of 2 numbers in the cell"),
        ("02-992-6051 ถึง 55", "TH", "+6629926051", "one of 2 numbers in the cell"),
        ("07156/16233-0", "DE", "+497156162330", ""),
        ("02-958-0602-4", "TH", "+6629580602", "one of 2 numbers in the cell"),
        ("021-62713050-801", "CN", "+862162713050", "extension 801 left out"),
        ("400-617-1335 转 2", "CN", "+864006171335", "extension 2 left out"),
        ("(020) 7946 0018 x12", "GB", "+442079460018", "extension 12 left out"),
        ("4.930901820E+9", "DE", "+4930901820", ""),
    ],
)
def test_a_phone_becomes_e164(text: str, country: str, e164: str, note: str) -> None:
    assert phones.parse_phone(text, country) == phones.Phone(e164, note)


@pytest.mark.parametrize("text", ["", " ", "-", "n/a", "N/A", "none", "()"])
def test_no_number_is_none(text: str) -> None:
    assert phones.parse_phone(text, "DE") is None


@pytest.mark.parametrize("text", ["ask", "12", "8.62E+11", "0" * 300, "+49", "030 901820 ask for Kim and Lee"])
def test_what_is_no_valid_number_is_not_understood(text: str) -> None:
    with pytest.raises(phones.PhoneNotUnderstood):
        phones.parse_phone(text, "DE")


@given(st.text(max_size=60))
def test_any_text_is_a_phone_none_or_not_understood(text: str) -> None:
    try:
        found = phones.parse_phone(text, "DE")
    except phones.PhoneNotUnderstood:
        return
    assert found is None or phones.parse_phone(found.e164, "DE").e164 == found.e164  # type: ignore[union-attr]  # a number is read back


def test_a_phone_is_shown_as_its_country_writes_it() -> None:
    assert phones.national("+81312345678") == "03-1234-5678"
    assert phones.international("+81312345678") == "+81 3-1234-5678"


def test_a_language_is_chosen_by_script() -> None:
    assert scripts.language_for("Apple 銀座", ["ja"]) == "ja"
    assert scripts.language_for("Ginza", ["ja"]) == "en"
    assert scripts.language_for("Yas Mall", ["ar", "en"]) == "en"
    assert scripts.language_for("3300", ["th"]) == "th"
    assert scripts.language_for("旺角", ["zh-Hant", "en"]) == "zh-Hant"


def test_an_address_is_asked_for_what_its_country_needs() -> None:
    assert addresses.problems(addresses.Address(("Torstraße 1",), "", "Berlin", "", "10119"), "DE") == []
    assert [part for part, _ in addresses.problems(addresses.Address(("Torstraße 1",), postal_code="101"), "DE")] == [
        "locality",
        "postal_code",
    ]
    # Hong Kong, the Emirates and Ireland of old have no postcodes to ask for
    assert addresses.problems(addresses.Address(("1 Nathan Road",), administrative_area="Kowloon"), "HK") == []
    assert "postal_code" not in addresses.rules("AE").required


def test_every_country_has_rules() -> None:
    for each in territories():
        assert addresses.rules(each.code).format


def test_an_envelope_follows_its_country() -> None:
    vienna = addresses.Address(("Kärntner Straße 11",), "", "Wien", "", "1010")
    assert addresses.envelope(vienna, "AT") == ["Kärntner Straße 11", "1010 Wien"]
    tokyo = addresses.Address(("銀座4-1-1",), "", "中央区", "東京都", "104-0061")
    assert addresses.envelope(tokyo, "JP")[0] == "104-0061"
    bar = addresses.Address(("100%Coffee Bar", "Hof %n 3"), "", "Berlin", "", "10115")
    assert addresses.envelope(bar, "DE") == ["100%Coffee Bar", "Hof %n 3", "10115 Berlin"]


@given(st.text(max_size=1500))
def test_lines_lose_no_letter(text: str) -> None:
    lines = addresses.split_lines(text)

    def letters(what: str) -> str:
        return "".join(letter for letter in what if letter.isalnum())

    assert letters("".join(lines)) == letters(text)
    assert all(len(line) <= addresses.MAX_LINE for line in lines)
