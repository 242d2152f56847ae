"""Watching shops from outside until they show what was approved, with the seconds each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.management.base import CommandError

from stores.management.tour.demo import Demo
from stores.models import ChannelPromotion, MarketPlan
from stores.values import clock

LOOK_EVERY = 0.1  # seconds; what is shown is exact to about this
PATIENCE = 90.0  # longer than a lease (45 s) and the longest rest of an account (30 s) one after the other


@dataclass
class Expected:
    """What one shop should show, or no longer show, and since when (``time.monotonic``)."""

    shop: str
    channel: str
    market: str
    ref: str
    title: str
    language: str
    prices: dict[str, tuple[Decimal, str]]
    """By SKU: amount and currency."""
    ends_at: str
    """RFC 3339, in UTC."""
    zone: str
    present: bool
    since: float
    took: float | None = field(default=None)


def expected(plan: MarketPlan, *, since: float) -> list[Expected]:
    """What the plan's shops should show from now on."""
    now = clock.now()
    rows = ChannelPromotion.objects.filter(plan=plan).select_related("channel__market").order_by("channel__code")
    return [
        Expected(
            shop=row.channel.url,
            channel=row.channel.code,
            market=row.channel.market.code,
            ref=row.our_ref,
            title=row.desired["title"],
            language=row.desired["language"],
            prices={
                item["sku"]: (Decimal(item["price"]), item["currency"])
                for item in row.desired["items"]
                if "price" in item
            },
            ends_at=row.desired["ends_at"],
            zone=row.channel.market.default_time_zone,
            present=row.presence == "present" and row.starts_at <= now < row.ends_at,
            since=since,
        )
        for row in rows
    ]


class Watch:
    """The shops that have not followed yet. ``told`` hears of each that has, at once."""

    def __init__(self, demo: Demo, told: Callable[[Expected], None]) -> None:
        self._demo = demo
        self._told = told
        self.waiting: list[Expected] = []
        self.done: list[Expected] = []

    def add(self, more: Iterable[Expected]) -> None:
        """Watch these, too."""
        self.waiting += more

    def look(self) -> None:
        """Ask every waiting shop once."""
        still = []
        for wish in self.waiting:
            if not self._fulfilled(wish):
                still.append(wish)
                continue
            wish.took = time.monotonic() - wish.since
            self.done.append(wish)
            self._told(wish)
        self.waiting = still

    def until(self, done: Callable[[], bool], *, what: str) -> None:
        """Look again and again until ``done``. Raises CommandError naming what did not come about in time."""
        limit = time.monotonic() + PATIENCE
        while True:
            self.look()
            if done():
                return
            if time.monotonic() > limit:
                late = ", ".join(sorted(wish.channel for wish in self.waiting))
                raise CommandError(f"{what}: not after {PATIENCE:.0f} s ({late}). See manage.py sync_status.")
            time.sleep(LOOK_EVERY)

    def all(self, *, what: str, but: Sequence[str] = ()) -> None:
        """Until every shop has followed, except the channels named by ``but``."""
        self.until(lambda: all(wish.channel in but for wish in self.waiting), what=what)

    def seconds(self) -> list[float]:
        """The times taken so far, shortest first."""
        return sorted(wish.took for wish in self.done if wish.took is not None)

    def _fulfilled(self, wish: Expected) -> bool:
        shown = [promotion for promotion in self._demo.live(wish.shop) if promotion["ref"] == wish.ref]
        if not wish.present:
            return not shown
        if len(shown) != 1 or (shown[0]["title"], shown[0]["ends_at"]) != (wish.title, wish.ends_at):
            return False
        prices = {item["sku"]: Decimal(item["price"]) for item in shown[0]["items"] if item["price"] is not None}
        return prices == {sku: amount for sku, (amount, _) in wish.prices.items()}
