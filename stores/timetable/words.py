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
    "mo mon mons 周一 星期一 礼拜一 週一 월 จ. จันทร์ 月曜 月",
    "tu tue tues 周二 星期二 礼拜二 週二 화 อ. อังคาร 火曜 火",
    "we wed weds 周三 星期三 礼拜三 週三 수 พ. พุธ 水曜 水",
    "th thu thur thurs 周四 星期四 礼拜四 週四 목 พฤ. พฤหัส พฤหัสบดี 木曜 木",
    "fr fri 周五 星期五 礼拜五 週五 금 ศ. ศุกร์ 金曜 金",
    "sa sat sats 周六 星期六 礼拜六 週六 토 ส. เสาร์ 土曜 土",
    "su sun suns 周日 周天 星期日 星期天 礼拜日 礼拜天 週日 일 อา. อาทิตย์ 日曜 日",
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
        "节假日|法定节假日|祝日|祝|공휴일",
    ),
    Kind.RANGE: ("to|until|till|thru|through|bis|至|到|から|부터",),
    Kind.LIST: ("and|及|和|und|と",),
    Kind.FILLER: (
        "open|hours|opening hours|business hours|store hours|from|uhr|hrs",
        "营业时间|营业|営業時間|営業|영업시간|영업|น.|น|วัน|เวลา|เปิด|เวลาทำการ",
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
_BEFORE_NOON, _AFTER_NOON = "上午|早上|오전|午前", "下午|晚上|오후|午後"
_OCLOCK = r"\s?[点點时時시]\s?(?:(?P<past{0}>\d\d?)[分분]|(?P<thirty{0}>半|반))?"
_TIME = re.compile(
    rf"(?<!\d)(?:(?P<h1>\d{{1,2}})\s?[:.h]\s?(?P<m1>\d\d)(?:[:.]00)?(?!\d)(?:{_MERIDIEM.format(1)})?"
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
        name = re.sub(r"\s+", " ", phrase[0].casefold())
        known = _meanings().get(name) or _meanings()[name.rstrip(".")]
        return Token(known.kind, phrase[0], known.value, known.days)
    if time := _TIME.match(text, position):
        return _time(time)
    if kind := _PUNCTUATION.get(text[position]):
        return Token(kind, text[position])
    word = _WORD.match(text, position)
    return Token(Kind.WORD, word[0] if word else text[position])


def _time(match: re.Match[str]) -> Token:
    hour = int(next(match[name] for name in ("h1", "h2", "h3", "h4", "h5", "h6") if match[name]))
    minute = int(next((match[name] for name in ("m1", "m2", "m5", "past5", "past6") if match[name]), 0))
    if match["thirty5"] or match["thirty6"]:
        minute = 30
    half = match["half1"] or match["half3"]
    if match["before"]:
        half = "a" if re.fullmatch(_BEFORE_NOON, match["before"]) else "p"
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
        ("weekdays|平日|평일", _WORK_DAYS),
        ("weekends|weekend|周末|週末|주말", _WEEKEND),
    ):
        known.update({name: Token(Kind.DAYS, name, days=days) for name in names.split("|")})
    known["24/7"] = Token(Kind.ALL_DAY, "24/7", days=_EVERY_DAY)
    for weekday, short in enumerate(_SHORT_DAYS):
        known.update({name: Token(Kind.DAY, name, value=weekday) for name in short.split()})
    claimed: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for weekday, name in Locale.parse(language).days["format"][width].items():
                claimed.setdefault(name.casefold().rstrip("."), set()).add(weekday)
    # A name that two languages give to different days is nobody's.
    for name, weekdays in claimed.items():
        if len(weekdays) == 1 and len(name) > 1:
            known.setdefault(name, Token(Kind.DAY, name, value=next(iter(weekdays))))
    return known


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """Every known phrase, longest first; one in letters with spaces between words ends where the word ends."""
    parts = []
    for phrase in sorted(_meanings(), key=len, reverse=True):
        # Scripts with spaces between words: Latin, Greek, Cyrillic and Armenian come before the others in Unicode.
        spaced = phrase[-1].isalnum() and phrase[-1] < "\u0590"
        dotted = r"\.?" if _meanings()[phrase].kind is Kind.DAY else ""
        end = rf"{dotted}(?![a-z0-9\u00c0-\u058f])" if spaced else ""
        parts.append(re.escape(phrase).replace(r"\ ", r"\s+") + end)
    return re.compile("|".join(parts), re.IGNORECASE)
