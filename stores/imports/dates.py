"""Local dates as lists write them. A form that could mean two dates is understood only when the mapping says which."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime

_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")


class DateNotUnderstood(ValueError):  # noqa: N818  (reads as what happened)
    """The text is not a date that can be meant only one way."""


def parse_date(text: str, form: str = "") -> date | None:
    """Year, month, day with any usual separator, a month by its English name, or as ``form`` says (``%d.%m.%Y``).

    None when blank.
    """
    word = text.strip()
    if not word:
        return None
    iso = _ISO.fullmatch(word)
    if form:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007  (a local date has no zone)
        except ValueError as error:
            # A workbook's own dates come as ISO, whatever form the person saw.
            if not iso:
                raise DateNotUnderstood(f"it is not written as {form}") from error
    if found := iso or _COMPACT.fullmatch(word):
        return _date(found[1], found[2], found[3])
    if named := _named(word):
        return named
    raise DateNotUnderstood("write it as YYYY-MM-DD, or give the mapping a format")


def _date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise DateNotUnderstood(str(error)) from error


def _named(word: str) -> date | None:
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|[,.]", " ", word, flags=re.IGNORECASE)
    if not re.search("[A-Za-z]{3}", plain):
        return None
    for form in _NAMED:
        with suppress(ValueError):
            return datetime.strptime(" ".join(plain.split()), form).date()  # noqa: DTZ007  (a local date has no zone)
    return None
