"""``manage.py register_shops``: opens a sandbox shop for every channel that is connected to one, over real HTTP."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from stores.actions.transaction import acting
from stores.management.demo import content
from stores.management.demo.loading.sealing import shop_token
from stores.models import Channel, Connection, Offer, System
from stores.pricing import rounding
from stores.values import clock, languages

# The sandbox answers in about a millisecond; more at a time only queue inside it.
AT_ONCE = 8
DEADLINE_SECONDS = 10


class Command(BaseCommand):
    """Tell the sandbox which shops there are, in whose language, currency and zone, and what they sell at which price."""

    help = "Open the sandbox shops of all connected channels. Repeating it changes nothing there; promotions stay."

    def handle(self, **options: Any) -> None:
        """Registers all, or says which refused. The sandbox has to run."""
        moved = self._follow_port()
        documents = shop_documents()
        headers = {"Authorization": f"Bearer {self._control_token()}"}
        opened = 0
        problems: list[str] = []
        with (
            httpx2.Client(base_url=settings.SANDBOX_URL, headers=headers, timeout=DEADLINE_SECONDS, trust_env=False) as client,
            Progress(TextColumn("  shops"), BarColumn(), MofNCompleteColumn(), transient=True) as progress,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):  # fmt: skip
            task = progress.add_task("shops", total=len(documents))
            for shop, answer in pool.map(lambda pair: (pair[0], _put(client, *pair)), documents.items()):
                progress.advance(task)
                opened += answer.status_code == 201
                if answer.status_code not in {200, 201}:
                    problems.append(f"{shop}: {answer.status_code} {answer.text[:200]}")
        if problems:
            raise CommandError(f"{len(problems)} shops were refused:\n" + "\n".join(problems[:10]))
        note = f", {moved} connections moved to {settings.SANDBOX_URL}" if moved else ""
        self.stdout.write(f"sandbox shops: {opened} opened, {len(documents) - opened} there already{note}")

    def _follow_port(self) -> int:
        """Connections made when the sandbox stood on another port follow it."""
        strangers = Connection.objects.filter(platform="sandbox").exclude(base_url=settings.SANDBOX_URL)
        with acting(System("register_shops"), "the sandbox stands on another port"):
            count: int = strangers.update(base_url=settings.SANDBOX_URL)
            if count:
                for channel in Channel.objects.filter(connection__platform="sandbox"):
                    channel.url = f"{settings.SANDBOX_URL}/{channel.remote_selector}/"
                    channel.save(update_fields=["url"])
        return count

    def _control_token(self) -> str:
        path = Path(settings.VAR) / "sandbox" / "token"
        try:
            return os.environ.get("SANDBOX_TOKEN") or path.read_text("utf-8").strip()
        except FileNotFoundError:
            raise CommandError(
                f"The sandbox has not run yet: {path} is missing. Start it: python -m retail.sandbox"
            ) from None


def shop_documents() -> dict[str, dict[str, Any]]:
    """What each shop is told: ``PUT /{shop}`` of the sandbox, by shop."""
    channels = Channel.objects.filter(connection__platform="sandbox", status="active").select_related(
        "connection", "market", "brand"
    )
    documents = {
        channel.remote_selector: {
            "name": languages.pick(channel.name, channel.languages, channel.brand.default_language)[0],
            "market": channel.market.code,
            "language": channel.languages[0],
            "currency": channel.currency,
            "time_zone": channel.market.default_time_zone,
            "token": shop_token(channel.connection),
            "options": channel.connection.options,
            "prices": [],
        }
        for channel in channels
        if channel.connection is not None
    }
    offers: Any = Offer.objects.filter(channel__in=channels, status="active").priced(clock.now())
    for offer in offers.select_related("variant__product", "channel__brand", "channel__market"):
        if offer.regular_amount is not None:
            documents[offer.channel.remote_selector]["prices"].append(_price(offer))
    return documents


def _price(offer: Offer) -> dict[str, str]:
    channel = offer.channel
    title, _ = languages.pick(offer.variant.product.name, channel.languages, channel.brand.default_language)
    words = content.attribute_words()
    details = ", ".join(
        languages.pick(words[value], channel.languages, "en")[0] if value in words else str(value)
        for value in offer.variant.attributes.values()
    )
    regular: Decimal = offer.regular_amount  # type: ignore[attr-defined]  # annotated by priced()
    amount = rounding.shown(regular, decimals=channel.market.price_decimals)
    return {"sku": offer.variant.sku, "title": f"{title} ({details})" if details else title, "amount": f"{amount:f}"}


def _put(client: httpx2.Client, shop: str, document: dict[str, Any]) -> httpx2.Response:
    try:
        return client.put(f"/{shop}", json=document)
    except httpx2.TransportError as error:
        raise CommandError(
            f"The sandbox does not answer at {settings.SANDBOX_URL} ({error}). manage.py up starts it,"
            " or python -m retail.sandbox."
        ) from error
