"""Cells of tables that spreadsheets open: text that a spreadsheet would run as a formula is written so that it does not.

One apostrophe before the text, as OWASP advises ("CSV injection"). It comes off again on the way in, so that a list which is
exported and imported again is the same list. A plain number or phone number is no formula and stays as it is.
"""

from __future__ import annotations

import re

# The wide forms are what a Japanese keyboard types, and spreadsheets take them for the narrow ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def neutral(text: str) -> str:
    """The text as it may stand in a cell."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def restored(cell: str) -> str:
    """The text that was made :func:`neutral`; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
