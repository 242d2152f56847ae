"""Reference data of every country: complete, canonical, and in agreement with the tables it was derived from."""

from __future__ import annotations

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from stores.values.territories import price_decimals, territories, territory, territory_name

COUNTRY_CODES = Path(__file__).parents[4] / "shared/data/reference/country-codes.csv"


def test_every_iso_country_is_there_once() -> None:
    codes = [each.code for each in territories()]
    assert len(codes) == 249
    assert codes == sorted(set(codes))


def test_every_zone_exists_and_every_language_has_a_name_in_english() -> None:
    english = Locale("en")
    for each in territories():
        ZoneInfo(each.default_time_zone)
        assert each.languages, each
        for tag in each.languages:
            assert tag.split("-")[0] in english.languages, each
        assert len(each.currency) == 3
        assert each.price_decimals in {0, 2, 3}


@pytest.mark.parametrize(
    ("code", "languages"),
    [
        ("CN", ("zh-Hans",)),
        ("TW", ("zh-Hant",)),
        ("HK", ("zh-Hant", "en")),
        ("CH", ("de", "fr", "it")),
        ("BE", ("nl", "fr", "de")),
        ("IN", ("en", "hi")),
        ("NO", ("nb",)),
        ("FI", ("fi", "sv")),
        ("AE", ("ar", "en")),
        ("US", ("en",)),
    ],
)
def test_languages_are_those_a_shop_writes_in(code: str, languages: tuple[str, ...]) -> None:
    assert territory(code).languages == languages


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("VND", 0),
        ("CLP", 0),
        ("TWD", 0),
        ("IDR", 0),
        ("HUF", 0),
        ("CZK", 0),
        ("KWD", 3),
    ],
)
def test_price_tags_show_as_many_digits_as_people_pay_in_cash(currency: str, decimals: int) -> None:
    assert price_decimals(currency) == decimals


def test_tax_is_left_out_of_shelf_prices_only_where_sales_tax_is_local() -> None:
    without = {each.code for each in territories() if not each.prices_include_tax}
    assert without == {"US", "CA", "PR", "GU", "VI", "AS", "MP", "UM"}


def test_the_week_starts_as_cldr_says_wherever_cldr_has_a_locale_for_the_country() -> None:
    known = {each.code: each.week_starts_on for each in territories()}
    said = {}
    for identifier in locale_identifiers():
        locale = Locale.parse(identifier)
        # Babel hands Portugal's Sunday down to the other Portuguese-speaking countries; CLDR's table does not.
        if locale.territory in known and (locale.language != "pt" or locale.territory in {"BR", "PT", "MO"}):
            said[locale.territory] = locale.first_week_day
    assert len(said) > 200
    assert {code: known[code] for code in said} == said


def test_names_come_in_the_language_asked_for() -> None:
    assert territory_name("JP", "zh-Hant") == "日本"
    assert territory_name("DE", "ja") == "ドイツ"
    assert territory_name("AT", "ar") == "النمسا"
    assert territory("HK").name == "Hong Kong"


@pytest.mark.skipif(not COUNTRY_CODES.exists(), reason="reference file is not on this machine")
def test_codes_and_currencies_agree_with_an_independent_list() -> None:
    with COUNTRY_CODES.open(encoding="utf-8") as file:
        rows = {row["ISO3166-1-Alpha-2"]: row["ISO4217-currency_alphabetic_code"] for row in csv.DictReader(file)}
    assert set(rows) == {each.code for each in territories()}
    # The list has no currency for three of them, an unreadable one for Turkey, and Zimbabwe prices in US dollars.
    different = {each.code for each in territories() if each.currency not in rows[each.code].split(",")}
    assert different == {"AQ", "GS", "PS", "TR", "ZW"}
