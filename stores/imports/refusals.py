"""Refused rows as a list of their own: the columns of the file and why each row was refused, to be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stores.imports.files import Source
from stores.imports.tables import open_table
from stores.values.cells import neutral

REASON, REASON_BESIDE = "reason", "reason of the import"


def refused_csv(source: Source, refused: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of CSV. ``refused`` are rows with ``row`` and ``reasons`` in the file's order; the file is read along with them.

    A document's records come out flat, with the column names a mapping uses for them.
    """
    waiting = iter(refused)
    row = next(waiting, None)
    with open_table(source) as table:
        headers = [header for header in table.headers if header]
        reason = REASON if REASON not in headers else REASON_BESIDE
        yield "\ufeff" + _line([*headers, reason])  # the mark lets spreadsheets read it as UTF-8
        for found in table.rows:
            if row is None:
                return
            if found.number == row["row"]:
                why = "; ".join(_sentence(each) for each in row["reasons"])
                yield _line([*(found.values.get(header, "") for header in headers), why])
                row = next(waiting, None)


def _sentence(finding: Mapping[str, str]) -> str:
    return f"{finding['column']}: {finding['reason']}" if finding["column"] else finding["reason"]


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(cell.encode("utf-8", "replace").decode()) for cell in cells])
    return out.getvalue()
