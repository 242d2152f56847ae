"""Imports: a list of 65,000 stores previewed and applied, beside the loop of an import library and beside bare COPY."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from stores.imports import copytext, presets, staging
from stores.imports.files import examine
from stores.imports.job import Request
from stores.imports.jobs import import_file
from stores.imports.parse import Rules, parse_row
from stores.imports.rows import Record
from stores.imports.tables import open_table
from stores.management.bench import library
from stores.management.bench.ground import Ground
from stores.management.bench.runner import GROWTH_TARGET, Line, compare, interleave
from stores.models import Brand, Market, System

ROWS = 65_000
SMALL_ROWS = 6_500
LOOP_ROWS = 500
"""Rows of the loop in a round: at some hundred a second, all of them would take minutes."""
ROUNDS = 3
PLACES = (
    ("JP", "Asia/Tokyo", 35.68, 139.76, "銀座", "中央区", "東京都", "104-0061", "03-1234-{:04}"),
    ("DE", "Europe/Berlin", 52.52, 13.40, "Optik Mitte", "Berlin", "", "10119", "030 9018{:04}"),
    ("FR", "Europe/Paris", 48.85, 2.35, "Lunettes du Marais", "Paris", "", "75004", "01 42 00 {:04}"),
    ("GB", "Europe/London", 51.51, -0.12, "Glasses Soho", "London", "", "W1D 3QF", "020 7946 {:04}"),
)
WEEKS = (
    "Mo-Fr 10:00-20:00; Sa-Su 10:00-19:00",
    "Mo-Su 10:00-22:00",
    "Mo-Sa 09:30-18:30; Su off",
    "Mo-Th 10:00-21:00; Fr-Sa 10:00-02:00; Su 12:00-18:00",
)


def imports(ground: Ground) -> Iterator[Line]:
    """Both write store, address, hours and source with their history in one transaction, which is then taken back.

    Ours also reads the file, checks every cell, previews and compares, and keeps the job with each row's outcome. The floor,
    django-import-export, gets its rows parsed. COPY writes the rows into a bare table.
    """
    brand, _ = Brand.objects.get_or_create(code="bench-import", defaults={"name": "Bench"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        _write(path)
        records = _parsed(path)
        floor = library.dataset(records[:LOOP_ROWS])
        ground.say(f"imports: {ROWS:,} rows a round, {LOOP_ROWS} in the loop")
        request = Request(path, brand, presets.preset("own"), System("bench"), apply=True)
        said = interleave(
            [
                lambda: _rate(ROWS, lambda: import_file(request)),
                lambda: _rate(LOOP_ROWS, lambda: library.import_rows(brand, floor)),
                lambda: _rate(ROWS, lambda: _copy(records)),
            ],
            ROUNDS,
        )
        ground.say(f"imports: memory of a process that imports {SMALL_ROWS:,} rows, then {ROWS:,}")
        short = Path(folder) / "short.csv"
        with path.open("rb") as whole:
            short.write_bytes(b"".join(islice(whole, SMALL_ROWS + 1)))
        peaks = [_peak(each, brand) for each in (short, path)]
    yield compare("import", said[0], said[1], target=10)
    yield compare("import_copy", said[0], said[2], target=0.1)
    yield compare("import_memory", peaks[:1], peaks[1:], target=GROWTH_TARGET)


def _rate(rows: int, work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would check
        took = time.perf_counter() - began
        transaction.set_rollback(True)  # every round begins with the same tables
    return rows / took


_MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""In a small process of its own: a program begins with the peak of whoever starts it, and we are large by now."""


def _peak(path: Path, brand: Brand) -> float:
    """The most memory, in MB, that a process had while it imported the list, in its workers or in itself."""
    ours = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_stores", str(path), "--brand", brand.code]
    measured = [sys.executable, "-c", _MEASURED, *ours, "--source", "own", "--apply"]
    said = subprocess.run(measured, stdout=subprocess.PIPE, check=True, text=True).stdout  # noqa: S603  (our own words)
    return int(said) / 1024


def _write(path: Path) -> None:
    chance = random.Random(65)
    names = ("code", "external_id", "name", "market", "time_zone", "latitude", "longitude", "address_lines", "locality",
             "administrative_area", "postal_code", "phone", "hours", "website")  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for number in range(ROWS):
            market, zone, lat, lng, name, town, area, code, phone = PLACES[number % len(PLACES)]
            place = (f"{lat + chance.gauss(0, 1):.6f}", f"{lng + chance.gauss(0, 1):.6f}")
            street = f"{name} {chance.randrange(200)}-{chance.randrange(30)}"
            writer.writerow(
                [f"b{number}", f"bench:{number}", f"{name} {number}", market, zone, *place, street, town, area, code,
                 phone.format(number % 10_000), WEEKS[number % len(WEEKS)], f"https://example.com/{number}"]
            )  # fmt: skip


def _parsed(path: Path) -> list[Record]:
    markets = {code: tuple(tags) for code, tags in Market.objects.values_list("code", "languages")}
    with open_table(examine(path)) as table:
        mapping = presets.preset("own").fitted(table.headers)
        rules = Rules("own", markets, frozenset(mapping.rules))
        return [parse_row(mapping.apply(row.number, row.values), rules) for row in table.rows]


def _copy(records: list[Record]) -> None:
    staging.create()
    staging.copy([copytext.lines(records)])
