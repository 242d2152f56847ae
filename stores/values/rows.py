"""Numbers of rows as browsers send them."""

from __future__ import annotations

_LONGEST = 18
"""Digits that a bigint always holds. Python refuses to read thousands of them, so the length is asked first."""


def row_number(text: str | None) -> int:
    """The number that a text names; 0, which no row has, for anything that is none."""
    return int(text) if text and len(text) <= _LONGEST and text.isascii() and text.isdecimal() else 0
