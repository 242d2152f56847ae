"""The words of opening hours as feeds write them, cut into tokens: days, times, ranges, closed, holidays.

A word that ``vocabulary`` does not know stays a word, and the grammar refuses it by name.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from itertools import product

from stores.timetable.reading import HoursNotUnderstood
from stores.timetable.schedule import DAY
from stores.timetable.vocabulary import COMMON, Kind, Token, meanings, weekdays

_PUNCTUATION = {
    "-": Kind.RANGE,
    "~": Kind.RANGE,
    ",": Kind.LIST,
    "&": Kind.LIST,
    "/": Kind.LIST,
    "・": Kind.LIST,
    ";": Kind.END,
    "|": Kind.END,
    ":": Kind.COLON,
}

_DASHES = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−─－﹣", "-"), "〜": "~", "∼": "~", "∶": ":", "、": ",", "\n": ";", "\t": " "}
)
_MERIDIEM = r"(?:\s*(?P<half{0}>[ap])\.?m\b\.?|(?P<bare{0}>[ap])\b)"
_BEFORE_NOON, _AFTER_NOON = "上午|早上|오전|午前", "下午|晚上|오후|午後"
_OCLOCK = r"\s?[点點时時시]\s?(?:(?P<past{0}>\d\d?)[分분]|(?P<thirty{0}>半|반))?"
_TIME = re.compile(
    # "10:00:00" has seconds, but in "1: 09:00" a number stands before a time.
    rf"(?<!\d)(?:(?P<h1>\d{{1,2}})(?:[:.h](?P<m1>\d\d)(?:[:.]00)?|\s?[:.h]\s?(?P<m7>\d\d)(?!:))(?!\d)(?:{_MERIDIEM.format(1)})?"
    rf"|(?P<h2>\d\d)(?P<m2>\d\d)(?!\d)(?:\s*(?:hrs|hours|h)\b)?"
    rf"|(?P<h3>\d{{1,2}}){_MERIDIEM.format(3)}"
    # 10h, 下午6:30, 上午9点, 오후 6시, 18時30分
    r"|(?P<h4>\d{1,2})h(?![a-z\d])"
    rf"|(?P<before>{_BEFORE_NOON}|{_AFTER_NOON})\s?(?P<h5>\d{{1,2}})(?:[:.](?P<m5>\d\d)(?!\d)|{_OCLOCK.format(5)})"
    rf"|(?P<h6>\d{{1,2}}){_OCLOCK.format(6)})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*\.?|\d+|\S")
# 周一至五 leaves the second 周 away, 周六日 the second and the separator.
_CHINESE_RANGE = re.compile(r"((?:周|星期|礼拜|週)[一二三四五六日天])\s*(至|到|-|~)\s*([一二三四五六日天])")
_CHINESE_PAIR = re.compile(r"(周|星期|礼拜|週)六([日天])")
# 9-18 Uhr, 9 bis 18 uur: full hours, which without the word could be anything.
_FULL_HOURS = re.compile(
    r"(?<![\d:.])(?:(?P<from>\d{1,2})(?P<to>\s*(?:-|bis|tot)\s*))?(?P<hour>\d{1,2})\s?(?=(?:uhr|uur)\b)", re.IGNORECASE
)
_BRACKETS = re.compile(r"\(([^()\d]*)\)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,31}\d?);", re.IGNORECASE)
# "a" is "to" in Spanish, Italian and Portuguese, and "and" in Czech and Slovak.
_TO, _AND = frozenset({"es", "it", "pt"}), frozenset({"cs", "sk"})


def tidy(text: str) -> str:
    """Full-width forms, dashes and odd colons as ASCII, runs of spaces and dashes as one."""
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = unicodedata.normalize("NFKC", text.replace("\r", "")).translate(_DASHES)
    text = re.sub(r"<\s*br\s*/?\s*>?|<br/", ";", text, flags=re.IGNORECASE)
    text = re.sub(r"-{2,}", "-", text)
    return re.sub(r"[^\S\n]+", " ", text).strip(" ;,")


def tokens(text: str) -> list[Token]:
    """The tokens of a tidied text."""
    text = _CHINESE_PAIR.sub(r"\g<1>六,\g<1>\2", _CHINESE_RANGE.sub(r"\1\2周\3", text))
    # What stands in brackets without a number is a remark, read as if it stood without them.
    text = _FULL_HOURS.sub(_full_hours, _BRACKETS.sub(r" \1 ", text))
    found: list[Token] = []
    position = ended = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _token(text, position)
        lone = token.kind is Kind.DAY and len(token.text) == 1 and position == ended
        if lone and found and found[-1].kind in {Kind.FILLER, Kind.CLOSED}:
            token = Token(Kind.WORD, token.text)  # 営業日 is a business day, not "business, Sunday"
        found.append(token)
        position = ended = position + len(token.text)
    return _with_weekdays(found)


def _with_weekdays(found: list[Token]) -> list[Token]:
    """Each weekday as it is called in the language that knows all the names of the text."""
    names = list(dict.fromkeys(token.name for token in found if token.kind is Kind.DAY))
    known = [weekdays()[name] for name in names]
    languages = set.intersection(*map(set, known)) if known else set()
    if COMMON in languages:
        languages = {COMMON}
    readings = {tuple(meaning[language] for meaning in known) for language in languages}
    if not languages and not any(_is_short(name) and COMMON not in weekdays()[name] for name in names):
        # Two languages side by side, as in "Monday / Lundi".
        readings = set(product(*(set(meaning.values()) for meaning in known)))
    if len(readings) != 1:
        unsure = [name for name, meaning in zip(names, known, strict=True) if len(set(meaning.values())) > 1]
        raise HoursNotUnderstood(f"{(unsure or names)[0]!r} is not the same day in every language")
    days = dict(zip(names, readings.pop(), strict=True))
    settled = []
    for token in found:
        if token.kind is Kind.DAY:
            settled.append(replace(token, value=days[token.name]))
        elif token.name == "a" and languages and not languages <= _TO:
            settled.append(replace(token, kind=Kind.LIST if languages <= _AND else Kind.WORD))
        else:
            settled.append(token)
    return settled


def _is_short(name: str) -> bool:
    return name.isascii() and len(name) == 2


def _full_hours(found: re.Match[str]) -> str:
    start = f"{found['from']}:00{found['to']}" if found["from"] else ""
    return f"{start}{found['hour']}:00 "


def _token(text: str, position: int) -> Token:
    if phrase := _phrases().match(text, position):
        name = re.sub(r"\s+", " ", phrase[0].casefold())
        known = meanings().get(name) or meanings()[name.rstrip(".")]
        return replace(known, text=phrase[0])
    if time := _TIME.match(text, position):
        return _time(time)
    if kind := _PUNCTUATION.get(text[position]):
        return Token(kind, text[position])
    word = _WORD.match(text, position)
    return Token(Kind.WORD, word[0] if word else text[position])


def _time(match: re.Match[str]) -> Token:
    hour = int(next(match[name] for name in ("h1", "h2", "h3", "h4", "h5", "h6") if match[name]))
    minute = int(next((match[name] for name in ("m1", "m7", "m2", "m5", "past5", "past6") if match[name]), 0))
    if match["thirty5"] or match["thirty6"]:
        minute = 30
    half = next((match[name] for name in ("half1", "bare1", "half3", "bare3") if match[name]), None)
    if match["before"]:
        half = "a" if re.fullmatch(_BEFORE_NOON, match["before"]) else "p"
    if minute > 59 or hour * 60 + minute > DAY or (half and not 1 <= hour <= 12):
        return Token(Kind.WORD, match[0])
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return Token(Kind.TIME, match[0], value=hour * 60 + minute, twelve_hour=bool(half))


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """Every known phrase, longest first; one in letters with spaces between words ends where the word ends."""
    parts = []
    for phrase in sorted(meanings(), key=len, reverse=True):
        # Scripts with spaces between words: Latin, Greek, Cyrillic and Armenian come before the others in Unicode.
        spaced = phrase[-1].isalnum() and phrase[-1] < "\u0590"
        dotted = r"\.?" if meanings()[phrase].kind is Kind.DAY else ""
        end = rf"{dotted}(?![a-z0-9\u00c0-\u058f\u1e00-\u1eff])" if spaced else ""
        parts.append(re.escape(phrase).replace(r"\ ", r"\s+") + end)
    return re.compile("|".join(parts), re.IGNORECASE)
