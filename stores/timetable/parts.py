"""Which part of a country people mean where its calendar knows another name: English names, and words such as "canton of".

The ``holidays`` package has the codes and the local names (Bayern, Genève, Cataluña).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from holidays.holiday_base import HolidayBase

_ALSO: Mapping[str, Mapping[str, str]] = {
    "AR": {"Capital Federal": "C", "CABA": "C", "Provincia de Buenos Aires": "B"},
    "AT": {
        "Carinthia": "2",
        "Lower Austria": "3",
        "Upper Austria": "4",
        "Styria": "6",
        "Tyrol": "7",
        "Vienna": "9",
    },
    "CH": {
        "Basel-Land": "BL",
        "Basel-City": "BS",
        "Geneva": "GE",
        "Genf": "GE",
        "Ginevra": "GE",
        "Grisons": "GR",
        "Lucerne": "LU",
        "Neuenburg": "NE",
        "Saint Gallen": "SG",
        "St. Gallen": "SG",
        "Tessin": "TI",
        "Waadt": "VD",
    },
    "CL": {"Santiago": "RM", "Metropolitana": "RM"},
    "DE": {
        "Bavaria": "BY",
        "Hesse": "HE",
        "Lower Saxony": "NI",
        "Mecklenburg-Western Pomerania": "MV",
        "Mecklenburg-West Pomerania": "MV",
        "North Rhine-Westphalia": "NW",
        "NRW": "NW",
        "Rhineland-Palatinate": "RP",
        "Saxony": "SN",
        "Saxony-Anhalt": "ST",
        "Thuringia": "TH",
    },
    "ES": {
        "Andalusia": "AN",
        "Balearic Islands": "IB",
        "Baleares": "IB",
        "Basque Country": "PV",
        "Canary Islands": "CN",
        "Islas Canarias": "CN",
        "Castile and León": "CL",
        "Castile-La Mancha": "CM",
        "Castilla y Leon": "CL",
        "Catalonia": "CT",
        "Euskadi": "PV",
        "Navarre": "NC",
        "Valencia": "VC",
        "Valencian Community": "VC",
    },
    "FR": {"Réunion": "974", "Guyane française": "973", "French Guiana": "973", "New Caledonia": "NC"},
    "IN": {"Orissa": "OD", "Pondicherry": "PY", "Uttaranchal": "UK"},
    "IT": {
        "Bozen": "BZ",
        "Florence": "FI",
        "Genoa": "GE",
        "Mantua": "MN",
        "Milan": "MI",
        "Naples": "NA",
        "Padua": "PD",
        "Rome": "RM",
        "South Tyrol": "BZ",
        "Südtirol": "BZ",
        "Turin": "TO",
        "Venice": "VE",
    },
    "MY": {
        "Kuala Lumpur": "14",
        "Labuan": "15",
        "Malacca": "04",
        "Penang": "07",
        "Putrajaya": "16",
    },
    "PT": {"Azores": "20", "Açores": "20", "Lisbon": "11", "Madeira": "30", "Oporto": "13"},
}
_FORM = re.compile(
    r"^(?:freistaat|free state of|freie (?:und )?hansestadt|free (?:and )?hanseatic city of|(?:bundes)?land|federal state of"
    r"|(?:half-)?canton|(?:halb)?kanton|cantone|chantun|republik|state|province|provincia(?: autonoma)?|region|región"
    r"|comunidad(?: autónoma)?|comunitat|comunidad foral|principado|illes|islas|estado|wilayah persekutuan|negeri)\s+"
    r"(?:of\s+|de\s+|del\s+|di\s+|du\s+|do\s+|da\s+|d['’]\s*)?(?=\S)"
    r"|\s+(?:state|province|canton)$",
    re.IGNORECASE,
)


def part_named(country: str, calendar: HolidayBase, text: str) -> str | None:
    """The code of the part that ``text`` names, in any case, with or without accents; None when none is known for sure."""
    codes: dict[str, str] = {}
    for name, part in names_of_parts(country, calendar):
        for spelled in (_plain(name), _without_umlauts(name)):
            codes.setdefault(spelled, part)
    return codes.get(_plain(text)) or codes.get(_plain(_FORM.sub("", text)))


def names_of_parts(country: str, calendar: HolidayBase) -> Iterator[tuple[str, str]]:
    """Names and codes, those of the calendar first."""
    yield from zip(calendar.subdivisions, calendar.subdivisions, strict=True)
    yield from calendar.subdivisions_aliases.items()
    yield from _ALSO.get(country, {}).items()


def _plain(name: str) -> str:
    """A name without case, accents, spaces and hyphens, so that ``Baden Wurttemberg`` and ``baden-württemberg`` are one."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if letter.isalnum())


def _without_umlauts(name: str) -> str:
    """``Thueringen`` for ``Thüringen``."""
    return _plain(name.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}))
