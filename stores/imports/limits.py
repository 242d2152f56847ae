"""How much of a file is believed. More than this is a spoiled file, or one made to exhaust the machine."""

from __future__ import annotations

LARGEST_FILE = 1 << 30
"""Bytes. A network of a million stores is a quarter of this."""
LONGEST_LINE = 1 << 20
"""Characters. A longer line is a quote that was never closed, or no text file. A record of a document as well."""
LONGEST_CELL = 1 << 17
MOST_COLUMNS = 1000
LARGEST_SHEET = 1 << 30
"""Bytes of one part of a workbook when unpacked."""
LARGEST_ROW = 1 << 23
"""Bytes of one row, or of anything else in a workbook that is kept until its end is seen."""
MOST_OTHERS = 1_000_000
"""Elements of a workbook's part that are none of its rows, such as merged cells."""
LARGEST_DIRECTORY = 1 << 20
"""Bytes of a workbook's table of contents, which is read at once. A workbook has a few dozen parts."""
LARGEST_SMALL_PART = 1 << 25
"""Bytes of a part that only describes the others, when unpacked."""
MOST_SHARED_TEXT = 1 << 27
"""Bytes of a workbook's shared texts when unpacked; they have to be kept in memory."""
