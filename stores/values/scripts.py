"""Which script a text is written in, and under which of a market's languages it therefore belongs.

A list says nothing about the language of its names: "Apple Yas Mall" is not Arabic although the store is in Abu Dhabi. The
script decides what can be decided, the market's order of languages the rest.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from babel.core import get_global

# Scripts that one language writes together: a Japanese name may be kanji, kana, or both.
_WRITTEN_BY = {
    "Jpan": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    "Kore": {"HANGUL", "CJK"},
    "Hans": {"CJK"},
    "Hant": {"CJK"},
    "Latn": {"LATIN"},
    "Cyrl": {"CYRILLIC"},
    "Grek": {"GREEK"},
    "Arab": {"ARABIC"},
    "Hebr": {"HEBREW"},
    "Thai": {"THAI"},
    "Deva": {"DEVANAGARI"},
    "Beng": {"BENGALI"},
    "Taml": {"TAMIL"},
    "Geor": {"GEORGIAN"},
    "Armn": {"ARMENIAN"},
    "Khmr": {"KHMER"},
    "Laoo": {"LAO"},
    "Mymr": {"MYANMAR"},
    "Sinh": {"SINHALA"},
    "Ethi": {"ETHIOPIC"},
    "Mong": {"MONGOLIAN"},
    "Tibt": {"TIBETAN"},
    "Thaa": {"THAANA"},
}
ENGLISH = "en"


def language_for(text: str, languages: Sequence[str]) -> str:
    """The first of a market's languages that is written in the text's script; English for Latin text of none of them.

    Text whose script fits no language (or without letters) goes to the market's first language.
    """
    letters = _scripts(text)
    if not letters:
        return languages[0]
    # One foreign word in a Japanese name ("Apple 銀座") is still a Japanese name: the rarer script decides over Latin.
    foreign = [script for script in letters if script != "LATIN"]
    main = max(foreign, key=lambda script: letters[script]) if foreign else "LATIN"
    for tag in languages:
        if main in _WRITTEN_BY.get(_script_of(tag), set()):
            return tag
    return ENGLISH if main == "LATIN" else languages[0]


def _scripts(text: str) -> Counter[str]:
    return Counter(name for letter in text if letter.isalpha() and (name := _script_name(letter)))


@lru_cache(maxsize=4096)
def _script_name(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


@lru_cache(maxsize=256)
def _script_of(tag: str) -> str:
    parts = tag.split("-")
    for part in parts[1:]:
        if len(part) == 4 and part.isalpha():
            return part.title()
    likely: str = get_global("likely_subtags").get(parts[0], "")
    return likely.split("_")[1] if likely.count("_") == 2 else "Latn"
