"""``manage.py propose_special_days``: ask the stores about the coming holidays now, instead of tonight."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from rich.progress import BarColumn, Progress, TextColumn

from stores.actions.special_days import HORIZON_DAYS, propose_special_days
from stores.management.explained import ExplainedCommand
from stores.models import HolidayDate, System

EXAMPLES = """\
examples:
  manage.py propose_special_days
  manage.py propose_special_days --days 120

A worker does this every day. It proposes a special day for each holiday that a store with the policy "ask" has not settled.
Managers find the proposals under "Holiday readiness".
"""


class Command(ExplainedCommand):
    """Propose special days for coming holidays."""

    help = "Propose a special day for each coming holiday that a store has not settled. Safe to repeat."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far to look."""
        parser.add_argument("--days", type=int, default=HORIZON_DAYS, help=f"how many days ahead ({HORIZON_DAYS})")

    def handle(self, *, days: int, **options: Any) -> None:
        """Look at all stores, with a bar."""
        if not 1 <= days <= 366:
            raise CommandError("--days is a number from 1 to 366")
        if not HolidayDate.objects.exists():
            raise CommandError("There are no holidays yet: run manage.py load_holidays first.")
        with Progress(
            TextColumn("  stores"), BarColumn(), TextColumn("{task.completed}/{task.total}"), transient=True
        ) as bar:
            task = bar.add_task("stores", total=None)
            done = propose_special_days(
                by=System("propose_special_days"),
                horizon_days=days,
                told=lambda seen, of: bar.update(task, completed=seen, total=of),
            )
        self.stdout.write(f"special days: {done.created} proposed, {done.withdrawn} withdrawn")
