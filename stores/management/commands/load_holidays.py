"""``manage.py load_holidays``: the public holidays of every market and its parts, from the ``holidays`` package."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from rich.progress import BarColumn, Progress, TextColumn

from stores.actions import holidays
from stores.actions.holidays import CalendarRow, Loaded
from stores.management.explained import ExplainedCommand
from stores.models import Market, MarketEntry, System
from stores.timetable import calendars
from stores.values import clock, languages

EXAMPLES = """\
examples:
  manage.py load_holidays                                this year and the two after it, every market
  manage.py load_holidays --years 2026-2028
  manage.py load_holidays --years 2027 --market DE --market JP
  manage.py load_holidays --entered                      only markets that some brand has entered
  manage.py load_holidays --dry-run                      say what would change

Run it once a year, and after an update of the package: governments publish (China in November) and moons are seen. Dates that
a person corrected stay as they are.
"""
MOST_YEARS = 10


def years(text: str) -> list[int]:
    """``2026-2028``, ``2026,2028`` or ``2026``."""
    span = re.fullmatch(r"(\d{4})-(\d{4})", text)
    listed = re.fullmatch(r"\d{4}(,\d{4})*", text)
    found = list(range(int(span[1]), int(span[2]) + 1)) if span else []
    if listed:
        found = [int(year) for year in text.split(",")]
    if not found or len(found) > MOST_YEARS or not all(2000 <= year < 2100 for year in found):
        raise ArgumentTypeError(f"{text!r} is not a year or a span of at most {MOST_YEARS} years such as 2026-2028")
    return sorted(set(found))


class Command(ExplainedCommand):
    """Bring the calendar to what the package knows."""

    help = "Load public holidays and make-up working days of every market and its parts. Writes only what differs."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Years, markets, and whether to write."""
        parser.add_argument("--years", type=years, help="2026-2028, or 2026,2027 (default: this year and two more)")
        parser.add_argument(
            "--market", action="append", default=[], metavar="CODE", help="only this market; may be repeated"
        )
        parser.add_argument("--entered", action="store_true", help="only markets that some brand has entered")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, **options: Any) -> None:
        """Read every calendar, then write all of them or nothing."""
        wanted: list[int] = options["years"] or [clock.now().year + ahead for ahead in range(3)]
        markets = self._markets([code.upper() for code in options["market"]], entered=options["entered"])
        without = [market.code for market in markets if not market.holiday_country]
        gaps: list[str] = []
        with (
            Progress(TextColumn("  {task.description:<28}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
                     transient=True) as progress,
            transaction.atomic(),
        ):  # fmt: skip
            task = progress.add_task("calendars", total=len(markets))

            def told(market: Market) -> None:
                progress.update(task, advance=1, description=f"calendar of {market.code}")

            loaded = holidays.load_holidays(
                by=System("load_holidays"),
                rows=_rows(markets, wanted, gaps, told),
                markets=[market.pk for market in markets],
                years=wanted,
                source=calendars.source(),
            )
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._report(loaded, markets, wanted, without, gaps, dry=options["dry_run"])

    def _markets(self, codes: Sequence[str], *, entered: bool) -> list[Market]:
        rows = Market.objects.order_by("code")
        if entered:
            rows = rows.filter(pk__in=MarketEntry.objects.values("market"))
        if codes:
            rows = rows.filter(code__in=codes)
        found = list(rows)
        if missing := set(codes) - {market.code for market in found}:
            raise CommandError(f"There is no market {', '.join(sorted(missing))} here.")
        if not found:
            raise CommandError("There are no markets yet: run manage.py load_markets first.")
        return found

    def _report(
        self,
        loaded: Loaded,
        markets: Sequence[Market],
        wanted: Sequence[int],
        without: list[str],
        gaps: list[str],
        *,
        dry: bool,
    ) -> None:
        same = loaded.rows - loaded.created - loaded.changed
        self.stdout.write(
            f"holidays {wanted[0]}-{wanted[-1]} of {len(markets) - len(without)} markets: {loaded.created} created, "
            f"{loaded.changed} changed, {loaded.removed} removed, {same} unchanged"
            + (f", {loaded.overridden} corrected by people kept" if loaded.overridden else "")
            + (" (dry run: nothing written)" if dry else "")
        )
        if without:
            self.stdout.write(f"without a calendar: {', '.join(without)}")
        if gaps:
            self.stdout.write(f"not known yet: {', '.join(gaps)}")


def _rows(
    markets: Sequence[Market], wanted: Sequence[int], gaps: list[str], told: Callable[[Market], None]
) -> Iterator[CalendarRow]:
    """Every date of every calendar. Adds to ``gaps`` the years that a calendar does not reach."""
    offered = {languages.canonical(code) for code, _name in settings.LANGUAGES}
    for market in markets:
        if market.holiday_country:
            spoken = offered | {tag for full in market.languages for tag in (full, full.partition("-")[0])}
            for part in ("", *calendars.parts(market.holiday_country)):
                for year in wanted:
                    try:
                        days = calendars.named_holidays(market.holiday_country, part, year, spoken)
                    except ValueError:
                        gaps += [] if part else [f"{market.code} {year}"]
                        continue
                    for day in days:
                        yield CalendarRow(market.pk, part, day)
        told(market)
