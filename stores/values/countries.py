"""Which country people mean: ISO codes of two and three letters, English and local names, and the common short forms.

Feeds write "GB", "UK", "United Kingdom", "Deutschland", "Macau SAR, China" or "대한민국" for one thing. Names come from
Unicode CLDR; the small tables hold what people say and CLDR does not. A name that two countries share is not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from stores.values.remembered import remembered
from stores.values.territories import territories, territory

# Languages whose names of all countries are read, beside each country's own: those that store lists are kept in.
LIST_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "hu", "ro", "tr", "ru", "uk", "el", "sv", "nb", "da", "fi", "ja",
    "ko", "zh-Hans", "zh-Hant", "zh-Hant-HK", "th", "vi", "id", "ms", "ar", "he", "hi",
)  # fmt: skip

# What people write and CLDR has not, or has for something else.
SPOKEN: Mapping[str, str] = {
    "america": "US",
    "bahamas": "BS",
    "bosnia": "BA",
    "brasil": "BR",
    "brunei darussalam": "BN",
    "burma": "MM",
    "cape verde": "CV",
    "congo": "CG",
    "czech republic": "CZ",
    "democratic people s republic of korea": "KP",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "ivory coast": "CI",
    "korea": "KR",
    "macau": "MO",
    "macedonia": "MK",
    "northern ireland": "GB",
    "lao people s democratic republic": "LA",
    "palestine": "PS",
    "prc": "CN",
    "russian federation": "RU",
    "saipan": "MP",
    "scotland": "GB",
    "syrian arab republic": "SY",
    "taiwan province of china": "TW",
    "south korea": "KR",
    "swaziland": "SZ",
    "turkey": "TR",
    "turkiye": "TR",
    "uae": "AE",
    "the gambia": "GM",
    "united states of america": "US",
    "us virgin islands": "VI",
    "vatican": "VA",
    "viet nam": "VN",
    "wales": "GB",
    "中华人民共和国": "CN",
    "中国大陆": "CN",
    "中國大陸": "CN",
    "アメリカ": "US",
    "イギリス": "GB",
    "臺灣": "TW",
    "澳门": "MO",
    "澳門": "MO",
    "香港": "HK",
    "香港特别行政区": "HK",
    "香港特別行政區": "HK",
    "澳门特别行政区": "MO",
    "澳門特別行政區": "MO",
    "ประเทศไทย": "TH",
    "대한민국": "KR",
    "한국": "KR",
}

# Words that name the form of a state, not which one: "Kingdom of Saudi Arabia", "Taiwan Region", "Hong Kong SAR, China".
_FORMS = re.compile(
    r"^(?:the |mainland |people s |federal |islamic |arab |hashemite |plurinational |oriental |bolivarian |united )*"
    r"(?:republic |kingdom |state |sultanate |principality |grand duchy |commonwealth )of (?:the )?"
    r"|^(?:the |mainland )|(?: region| s a r| sar)(?: of)?(?: china)?$|(?<=[a-z]) china$"
)

# Territories that lists file under the country they belong to, though customers there meet another market.
FILED_UNDER: Mapping[str, frozenset[str]] = {
    "CN": frozenset({"HK", "MO", "TW"}),
    "DK": frozenset({"FO", "GL"}),
    "FI": frozenset({"AX"}),
    "FR": frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"}),
    "GB": frozenset({"BM", "FK", "GG", "GI", "IM", "JE", "KY", "TC", "VG"}),
    "NL": frozenset({"AW", "BQ", "CW", "SX"}),
    "NO": frozenset({"SJ"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "VI"}),
}

# Land without residents or shops: a time zone there says that the coordinates are wrong.
NO_SHOPS = frozenset({"AQ", "BV", "GS", "HM", "IO", "TF", "UM"})


@remembered(4096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of what ``text`` names, None when it is not known for sure.

    Codes are read in either case. ``GB-SCT`` and the like name their country.
    """
    word = text.strip()
    known = _codes()
    if len(word) in {2, 3} and word.isascii() and word.isalpha():
        if code := known.get(word.upper()):
            return code
    elif re.fullmatch(r"[A-Za-z]{2}-[A-Za-z0-9]{1,3}", word):
        return known.get(word[:2].upper())
    head, comma, tail = word.partition(",")
    # "Korea, Republic of" is a name with its form at the end, "U.K." a code with points.
    forms = [word, f"{tail} {head}" if comma else "", word.replace(".", "")]
    plain = list(filter(None, map(_plain, forms)))
    for names in (_english(), _of_lists(), _local()):  # reading all languages takes a second, most lists are English
        for each in plain:
            if code := names.get(each) or names.get(_FORMS.sub("", each).strip()) or known.get(each.upper()):
                return code
    return None


def filed_as(declared: str, place: str | None) -> str:
    """The market of a store that a list files under ``declared`` and whose time zone is of ``place``.

    Hong Kong under CN is HK, Jersey under GB is JE. Any other disagreement leaves what the list declares.
    """
    return place if place and place in FILED_UNDER.get(declared, ()) else declared


def _plain(text: str) -> str:
    """Letters and digits alone, without case and accents, so that "Türkiye" and "TURKIYE" meet."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("&", " and "))
    bare = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn" or letter > "\u0900")
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).strip()


@cache
def _codes() -> Mapping[str, str]:
    """Codes of two and three letters, and CLDR's other spellings (UK, USA, GBR)."""
    own = {each.code for each in territories()}
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    codes = {alias: targets[0] for alias, targets in aliases.items() if len(targets) == 1 and targets[0] in own}
    return codes | {code: code for code in own}


@cache
def _english() -> Mapping[str, str]:
    return _names([("en", code) for code in _own()]) | dict(SPOKEN)


@cache
def _of_lists() -> Mapping[str, str]:
    return _names([(tag, code) for tag in LIST_LANGUAGES for code in _own()])


@cache
def _local() -> Mapping[str, str]:
    return _names([(tag, code) for code in _own() for tag in territory(code).languages])


def _own() -> list[str]:
    return [each.code for each in territories()]


def _names(wanted: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Plain names of countries in languages; a name of two countries is left out."""
    found: dict[str, str | None] = {}
    for tag, code in wanted:
        try:
            name = Locale.parse(tag, sep="-").territories.get(code)
        except (UnknownLocaleError, ValueError):
            continue  # a language without CLDR data has no names to add
        if not name:
            continue
        plain = _plain(str(name))
        for key in {plain, _FORMS.sub("", plain).strip()} - {""}:
            found[key] = code if found.get(key, code) == code else None
    return {name: code for name, code in found.items() if code}
