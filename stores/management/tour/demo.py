"""The running demo that the tour plays on: where it answers, who acts, and its shops as a buyer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from django.conf import settings
from django.core.management.base import CommandError

from stores.management.demo import access
from stores.management.processes import record
from stores.models import Campaign, User

OWNER = "owner@meridian.demo"
START = "Start it in another terminal and come back: make run"
DEADLINE_SECONDS = 10


@dataclass(frozen=True)
class Demo:
    """One running ``up`` with the demo network in its database."""

    web: str
    shops: str
    owner: User
    api_key: str
    client: httpx2.Client

    @classmethod
    def find(cls) -> Demo:
        """The one of this data folder. Raises CommandError with what to do when there is none."""
        if settings.MODE != "demo":
            raise CommandError(f"This plays on the demo only, and MERIDIAN_MODE is {settings.MODE}.")
        found = record.running()
        if found is None:
            raise CommandError(f"Meridian does not run on the folder {settings.VAR}. {START}")
        owner = User.objects.filter(email=OWNER).first()
        if owner is None:
            raise CommandError(f"The database of {settings.VAR} holds no demo network. Load it: manage.py load_demo")
        return cls(
            web=f"http://127.0.0.1:{found.ports.web}",
            shops=f"http://127.0.0.1:{found.ports.shops}",
            owner=owner,
            api_key=access.api_key(),
            client=httpx2.Client(timeout=DEADLINE_SECONDS, trust_env=False),
        )

    def campaign(self, code: str) -> Campaign:
        """A campaign of the demo network. Raises CommandError when it is not there."""
        campaign: Campaign | None = Campaign.objects.visible_to(self.owner).filter(code=code).first()
        if campaign is None:
            raise CommandError(f"The campaign {code} is not in this database: the tour plays on the demo network.")
        return campaign

    def worker(self) -> int | None:
        """The pid of the Celery worker that ``up`` keeps running; None while it is being started again."""
        found = record.running()
        if found is None:
            raise CommandError(f"Meridian was stopped meanwhile. {START}")
        return found.processes["worker"].pid if found.runs("worker") else None

    def live(self, shop: str) -> list[dict[str, Any]]:
        """The promotions a buyer sees now in the shop with this address."""
        answer = self.client.get(f"{shop}live.json")
        answer.raise_for_status()
        shown: list[dict[str, Any]] = answer.json()["promotions"]
        return shown

    def hang(self, shop: str) -> None:
        """From now on the shop takes calls and answers none; at most ten minutes, should nobody heal it."""
        self.client.post(f"{shop}faults", json={"kind": "hang", "seconds": 600}).raise_for_status()

    def heal(self, shop: str) -> None:
        """The shop answers again."""
        self.client.delete(f"{shop}faults").raise_for_status()

    def nearest(
        self, market: str, point: str, language: str, *, only_open: bool
    ) -> tuple[dict[str, Any] | None, float]:
        """The market's nearest store to ``lat,lng``, in ``language``, and how long the API took in seconds."""
        answer = self.client.get(
            f"{self.web}/api/v1/stores/",
            params={"market": market, "near": point, "limit": "1"} | ({"open_at": "now"} if only_open else {}),
            headers={"Authorization": f"Api-Key {self.api_key}", "Accept-Language": language},
        )
        answer.raise_for_status()
        found = answer.json()["results"]
        return (found[0] if found else None), answer.elapsed.total_seconds()

    def curl(self, market: str, point: str, language: str) -> str:
        """The same question as a command, for the nearest that is open."""
        address = f"{self.web}/api/v1/stores/?market={market}&near={point}&open_at=now&limit=1"
        return f'curl -H "Authorization: Api-Key {self.api_key}" -H "Accept-Language: {language}" "{address}"'
