"""``manage.py tour``: the product in two minutes, on the demo that runs now."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

import httpx2
from django.core.management.base import CommandError
from rich.console import Console

from stores.actions.errors import Refused
from stores.management.explained import ExplainedCommand
from stores.management.tour.acts import Tour
from stores.management.tour.demo import Demo
from stores.management.tour.narrator import Narrator

EXAMPLES = """\
examples:
  make tour                                    beside a running make run, in a second terminal
  manage.py tour --fast                        without the pauses for reading
  MERIDIAN_VAR=var/second manage.py tour       on the demo of another data folder

What it changes it puts back, also after Ctrl-C: the demo is as it was, and the tour can be played again.
"""


class Command(ExplainedCommand):
    """Play the story and leave the demo as it was."""

    help = "Play the product in two minutes on the running demo, with captions and links to open."
    examples = EXAMPLES
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One choice: with time to read or without."""
        parser.add_argument("--fast", action="store_true", help="leave out the pauses for reading")

    def handle(self, *, fast: bool, **options: Any) -> None:
        """Errors end with one sentence; whatever happens, the demo is put back."""
        demo = Demo.find()
        tour = Tour(demo, Narrator(Console(file=sys.stdout), fast=fast))
        try:
            try:
                tour.play()
            finally:
                tour.put_back()
        except KeyboardInterrupt:
            raise CommandError("Ended; everything was put back as it was.") from None
        except Refused as refusal:
            raise CommandError(f"The demo was changed meanwhile: {refusal.message}") from refusal
        except httpx2.HTTPError as error:
            raise CommandError(f"{demo.web} or {demo.shops} does not answer as it should: {error}") from error
        tour.summary()
