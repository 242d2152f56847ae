"""``manage.py import_stores``: a list of stores from a file, previewed first and applied as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stores.actions.errors import Refused
from stores.imports import presets, staging
from stores.imports.errors import ImportRefused
from stores.imports.grammar import listed
from stores.imports.job import Request, Result
from stores.imports.jobs import import_file
from stores.imports.mapping import ColumnMapping, load_mapping
from stores.management.asking import Bar, Stopped, actor_named, brand_named, writable
from stores.management.explained import ExplainedCommand
from stores.models import ImportJob

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
  manage.py import_stores list.csv --brand rokid --mapping our-columns.json --apply --refused mend.csv
                                    the rows that did not come in, with their reasons, to mend and import again
  manage.py revert_import 17        what undoing that import would do, and what stands in its way

exit codes: 0 done (refused rows included, see --refused); 1 refused as a whole, with the reason in one line; 2 wrong arguments;
130 stopped by Ctrl-C. But for 0, nothing was written. A mapping file: docs/imports.md, examples in docs/mappings/.
"""
SHOWN = 10
"""Rows of each kind on the screen; --report has all."""


class Command(ExplainedCommand):
    """Parse the arguments, run the import, show what came of it."""

    help = "Import stores from a file. A preview unless --apply is given; then all or nothing."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        """File, brand, how its columns are to be read, and what to do."""
        parser.add_argument("file", type=Path, help="CSV, XLSX, JSON, JSON lines or GeoJSON; its content decides")
        parser.add_argument("--brand", required=True, metavar="CODE", help="the brand the stores belong to")
        columns = parser.add_mutually_exclusive_group(required=True)
        columns.add_argument("--source", metavar="NAME", help=f"columns that are known: {', '.join(presets.names())}")
        columns.add_argument("--mapping", type=Path, metavar="FILE.json", help="which column fills which field")
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is written")
        parser.add_argument("--publish", action="store_true", help="publish, incomplete stores by a recorded override")
        parser.add_argument("--report", type=Path, metavar="FILE.jsonl", help="write one line for every row")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE.csv", help="write the refused rows with their reasons, to be mended"
        )
        parser.add_argument(
            "--complete", action="store_true", help="the list is whole: close the open stores that it lacks"
        )
        parser.add_argument("--allow-mass-change", action="store_true", help="accept that many stores are closed")
        parser.add_argument("--encoding", help="the file's encoding, when it is not detected rightly")
        parser.add_argument("--by", metavar="EMAIL", help="the person who imports; the history names them")

    def handle(self, *, file: Path, **options: Any) -> None:
        """Preview or apply. Whatever is wrong becomes one line and exit code 1; Ctrl-C is 130."""
        if options["publish"] and not options["apply"]:
            raise CommandError("--publish needs --apply: a preview publishes nothing")
        if options["report"] and options["report"] == options["refused"]:
            raise CommandError("--report and --refused are two files")
        writable(options["report"], options["refused"], beside=file)
        # Rich would cut lines at 80 columns when the output goes into a file or a test.
        console = Console(file=cast("IO[str]", self.stdout), width=None if self.stdout.isatty() else 200)
        try:
            request = Request(
                path=file,
                brand=brand_named(options["brand"]),
                mapping=_mapping(options),
                by=actor_named(options["by"], "import_stores"),
                apply=options["apply"],
                publish=options["publish"],
                allow_mass_change=options["allow_mass_change"],
                encoding=options["encoding"],
                report=options["report"],
                refused=options["refused"],
                complete=options["complete"],
            )
            with Bar() as bar:
                result, job = import_file(
                    request, progress=bar.show, look=lambda found: _Screen(console, request).show(bar, found)
                )
        except (ImportRefused, Refused) as error:
            raise CommandError(" ".join(str(error).split())) from error
        except KeyboardInterrupt as error:
            raise Stopped("stopped; nothing was written") from error
        _Screen(console, request).close(result, job)


class _Screen:
    """The result for people: counts, the frequent findings, and the first rows of each kind."""

    def __init__(self, console: Console, request: Request) -> None:
        self.console = console
        self.request = request

    def show(self, bar: Bar, result: Result) -> None:
        """While the staged rows can still be read."""
        bar.progress.stop()
        out = self.console
        if result.source.encoding not in {"utf-8", "utf-8-sig"}:
            out.print(f"read as {result.source.encoding}")
        if result.unknown_columns:
            out.print(f"columns that nothing is taken from: {escape(listed(result.unknown_columns))}")
        if result.absent_columns:
            out.print(f"columns that the mapping names and the file lacks: {escape(listed(result.absent_columns))}")
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

    def close(self, result: Result, job: ImportJob | None) -> None:
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
        if self.request.refused is not None:
            self.console.print(f"the refused rows are in {escape(str(self.request.refused))}")
        if result.mass_change:
            self.console.print(f"{result.mass_change} If that is meant, use --allow-mass-change.")
        if job is not None:
            self.console.print(f"kept as import {job.pk}; to undo it: manage.py revert_import {job.pk}")
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


def _mapping(options: dict[str, Any]) -> ColumnMapping:
    return load_mapping(options["mapping"]) if options["mapping"] else presets.preset(options["source"])
