"""Which encoding a text file has.

A byte order mark decides; then UTF-8, which other encodings almost never decode as. What is left are the encodings of
spreadsheets in China, Japan, Korea, Taiwan, Central and Western Europe and of Cyrillic: those that decode the whole file are
compared by how much of the text then is what people write. When none makes sense, the person is asked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from stores.imports.errors import ImportRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_SAMPLE = 1 << 18
"""Bytes of lines beyond ASCII that are compared."""
_PLAUSIBLE = 0.75
"""Part of the letters beyond ASCII that must make sense. Right guesses reach 0.95, wrong ones stay below 0.6."""

_GB = (range(0xB0, 0xD8), range(0xA1, 0xFF))
_BIG = (range(0xA4, 0xC7), range(0x40, 0xFF))
"""Rows of the common characters in the tables of mainland China and of Taiwan."""
_PINYIN = frozenset("àáèéêìíòóùúü")
_KANA = re.compile("[\u3041-\u30ff]")

# Letters beyond ASCII of each language, in lower case; a line is judged by the language that explains it best. Slovak's
# long l and r are left out: they are hardly ever written, and are what å and à of Western lists would be read as.
_CENTRAL = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľňóôšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß",
)  # fmt: skip
_WESTERN = (
    "äöüßàâçèéêëîïôû", "àâæçèéêëîïôœùûüÿ", "áéíñóúü¿¡ªº", "àèéìíòóùªº", "àáâãçéêíóôõúªº",
    "áéëïóöü", "åäöéü", "åæøöéü", "áðéíóúýþæö", "áàéíóúü",
)  # fmt: skip
# The same bytes in both: a line of these alone speaks for neither. Of two that explain everything, háčeks tell, and letters
# where no Western language has them: è (č) before a vowel, õ (ő) but in õe, ã (ă) but in ão, ãe, ãs, ñ (ń) but before a vowel.
_BOTH = "ßáâäçéëíîóôöúüýšž"
_NOT_WESTERN = re.compile("[šž]|è[aeiou]|õ(?!e)|ã[a-df-np-rt-z]|ñ(?![aeiouáéíóú])", re.IGNORECASE)
# Ordinals stand after a digit, a point or the one letter of an abbreviation (1º, n.º, Mª); elsewhere they are ş and Ş misread.
_NO_ORDINAL = re.compile(r"(?<=[^\W\d_]{2})[ºª]|[ºª](?=[^\W\d_])")
_SIGNS = frozenset("„“”‚‘’«»–—…·•°€£§©®™´\u00a0")
_EAST_ASIAN_SIGNS = re.compile(r"[\u3000-\u3017\u2010-\u2026\u2460-\u2473\uff01-\uff5e\uffe5\u00d7\u00b7\u2103]")


def detect(path: Path, head: bytes) -> str:
    """The encoding of a file whose first bytes are ``head``. ImportRefused when none makes sense of it."""
    if marked := mark(head):
        return marked
    position = first_error(path, "utf-8")
    if position is None:
        return "utf-8"
    sample = _sample(path)
    scores = {
        name: score(sample.decode(name, "replace")) for name, score in _CANDIDATES if first_error(path, name) is None
    }
    if best := _best(scores):
        tie = best == "cp1252" and scores.get("cp1250") == scores[best]
        return "cp1250" if tie and _is_central(sample) else best
    raise ImportRefused(
        f"{path} is not UTF-8 text (byte {position:,}), nor any encoding that is recognized; "
        "save it as UTF-8 or name its --encoding"
    )


def _is_central(sample: bytes) -> bool:
    """Of a text in which either encoding explains every line: whether it is Central European.

    A line of another language explains nearly any letter, one language the whole of a short list hardly ever.
    """
    western = sample.decode("cp1252", "replace")
    one, other = _one_alphabet(western, _WESTERN), _one_alphabet(sample.decode("cp1250", "replace"), _CENTRAL)
    return one < other if one != other else bool(_NOT_WESTERN.search(western))


def _one_alphabet(text: str, alphabets: Iterable[str]) -> float:
    """The part of the letters beyond ASCII that the one alphabet explains which explains the most."""
    beyond = [letter for letter in text.lower() if letter > "\x7f" and letter.isalpha()]
    return max(sum(letter in alphabet for letter in beyond) for alphabet in alphabets) / (len(beyond) or 1)


def mark(head: bytes) -> str | None:
    """The encoding a byte order mark names."""
    return next((name for sign, name in _MARKS if head.startswith(sign)), None)


def first_error(path: Path, encoding: str) -> int | None:
    """About where the file cannot be decoded, counted in bytes from 1; None when all of it can."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return done + error.start + 1
            if not chunk:
                return None
            done += len(chunk)


def _best(scores: dict[str, float]) -> str | None:
    # Korean syllables lie where Chinese has its commonest characters, so Korean text looks Chinese; the reverse does not hold.
    if scores.get("cp949", 0) >= 0.95:
        return "cp949"
    # The order of the candidates decides between equals: German is the same in both Latin encodings.
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best and scores[best] >= _PLAUSIBLE else None


def _sample(path: Path) -> bytes:
    """Lines with bytes beyond ASCII, up to a size. Whole lines, so that no character is cut."""
    found = []
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(_SAMPLE)):
            if not line.isascii():
                found.append(line)
                size += len(line)
    return b"".join(found)


@cache
def _first_level(encoding: str, leads: range, trails: Iterable[int]) -> frozenset[str]:
    """The characters a national standard counts as common, from the rows of its table."""
    pairs = (bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails)
    return frozenset("".join(pairs))


def _common(encoding: str, leads: range, trails: range, kana: re.Pattern[str] | None = None) -> Callable[[str], float]:
    def score(text: str) -> float:
        known = _first_level(encoding, leads, trails)
        return _part(text, lambda letter: letter in known or bool(kana and kana.match(letter)))

    return score


def _chinese(text: str) -> float:
    """GB18030 also holds what lists of Hong Kong, Taiwan and the rest of the world are written with.

    What no older table has takes four bytes there, in a pattern that text of another encoding hardly ever has.
    """
    known = _first_level("gb2312", *_GB) | _first_level("big5", *_BIG)
    return _part(
        text,
        lambda letter: (
            letter in known
            or bool(_KANA.match(letter))
            or letter in _PINYIN
            or (letter.isalpha() and len(letter.encode("gb18030", "replace")) == 4)
        ),
    )


def _part(text: str, known: Callable[[str], bool]) -> float:
    beyond = [letter for letter in text if letter > "\x7f"]
    good = sum(1 for letter in beyond if known(letter) or _EAST_ASIAN_SIGNS.match(letter))
    return good / len(beyond) if beyond else 0.0


def _latin(alphabets: tuple[str, ...]) -> Callable[[str], float]:
    sets = [frozenset(alphabet + alphabet.upper()) | _SIGNS for alphabet in (*alphabets, _BOTH)]

    def score(text: str) -> float:
        good = total = 0
        for line in _NO_ORDINAL.sub("\ufffd", text).splitlines():
            beyond = [letter for letter in line if letter > "\x7f"]
            total += len(beyond)
            good += max(sum(letter in alphabet for letter in beyond) for alphabet in sets)
        return good / total if total else 0.0

    return score


def _cyrillic(text: str) -> float:
    """Cyrillic stands in words of its own; read wrongly, accents become single Cyrillic letters among Latin ones."""
    total = sum(letter > "\x7f" for letter in text)
    words = re.findall(r"(?<![A-Za-z])[А-Яа-яЁёІіЇїЄєЎўҐґ№«»–—]{2,}(?![A-Za-z])", text)
    return sum(map(len, words)) / total if total else 0.0


_CANDIDATES: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("cp1252", _latin(_WESTERN)),
    ("cp1250", _latin(_CENTRAL)),
    ("gb18030", _chinese),
    ("cp932", _common("cp932", range(0x88, 0x98), range(0x40, 0xFD), _KANA)),
    ("cp949", _common("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF))),
    ("cp950", _common("big5", *_BIG)),
    ("cp1251", _cyrillic),
)
