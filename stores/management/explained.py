"""Commands that explain themselves: their ``--help`` ends with examples."""

from __future__ import annotations

import argparse
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser


class ExplainedCommand(BaseCommand):
    """A command whose ``examples`` are shown as they are written, line by line."""

    examples: ClassVar[str]

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the examples to the help."""
        return super().create_parser(
            prog_name, subcommand, epilog=self.examples, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )
