"""``manage.py load_network --stores N``: a network of a given size for benches and load tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from stores.actions import closed_hours
from stores.actions.transaction import acting
from stores.management.network import plausible, writing
from stores.models import Brand, Market, System
from stores.values import clock

MOST = 1_000_000
CLOSED_HOURS_S = 600.0
"""The worker writes them too, within minutes; whoever loads a network wants to measure with them."""


class Command(BaseCommand):
    """Write a plausible network and say what it took."""

    help = (
        "Make a plausible network of N stores, a sandbox channel per 100 stores and 3 campaigns; the same for a seed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, which ones, whose."""
        parser.add_argument("--stores", type=int, required=True, metavar="N", help="how many stores")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes another network beside the first")
        parser.add_argument("--brand", default="rokid", help="code of the brand; made when it does not exist")

    def handle(self, *, stores: int, seed: int, brand: str, **options: Any) -> None:
        """One transaction; what is there already stays as it is."""
        if not 1 <= stores <= MOST:
            raise CommandError(f"--stores is 1 to {MOST:,}.")
        if seed < 0:
            raise CommandError("--seed is 0 or above.")
        if not Market.objects.exists():
            raise CommandError("There are no markets yet: run manage.py load_markets first.")
        if Brand.objects.filter(code=brand, four_eyes=True).exists():
            raise CommandError(
                f"{brand} asks two people to approve a plan, and this is one program: name another brand, or let an owner "
                "take that off the brand first."
            )
        console = Console(highlight=False)
        rows = list(plausible.stores(stores, seed))
        by, now = System("load_network"), clock.now()

        def step(title: str, work: Callable[[], Any]) -> Any:
            began = time.perf_counter()
            with console.status(f"{title} ..."):
                made = work()
            count = made if isinstance(made, int) else len(made)
            console.print(f"{count:>8,} {title} [dim]({time.perf_counter() - began:.1f} s)[/dim]")
            return made

        with acting(by, f"load network of {stores} stores, seed {seed}"):
            owner, _ = Brand.objects.get_or_create(code=brand, defaults={"name": brand.title(), "four_eyes": False})
            markets = step("markets", lambda: writing.ensure_markets(owner, {row.market for row in rows}))
            step("stores", lambda: writing.write_stores(owner, markets, rows, now))
            channels = step("channels", lambda: writing.write_channels(owner, markets, rows, seed))
            step("stores in channels", lambda: writing.write_channel_stores(owner, channels, rows))
            step("prices", lambda: writing.write_offers(owner, channels, now))
            writing.gather_statistics()
            step("plans", lambda: writing.write_campaigns(by, owner, channels, seed, now))
        step("closed hours", lambda: closed_hours.refresh(within_seconds=CLOSED_HOURS_S))
        console.print("The shops open with [bold]manage.py register_shops[/bold] when the sandbox runs.")
