"""The running shops: ledger and faults together, and calls whose effect comes late."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

from retail.sandbox import promotions
from retail.sandbox.documents import Json, Price, ShopSettings
from retail.sandbox.faults import Faults
from retail.sandbox.ledger import Ledger, Line, number_of
from retail.sandbox.promotions import Answer, Call
from retail.sandbox.tokens import control_token, shop_token


class Shops:
    """Everything one process serves. Lives in one event loop; each method that changes something is one transaction."""

    def __init__(self, folder: Path) -> None:
        self.control = control_token(folder)
        self.ledger = Ledger(folder / "shop.db")
        self.faults = Faults(self.ledger)
        self.held = 0  # connections that hang now
        self._due: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Takes up the late effects that were still to come when the process ended."""
        for seq, slug, due, call in self.ledger.sql.execute("SELECT seq, shop, due, call FROM late").fetchall():
            self._schedule(seq, slug, Call(**json.loads(call)), due - time.time())

    def close(self) -> None:
        for task in self._due:
            task.cancel()
        self.ledger.close()

    def let_go(self) -> None:
        """Closes connections that hang or drip; not a healing: the faults stay on disk for the next start."""
        for slug in self.ledger.shops():
            self.faults.healing(slug).set()

    def token(self, slug: str) -> str:
        """The token that is valid for a shop's API."""
        settings = self.ledger.shop(slug)
        return (settings.token if settings else None) or shop_token(self.control, slug)

    def put_shop(self, slug: str, settings: ShopSettings, prices: list[Price] | None) -> None:
        with self.ledger.transaction():
            self.ledger.put_shop(slug, settings)
            if prices is not None:
                self.ledger.put_prices(slug, prices)

    def put_prices(self, slug: str, prices: list[Price]) -> None:
        with self.ledger.transaction():
            self.ledger.put_prices(slug, prices)

    def do(
        self, slug: str, call: Call, *, fault: str | None = None, silent: bool = False, late_of: int | None = None
    ) -> Answer:
        """Does an API call and notes it in the history; ``silent`` when its caller gets no answer."""
        with self.ledger.transaction():
            answer = promotions.answer(self.ledger, slug, call)
            self.ledger.record(
                slug,
                Line(
                    method=call.method,
                    path=call.path,
                    status=0 if silent else answer.status,
                    ref=answer.ref or call.ref,
                    remote_id=answer.remote_id or call.remote_id,
                    applied=answer.applied,
                    body=json.dumps(call.body, ensure_ascii=False),
                    fault=fault,
                    late_of=late_of,
                ),
            )
            if late_of is not None:
                self.ledger.sql.execute("DELETE FROM late WHERE seq = ?", (late_of,))
        return answer

    def note(self, slug: str, call: Call, *, status: int, fault: str | None) -> int:
        """Writes a call into the history that had no effect. Returns its seq."""
        number = number_of(call.remote_id or "")
        kept = self.ledger.promotion(slug, number) if number is not None else None
        ref = call.ref or (kept.ref if kept else None)
        body = json.dumps(call.body, ensure_ascii=False)
        return self.ledger.record(
            slug, Line(call.method, call.path, status, ref, call.remote_id, body=body, fault=fault)
        )

    def do_later(self, slug: str, call: Call, *, delay: float) -> None:
        """Answers nothing good now, and does the call in ``delay`` seconds, even over a restart."""
        with self.ledger.transaction():
            seq = self.note(slug, call, status=504, fault="apply_late")
            kept = json.dumps(asdict(call), ensure_ascii=False)
            self.ledger.sql.execute("INSERT INTO late VALUES (?, ?, ?, ?)", (seq, slug, time.time() + delay, kept))
        self._schedule(seq, slug, call, delay)

    def _schedule(self, seq: int, slug: str, call: Call, delay: float) -> None:
        async def come() -> None:
            await asyncio.sleep(delay)
            self.do(slug, call, fault="apply_late", late_of=seq)

        task = asyncio.get_running_loop().create_task(come())
        self._due.add(task)
        task.add_done_callback(self._due.discard)

    def break_shop(self, slug: str, kind: str, *, count: int | None, seconds: float | None, settings: Json) -> Json:
        """Posts a fault; ``wipe`` happens at once and does not stay."""
        if kind != "wipe":
            return self.faults.post(slug, kind, count=count, seconds=seconds, settings=settings).shown()
        with self.ledger.transaction():
            forgotten = self.ledger.wipe(slug)
            self.ledger.record(slug, Line("WIPE", f"/{slug}/faults", 200, applied=forgotten > 0, fault="wipe"))
        return {"kind": "wipe", "forgotten": forgotten}
