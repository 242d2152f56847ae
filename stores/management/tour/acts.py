"""The story: approve and see it live, break things and see them heal, ask for a store, stop everywhere."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.core.management.base import CommandError
from django.urls import reverse

from retail.sandbox.words import locale_of
from stores.management.tour import changes
from stores.management.tour.demo import Demo
from stores.management.tour.narrator import Narrator
from stores.management.tour.watch import Expected, Watch, expected
from stores.models import Channel, ChannelPromotion, MarketPlan
from stores.values import clock
from stores.values.documents import instant

COMING, RUNNING = "spring-preview", "winter-lights"
# Before the worker dies and after: scripts as different as they come. The hanging shop is the web shop of the last.
FIRST, MEANWHILE = ("JP", "TH", "AE", "TW"), ("CN", "KR", "GB", "DE", "FR")
PLACES = (
    ("Shibuya, Tokyo", "JP", "35.6595,139.7005", "ja"),
    ("Mitte, Berlin", "DE", "52.5219,13.4132", "de"),
    ("Downtown Dubai", "AE", "25.1972,55.2744", "ar"),
    ("Causeway Bay, Hong Kong", "HK", "22.2803,114.1850", "zh-Hant-HK"),
    ("Le Marais, Paris", "FR", "48.8575,2.3590", "fr"),
)
RESTARTED_WITHIN = 60.0  # seconds for a new worker; a busy laptop needs about ten


@dataclass
class Numbers:
    """What this run took, in seconds."""

    live: list[float] = field(default_factory=list)
    restarted: float = 0
    healed: float = 0
    stopped: list[float] = field(default_factory=list)


class Tour:
    """One performance on one demo. Whatever ends it, ``put_back`` afterwards leaves the demo as it was found."""

    def __init__(self, demo: Demo, narrator: Narrator) -> None:
        self.demo = demo
        self.tell = narrator
        self.numbers = Numbers()
        self.coming = self._plans(COMING)
        chosen = {plan.market.code: plan for plan in self._plans(RUNNING)}
        self.first = [chosen[market] for market in FIRST if market in chosen]
        self.meanwhile = [chosen[market] for market in MEANWHILE if market in chosen]
        if not (self.coming and self.first and self.meanwhile):
            raise CommandError("The demo's campaigns have lost their plans; the tour has nothing to play.")
        self._before = changes.before([*self.coming, *self.first, *self.meanwhile])
        self._hanging = ""  # the shop to heal when something ends the tour early
        self._killed = 0

    def play(self) -> None:
        """All acts, then what they took."""
        self.tell.say(
            "[bold]Meridian in two minutes[/bold], on the demo that runs here: real approvals, real HTTP shops, "
            "a real kill -9. Ctrl-C ends it at any time; everything is put back as it was.",
            pause=4,
        )
        self.turn_live()
        self.heal()
        self.find_a_store()
        self.stop()

    # --- 1

    def turn_live(self) -> None:
        """A campaign that waits for approval is brought forward to today and approved, market by market."""
        tell, owner = self.tell, self.demo.owner
        live = [plan for plan in self.coming if plan.state_at(clock.now()) == "live"]
        if live:  # somebody approved it: there would be nothing to see
            self._stopped(live, told=_nothing)
        campaign = self.coming[0].campaign
        tell.act(1, "Approved, and live in every market's language")
        tell.say(
            f"[bold]{campaign}[/bold] waits for approval in {len(self.coming)} markets, for a day months ahead. "
            f"{owner.name}, the owner, brings it forward to today and approves it. Nothing shows before the approval. Watch:"
        )
        tell.link("the campaign", self._page("campaign", campaign.pk))
        for plan in self.coming[:2]:
            for shop in self._shops(plan)[:1]:
                tell.link(f"shop {plan.market.code}, looks every 2 s", f"{shop}?watch=2")
        tell.pause(8)
        watch = Watch(self.demo, self._headline)
        for plan in self.coming:
            window = changes.from_today(changes.draft_of(plan).window)
            approved = changes.approve(plan, by=owner, window=window)
            watch.add(expected(approved, since=time.monotonic()))
            watch.look()
        watch.all(what=f"{campaign} in the shops")
        self.numbers.live = watch.seconds()
        tell.say(
            f"{len(watch.done)} shops, from approval to what a buyer sees: median {median(self.numbers.live):.1f} s, "
            f"slowest {self.numbers.live[-1]:.1f} s.",
            pause=6,
        )

    # --- 2

    def heal(self) -> None:
        """A shop hangs and the worker is killed in the middle of a change; nothing is lost and nothing doubled."""
        tell, last = self.tell, self.meanwhile[-1]
        shop = self._shops(last)[0]
        campaign = last.campaign
        tell.act(2, "One shop hangs, the worker is killed, the rest goes on")
        tell.say(
            f"[bold]{campaign}[/bold] runs a week longer in {len(self.first) + len(self.meanwhile)} markets. A shop in "
            f"{last.market.code} takes calls and answers none; the worker gets kill -9 between two approvals. Watch:"
        )
        tell.link("the sync board", f"{self.demo.web}{reverse('admin:sync')}")
        tell.link("the shop that hangs", shop)
        tell.pause(6)
        self._hanging = shop
        self.demo.hang(shop)
        watch = Watch(self.demo, self._end)
        self._approve(self.first, watch)
        killed_at = self._kill_worker()
        self._approve(self.meanwhile, watch)
        tell.say(
            f"  {len(self.meanwhile)} more markets approved while no worker runs: the work is in rows, not in messages."
        )
        self._wait_for_worker(killed_at)
        hanging = next(wish.channel for wish in watch.waiting if wish.shop == shop)
        with tell.waiting("a row that the dead worker held is free again when its lease ends (45 s)"):
            watch.all(what="the other shops", but=[hanging])
        row = ChannelPromotion.objects.select_related("channel").get(plan=last, channel__code=hanging)
        with tell.waiting("one call to the hanging shop ends after 10 s"):
            watch.until(lambda: self._failed(row), what="the hanging shop's error")
        tell.say(
            f"All but one. The board says of [bold]{hanging}[/bold]: [red]{row.last_error}[/red]; "
            "it is asked again at growing intervals.",
            pause=5,
        )
        tell.say("Now the shop answers again, and nobody does anything else.")
        healed_at = time.monotonic()
        self.demo.heal(shop)
        self._hanging = ""
        for wish in watch.waiting:
            wish.since = healed_at
        with tell.waiting("waiting for the next try"):
            watch.all(what=f"{hanging} after it was healed")
        self.numbers.healed = time.monotonic() - healed_at
        held = self._most_of_one([*self.first, *self.meanwhile])
        tell.say(f"No shop holds the promotion twice (most of one in a shop: {held}).", pause=5)

    def _approve(self, found: Sequence[MarketPlan], watch: Watch) -> None:
        for plan in found:
            window = changes.longer(changes.draft_of(plan).window, days=7)
            approved = changes.approve(plan, by=self.demo.owner, window=window)
            watch.add(expected(approved, since=time.monotonic()))
            watch.look()

    def _kill_worker(self) -> float:
        pid = self.demo.worker()
        if pid is None:
            raise CommandError("The worker is not running, so it cannot be killed. Its lines in make run say why.")
        os.kill(pid, signal.SIGKILL)
        self.tell.say(f"  [red]kill -9 {pid}[/red]  (the Celery worker)")
        self._killed = pid
        return time.monotonic()

    def _wait_for_worker(self, killed_at: float) -> None:
        with self.tell.waiting("make run starts another worker"):
            while (pid := self.demo.worker()) in {None, self._killed}:
                if time.monotonic() - killed_at > RESTARTED_WITHIN:
                    raise CommandError("No new worker came. The lines of make run say why.")
                time.sleep(0.1)
        self.numbers.restarted = time.monotonic() - killed_at
        self.tell.say(
            f"  another worker is started after {self.numbers.restarted:.1f} s, pid {pid}; it finds the rows:"
        )

    @staticmethod
    def _failed(row: ChannelPromotion) -> bool:
        row.refresh_from_db(fields=["last_error", "attempts", "state"])
        return bool(row.last_error) and row.state != "live"

    def _most_of_one(self, found: Sequence[MarketPlan]) -> int:
        """The largest number of live promotions that carry one reference in one shop."""
        most = 0
        for plan in found:
            for wish in expected(plan, since=0):
                most = max(most, sum(shown["ref"] == wish.ref for shown in self.demo.live(wish.shop)))
        return most

    # --- 3

    def find_a_store(self) -> None:
        """The nearest store that is open at this minute, asked as a storefront asks."""
        tell = self.tell
        tell.act(3, "The nearest store that is open now")
        tell.say("A web shop, an app or an assistant asks the REST API with its key, in the buyer's language:")
        tell.link("the API, to try out", f"{self.demo.web}/api/docs/")
        tell.pause(3)
        tell.command(self.demo.curl(*PLACES[0][1:]))
        for place, market, point, language in PLACES:
            store, took = self.demo.nearest(market, point, language, only_open=True)
            if store is None:
                store, took = self.demo.nearest(market, point, language, only_open=False)
            if store is not None:
                away = f"{store['distance'] / 1000:,.1f} km"
                tell.row(f"{took * 1000:.0f} ms", (place, 23), (_opening(store["opening"]), 22), (away, 7), last=store["name"],
                         language=store["language"])  # fmt: skip
        tell.pause(8)

    # --- 4

    def stop(self) -> None:
        """The campaign of the first act leaves every shop."""
        campaign = self.coming[0].campaign
        self.tell.act(4, "Stopped everywhere")
        self.tell.say(f"Stopping needs no approval. [bold]{campaign}[/bold] leaves every shop:", pause=3)
        gone: list[str] = []
        self.numbers.stopped = self._stopped(self.coming, told=lambda wish: gone.append(wish.channel))
        self.tell.say(f"  gone from {len(gone)} shops, the last after {self.numbers.stopped[-1]:.1f} s.", pause=3)

    def _stopped(self, found: Sequence[MarketPlan], told: Callable[[Expected], None]) -> list[float]:
        watch = Watch(self.demo, told)
        for plan in found:
            stopped = changes.stop(plan, by=self.demo.owner)
            watch.add(expected(stopped, since=time.monotonic()))
            watch.look()
        watch.all(what="the end in the shops")
        return watch.seconds()

    # --- afterwards

    def put_back(self) -> None:
        """Heal what was broken and set every plan as it was found."""
        if self._hanging:
            self.demo.heal(self._hanging)
            self._hanging = ""
        watch = Watch(self.demo, _nothing)
        with self.tell.waiting("putting everything back"):
            for found in self._before:
                found.put_back(by=self.demo.owner)
                watch.add(expected(found.plan, since=time.monotonic()))
            watch.all(what="the shops as they were")

    def summary(self) -> None:
        """What this run took, and where to go on."""
        tell, took = self.tell, self.numbers
        tell.console.print()
        tell.console.rule("[bold]What you saw[/bold]", align="left")
        tell.say(
            f"  approved -> seen by buyers     median {median(took.live):.1f} s, slowest {took.live[-1]:.1f} s, "
            f"{len(took.live)} shops\n"
            f"  worker killed -> the next      {took.restarted:.1f} s, nothing lost, nothing doubled\n"
            f"  shop healed -> up to date      {took.healed:.1f} s, by itself\n"
            f"  stopped -> gone everywhere     {took.stopped[-1]:.1f} s\n"
            "The demo is as it was before; the history of every plan tells what happened. Go on with:"
        )
        tell.link("the dashboard", f"{self.demo.web}{reverse('admin:index')}")
        tell.link("all shops", f"{self.demo.shops}/")
        tell.link("the API", f"{self.demo.web}/api/docs/")

    # --- small parts

    def _plans(self, code: str) -> list[MarketPlan]:
        plans = MarketPlan.objects.filter(campaign=self.demo.campaign(code)).select_related(
            "campaign", "market", "latest_revision", "approved_revision"
        )
        # Japan first: its shop is the one to have open, and nobody mistakes its script.
        return sorted(plans, key=lambda plan: (plan.market.code != "JP", plan.market.code))

    def _shops(self, plan: MarketPlan) -> list[str]:
        """Addresses of the plan's sandbox shops, the market's own web shop first."""
        channels = Channel.objects.filter(
            connection__platform="sandbox", code__in=changes.draft_of(plan).channels
        ).order_by("code")
        return [channel.url for channel in sorted(channels, key=lambda channel: channel.kind != "web_shop")]

    def _page(self, model: str, pk: int) -> str:
        return f"{self.demo.web}{reverse(f'admin:stores_{model}_change', args=[pk])}"

    def _headline(self, wish: Expected) -> None:
        self.tell.row(
            f"{wish.took:.1f} s", (wish.market, 2), (wish.language, 9), (wish.channel, 14),
            last=wish.title, language=wish.language,
        )  # fmt: skip

    def _end(self, wish: Expected) -> None:
        # "until midnight" is read as the day that begins then: shops name the last minute
        last_minute = instant(wish.ends_at).astimezone(ZoneInfo(wish.zone)) - timedelta(minutes=1)
        day = format_date(last_minute, "long", locale=locale_of(wish.language))
        self.tell.row(
            f"{wish.took:.1f} s", (wish.market, 2), (wish.language, 9), (wish.channel, 14),
            last=f"{wish.title}  … {day}", language=wish.language,
        )  # fmt: skip


def _nothing(wish: Expected) -> None:
    """Where only the end counts."""


def _opening(opening: dict[str, Any]) -> str:
    """Open until or closed until, in the store's own time."""
    state, until = str(opening["state"]), opening["until"]
    return state + (f" until {datetime.fromisoformat(until):%a %H:%M}" if until else "")
