"""What a claim hands to a call, and what a call hands to completion. Plain values: nothing here touches the database."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from stores.connectors.contract import ChannelConfig, Kind, Remote
from stores.planning.channels import desired_hash
from stores.values.documents import OfferDocument
from stores.values.words import storable

Goal = Literal["hold", "empty", "wait"]
LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Claimed:
    """One reconciled row under lease. ``lease_ends`` is on the monotonic clock of this process."""

    id: int
    token: uuid.UUID
    generation: int
    ref: str
    presence: str
    desired: Mapping[str, Any]
    desired_hash: str
    starts_at: datetime
    ends_at: datetime
    reviewed: bool
    """The content hash is the one people approved."""
    remote: Remote | None
    had_intent: bool
    """An earlier claim meant to create: something may be there that we have no id of."""
    suspect_until: datetime | None
    """Until when a late write may land, as the claim found it; None when the row is not in doubt."""
    doubt_over: bool
    """In doubt, but the time in which a late write could land has passed."""
    attempts: int
    connection_id: int
    platform: str
    config: ChannelConfig
    lease_ends: float

    # Read when the row is worked on, not when it is claimed: a document that cannot be read is this row's failure alone.
    @cached_property
    def document(self) -> OfferDocument:
        """What the channel should hold. Raises KeyError, TypeError or ValueError for a document of another making."""
        return OfferDocument.from_json(self.desired)

    @cached_property
    def approved(self) -> bool:
        """The content is what people approved, and the document hashes to what was planned of it."""
        return self.reviewed and desired_hash(self.desired, present=self.presence == "present") == self.desired_hash

    @property
    def in_doubt(self) -> bool:
        """A write may have landed that no answer told of: search before anything else."""
        return self.suspect_until is not None

    def may_send(self, seconds: float) -> bool:
        """Whether a call of at most ``seconds`` ends within the lease."""
        return time.monotonic() + seconds < self.lease_ends

    def goal(self, now: datetime) -> Goal:
        """What the channel should hold at the business moment. Always derived, never remembered."""
        if self.presence != "present" or now >= self.ends_at:
            return "empty"
        if now >= self.starts_at or self.config.capabilities.can_schedule:
            return "hold"
        return "empty" if self.remote or self.had_intent or self.in_doubt else "wait"


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
    """The channel was searched under our reference, and nothing but one promotion of ours is left there."""
    held_back: bool = False
    """Refused by our own gate, not by the channel: looked at again, because approvals come."""

    @property
    def final(self) -> bool:
        """The channel refused the content for good. An end is never refused for good: it is tried again."""
        return self.kind == "rejected" and self.goal == "hold" and not self.held_back

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
                "error": storable(call.error, longest=LONGEST_WORDS),
                "duration_ms": call.milliseconds,
            }
            for call in self.calls
        ]
