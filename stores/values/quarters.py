"""Quarters of a year, by which partners are asked whether their counters are still right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_FIRST_DATE_LINE = timedelta(hours=14)
_QUARTER = re.compile(r"(\d{4})Q([1-4])")


def quarter_of(day: date) -> str:
    """The quarter a day lies in: ``2026Q4``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def quarter_start(quarter: str) -> datetime:
    """The instant a quarter begins where the date changes first, so that a morning's confirmation in Tokyo counts.

    ValueError when the text is not a quarter such as ``2026Q4``.
    """
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise ValueError(f"{quarter!r} is not a quarter such as 2026Q4")
    return datetime(int(found[1]), 3 * int(found[2]) - 2, 1, tzinfo=UTC) - _FIRST_DATE_LINE
