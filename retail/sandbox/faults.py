"""Putting a shop out of order on demand, and for how long.

``POST /{shop}/faults`` takes ``{"kind", "count" | "seconds", ...}``. ``count`` concerns the next n API calls,
``seconds`` the calls of the next s seconds on the machine's clock; with neither a fault lasts until ``DELETE
/{shop}/faults``. Several faults of one shop wait in line: the oldest that concerns a call has it. They are kept on
disk, so a restart does not heal a shop.

``throttle``
    429 with ``Retry-After`` (``retry_after``: a number, any text to imitate a careless platform, or null for no header)
``error``
    500 and 503 by turns, or ``status``
``hang``
    accepted and never answered: the connection is held until the shop is healed or ``seconds`` are over, then closed
``drip``
    done and answered correctly, but one byte every ``interval`` seconds (0.25)
``apply_then_drop``
    a write is done, then the connection is closed without an answer
``apply_late``
    a write is answered with 504 and done ``delay`` seconds (3) later; its effect is a line of its own in the history
``wrong_body``, ``html``, ``truncated``, ``redirect``, ``auth``
    200 with an error as body, 200 with a page, 200 with JSON that ends in the middle, 302 to the page for people, 401
``wipe``
    no call: forgets all promotions at once; stands in the history as method ``WIPE``

``apply_then_drop`` and ``apply_late`` concern writes only: reads pass them by and are not counted. A call that meets
any other fault except ``drip`` is not done. ``methods`` (a list such as ``["POST"]``) narrows a fault to these
methods.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from retail.sandbox.documents import Invalid, Json
from retail.sandbox.ledger import Ledger

KINDS = frozenset(
    {
        "throttle",
        "error",
        "hang",
        "drip",
        "apply_then_drop",
        "apply_late",
        "wrong_body",
        "html",
        "truncated",
        "redirect",
        "auth",
        "wipe",
    }
)
APPLYING = frozenset({"apply_then_drop", "apply_late"})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LONGEST_SECONDS = 7 * 86_400
MOST_FAULTS = 100  # per shop


@dataclass
class Fault:
    """One fault of a shop: for ``remaining`` calls, ``until`` an epoch second of the machine, or without end."""

    number: int
    kind: str
    remaining: int | None
    until: float | None
    settings: Json  # what else was posted: retry_after, status, delay, interval, methods
    taken: int = 0  # calls that met it since the process started

    def concerns(self, method: str) -> bool:
        methods = self.settings.get("methods") or (WRITES if self.kind in APPLYING else None)
        return methods is None or method in methods

    def over(self) -> bool:
        return (self.until is not None and self.until <= time.time()) or self.remaining == 0

    def seconds(self, name: str, default: float) -> float:
        return float(self.settings.get(name, default))

    def shown(self) -> Json:
        left = None if self.until is None else round(max(0.0, self.until - time.time()), 3)
        return {"kind": self.kind, "count": self.remaining, "seconds": left, **self.settings}


def read_fault(document: Any) -> tuple[str, int | None, float | None, Json]:
    """Kind, count, seconds and the other settings of a posted fault. Raises Invalid."""
    if not isinstance(document, dict) or document.get("kind") not in KINDS:
        raise Invalid([{"field": "kind", "code": "invalid", "message": f"One of {', '.join(sorted(KINDS))}."}])
    errors = [
        {"field": name, "code": "invalid", "message": f"A number from {least} to {most}."}
        for name, least, most in (
            ("count", 1, 10**9),
            ("seconds", 0, LONGEST_SECONDS),
            ("delay", 0, 3600),
            ("interval", 0, 60),
            ("status", 400, 599),
        )
        if document.get(name) is not None
        and not _number(document[name], least, most, whole=name in {"count", "status"})
    ]
    methods = document.get("methods")
    if methods is not None and not (isinstance(methods, list) and all(isinstance(method, str) for method in methods)):
        errors.append({"field": "methods", "code": "invalid", "message": "A list of methods."})
    if not isinstance(document.get("retry_after"), str | int | float | None):
        errors.append({"field": "retry_after", "code": "invalid", "message": "A number of seconds or a text."})
    if errors:
        raise Invalid(errors)
    names = ("retry_after", "status", "delay", "interval", "methods")
    settings = {
        name: document[name]
        for name in names
        if name in document and (document[name] is not None or name == "retry_after")
    }
    return document["kind"], document.get("count"), document.get("seconds"), settings


def _number(value: object, least: float, most: float, *, whole: bool) -> bool:
    kinds: tuple[type, ...] = (int,) if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most  # type: ignore[operator]  # a number by now


class Faults:
    """The faults of all shops: on disk in the ledger's file, in memory for the next call."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._waiting: dict[str, list[Fault]] = {}
        self._healed: dict[str, asyncio.Event] = {}
        rows = ledger.sql.execute(
            "SELECT number, shop, kind, remaining, until, settings FROM fault ORDER BY number"
        ).fetchall()
        for number, shop, kind, remaining, until, settings in rows:
            self._waiting.setdefault(shop, []).append(Fault(number, kind, remaining, until, json.loads(settings)))

    def post(self, slug: str, kind: str, *, count: int | None, seconds: float | None, settings: Json) -> Fault:
        """Puts a fault at the end of the shop's line. Raises Invalid when the line is full."""
        if len(self.active(slug)) >= MOST_FAULTS:
            raise Invalid([{"field": "", "code": "too_many", "message": "Heal the shop first."}])
        until = None if seconds is None else time.time() + seconds
        cursor = self.ledger.sql.execute(
            "INSERT INTO fault (shop, kind, remaining, until, settings) VALUES (?, ?, ?, ?, ?)",
            (slug, kind, count, until, json.dumps(settings)),
        )
        fault = Fault(int(cursor.lastrowid or 0), kind, count, until, settings)
        self._waiting.setdefault(slug, []).append(fault)
        return fault

    def active(self, slug: str) -> list[Fault]:
        """The shop's line, without the faults that are over."""
        waiting = self._waiting.get(slug)
        if not waiting:
            return []
        for fault in [fault for fault in waiting if fault.over()]:
            waiting.remove(fault)
            self.ledger.sql.execute("DELETE FROM fault WHERE number = ?", (fault.number,))
        return waiting

    def take(self, slug: str, method: str) -> Fault | None:
        """The fault that this call meets, counted down; None when the shop behaves."""
        for fault in self.active(slug):
            if fault.concerns(method):
                fault.taken += 1
                if fault.remaining is not None:
                    fault.remaining -= 1
                    self.ledger.sql.execute(
                        "UPDATE fault SET remaining = ? WHERE number = ?", (fault.remaining, fault.number)
                    )
                return fault
        return None

    def heal(self, slug: str) -> None:
        """Ends all faults of a shop and lets go of every connection that is held or drips."""
        self._waiting.pop(slug, None)
        self.ledger.sql.execute("DELETE FROM fault WHERE shop = ?", (slug,))
        event = self._healed.pop(slug, None)
        if event is not None:
            event.set()

    def healing(self, slug: str) -> asyncio.Event:
        """Set when the shop is healed next, or when the process ends."""
        return self._healed.setdefault(slug, asyncio.Event())

    async def wait(self, slug: str, seconds: float | None) -> bool:
        """Waits until the shop is healed (True) or so many seconds are over (False); None: for the healing alone."""
        try:
            await asyncio.wait_for(self.healing(slug).wait(), seconds)
        except TimeoutError:
            return False
        return True
