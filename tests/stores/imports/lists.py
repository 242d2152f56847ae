"""Small outlet lists for tests: one good row to vary, and a call of the command that returns what it printed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

COLUMNS = (
    "spider", "brand", "brand_wikidata", "ref", "name", "housenumber", "street", "addr_full", "city", "state", "postcode",
    "country_raw", "country_from_tz", "tz", "phone", "website", "opening_hours", "lat", "lon",
)  # fmt: skip

TOKYO = {
    "spider": "optic", "ref": "R1", "name": "銀座店", "addr_full": "銀座4-1-1", "city": "中央区", "state": "東京都",
    "postcode": "104-0061", "country_raw": "Japan", "country_from_tz": "JP", "tz": "Asia/Tokyo", "phone": "03-1234-5678",
    "website": "https://example.com/ginza", "opening_hours": "Mo-Fr 10:00-20:00; Sa-Su 10:00-19:00",
    "lat": "35.6717", "lon": "139.7650",
}  # fmt: skip
BERLIN = {
    "spider": "optic", "ref": "R2", "name": "Optik Mitte", "addr_full": "Torstraße 1", "city": "Berlin", "postcode": "10119",
    "country_raw": "DE", "country_from_tz": "DE", "tz": "Europe/Berlin", "phone": "030 901820",
    "website": "https://example.com/mitte", "opening_hours": "Mo-Sa 10:00-19:00", "lat": "52.5290", "lon": "13.4010",
}  # fmt: skip


def text_of(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Desk:
    """Where a test imports: writes a list to a file and runs the command over it."""

    def __init__(self, folder: Path, brand: str = "rokid") -> None:
        self.file = folder / "list.csv"
        self.report = folder / "report.jsonl"
        self.brand = brand

    def run(self, content: str | bytes | Path, *flags: str, source: str = "allplaces") -> list[dict[str, Any]]:
        """Import and return the report's lines."""
        if isinstance(content, Path):
            path = content
        else:
            path = self.file
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        out = io.StringIO()
        columns = () if "--mapping" in flags else ("--source", source)
        call_command(
            "import_stores",
            str(path),
            "--brand",
            self.brand,
            *columns,
            "--report",
            str(self.report),
            *flags,
            stdout=out,
        )
        self.printed = out.getvalue()
        return [json.loads(line) for line in self.report.read_text("utf-8").splitlines()]
