"""A real shop process and real commits: sync works outside any transaction, so its tests do too."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from stores.actions.channels import set_credentials
from stores.models import ChannelPromotion, System
from stores.sync import reconciler
from tests import people, shopping
from tests.shops import RunningSandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox process for the whole session; each test opens shops of its own names."""
    with RunningSandbox(Path(tmp_path_factory.mktemp("sandbox"))) as running:
        yield running


class Market:
    """Rokid's German web shop on the real sandbox, and the sync that serves it."""

    def __init__(self, sandbox: RunningSandbox, name: str, **options: bool) -> None:
        self.sandbox = sandbox
        self.name = name
        world = people.world()
        self.shop = shopping.shop(world)
        token = sandbox.put_shop(
            name, options=options, prices=[{"sku": "RG-BLK", "title": "Rokid Glasses", "amount": "599.00"}]
        )
        channel = self.shop.channels["DE"]
        account = channel.connection
        assert account is not None
        account.base_url = sandbox.url
        account.options = {name: value for name, value in options.items() if name == "can_schedule"}
        account.rate_per_second, account.burst = 1000, 1000
        account.save()
        account = set_credentials(by=System("test"), connection=account, token=token)
        channel.remote_selector = name
        channel.save()
        self.channel = channel
        self.account = account

    def sync(self, seconds: float = 20.0) -> reconciler.Tally:
        """Everything that is due now."""
        return asyncio.run(reconciler.run(seconds=seconds))

    def row(self) -> ChannelPromotion:
        found: ChannelPromotion = ChannelPromotion.objects.get(channel=self.channel)
        return found

    def due(self) -> None:
        """As if the waiting time of every row were over."""
        ChannelPromotion.objects.exclude(next_at=None).look_now()

    def titles(self) -> list[str]:
        return [promotion["title"] for promotion in self.sandbox.live(self.name)]

    def held(self) -> list[dict[str, object]]:
        """Every promotion the platform holds, live or not."""
        answer = self.sandbox.api("GET", "promotions?limit=250", self.name)
        results: list[dict[str, object]] = answer.json()["results"]
        return results

    def applied(self) -> list[tuple[str, bool]]:
        """Writes the shop got, and whether they changed anything."""
        return [
            (line["method"], line["applied"]) for line in self.sandbox.history(self.name) if line["method"] != "GET"
        ]


@pytest.fixture
def market(transactional_db: None, sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Market:
    """A market whose shop has the options of the ``platform`` marker."""
    marker = request.node.get_closest_marker("platform")
    return Market(sandbox, f"de-{secrets.token_hex(6)}", **(marker.kwargs if marker else {}))
