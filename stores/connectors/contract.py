"""What every connector can be asked, and the only answers it may give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from stores.values.documents import Capabilities, OfferDocument

LONGEST_ID = 200
LONGEST_VERSION = 60
Kind = Literal["applied", "rejected", "retry", "ambiguous", "auth_lost", "gone", "conflict"]


@dataclass(frozen=True)
class ChannelConfig:
    """What a connector needs to know of one channel. ``token`` is a session token or key, never logged."""

    channel: str
    base_url: str
    selector: str
    token: str = field(repr=False)
    currency: str
    capabilities: Capabilities


@dataclass(frozen=True)
class Remote:
    """An object on the platform: its id there, and the version its lock asks for ("" without a lock).

    Raises ValueError for what nobody could keep and name again: the platform's answer is broken, and not to be believed.
    """

    remote_id: str
    version: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.remote_id) <= LONGEST_ID or len(self.version) > LONGEST_VERSION:
            raise ValueError("the id or version of a remote object is empty or too long")
        if not (self.remote_id + self.version).isprintable():
            raise ValueError("the id or version of a remote object cannot be written down")


@dataclass(frozen=True)
class Held:
    """One promotion as the platform holds it."""

    remote: Remote
    ref: str
    document: OfferDocument | None
    """None when it cannot be read as one of ours."""


@dataclass(frozen=True)
class Answer:
    """What became of a call.

    ``applied``: done and proven by the answer. ``rejected``: the platform will not, for a reason in the document.
    ``retry``: not done, try later. ``ambiguous``: may or may not have been done, now or in a moment. ``auth_lost``: the login
    is not accepted. ``gone``: the object does not exist. ``conflict``: another version or object is in the way.
    """

    kind: Kind
    remote: Remote | None = None
    held: Sequence[Held] = ()
    cursor: str | None = None
    status: int | None = None
    error: str = ""
    retry_after: float | None = None
    """Seconds the platform asked us to wait, already made sane."""


class Connector(Protocol):
    """One platform. Every call has its own deadline and never raises for what a network or a platform may do."""

    async def find(self, config: ChannelConfig, ref: str) -> Answer:
        """All objects with our reference, oldest first, in ``held``."""
        ...

    async def create(self, config: ChannelConfig, document: OfferDocument) -> Answer: ...

    async def update(self, config: ChannelConfig, remote: Remote, document: OfferDocument) -> Answer: ...

    async def withdraw(self, config: ChannelConfig, remote: Remote) -> Answer: ...

    async def list_ours(self, config: ChannelConfig, cursor: str | None) -> Answer:
        """One page of everything on the channel that carries a reference; ``cursor`` in the answer is the next page's."""
        ...

    async def probe_price(self, config: ChannelConfig, sku: str) -> Decimal | None:
        """The price a buyer sees now, in the channel's currency; None when it cannot be told."""
        ...
