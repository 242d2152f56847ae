"""Which text a reader is served, for the languages of the markets and for headers that browsers never send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values.languages import canonical, chain, language_name, negotiate, pick

TAGS = st.sampled_from(
    [
        "de",
        "de-CH",
        "en",
        "en-GB",
        "es-MX",
        "fr",
        "ja",
        "ko",
        "pt-BR",
        "pt-PT",
        "sr-Latn",
        "th",
        "zh-CN",
        "zh-HK",
        "zh-Hant",
    ]
)


@pytest.mark.parametrize(
    ("given_tag", "expected"),
    [
        ("EN", "en"),
        ("zh_hant_hk", "zh-Hant-HK"),
        ("PT-br", "pt-BR"),
        ("es-419", "es-419"),
        ("iw-IL", "he-IL"),
        ("zh-yue-HK", "yue-HK"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("de-ch-1996", "de-CH-1996"),
        ("ar-EG-u-NU-latn", "ar-EG-u-nu-latn"),
        ("de-x-ROKID", "de-x-rokid"),
    ],
)
def test_a_tag_has_one_spelling(given_tag: str, expected: str) -> None:
    assert canonical(given_tag) == expected


@pytest.mark.parametrize(
    "tag", ["", "e", "deutsch-", "de--CH", "12", "zh-Hant-HK-", "日本語", "a" * 65, "de-1996-1996", "en-a-bb-a-cc"]
)
def test_what_is_not_a_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a language tag"):
        canonical(tag)


@pytest.mark.parametrize(
    ("tag", "default", "expected"),
    [
        ("zh-HK", "ja", ("zh-HK", "zh-Hant", "en", "ja")),
        ("zh-TW", "en", ("zh-TW", "zh-Hant", "en")),
        ("zh-MO", "en", ("zh-MO", "zh-Hant", "en")),
        ("zh-Hant-MO", "en", ("zh-Hant-MO", "zh-Hant-HK", "zh-Hant", "en")),
        ("zh-CN", "en", ("zh-CN", "zh-Hans", "zh", "en")),
        ("zh", "en", ("zh", "en")),
        ("pt-BR", "en", ("pt-BR", "pt", "en")),
        ("pt-AO", "en", ("pt-AO", "pt-PT", "pt", "en")),
        ("en-GB", "en", ("en-GB", "en")),
        ("es-MX", "de", ("es-MX", "es-419", "es", "en", "de")),
        ("sr-Latn-RS", "en", ("sr-Latn-RS", "sr-Latn", "en")),
        ("de-CH-1996", "zh-CN", ("de-CH-1996", "de-CH", "de", "en", "zh-CN", "zh-Hans", "zh")),
        ("nb", "en", ("nb", "no", "en")),
    ],
)
def test_a_reader_falls_back_within_the_own_script_first(tag: str, default: str, expected: tuple[str, ...]) -> None:
    assert chain(tag, default) == expected


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ("zh-HK", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("pt-BR", "pt"),
        ("fr", "en"),
        (["fr", "ja"], "ja"),
        (["ko-KR", "de-AT", "ja"], "de"),
        ([], "ja"),
    ],
)
def test_the_best_text_is_served_with_its_tag(wanted: str | list[str], served: str) -> None:
    texts = {tag: f"text in {tag}" for tag in ("de", "en", "ja", "pt", "zh-Hans", "zh-Hant")}
    assert pick(texts, wanted, "ja") == (f"text in {served}", served)


@pytest.mark.parametrize(
    ("wanted", "written", "served"),
    [
        ("zh-HK", ["en", "zh-TW"], "zh-TW"),
        ("zh-Hant", ["en", "zh-TW"], "zh-TW"),
        ("zh-HK", ["en", "zh-Hans"], "en"),
        ("pt", ["en", "pt-BR", "pt-PT"], "pt-BR"),
        ("pt-PT", ["en", "pt-BR"], "pt-BR"),
        ("no", ["en", "nb"], "nb"),
        ("de", ["en-GB", "ja"], "en-GB"),
        ("de", ["ko", "ja"], "ja"),
    ],
)
def test_a_variety_of_the_language_beats_another_language(wanted: str, written: list[str], served: str) -> None:
    assert pick({tag: tag for tag in written}, wanted, "ja")[1] == served


def test_a_blank_text_counts_as_missing() -> None:
    assert pick({"de": " ", "en": "Glasses"}, "de-AT", "en") == ("Glasses", "en")
    assert pick({"de": "", "en": "Glasses"}, "de", "en") == ("Glasses", "en")


def test_no_text_at_all_is_an_error() -> None:
    with pytest.raises(LookupError):
        pick({"de": ""}, "de", "en")


@given(st.dictionaries(TAGS, st.just("x"), min_size=1), TAGS, TAGS)
def test_the_first_tag_of_the_chain_that_is_written_is_served_unless_a_closer_variety_is(
    texts: dict[str, str], wanted: str, default: str
) -> None:
    served = pick(texts, wanted, default)[1]
    on_chain = [tag for tag in chain(wanted, default) if tag in texts]
    assert served in texts
    language = wanted.partition("-")[0]
    if on_chain and on_chain[0].partition("-")[0] == language:
        assert served.partition("-")[0] == language
    if wanted in texts:
        assert served == wanted


@pytest.mark.parametrize(
    ("header", "served"),
    [
        ("de-CH, de;q=0.9, en;q=0.5", "de"),
        ("fr;q=0.2, ja;q=0.8", "ja"),
        ("zh-HK", "zh-Hant"),
        ("zh", "en"),
        ("", "en"),
        ("*", "en"),
        ("xx-YY, *;q=0.5", "en"),
        ("en;q=0, de;q=0.1", "de"),
        ("en;q=0, ja;q=0, de;q=0, zh-Hant;q=0", "en"),
        ("de;q=nine, ja", "ja"),
        (";;;,,,q=1;de\x00, ja;q=0.5", "ja"),
        ("ja;q=0.5;level=1, de", "de"),
        ("a" * 100_000, "en"),
        ("de-" * 1000, "en"),
    ],
)
def test_a_header_is_negotiated(header: str, served: str) -> None:
    assert negotiate(header, ["en", "de", "ja", "zh-Hant"]) == served


@pytest.mark.parametrize(
    ("tag", "reader", "name"),
    [
        ("zh-Hant", "de", "Chinesisch (traditionell)"),
        ("de", "ja", "ドイツ語"),
        ("ja", "zh-hans", "日语"),
        ("ja-Latn", "en", "Japanese (Latin)"),
        ("zh-HK", "ja", "中国語 (中華人民共和国香港特別行政区)"),
        ("xx-none", "en", "xx-none"),
        ("?", "en", "?"),
    ],
)
def test_a_language_is_named_in_the_readers_language(tag: str, reader: str, name: str) -> None:
    assert language_name(tag, reader) == name


@given(st.text() | st.from_regex(r"[a-z]{1,3}(-[A-Za-z0-9]{1,8}){0,4}(;q=[0-9.]{1,5})?(, ?[a-z*]{1,4})*"))
def test_no_header_breaks_negotiation(header: str) -> None:
    assert negotiate(header, ["en", "de"]) in {"en", "de"}
