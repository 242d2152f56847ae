"""What the words of opening hours mean, in the languages of the markets: weekdays, closed, holidays, from and to.

Weekday names come from CLDR; short forms that it lacks, and the words around them, are listed here. A name may be one day
in one language and another elsewhere ("ma" is Monday in Dutch and Tuesday in French), so each keeps its languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from babel.core import Locale


class Kind(Enum):
    DAY = auto()
    DAYS = auto()
    TIME = auto()
    RANGE = auto()
    LIST = auto()
    END = auto()
    COLON = auto()
    CLOSED = auto()
    EXCEPT = auto()
    ALL_DAY = auto()
    HOLIDAY = auto()
    EVE = auto()
    FILLER = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` is a weekday, a frozenset of weekdays for DAYS, or a minute of the day for TIME; ``name`` is the word as it
    is listed. ``twelve_hour`` None is a time that both clocks call the same, such as noon."""

    kind: Kind
    text: str
    value: int = 0
    days: frozenset[int] = frozenset()
    twelve_hour: bool | None = False
    name: str = ""


_LANGUAGES = (
    "ar bg cs da de el en es fi fr he hi hr hu id it ja ko ms nb nl pl pt ro ru sk sl sr sv th tr uk vi zh".split()  # noqa: SIM905  one line, not one per language
)
# Whose two-letter names are in use. Those of the Nordic languages are left out: "to" and "on" are English words.
_TWO_LETTERS = frozenset({"cs", "de", "es", "fi", "fr", "nl", "ro", "sk", "tr", "vi"})

COMMON = "en"
"""The language of OSM's own names; it goes before all others."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    COMMON: (
        "mo|mon|mons|mondays|周一|星期一|礼拜一|週一|월|จ.|จันทร์|月曜|月",
        "tu|tue|tues|tuesdays|周二|星期二|礼拜二|週二|화|อ.|อังคาร|火曜|火",
        "we|wed|weds|wednesdays|周三|星期三|礼拜三|週三|수|พ.|พุธ|水曜|水",
        "th|thu|thur|thurs|thursdays|周四|星期四|礼拜四|週四|목|พฤ.|พฤหัส|พฤหัสบดี|木曜|木",
        "fr|fri|fridays|周五|星期五|礼拜五|週五|금|ศ.|ศุกร์|金曜|金",
        "sa|sat|sats|saturdays|周六|星期六|礼拜六|週六|토|ส.|เสาร์|土曜|土",
        "su|sun|suns|sundays|周日|周天|星期日|星期天|礼拜日|礼拜天|週日|일|อา.|อาทิตย์|日曜|日",
    ),
    "de": ("montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags", "sonntags"),
    "it": ("lu", "ma", "me", "gi", "ve", "sa", "do"),
    "pl": ("pn", "wt", "śr", "cz", "pt", "sb", "nd"),
    "pt": ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"),
    "vi": ("thứ 2", "thứ 3", "thứ 4", "thứ 5", "thứ 6", "thứ 7", "cn"),
}

_PHRASES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ALL_DAY: (
        "open 24 hours|open 24 hours a day|24 hours a day|24 hours|24 hour|24 hrs|24hrs|24 hr|24h|24hr|24hours|round the clock",
        "24h/24|24/24",
        "24 stunden|24 heures|24 horas|24 ore|24 uur|24 saat|24 jam|24 giờ|24 godziny|круглосуточно|цілодобово",
        "24小时|24小時|全天|24時間|24시간|ตลอด 24 ชั่วโมง",
    ),
    Kind.CLOSED: (
        "closed|closed on|close|off|shut|geschlossen|ruhetag|fermé|fermée|cerrado|cerrada|chiuso|chiusa|fechado|fechada",
        "gesloten|zamknięte|nieczynne|kapalı|tutup|nghỉ",
        "đóng cửa|zárva|închis|zavřeno|zatvorené|lukket|stängt|suljettu|zatvoreno",
        "закрыто|выходной|зачинено|вихідний|κλειστά|休息|休息日|闭店|閉店|休業|休業日|定休|定休日|休み|お休み|除外|を除く|휴무|휴무일|ปิด",
    ),
    Kind.EXCEPT: ("except|except for|excluding|excl.|sauf|außer|ausser|salvo|excepto|eccetto|exceto|behalve",),
    Kind.EVE: ("ph eve|eve of ph|eve of public holiday|eve of public holidays|public holiday eve|祝前日|祝前",),
    Kind.HOLIDAY: (
        "ph|public holiday|public holidays|bank holiday|bank holidays|holidays|feiertag|feiertage|feiertags|an feiertagen",
        "jours fériés|jour férié|festivos|festivi|feriados|feestdagen|święta|resmi tatil|resmi tatiller|ngày lễ",
        "hari libur nasional|праздники|节假日|節假日|法定节假日|法定假日|公众假期|公眾假期|國定假日|国定假日",
        "祝日|祝祭日|祝|공휴일",
    ),
    Kind.RANGE: (
        "to|until|till|thru|through|bis|a|à|au|al|alle|às|até|tot|t/m|tot en met|til|đến|hingga|sampai|s/d|ile|до|по|έως",
        "至|到|から|부터",
    ),
    Kind.LIST: ("and|et|y|e|und|en|og|och|dan|và|и|та|及|和|与|與|と|및",),
    Kind.FILLER: (
        "open|hours|opening hours|business hours|store hours|ouvert|geöffnet|abierto|aperto|aberto|geopend|otwarte",
        "from|uhr|hrs|h|uur|hs|de|du|le|les|los|el|dal|dalle|das|von|van",
        "от|с|з|время работы|营业时间|營業時間|营业|営業時間|営業|영업시간|영업|น.|น|วัน|เวลา|เปิด|เวลาทำการ",
    ),
}
_EVERY_DAY, _WORK_DAYS, _WEEKEND = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})
_SETS_OF_DAYS = (
    (
        (
            "daily|everyday|every day|all week|7 days a week|7 days|7j/7|7/7|täglich|tous les jours|todos los días",
            "todos os dias|diariamente|tutti i giorni|ogni giorno|dagelijks|codziennie|her gün|hàng ngày|mỗi ngày|setiap hari",
            "ежедневно|щодня|denně|denne|naponta|zilnic|每天|每日|毎日|年中無休|無休|全年无休|매일|연중무휴|ทุกวัน",
        ),
        _EVERY_DAY,
    ),
    (("weekdays|weekday|m-f|m - f|hafta içi|平日|工作日|평일",), _WORK_DAYS),
    (("weekends|weekend|week-end|fin de semana|fim de semana|hafta sonu|周末|週末|주말",), _WEEKEND),
)
_NOON, _MIDNIGHT = "noon|12 noon|12noon|12:00 noon|midday", "midnight|12 midnight|12midnight|12:00 midnight"


@lru_cache(maxsize=1)
def weekdays() -> Mapping[str, Mapping[str, int]]:
    """Every name of a weekday, and which day it is in which language."""
    found: dict[str, dict[str, int]] = {}
    for language, rows in _NAMES.items():
        for weekday, names in enumerate(rows):
            for name in names.split("|"):
                found.setdefault(name, {})[language] = weekday
    for language in _LANGUAGES:
        widths = ("wide", "abbreviated", "short") if language in _TWO_LETTERS else ("wide", "abbreviated")
        for width in widths:
            for weekday, text in Locale.parse(language).days["format"][width].items():
                name = text.casefold().rstrip(".")
                if len(name) > 1:
                    found.setdefault(name, {}).setdefault(language, weekday)
    return found


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, Token]:
    """Every known phrase, in lower case. A DAY's value depends on its neighbours; ``weekdays`` has the choices."""
    known: dict[str, Token] = {}
    for kind, phrases in _PHRASES.items():
        known.update({phrase: Token(kind, phrase, name=phrase) for phrase in "|".join(phrases).split("|")})
    for phrases, days in _SETS_OF_DAYS:
        known.update({phrase: Token(Kind.DAYS, phrase, days=days) for phrase in "|".join(phrases).split("|")})
    for names, minute in ((_NOON, 12 * 60), (_MIDNIGHT, 0)):
        known.update({phrase: Token(Kind.TIME, phrase, minute, twelve_hour=None) for phrase in names.split("|")})
    known["24/7"] = Token(Kind.ALL_DAY, "24/7", days=_EVERY_DAY)
    for name in weekdays():
        known.setdefault(name, Token(Kind.DAY, name, name=name))
    return known
