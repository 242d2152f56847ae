"""Make channels hold what they should, here and now, without broker or worker."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from stores.sync import reconciler


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "examples:\n  manage.py sync_once\n  manage.py sync_once --seconds 300"
        parser.add_argument("--seconds", type=float, default=40.0, help="claim due work for at most this long (40)")

    def handle(self, *args: Any, **options: Any) -> None:
        tally = asyncio.run(reconciler.run(seconds=options["seconds"]))
        self.stdout.write(
            f"{tally.claimed} promotions looked at, {tally.applied} as wanted, {tally.failed} to be tried again, "
            f"{tally.read} channels read back"
        )
