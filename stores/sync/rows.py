"""What a claim hands to a call, and what a call hands to completion. Plain values: nothing here touches the database."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from stores.connectors.contract import ChannelConfig, Kind, Remote
from stores.values.documents import OfferDocument

Goal = Literal["hold", "empty", "wait"]


@dataclass(frozen=True)
class Claimed:
    """One reconciled row under lease. ``lease_ends`` is on the monotonic clock of this process."""

    id: int
    token: uuid.UUID
    generation: int
    ref: str
    presence: str
    document: OfferDocument
    desired_hash: str
    starts_at: datetime
    ends_at: datetime
    approved: bool
    """The content hash is the one people approved, and the document hashes to what was planned."""
    remote: Remote | None
    had_intent: bool
    """An earlier claim meant to create: something may be there that we have no id of."""
    in_doubt: bool
    doubt_over: bool
    """In doubt, but the time in which a late write could land has passed."""
    attempts: int
    connection_id: int
    platform: str
    config: ChannelConfig
    lease_ends: float

    def may_send(self, seconds: float) -> bool:
        """Whether a call of at most ``seconds`` ends within the lease."""
        return time.monotonic() + seconds < self.lease_ends

    def goal(self, now: datetime) -> Goal:
        """What the channel should hold at the business moment. Always derived, never remembered."""
        if self.presence != "present" or now >= self.ends_at:
            return "empty"
        if now >= self.starts_at or self.config.capabilities.can_schedule:
            return "hold"
        return "empty" if self.remote or self.had_intent else "wait"


@dataclass(frozen=True)
class Call:
    """One remote call, for the journal."""

    operation: str
    outcome: Kind
    status: int | None
    error: str
    milliseconds: int


@dataclass
class Outcome:
    """What became of a claimed row."""

    row: Claimed
    kind: Kind
    goal: Goal
    remote: Remote | None
    calls: list[Call] = field(default_factory=list)
    error: str = ""
    retry_after: float | None = None
    doubt: bool = False
    """A write may still land: look again when that time is over."""
    verified: bool = False
    """The channel was searched and holds exactly what it should."""

    @property
    def ok(self) -> bool:
        return self.kind == "applied"

    def journal(self) -> list[dict[str, Any]]:
        """Rows for the attempts table."""
        return [
            {
                "promotion_id": self.row.id,
                "generation": self.row.generation,
                "operation": call.operation,
                "outcome": call.outcome,
                "status": call.status,
                "error": call.error,
                "duration_ms": call.milliseconds,
            }
            for call in self.calls
        ]
