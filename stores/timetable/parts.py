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
    "FR": {
        "67": "6AE",
        "68": "6AE",
        "Bas-Rhin": "6AE",
        "Haut-Rhin": "6AE",
        "French Guiana": "973",
        "Guyane française": "973",
        "New Caledonia": "NC",
        "Réunion": "974",
    },
    "IN": {"CT": "CG", "OR": "OD", "Orissa": "OD", "Pondicherry": "PY", "UT": "UK", "Uttaranchal": "UK"},
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
    "US": {"Washington DC": "DC"},
}
# Spanish addresses name the province. Both its names and the letters of ISO 3166-2, by the community whose holidays it has.
_PROVINCES_OF_SPAIN = {
    "AN": "AL Almería, CA Cádiz, CO Córdoba, GR Granada, H Huelva, J Jaén, MA Málaga, SE Sevilla, Seville",
    "AR": "HU Huesca, TE Teruel, Z Zaragoza, Saragossa",
    "AS": "O Oviedo",
    "CB": "S Santander",
    "CL": "AV Ávila, BU Burgos, LE León, P Palencia, SA Salamanca, SG Segovia, SO Soria, VA Valladolid, ZA Zamora",
    "CM": "AB Albacete, CR Ciudad Real, CU Cuenca, GU Guadalajara, TO Toledo",
    "CN": "GC Las Palmas, TF Santa Cruz de Tenerife",
    "CT": "B, GI Girona, Gerona, L Lleida, Lérida, T Tarragona",
    "EX": "BA Badajoz, CC Cáceres",
    "GA": "C A Coruña, La Coruña, LU Lugo, OR Ourense, Orense, PO Pontevedra",
    "IB": "PM Palma de Mallorca",
    "MC": "MU",
    "MD": "M",
    "NC": "NA",
    "PV": "BI Bizkaia, Vizcaya, SS Gipuzkoa, Guipúzcoa, VI Araba, Álava",
    "RI": "LO Logroño",
    "VC": "A Alicante, Alacant, CS Castellón, Castelló, V",
}
# Of these the calendar knows that they have the country's days and none of their own: the regions and departments of France,
# but those of Alsace-Moselle and overseas, and the Grand Est, of which only a part has more.
_NO_DAYS_OF_THEIR_OWN = {
    "FR": "ARA, BFC, BRE, CVL, COR, 20R, HDF, IDF, NOR, NAQ, OCC, PDL, PAC, 2A, 2B, 75C, 69M, Auvergne-Rhône-Alpes, "
    "Bourgogne-Franche-Comté, Bretagne, Brittany, Centre-Val de Loire, Corse, Corsica, Hauts-de-France, Île-de-France, "
    "Normandie, Normandy, Nouvelle-Aquitaine, Occitanie, Paris, Pays de la Loire, Provence-Alpes-Côte d'Azur, "
    + ", ".join(f"{number:02}" for number in range(1, 96) if number not in {20, 57, 67, 68}),
}
# The first two digits of a Spanish postcode are the number of the province, from 01.
_BY_NUMBER_IN_SPAIN = (
    "VI AB A AL AV BA PM B BU CC CA CS CR CO C CU GI GR GU SS H HU J LE L LO LU M MA MU NA OR O P GC PO SA TF S SG SE SO T TE "
    "TO V VA BI ZA Z CE ML"
)
_FORM = re.compile(
    r"^(?:freistaat|free state of|freie (?:und )?hansestadt|free (?:and )?hanseatic city of|(?:bundes)?land|federal state of"
    r"|(?:half-)?canton|(?:halb)?kanton|cantone|chantun|republik|state|province|provincia(?: autonoma)?|region|región|région"
    r"|comunidad foral|comunidad(?: aut[óo]noma)?|comunitat|principado|illes|islas|estado|wilayah persekutuan|negeri)\s+"
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


def has_no_days_of_its_own(country: str, text: str) -> bool:
    """Whether ``text`` names a part of which it is known that it has the country's holidays and no others."""
    plain = _plain(_FORM.sub("", text))
    return bool(plain) and any(plain == _plain(name) for name in _NO_DAYS_OF_THEIR_OWN.get(country, "").split(", "))


def part_of_postcode(country: str, postcode: str) -> str:
    """The name of the part of a country that a postcode is in; blank where the countries' own rules do not tell.

    French postcodes begin with the department (97 and 98 with one of three digits), Spanish ones with the province.
    """
    digits = postcode.strip()
    if not re.fullmatch(r"\d{5}", digits):
        return ""
    if country == "FR":
        return "2A" if digits[:2] == "20" else digits[:3] if digits[:2] in {"97", "98"} else digits[:2]
    provinces = _BY_NUMBER_IN_SPAIN.split() if country == "ES" else []
    number = int(digits[:2])
    return provinces[number - 1] if 1 <= number <= len(provinces) else ""


def names_of_parts(country: str, calendar: HolidayBase) -> Iterator[tuple[str, str]]:
    """Names and codes, those of the calendar first."""
    yield from zip(calendar.subdivisions, calendar.subdivisions, strict=True)
    yield from calendar.subdivisions_aliases.items()
    yield from _ALSO.get(country, {}).items()
    if country == "ES":
        for part, provinces in _PROVINCES_OF_SPAIN.items():
            for province in provinces.split(", "):
                code, _, name = (
                    province.partition(" ") if re.match(r"[A-Z]{1,2}( |$)", province) else ("", "", province)
                )
                yield from ((each, part) for each in (code, name) if each)


def _plain(name: str) -> str:
    """A name without case, accents, spaces and hyphens, so that ``Baden Wurttemberg`` and ``baden-württemberg`` are one."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if letter.isalnum())


def _without_umlauts(name: str) -> str:
    """``Thueringen`` for ``Thüringen``."""
    return _plain(name.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}))
