"""Phone numbers: read as people in a country write them, kept as E.164, shown in the country's own form."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from stores.values.remembered import remembered

# Several numbers in one cell. A single slash or hyphen also stands inside one number, so those need space around them.
_SEPARATORS = re.compile(r"[;,|\n]|\s/\s|\sor\s|、|／", re.IGNORECASE)
_LINES = re.compile(r"\s*(?:[/~–-]|ถึง|\bto\b)\s*\d{1,2}$", re.IGNORECASE)
# phonenumbers knows "ext. 801" and "x801"; in Chinese an extension follows 转 or a second hyphen: 021-62713050-801.
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|内线|內線)\s*(\d{1,6})$")
_CHINESE_EXTENSION = re.compile(r"(?<=\d{7})-(\d{3,5})$")
_SCIENTIFIC = re.compile(r"([+-]?\d(?:[.,]\d+)?)[eE]\+?(\d{1,2})")
_FLOAT = re.compile(r"(?<=^\d{7})\.0$|(?<=\d{8})\.0$")
"""What programs that take a column of phones for numbers write after them."""
_REMARK = re.compile(r"\s*[(（](?!\d)[^()（）\d]{1,20}[)）]$")
"""A word about the number in brackets behind it: （代表）, (office)."""
_NOTHING = re.compile(r"[\s\-–—./+()]*|n/?a|none|null|tbd|-", re.IGNORECASE)
_LONGEST_CELL = 250


class PhoneNotUnderstood(ValueError):  # noqa: N818  (reads as what happened)
    """The text is not a phone number of the country. The message says why."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as E.164 (``+81312345678``), and a note when the text held more than that."""

    e164: str
    note: str = ""


@remembered(8192)
def parse_phone(text: str, country: str) -> Phone | None:
    """Read ``text`` as dialled in ``country`` (ISO 3166-1 alpha-2). None when the cell says "no number" (blank, "-", "n/a").

    Of several numbers the first valid one is taken, and an extension is left out, both with a note, since E.164 holds one
    number. A spreadsheet's ``8.62E+11`` has lost its last digits and is not understood.

    Raises:
        PhoneNotUnderstood: no part of the text is a valid number.
    """
    cell = text.strip()
    if _NOTHING.fullmatch(cell):
        return None
    if len(cell) > _LONGEST_CELL:
        raise PhoneNotUnderstood(f"{len(cell)} characters are too long for a phone number")
    if match := _SCIENTIFIC.fullmatch(cell):
        cell = _written_out(match[1].replace(",", "."), int(match[2]))
    cell = _FLOAT.sub("", _REMARK.sub("", cell))
    parts = [part.strip() for part in _SEPARATORS.split(cell) if part.strip()]
    # "955 57 20 30/1" and "02-992-6051 ถึง 55" name several lines; the digits before are whole. Only where the whole is no
    # number: "07156/16233-0" is one.
    shortened = [shorter for part in parts if (shorter := _LINES.sub("", part)) != part]
    reasons = []
    for part in (*parts, *shortened):
        try:
            found = _one(part, country)
        except PhoneNotUnderstood as error:
            reasons.append(str(error))
            continue
        if len(parts) > 1 or part not in parts:
            return Phone(found.e164, f"one of {max(2, len(parts))} numbers in the cell")
        return found
    raise PhoneNotUnderstood(reasons[0] if reasons else "it has no digits")


def national(e164: str) -> str:
    """How the number is written in its own country: ``03-1234-5678`` for ``+81312345678``."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.NATIONAL)


def international(e164: str) -> str:
    """How the number is written for callers from abroad: ``+81 3-1234-5678``."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def _one(text: str, country: str) -> Phone:
    if extension := _EXTENSION.search(text) or (country == "CN" and _CHINESE_EXTENSION.search(text)):
        main = _one(text[: extension.start()], country)
        return Phone(main.e164, f"extension {extension[1]} left out")
    number = _parsed(text, country)
    if not phonenumbers.is_valid_number(number):
        number = _with_plus(text) or number
    if not phonenumbers.is_valid_number(number):
        raise PhoneNotUnderstood(f"it is not a valid number in {country}")
    note = f"extension {number.extension} left out" if number.extension else ""
    if number.country_code != phonenumbers.country_code_for_region(country):
        note = f"a number of another country (+{number.country_code})"
    number.extension = None
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), note)


def _parsed(text: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException as error:
        raise PhoneNotUnderstood("it cannot be read as a phone number") from error


def _with_plus(text: str) -> phonenumbers.PhoneNumber | None:
    """Lists often drop the plus of an international number: 35318050400 is +353 1 805 0400.

    Read so only when the digits then are a valid number.
    """
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if text.lstrip().startswith("+") or digits.startswith("0") or len(digits) < 9:
        return None
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _written_out(mantissa: str, exponent: int) -> str:
    digits = mantissa.lstrip("+-")
    whole, _, fraction = digits.partition(".")
    # Every digit of the number must be there; Excel shows five or six of twelve and drops the rest.
    if len(fraction) < exponent:
        raise PhoneNotUnderstood("a spreadsheet cut its digits (scientific notation)")
    return whole + fraction[:exponent]
