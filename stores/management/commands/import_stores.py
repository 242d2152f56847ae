"""``manage.py import_stores``: a list of stores from a file, previewed first and applied as a whole."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from stores.actions.errors import Refused
from stores.imports import presets, staging
from stores.imports.errors import ImportRefused
from stores.imports.job import Request, Result, run_import
from stores.imports.mapping import ColumnMapping, load_mapping
from stores.models import Actor, Brand, System, User

EXAMPLES = """\
examples:
  manage.py import_stores outlets.csv --brand rokid --source allplaces
                                    what would be created, changed and refused, and why; nothing is written
  manage.py import_stores outlets.csv --brand rokid --source allplaces --apply
                                    all rows that are not refused, in one transaction
  manage.py import_stores outlets.csv --brand rokid --source allplaces --apply --publish
                                    and show them to customers, also those that lack hours or a full address
  manage.py import_stores list.csv --brand rokid --mapping our-columns.json --report rows.jsonl
                                    another list's columns, and every row's outcome in a file
"""
SHOWN = 10
"""Rows of each kind on the screen; --report has all."""


class Command(BaseCommand):
    """Parse the arguments, run the import, show what came of it."""

    help = "Import stores from a file. A preview unless --apply is given; then all or nothing."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keep the line breaks of the examples in --help."""
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """File, brand, how its columns are to be read, and what to do."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--brand", required=True, metavar="CODE", help="the brand the stores belong to")
        columns = parser.add_mutually_exclusive_group(required=True)
        columns.add_argument("--source", metavar="NAME", help=f"columns that are known: {', '.join(presets.names())}")
        columns.add_argument("--mapping", type=Path, metavar="FILE.json", help="which column fills which field")
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is written")
        parser.add_argument("--publish", action="store_true", help="publish, incomplete stores by a recorded override")
        parser.add_argument("--report", type=Path, metavar="FILE.jsonl", help="write one line for every row")
        parser.add_argument("--allow-mass-change", action="store_true", help="accept that many stores are closed")
        parser.add_argument("--encoding", help="the file's encoding, when it is not detected rightly")
        parser.add_argument("--by", metavar="EMAIL", help="the person who imports; the history names them")

    def handle(self, *, file: Path, **options: Any) -> None:
        """Preview or apply. Whatever is wrong becomes one line and exit code 1."""
        if options["publish"] and not options["apply"]:
            raise CommandError("--publish needs --apply: a preview publishes nothing")
        # Rich would cut lines at 80 columns when the output goes into a file or a test.
        console = Console(file=cast("IO[str]", self.stdout), width=None if self.stdout.isatty() else 200)
        try:
            request = Request(
                path=file,
                brand=_brand(options["brand"]),
                mapping=_mapping(options),
                by=_actor(options["by"]),
                apply=options["apply"],
                publish=options["publish"],
                allow_mass_change=options["allow_mass_change"],
                encoding=options["encoding"],
                report=options["report"],
            )
            with _Bar() as bar:
                result = run_import(
                    request, progress=bar.show, look=lambda found: _Screen(console, request).show(bar, found)
                )
        except (ImportRefused, Refused) as error:
            raise CommandError(" ".join(str(error).split())) from error
        except KeyboardInterrupt as error:
            raise CommandError("stopped; nothing was written") from error
        _Screen(console, request).close(result)


class _Bar:
    """A progress bar on the terminal's error stream; silent where there is no terminal."""

    def __init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.progress.add_task("reading", total=None)
        if not self.progress.console.is_terminal:
            self.progress.disable = True

    def __enter__(self) -> _Bar:
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def show(self, stage: str, done: int, total: int | None) -> None:
        self.progress.update(self.task, description=stage, completed=done, total=total)


class _Screen:
    """The result for people: counts, the frequent findings, and the first rows of each kind."""

    def __init__(self, console: Console, request: Request) -> None:
        self.console = console
        self.request = request

    def show(self, bar: _Bar, result: Result) -> None:
        """While the staged rows can still be read."""
        bar.progress.stop()
        out = self.console
        if result.source.encoding not in {"utf-8", "utf-8-sig"}:
            out.print(f"read as {result.source.encoding}")
        if result.unknown_columns:
            out.print(f"columns that nothing is taken from: {escape(', '.join(result.unknown_columns))}")
        if result.absent_columns:
            out.print(f"columns that the mapping names and the file lacks: {escape(', '.join(result.absent_columns))}")
        if result.fields_not_kept:
            out.print(f"fields that are not stored yet: {', '.join(result.fields_not_kept)}")
        for outcome, title in (("created", "new"), ("changed", "changed"), ("refused", "refused")):
            if result.counts[outcome]:
                self._rows(outcome, title, result.counts[outcome])
        if result.counts["warned"]:
            table = Table("rows", "warning", title="warnings", title_justify="left", box=None, pad_edge=False)
            for sentence, count in staging.most_frequent("warnings", SHOWN):
                table.add_row(f"{count:,}", escape(sentence[:160]))
            out.print(table)

    def _rows(self, outcome: str, title: str, count: int) -> None:
        shown = f"{title}: {count:,}" + (f", the first {SHOWN}" if count > SHOWN else "")
        table = Table("row", "code", "what", title=shown, title_justify="left", box=None, pad_edge=False)
        for row in staging.rows(f"outcome = '{outcome}'", SHOWN):
            table.add_row(str(row["row"]), row["code"], escape(_what(row)[:160]))
        self.console.print(table)

    def close(self, result: Result) -> None:
        """The last lines, after the transaction."""
        counts = result.counts
        total = sum(counts[name] for name in ("created", "changed", "unchanged", "refused"))
        verb = "" if self.request.apply else "would be "
        self.console.print(
            f"{total:,} rows: {counts['created']:,} {verb}created, {counts['changed']:,} {verb}changed, "
            f"{counts['unchanged']:,} unchanged, {counts['refused']:,} refused, {counts['warned']:,} with warnings"
        )
        if result.published is not None:
            done = result.published
            self.console.print(
                f"{done.published:,} published, {done.overridden:,} of them by override, {done.held:,} held"
            )
        if self.request.report is not None:
            self.console.print(f"every row is in {escape(str(self.request.report))}")
        if result.mass_change:
            self.console.print(result.mass_change)
        if not self.request.apply:
            self.console.print("nothing was written; add --apply to write")


def _what(row: Any) -> str:
    if row["outcome"] == "refused":
        return "; ".join(f"{each['column']} {each['value'][:60]!r}: {each['reason']}" for each in row["reasons"])
    if row["outcome"] == "changed":
        return "; ".join(f"{field}: {_short(old)} > {_short(new)}" for field, (old, new) in row["changes"].items())
    return f"{next(iter(row['names'].values()), '')} ({row['market']})"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 50 else f"{text[:49]}…"


def _brand(code: str) -> Brand:
    brand: Brand | None = Brand.objects.filter(code=code).first()
    if brand is None:
        known = ", ".join(Brand.objects.values_list("code", flat=True)[:20]) or "none yet"
        raise CommandError(f"there is no brand {code!r}; the brands are: {known}")
    return brand


def _mapping(options: dict[str, Any]) -> ColumnMapping:
    return load_mapping(options["mapping"]) if options["mapping"] else presets.preset(options["source"])


def _actor(email: str | None) -> Actor:
    if email is None:
        return System("import_stores")
    user: User | None = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise CommandError(f"there is no user {email!r}")
    return user
