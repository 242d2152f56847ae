"""``manage.py load_demo``: the demo network, once. A second run adds what is missing and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.progress import BarColumn, Progress, TextColumn

from stores.actions.transaction import acting
from stores.management.demo import content
from stores.management.demo.loading import campaigns, network, openings, partners, people, selling, service
from stores.models import Brand, Market, System
from stores.values import clock


class Command(BaseCommand):
    """Load brand, network, catalogue, services, people and campaigns in one transaction."""

    help = "Load the demo network: 93 stores, 44 channels, four campaigns. Repeating it changes nothing."

    def handle(self, **options: Any) -> None:
        """Everything or nothing, with a bar that says what is being loaded."""
        if Market.objects.count() < len({entry.market for entry in content.entries()}):
            raise CommandError("There are no markets yet: run manage.py load_markets first.")
        plans = sum(len(campaign.copy) for campaign in content.campaigns())
        counts: dict[str, int] = {}
        with (
            Progress(TextColumn("  {task.description:<28}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
                     transient=True) as progress,
            transaction.atomic(),
            acting(System("load_demo"), "demo network"),
        ):  # fmt: skip
            task = progress.add_task("brand", total=23 + plans)

            def told(what: str) -> None:
                progress.update(task, advance=1, description=what)

            self._load(counts, told)
        made = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        self.stdout.write(f"demo network: {made or 'nothing to add'}")

    def _load(self, counts: dict[str, int], told: Callable[[str], None]) -> None:
        now = clock.now()
        brand, counts["brands"] = network.load_brand()
        steps: dict[str, Callable[[Brand], int]] = {
            "regions": network.load_regions,
            "market entries": network.load_entries,
            "partners": network.load_partners,
            "stores": lambda brand: network.load_stores(brand, now),
            "variants": selling.load_products,
            "channels": selling.load_channels,
            "stores in channels": selling.load_channel_stores,
            "models in stores": lambda brand: selling.load_assortment(brand, now),
            "offers": selling.load_offers,
            "prices": lambda brand: selling.load_prices(brand, now),
            "service offerings": service.load_offerings,
            "services in stores": service.load_store_services,
            "service cases": lambda brand: service.load_cases(brand, now),
            "people": people.load_people,
            "API keys": people.load_api_key,
            "contacts": partners.load_contacts,
            "exclusivities": partners.load_exclusivities,
            "confirmations": lambda brand: partners.load_confirmations(brand, now),
            "change requests": partners.load_requests,
            "scores": partners.load_quality,
            "milestones": lambda brand: openings.load_milestones(brand, now),
            "points of launches": lambda brand: openings.load_launches(brand, now),
        }
        for name, load in steps.items():
            told(name)
            counts[name] = load(brand)
        told("campaigns")
        counts["campaigns"] = campaigns.load_campaigns(brand, now, told)
