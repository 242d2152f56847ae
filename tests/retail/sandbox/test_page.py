"""The page of a shop: language, money, local time, and texts that stay texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from retail.sandbox.page import last_minute, local_moment
from retail.sandbox.words import ENGLISH, WORDS, key_of, locale_of, words_of
from tests.shops import RunningSandbox, promotion

LANGUAGES = [
    "en",
    "de",
    "fr",
    "it",
    "es",
    "pt",
    "nl",
    "pl",
    "cs",
    "sv",
    "da",
    "fi",
    "nb",
    "ja",
    "ko",
    "zh-Hans",
    "zh-Hant",
    "th",
    "vi",
    "id",
    "ms",
    "tr",
    "ar",
    "hi",
    "el",
    "hu",
]


def text_of(page: str) -> str:
    """The page as read: tags away, white space to one blank."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", page.split("</style>")[1]).replace("\xa0", " ").replace("\u202f", " ").split()
    )


def page_of(sandbox: RunningSandbox, **query: str) -> str:
    answer = sandbox.client.get(f"/{sandbox.shop}/", params=query)
    assert answer.status_code == 200
    return answer.text


def test_every_language_of_the_markets_has_its_own_words() -> None:
    assert sorted(WORDS) == sorted(LANGUAGES)
    assert all("{}" in words.until and "{}" in words.starts for words in WORDS.values())
    assert [tag for tag, words in WORDS.items() if words.none == ENGLISH.none] == ["en"]


@pytest.mark.parametrize(
    ("tag", "key"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("pt-BR", "pt"),
        ("de-AT", "de"),
        ("no", "nb"),
        ("nb-NO", "nb"),
        ("en-x-shop", "en"),
        ("xx", "en"),
        ("", "en"),
    ],
)
def test_a_language_tag_finds_its_words(tag: str, key: str) -> None:
    assert key_of(locale_of(tag)) == key
    assert words_of(locale_of(tag)) == WORDS[key]


@pytest.mark.parametrize(
    ("tag", "moment"),
    [
        ("de", "30. November 2026, 23:59"),
        ("en-GB", "30 November 2026, 23:59"),
        ("ja", "2026年11月30日 23:59"),
        ("zh-TW", "2026年11月30日 晚上11:59"),
        ("ko", "2026년 11월 30일 오후 11:59"),
        ("fr", "30 novembre 2026, 23:59"),
    ],
)
def test_a_moment_is_written_as_the_country_writes_it(tag: str, moment: str) -> None:
    assert local_moment(datetime(2026, 11, 30, 22, 59, tzinfo=UTC), ZoneInfo("Europe/Berlin"), locale_of(tag)) == moment


def test_an_end_at_midnight_is_announced_as_the_evening_before() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert last_minute(midnight, berlin) == datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    assert last_minute(midnight, ZoneInfo("Asia/Tokyo")) == midnight


@pytest.mark.real
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestShop:
    def test_an_offer_shows_both_prices_and_its_local_end(self, sandbox: RunningSandbox) -> None:
        items = [
            {"sku": "RG-1", "price": "499.00", "currency": "EUR"},
            {"sku": "RS-1", "price": "299.00", "currency": "EUR"},
        ]
        document = promotion(items=items, ends_at="2098-11-30T23:00:00Z")
        sandbox.api("POST", "promotions", json=document)
        page = page_of(sandbox)
        read = text_of(page)
        assert '<html lang="de" dir="ltr">' in page
        assert (
            "Herbstangebot Rokid Glasses zum Herbstpreis. bis 30. November 2098, 23:59 Solange der Vorrat reicht."
            in read
        )
        assert "Rokid Glasses -16 % Bisher 599,00 € Jetzt 499,00 €" in read
        assert "Rokid AI Glasses Style Jetzt 299,00 €" in read  # not below its regular price: nothing is struck through
        assert page.count("<s>") == 1

    def test_a_later_offer_is_announced_without_its_price(self, sandbox: RunningSandbox) -> None:
        sandbox.api("POST", "promotions", json=promotion(starts_at="2098-01-31T23:00:00Z", title="Winter"))
        read = text_of(page_of(sandbox))
        assert "Zurzeit keine Angebote Demnächst Winter ab 1. Februar 2098, 00:00" in read
        assert "499" not in read

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            (
                {"language": "ja", "currency": "JPY", "time_zone": "Asia/Tokyo", "market": "JP"},
                ['<html lang="ja" dir="ltr">', "script-ja", "2098年12月1日 8:00まで", "¥499", "日本"],
            ),
            (
                {"language": "ar-AE", "currency": "AED", "time_zone": "Asia/Dubai", "market": "AE"},
                ['<html lang="ar-AE" dir="rtl">', "script-ar", "حتى", "العروض"],
            ),
            (
                {"language": "zh-Hant-TW", "currency": "TWD", "time_zone": "Asia/Taipei", "market": "TW"},
                ['<html lang="zh-Hant-TW" dir="ltr">', "script-zh-Hant", "優惠活動", "$499.00"],
            ),
        ],
    )
    def test_a_shop_speaks_its_own_language_and_a_promotion_its_own(
        self, sandbox: RunningSandbox, settings: dict[str, Any], expected: list[str]
    ) -> None:
        sandbox.put_shop(**settings)
        items = [{"sku": "RG-1", "price": "499", "currency": settings["currency"]}]
        document = promotion(items=items, ends_at="2098-11-30T23:00:00Z")
        assert sandbox.api("POST", "promotions", json=document).status_code == 201
        page = page_of(sandbox).replace("￥", "¥")
        assert [text for text in expected if text not in page] == []
        assert '<div class="words script-de" lang="de" dir="ltr">' in page

    def test_texts_stay_texts(self, sandbox: RunningSandbox) -> None:
        evil = '"><script>alert(1)</script>&{{ 7 * 7 }}'
        sandbox.put_shop(name=evil, market=evil, prices=[{"sku": "RG-1", "title": evil, "amount": 9}])
        texts = dict.fromkeys(("title", "body", "terms", "language"), evil)
        items = [{"sku": "RG-1", "price": "5", "currency": "EUR"}]
        assert sandbox.api("POST", "promotions", json=promotion(items=items, **texts)).status_code == 201
        answer = sandbox.client.get(f"/{sandbox.shop}/")
        index = sandbox.client.get("/", headers={"Accept": "text/html"})
        for page in (answer, index):
            assert page.status_code == 200
            assert "<script" not in page.text
            assert "49" not in text_of(page.text)
            assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.text.count("&lt;script&gt;") == 9

    def test_a_page_needs_nothing_from_outside(self, sandbox: RunningSandbox) -> None:
        page = page_of(sandbox)
        assert re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')\s>]+)', page) == [
            "../",
            "live.json",
            "history.json",
        ]

    def test_a_watcher_may_ask_the_browser_to_look_again(self, sandbox: RunningSandbox) -> None:
        headers = [
            sandbox.client.get(f"/{sandbox.shop}/", params=query).headers.get("refresh")
            for query in ({}, {"watch": "5"}, {"watch": "5;url=http://evil.example"}, {"watch": "²"})
        ]
        assert headers == [None, "5", None, None]

    def test_every_language_renders(self, sandbox: RunningSandbox) -> None:
        made = sandbox.api("POST", "promotions", json=promotion(ends_at="2098-11-30T20:00:00Z"))
        assert made.status_code == 201
        for tag in [*LANGUAGES, "xx", "en-IN", "pt-BR", "de-CH", "fr-CA"]:
            sandbox.put_shop(language=tag)
            page = page_of(sandbox)
            assert words_of(locale_of(tag)).offers in page
            assert "2098" in text_of(page)
