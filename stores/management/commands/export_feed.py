"""``manage.py export_feed``: the stores that customers may know of, written in the formats other systems read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from stores.feeds.formats import FORMATS, Format
from stores.feeds.reading import feed_stores
from stores.feeds.store import FeedStore
from stores.management.explained import ExplainedCommand
from stores.models import Brand, Store, System
from stores.models.queries.stores import StoreQuerySet
from stores.values import clock, languages

EXAMPLES = """\
examples:
  manage.py export_feed google --brand rokid --market JP --language ja -o stores.csv
  manage.py export_feed geojson --brand rokid | jq '.features | length'
  manage.py export_feed ics --brand rokid --store jp-tokyo-ginza -o ginza.ics
  manage.py export_feed all --brand rokid -o feeds/        every format and market as a file of a folder

Files are written beside their name and moved there when they are whole, so a reader never sees half of one.
"""


class Command(ExplainedCommand):
    """Write one feed, or all of them into a folder."""

    help = "Write the published stores as " + ", ".join(FORMATS) + "."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("format", choices=[*FORMATS, "all"])
        parser.add_argument("--brand", required=True, metavar="CODE")
        parser.add_argument("--market", action="append", default=[], metavar="CODE", help="repeat for several")
        parser.add_argument("--store", metavar="CODE", help="one store only")
        parser.add_argument("--language", metavar="TAG", help="of names and addresses; the brand's own without it")
        parser.add_argument(
            "-o", "--output", type=Path, metavar="PATH", help="a file, or for `all` a folder; else stdout"
        )

    def handle(self, **options: Any) -> None:
        """Write, with a progress bar on a terminal."""
        brand = Brand.objects.filter(code=options["brand"]).first()
        if brand is None:
            known = ", ".join(Brand.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no brand {options['brand']!r}. Brands: {known}.")
        language = _language(options["language"] or brand.default_language)
        stores: StoreQuerySet = Store.objects.visible_to(System("export_feed")).public().filter(brand=brand)
        if options["market"]:
            stores = stores.in_markets([code.upper() for code in options["market"]])
        if options["store"]:
            stores = stores.filter(code=options["store"])
        if not stores.exists():
            raise CommandError("No published store fits: see --brand, --market and --store.")
        if options["format"] == "all":
            self._all(stores, language, options["output"])
            return
        found = FORMATS[options["format"]]
        if options["output"] is None:
            for part in found.write(feed_stores(stores, clock.now()), language):
                sys.stdout.buffer.write(part)
            return
        self._file(found, stores, language, options["output"])

    def _all(self, stores: StoreQuerySet, language: str, folder: Path | None) -> None:
        if folder is None:
            raise CommandError("`all` writes several files: name their folder with -o.")
        markets = list(stores.order_by("market__code").values_list("market__code", flat=True).distinct())
        for market in markets:
            for found in FORMATS.values():
                path = folder / market.lower() / f"stores.{found.ending}"
                self._file(found, stores.in_markets([market]), language, path)

    def _file(self, found: Format, stores: StoreQuerySet, language: str, path: Path) -> None:
        count = stores.count()
        draft = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                records = _counted(feed_stores(stores, clock.now()), count, path.name)
                file.writelines(found.write(records, language))
            draft.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{path}: {count:,} stores")


def _counted(records: Iterable[FeedStore], count: int, name: str) -> Iterator[FeedStore]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(records, total=count, description=name)


def _language(text: str) -> str:
    try:
        return languages.canonical(text)
    except ValueError as error:
        raise CommandError(f"--language: {error}") from error
