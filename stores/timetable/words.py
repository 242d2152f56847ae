"""The words of opening hours as feeds write them, cut into tokens: days, times, ranges, closed, holidays.

Weekday names come from CLDR for the languages of the markets; the short forms and the words around them are listed here. A
word that is not known stays a word, and the grammar refuses it by name.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from babel.core import Locale

from stores.timetable.schedule import DAY


class Kind(Enum):
    DAY = auto()
    DAYS = auto()
    TIME = auto()
    RANGE = auto()
    LIST = auto()
    END = auto()
    COLON = auto()
    CLOSED = auto()
    ALL_DAY = auto()
    HOLIDAY = auto()
    EVE = auto()
    FILLER = auto()
    WORD = auto()


class Token(NamedTuple):
    """``value`` is a weekday, a frozenset of weekdays for DAYS, or a minute of the day for TIME."""

    kind: Kind
    text: str
    value: int = 0
    days: frozenset[int] = frozenset()
    twelve_hour: bool = False


_LANGUAGES = "ar cs da de en es fi fr hu id it ja ko ms nl pl pt ro sv th tr uk vi zh".split()  # noqa: SIM905  one line, not one per language

_SHORT_DAYS = (
    "mo mon mons 周一 星期一 礼拜一 週一 월 จ. จันทร์ 月曜",
    "tu tue tues 周二 星期二 礼拜二 週二 화 อ. อังคาร 火曜",
    "we wed weds 周三 星期三 礼拜三 週三 수 พ. พุธ 水曜",
    "th thu thur thurs 周四 星期四 礼拜四 週四 목 พฤ. พฤหัส พฤหัสบดี 木曜",
    "fr fri 周五 星期五 礼拜五 週五 금 ศ. ศุกร์ 金曜",
    "sa sat sats 周六 星期六 礼拜六 週六 토 ส. เสาร์ 土曜",
    "su sun suns 周日 周天 星期日 星期天 礼拜日 礼拜天 週日 일 อา. อาทิตย์ 日曜",
)
_EVERY_DAY, _WORK_DAYS, _WEEKEND = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})

_PHRASES: dict[Kind, tuple[str, ...]] = {
    Kind.ALL_DAY: (
        "open 24 hours|24 hours|24 hour|24 hrs|24hrs|24 hr|24h|24hours|round the clock",
        "24小时|全天|24時間|24시간|ตลอด 24 ชั่วโมง",
    ),
    Kind.CLOSED: (
        "closed|close|off|shut|geschlossen|fermé|cerrado|chiuso|fechado|gesloten",
        "休息|闭店|休業|定休日|휴무|ปิด",
    ),
    Kind.EVE: ("ph eve|eve of ph|eve of public holiday|eve of public holidays|public holiday eve",),
    Kind.HOLIDAY: (
        "ph|public holiday|public holidays|bank holiday|bank holidays|holidays|feiertag|feiertage|feiertags",
        "节假日|法定节假日|祝日|공휴일",
    ),
    Kind.RANGE: ("to|until|till|thru|through|bis|至|到|から|부터",),
    Kind.LIST: ("and|及|和|und|と",),
    Kind.FILLER: (
        "open|hours|opening hours|business hours|store hours|from|uhr|hrs",
        "营业时间|営業時間|영업시간|น.|น|วัน",
    ),
}
_PUNCTUATION = {
    "-": Kind.RANGE,
    "~": Kind.RANGE,
    ",": Kind.LIST,
    "&": Kind.LIST,
    "/": Kind.LIST,
    ";": Kind.END,
    "|": Kind.END,
    ":": Kind.COLON,
}

_DASHES = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−─－﹣", "-"), "〜": "~", "∼": "~", "∶": ":", "、": ",", "\n": ";", "\t": " "}
)
_MERIDIEM = r"\s*(?P<half{0}>[ap])\.?m\b\.?"
_TIME = re.compile(
    rf"(?<!\d)(?:(?P<h1>\d{{1,2}})\s?[:.h]\s?(?P<m1>\d\d)(?:[:.]00)?(?!\d)(?:{_MERIDIEM.format(1)})?"
    rf"|(?P<h2>\d\d)(?P<m2>\d\d)(?!\d)(?:\s*(?:hrs|hours|h)\b)?"
    rf"|(?P<h3>\d{{1,2}}){_MERIDIEM.format(3)})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*\.?|\d+|\S")
# 周一至五 leaves the second 周 away, 周六日 the second and the separator.
_CHINESE_RANGE = re.compile(r"((?:周|星期|礼拜|週)[一二三四五六日天])\s*(至|到|-|~)\s*([一二三四五六日天])")
_CHINESE_PAIR = re.compile(r"(周|星期|礼拜|週)六([日天])")


def tidy(text: str) -> str:
    """Full-width forms, dashes and odd colons as ASCII, runs of spaces and dashes as one."""
    text = unicodedata.normalize("NFKC", text.replace("\r", "")).translate(_DASHES)
    text = re.sub(r"<\s*br\s*/?\s*>?|<br/", ";", text, flags=re.IGNORECASE)
    text = re.sub(r"-{2,}", "-", text)
    return re.sub(r"[^\S\n]+", " ", text).strip(" ;,")


def tokens(text: str) -> list[Token]:
    """The tokens of a tidied text."""
    text = _CHINESE_PAIR.sub(r"\g<1>六,\g<1>\2", _CHINESE_RANGE.sub(r"\1\2周\3", text))
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _token(text, position)
        found.append(token)
        position += len(token.text)
    return found


def _token(text: str, position: int) -> Token:
    if phrase := _phrases().match(text, position):
        known = _meanings()[re.sub(r"\s+", " ", phrase[0].casefold())]
        return Token(known.kind, phrase[0], known.value, known.days)
    if time := _TIME.match(text, position):
        return _time(time)
    if kind := _PUNCTUATION.get(text[position]):
        return Token(kind, text[position])
    word = _WORD.match(text, position)
    return Token(Kind.WORD, word[0] if word else text[position])


def _time(match: re.Match[str]) -> Token:
    hour = int(match["h1"] or match["h2"] or match["h3"])
    minute = int(match["m1"] or match["m2"] or 0)
    half = match["half1"] or match["half3"]
    if minute > 59 or hour * 60 + minute > DAY or (half and not 1 <= hour <= 12):
        return Token(Kind.WORD, match[0])
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return Token(Kind.TIME, match[0], value=hour * 60 + minute, twelve_hour=bool(half))


@lru_cache(maxsize=1)
def _meanings() -> dict[str, Token]:
    known: dict[str, Token] = {}
    for kind, phrases in _PHRASES.items():
        known.update({phrase: Token(kind, phrase) for phrase in "|".join(phrases).split("|")})
    for names, days in (
        ("daily|everyday|every day|all week|7 days a week|每天|每日|毎日|매일|ทุกวัน|täglich", _EVERY_DAY),
        ("weekdays", _WORK_DAYS),
        ("weekends|weekend|周末", _WEEKEND),
    ):
        known.update({name: Token(Kind.DAYS, name, days=days) for name in names.split("|")})
    known["24/7"] = Token(Kind.ALL_DAY, "24/7", days=_EVERY_DAY)
    for weekday, short in enumerate(_SHORT_DAYS):
        known.update({name: Token(Kind.DAY, name, value=weekday) for name in short.split()})
    claimed: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for weekday, name in Locale.parse(language).days["format"]["wide"].items():
            claimed.setdefault(name.casefold(), set()).add(weekday)
    # A name that two languages give to different days is nobody's.
    for name, weekdays in claimed.items():
        if len(weekdays) == 1:
            known.setdefault(name, Token(Kind.DAY, name, value=next(iter(weekdays))))
    return known


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """Every known phrase, longest first; one in letters with spaces between words ends where the word ends."""
    parts = []
    for phrase in sorted(_meanings(), key=len, reverse=True):
        spaced = phrase.isascii() and phrase[-1].isalnum()
        parts.append(re.escape(phrase).replace(r"\ ", r"\s+") + (r"(?![a-z0-9])" if spaced else ""))
    return re.compile("|".join(parts), re.IGNORECASE)
