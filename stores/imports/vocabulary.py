"""What lists call their columns, in the languages lists are kept in, and the words they use for kinds and states of stores.

Phrases are compared in plain form (:func:`plain`), so case, accents, hyphens and camel case make no difference.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from stores.values.remembered import remembered

_FILE = Path(__file__).with_suffix(".toml")
_LONGEST = 200
"""Characters of a header or a word; what is longer is none."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)")


@remembered(4096)
def plain(text: str) -> str:
    """Letters and digits in lower case, without accents, words apart: ``storeType`` and ``Store-Type`` are one."""
    apart = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text[:_LONGEST])).casefold().replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", apart)
    # Thai vowels and Japanese voicing marks are part of the word; accents of European letters are not.
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn" or letter > "\u0900")
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).strip()


@cache
def _tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _named(table: str) -> Mapping[str, str]:
    """What each phrase of a table stands for."""
    return {plain(phrase): name for name, phrases in _tables()[table].items() for phrase in phrases}


def field_of(header: str) -> str:
    """The field that a header names, also in a language (``name_th``); ``position`` and ``house_number`` beside ours."""
    word = plain(header)
    # Where umlauts are written out, "oeffnungszeiten" is meant by "offnungszeiten".
    for each in (word, _bare(word), re.sub("(?<=[aou])e", "", word)):
        if found := _named("headers").get(each):
            return found
    head, _, tail = word.rpartition(" ")
    glued = re.fullmatch(r"(.+?) ?(英文|英语|英語|中文|日文|日本語|영문|국문|한글|อังกฤษ|ไทย)", word)
    for name, language in ((head, tail), (glued[1], glued[2]) if glued else ("", "")):
        base = _named("headers").get(name) or _named("headers").get(_bare(name))
        if base and (tag := _named("languages").get(plain(language))):
            # Other fields have no languages: "store_type_cn" is the type.
            return f"{base.removesuffix('_lines')}_{tag}" if base in {"name", "address_lines"} else base
    return ""


@cache
def _around() -> Sequence[str]:
    """Longest first, so that "du magasin" goes before "magasin"."""
    return sorted(_tables()["around"]["apart"], key=len, reverse=True)


def _bare(word: str) -> str:
    for phrase in _around():
        if word.startswith(f"{phrase} "):
            word = word[len(phrase) + 1 :]
        if word.endswith(f" {phrase}"):
            word = word[: -len(phrase) - 1]
    for phrase in map(plain, _tables()["around"]["together"]):
        if word.startswith(phrase) and len(word) > len(phrase):
            word = word[len(phrase) :].strip()
    return word


def weekday_of(header: str) -> int | None:
    """The weekday a column of hours is for, Monday is 0: ``Monday hours``, ``Öffnungszeiten Mo``, ``月曜日``."""
    word = plain(header)
    parts = [word, *word.split(" ")]
    days = {int(day) for part in parts if (day := _named("weekdays").get(part)) is not None}
    rest = [part for part in word.split(" ") if part not in _named("weekdays")]
    known = all(_named("headers").get(part) == "hours" or part in {"time", "times"} for part in rest)
    return days.pop() if len(days) == 1 and known else None


def word_of(field: str, text: str) -> str:
    """Our word for a list's word of a ``status`` or ``format``; blank when it is not known."""
    return _named(field).get(plain(text), "")
