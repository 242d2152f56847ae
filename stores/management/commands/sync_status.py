"""What each channel should hold and what it was last seen to hold."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from stores.models import ChannelPromotion
from stores.values import clock


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "examples:\n  manage.py sync_status\n  manage.py sync_status --format json | jq '.channels[0]'"
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        channels = ChannelPromotion.objects.status_by_channel(clock.now())
        if options["format"] == "json":
            self.stdout.write(json.dumps({"channels": channels}, ensure_ascii=False))
            return
        if not channels:
            self.stdout.write("No campaign was approved for any channel yet.")
            return
        table = Table("channel", "wanted", "live", "pending", "failing", "to converge", "last error")
        for row in channels:
            took = "" if row["converged_s"] is None else f"{row['converged_s']:.1f} s"
            counts = [str(row[name]) for name in ("wanted", "live", "pending", "failing")]
            table.add_row(row["channel"], *counts, took, row["last_error"], style="red" if row["failing"] else "")
        Console(file=self.stdout._out).print(table)  # type: ignore[arg-type]  # noqa: SLF001  (the stream below Django's styling)
