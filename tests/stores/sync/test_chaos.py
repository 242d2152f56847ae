"""The whole machine under attack, with real processes: worker, beat, broker, shops.

A worker is killed with ``kill -9`` while it syncs 1,000 promotions, the broker loses everything, one shop hangs. Afterwards
every shop holds what it should, once, except the hanging one, which follows when it is healed; a wiped shop is filled again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from valkey import Valkey

from retail import embedded
from stores.actions import plans
from stores.actions.channels import set_credentials
from stores.models import ChannelPromotion, System
from stores.values import clock
from tests import people, shopping
from tests.shops import REPOSITORY, RunningSandbox, wait_until

pytestmark = [pytest.mark.real, pytest.mark.allow_hosts(["127.0.0.1"])]

SHOPS = 40
CAMPAIGNS = 25
HANGING, WIPED = "chaos-00", "chaos-01"


class Jobs:
    """A Celery worker and beat on the test database, in process groups of their own."""

    def __init__(self, folder: Path) -> None:
        database = connection.get_connection_params()
        host = database["host"].replace("/", "%2F")
        self.broker = embedded.valkey_url(3)
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://{database['user']}@/{database['dbname']}?host={host}",
            "CELERY_BROKER_URL": self.broker,
            "SYNC_READBACK_SECONDS": "15",
        }
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "retail", *arguments]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def start_worker(self) -> None:
        self.start("worker", "worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle")

    def start_beat(self) -> None:
        self.start("beat", "beat", "--schedule", str(self.folder / "schedule"))

    def kill(self, name: str) -> None:
        """``kill -9`` of a process with all its children."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def lose_every_message(self) -> None:
        with Valkey.from_url(self.broker) as broker:
            broker.flushdb()


@pytest.fixture
def jobs(transactional_db: None, tmp_path: Path) -> Iterator[Jobs]:
    running = Jobs(tmp_path)
    yield running
    for name in list(running.running):
        running.kill(name)


def open_network(sandbox: RunningSandbox) -> None:
    """Forty shops on forty accounts, half of them on a platform without key and lock, and 25 approved campaigns."""
    world = people.world()
    base = shopping.shop(world)
    codes = []
    for number in range(SHOPS):
        name = f"chaos-{number:02}"
        poor = number % 2 == 1
        token = sandbox.put_shop(name, prices=[], options={"has_key": not poor, "has_lock": not poor})
        account = shopping.connection(world.rokid, name, sandbox.url, rate_per_second=200, burst=200)
        set_credentials(by=System("test"), connection=account, token=token)
        channel = shopping.channel(world.rokid, "DE", name, connection=account)
        shopping.price(base.variant, channel, shopping.REGULAR["DE"])
        codes.append(name)
    for number in range(CAMPAIGNS):
        campaign = shopping.campaign(world.rokid, System("test"), code=f"chaos-{number}")
        plan = shopping.plan(base, "DE", System("test"), of=campaign, channels=codes)
        assert plan.latest_revision is not None
        plans.approve_plan(by=world.olivia, plan=plan, content_hash=plan.latest_revision.content_hash)


def status() -> dict[str, dict[str, Any]]:
    out = StringIO()
    call_command("sync_status", format="json", stdout=out)
    return {row["channel"]: row for row in json.loads(out.getvalue())["channels"]}


def converged() -> set[str]:
    return {
        name
        for name, row in status().items()
        if (row["live"], row["pending"], row["failing"]) == (row["wanted"], 0, 0) and row["wanted"] == CAMPAIGNS
    }


def most_at_once(history: list[dict[str, Any]]) -> int:
    """The largest number of live promotions that one reference ever had in the shop, by replaying its history."""
    live: dict[str, set[str]] = defaultdict(set)
    most = 0
    for line in history:
        if not line["applied"]:
            continue
        if line["method"] == "WIPE":
            live.clear()
        elif line["method"] == "POST":
            live[line["ref"]].add(line["remote_id"])
            most = max(most, len(live[line["ref"]]))
        elif line["method"] == "DELETE":
            live[line["ref"]].discard(line["remote_id"])
    return most


def test_nothing_is_lost_or_doubled_when_everything_fails_at_once(jobs: Jobs, sandbox: RunningSandbox) -> None:
    open_network(sandbox)
    names = {f"chaos-{number:02}" for number in range(SHOPS)}
    assert ChannelPromotion.objects.count() == SHOPS * CAMPAIGNS
    sandbox.fault("hang", HANGING)
    jobs.start_beat()
    jobs.start_worker()
    wait_until(lambda: ChannelPromotion.objects.filter(state="live").count() > 150, seconds=60)

    jobs.kill("worker")
    jobs.lose_every_message()
    done_before = ChannelPromotion.objects.filter(state="live").count()
    assert done_before < SHOPS * CAMPAIGNS - CAMPAIGNS, "the worker was too fast to be killed in the middle"
    jobs.start_worker()

    wait_until(lambda: converged() == names - {HANGING}, seconds=120)
    assert {name: most_at_once(sandbox.history(name)) for name in names} == {
        name: 0 if name == HANGING else 1 for name in names
    }
    assert status()[HANGING]["live"] == 0

    sandbox.heal(HANGING)
    wait_until(lambda: converged() == names, seconds=90)
    assert most_at_once(sandbox.history(HANGING)) == 1

    sandbox.fault("wipe", WIPED)
    assert sandbox.live(WIPED) == []
    wiped_at = clock.now()
    wait_until(lambda: len(sandbox.live(WIPED)) == CAMPAIGNS, seconds=120)
    assert clock.now() - wiped_at < timedelta(minutes=2)
    assert most_at_once(sandbox.history(WIPED)) == 1
