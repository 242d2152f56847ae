"""Every country and territory as a market meets it: money, languages, clock, calendar, telephone.

The facts come from two places that ship with the product and are updated with it: Unicode CLDR (through babel) for
names, currencies, digits and languages, and the IANA time zone database (tzdata) for the list of ISO 3166-1 codes and
their zones. The small tables below hold only what neither can say, each with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

# CLDR of babel 2.18 is older than the change (BG joined the euro on 2026-01-01), or names several tenders or none.
# Of several, the one on price tags: the country's own money, and the US dollar where everything is priced in it.
CURRENCIES: Mapping[str, str] = {
    "AQ": "USD",
    "BG": "EUR",
    "BT": "BTN",
    "GS": "GBP",
    "HT": "HTG",
    "LS": "LSL",
    "NA": "NAD",
    "PA": "USD",
    "PS": "ILS",
    "ZW": "USD",
}

# CLDR lists what is spoken and official; a shop needs what it is written in, in the order customers expect it.
# Chinese is never left without its script: Hans and Hant are two different texts for a reader.
LANGUAGES: Mapping[str, Sequence[str]] = {
    "AE": ("ar", "en"),  # English is on every shelf beside Arabic
    "AQ": ("en",),
    "BQ": ("nl", "pap"),
    "BV": ("nb",),
    "CC": ("en",),
    "CH": ("de", "fr", "it"),  # gsw is spoken, not written in shops; rm below one per cent
    "CN": ("zh-Hans",),
    "HK": ("zh-Hant", "en"),
    "HM": ("en",),
    "IE": ("en",),  # consumer texts are in English; Irish is for public bodies
    "IN": ("en", "hi"),  # one language for all states first
    "KM": ("ar", "fr"),  # CLDR names two Comorian dialects that have no agreed spelling
    "LI": ("de",),  # as in CH
    "MO": ("zh-Hant", "pt"),
    "MY": ("ms", "en", "zh-Hans"),
    "NO": ("nb",),
    "NZ": ("en",),
    "SG": ("en", "zh-Hans", "ms", "ta"),
    "TF": ("fr",),
    "TH": ("th",),
    "TW": ("zh-Hant",),
    "UA": ("uk",),  # law 2704-VIII: shops serve in Ukrainian
}

# The zone most people of a country with several live in; elsewhere the first line of zone.tab is that zone.
TIME_ZONES: Mapping[str, str] = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "BV": "Europe/Oslo",
    "CA": "America/Toronto",
    "HM": "Indian/Kerguelen",
    "MX": "America/Mexico_City",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}

# Sales tax differs by town there, so shelf prices are shown without it. Everywhere else, by consumer law or by custom,
# the price on the tag is what is paid.
PRICES_WITHOUT_TAX = frozenset({"US", "CA", "PR", "GU", "VI", "AS", "MP", "UM"})

# CLDR supplementalData weekData, of which babel carries only territories with a locale of their own. Others: Monday.
SUNDAY_FIRST = (
    "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH"
    " PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
)
SATURDAY_FIRST = "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"
FRIDAY_FIRST = "MV"

# CLDR's long form is for lists beside China; on a label the short one is what people say.
SHORT_NAMES: Mapping[str, str] = {"HK": "Hong Kong", "MO": "Macao"}
SHORT_NAMES_IN: Mapping[str, Mapping[str, str]] = {
    "de": {"HK": "Hongkong", "MO": "Macau"},
    "en": SHORT_NAMES,
    "ja": {"HK": "香港", "MO": "マカオ"},
    "zh": {"HK": "香港", "MO": "澳门"},
    "zh-Hant": {"HK": "香港", "MO": "澳門"},
}

# A language needs this share of people to be worth a translation of its own, in per cent of the population.
WRITTEN_SHARE = 5.0


@dataclass(frozen=True, slots=True)
class Territory:
    """One ISO 3166-1 country or territory.

    ``languages`` are BCP 47 tags, the first is the market's own. ``week_starts_on`` counts from 0, Monday, to
    6, Sunday. ``price_decimals`` is how many digits prices are written with, fewer than the coins allow in TWD or HUF.
    """

    code: str
    name: str
    currency: str
    price_decimals: int
    languages: tuple[str, ...]
    default_time_zone: str
    prices_include_tax: bool
    week_starts_on: int


@cache
def territories() -> Sequence[Territory]:
    """All 249, ordered by code."""
    return tuple(_territory(code) for code in sorted(_rows("iso3166.tab")))


@cache
def territory(code: str) -> Territory:
    """The one with this ISO 3166-1 alpha-2 code; KeyError when there is none."""
    for each in territories():
        if each.code == code:
            return each
    raise KeyError(code)


def territory_name(code: str, language: str) -> str:
    """Name of the country in a language, in English where CLDR has none: JP in zh-Hant is 日本."""
    name: str | None = None
    try:
        locale = Locale.parse(language, sep="-")
    except UnknownLocaleError:
        return territory(code).name
    for tag in (f"{locale.language}-{locale.script}", locale.language):
        name = name or SHORT_NAMES_IN.get(tag, {}).get(code)
    name = name or locale.territories.get(code)
    return str(name) if name else territory(code).name


def price_decimals(currency: str) -> int:
    """Digits after the point on price tags.

    CLDR has two counts: of accounting, and of cash (TWD, IDR, HUF, CZK, SEK, NOK and COP: 2 and 0). Shelf prices
    follow cash, since nobody writes 4 990,37 Kč. Currencies CLDR does not list have two.
    """
    fractions: Mapping[str, tuple[int, ...]] = get_global("currency_fractions")
    digits, _, cash_digits, _ = fractions.get(currency) or fractions["DEFAULT"]
    return min(digits, cash_digits)


def _territory(code: str) -> Territory:
    currency = CURRENCIES.get(code) or _tender(code)
    return Territory(
        code=code,
        name=SHORT_NAMES.get(code) or str(Locale("en").territories[code]),
        currency=currency,
        price_decimals=price_decimals(currency),
        languages=tuple(LANGUAGES.get(code) or _languages(code)),
        default_time_zone=TIME_ZONES.get(code) or _zones()[code],
        prices_include_tax=code not in PRICES_WITHOUT_TAX,
        week_starts_on=_week_start(code),
    )


def _tender(code: str) -> str:
    # A fixed day keeps the answer the same on every day a release lives; it moves when babel is updated.
    day = date(2026, 1, 1)
    [currency] = get_territory_currencies(code, day, day, tender=True)
    return str(currency)


def _languages(code: str) -> Sequence[str]:
    """Official languages, most spoken first; another script of the same language (ms-Arab, az-Cyrl) is left out."""
    spoken: Mapping[str, Mapping[str, object]] = get_global("territory_languages")[code]
    share = {tag: float(str(facts["population_percent"])) for tag, facts in spoken.items()}
    official = [tag for tag, facts in spoken.items() if facts["official_status"] in {"official", "de_facto_official"}]
    ordered = sorted(official, key=lambda tag: -share[tag])
    seen: set[str] = set()
    chosen: list[str] = []
    for tag in ordered:
        language = tag.split("_")[0]
        if language in seen or (chosen and share[tag] < WRITTEN_SHARE):
            continue
        seen.add(language)
        chosen.append(tag.replace("_", "-"))
    return chosen


def _week_start(code: str) -> int:
    if code in SUNDAY_FIRST.split():
        return 6
    if code in SATURDAY_FIRST.split():
        return 5
    return 4 if code in FRIDAY_FIRST.split() else 0


@cache
def _zones() -> Mapping[str, str]:
    """First zone of every country in zone.tab: tzdata puts the most populous first, but for the exceptions above."""
    zones: dict[str, str] = {}
    for code, fields in _rows("zone.tab").items():
        zones[code] = fields[2]
    return zones


def _rows(table: str) -> Mapping[str, Sequence[str]]:
    """First row per country of a tab-separated table of tzdata."""
    rows: dict[str, Sequence[str]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo", table).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            fields = line.split("\t")
            rows.setdefault(fields[0], fields)
    return rows
