"""Local dates as lists write them. A form that could mean two dates is understood only when the mapping says which."""

from __future__ import annotations

import re
from datetime import date, datetime

_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")


class DateNotUnderstood(ValueError):  # noqa: N818  (reads as what happened)
    """The text is not a date that can be meant only one way."""


def parse_date(text: str, form: str = "") -> date | None:
    """Year, month, day with any usual separator, or as ``form`` says (``%d.%m.%Y``). None when blank."""
    word = text.strip()
    if not word:
        return None
    if form:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007  (a local date has no zone)
        except ValueError as error:
            raise DateNotUnderstood(f"it is not written as {form}") from error
    match = _ISO.fullmatch(word)
    if not match:
        raise DateNotUnderstood("write it as YYYY-MM-DD, or give the mapping a format")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise DateNotUnderstood(str(error)) from error
