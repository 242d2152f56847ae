"""Refused rows as a list of their own: the columns of the file and why each row was refused, to be mended and sent again."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stores.imports.files import Source
from stores.imports.rows import RawRow
from stores.imports.tables import open_table
from stores.values.cells import neutral

REASON, REASON_BESIDE = "reason", "reason of the import"

_Rows = Iterator[tuple[Mapping[str, str], str]]


def refused_list(source: Source, refused: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of CSV, or of GeoJSON when the file is that: its points are no columns that a mapping could name.

    ``refused`` are rows with ``row`` and ``reasons`` in the file's order; the file is read along with them. A document's
    records come out flat, with the column names a mapping uses for them.
    """
    with open_table(source) as table:
        headers = [header for header in table.headers if header]
        reason = REASON if REASON not in headers else REASON_BESIDE
        write = _geojson if table.features else _csv
        yield from write(headers, reason, _with_reasons(table.rows, refused))


def is_geojson(text: str) -> bool:
    """Whether refused rows, all or their beginning, are GeoJSON."""
    return text.startswith("{")


def _with_reasons(rows: Iterable[RawRow], refused: Iterable[Mapping[str, Any]]) -> _Rows:
    waiting = iter(refused)
    row = next(waiting, None)
    for found in rows:
        if row is None:
            return
        if found.number == row["row"]:
            yield found.values, "; ".join(_sentence(each) for each in row["reasons"])
            row = next(waiting, None)


def _sentence(finding: Mapping[str, str]) -> str:
    return f"{finding['column']}: {finding['reason']}" if finding["column"] else finding["reason"]


def _csv(headers: Sequence[str], reason: str, rows: _Rows) -> Iterator[str]:
    yield "\ufeff" + _line([*headers, reason])  # the mark lets spreadsheets read it as UTF-8
    for values, why in rows:
        yield _line([*(values.get(header, "") for header in headers), why])


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(_encodable(cell)) for cell in cells])
    return out.getvalue()


def _geojson(headers: Sequence[str], reason: str, rows: _Rows) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for number, (values, why) in enumerate(rows):
        feature = json.dumps(_feature(dict(values), reason, why), ensure_ascii=False)
        yield f"{',' if number else ''}\n{_encodable(feature)}"
    yield "\n]}\n"


def _feature(values: dict[str, str], reason: str, why: str) -> dict[str, Any]:
    """A feature that is read as the same row. What is no pair of numbers was not its point, or cannot be one."""
    geometry = None
    try:
        point = [float(values["longitude"]), float(values["latitude"])]
    except (KeyError, ValueError):
        point = [math.nan]
    if all(map(math.isfinite, point)):
        geometry = {"type": "Point", "coordinates": point}
        del values["longitude"], values["latitude"]
    return {"type": "Feature", "geometry": geometry, "properties": values | {reason: why}}


def _encodable(text: str) -> str:
    """Half of a surrogate pair is no text."""
    return text.encode("utf-8", "replace").decode()
