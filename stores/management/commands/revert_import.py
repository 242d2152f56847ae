"""``manage.py revert_import``: undo an applied import in one step, or say what stands in the way."""

from __future__ import annotations

from typing import IO, Any, cast

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stores.actions.errors import Refused
from stores.actions.imports import ask
from stores.actions.reverting import SHOWN, obstacles
from stores.imports.jobs import run_step, take_back
from stores.management.asking import Stopped, actor_named
from stores.management.explained import ExplainedCommand
from stores.models import ImportJob, ImportRow

EXAMPLES = """\
examples:
  manage.py revert_import               the latest imports
  manage.py revert_import 17            what would be removed and restored, and what stands in the way; nothing is written
  manage.py revert_import 17 --apply    undo it: all of it, or nothing when something stands in the way

exit codes: 0 done, or nothing stands in the way; 1 refused, with the reason; 2 wrong arguments; 130 stopped by Ctrl-C, nothing
undone.
"""
_LISTED = 20


class Command(ExplainedCommand):
    """List imports, preview undoing one, or undo it."""

    help = "Undo an applied import: stores it made are removed, stores it changed get back what they had."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        """Which import, and whether to do it."""
        parser.add_argument("job", nargs="?", type=int, metavar="NUMBER", help="the import; without it they are listed")
        parser.add_argument("--apply", action="store_true", help="undo it; without this nothing is written")
        parser.add_argument("--by", metavar="EMAIL", help="the person who undoes it; the history names them")

    def handle(self, *, job: int | None, **options: Any) -> None:
        """List, preview or undo. What is wrong becomes one line and exit code 1."""
        console = Console(file=cast("IO[str]", self.stdout), width=None if self.stdout.isatty() else 200)
        actor = actor_named(options["by"], "revert_import")
        if job is None:
            _list(console, ImportJob.objects.visible_to(actor).select_related("brand")[:_LISTED])
            return
        found: ImportJob | None = ImportJob.objects.visible_to(actor).select_related("brand").filter(pk=job).first()
        if found is None:
            raise CommandError(f"there is no import {job}; without a number they are listed")
        if found.state != "applied":
            raise CommandError(f"import {job} is {found.state}, so there is nothing to undo")
        made = ImportRow.objects.filter(job=found, outcome="created").count()
        changed = ImportRow.objects.filter(job=found, outcome="changed").count()
        if not options["apply"]:
            self._preview(console, found, made, changed)
            return
        try:
            asked = ask(by=actor, job=found, step="reverting")
        except Refused as error:
            raise CommandError(error.message) from error
        try:
            done = run_step(asked)
        except KeyboardInterrupt as error:
            take_back(asked)
            raise Stopped("stopped; nothing was undone") from error
        if done.state != "reverted":
            raise CommandError(done.error)
        console.print(f"undone: {made:,} stores removed, {changed:,} restored")

    def _preview(self, console: Console, job: ImportJob, made: int, changed: int) -> None:
        console.print(
            f"import {job.pk}, {escape(job.file_name)}: {made:,} stores would be removed, {changed:,} restored"
        )
        found = obstacles(job)
        if not found:
            console.print("nothing stands in the way; nothing was written, add --apply to undo it")
            return
        table = Table("row", "code", "what stands in the way", box=None, pad_edge=False)
        for each in found:
            table.add_row(str(each.row), each.code, escape(each.reason))
        console.print(table)
        if len(found) == SHOWN:
            console.print(f"and perhaps more than these {SHOWN:,}")
        raise CommandError("it cannot be undone while anything stands in the way")


def _list(console: Console, jobs: Any) -> None:
    table = Table("import", "brand", "state", "file", "rows", "by", "when", box=None, pad_edge=False)
    for job in jobs:
        rows = sum(job.counts.get(name, 0) for name in ("created", "changed", "unchanged", "refused"))
        table.add_row(
            str(job.pk), job.brand.code, job.state, escape(job.file_name), f"{rows:,}", escape(job.created_by),
            f"{job.created_at:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    console.print(table)
    if not table.row_count:
        console.print("no imports yet")
