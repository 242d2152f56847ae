"""A store's state in the words of those who publish it: Google Business Profile and Apple Business Connect.

Both are asked about one local day, the store's own: a date that has come counts although nobody has changed the status yet, as
the schedule of ``stores.models.queries.opening`` counts it. None means that the publisher is not told about the store.

Sources: Google, Business Information API, ``OpenInfo`` (openingDate in the past or at most one year ahead). Apple, Business
API, "Location status" (openingDate and reopenDate in the future, an opening at most 180 days ahead; closedDate not in the
future; six months ahead where nobody knows when a store reopens).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stores.values.lifecycle import PUBLIC_STATUSES

APPLE_OPENING_SOON = timedelta(days=180)
APPLE_UNKNOWN_REOPENING = timedelta(days=182)
"""Apple recommends six months where the day is not known."""


@dataclass(frozen=True, slots=True)
class Life:
    """What a store's row says about its doors. ``closing`` is the first day they stay shut, ``reopen`` the first open one."""

    status: str
    opening: date | None = None
    closing: date | None = None
    reopen: date | None = None

    def on(self, day: date) -> str:
        """What is true on a local day: ``hidden``, ``announced``, ``open``, ``paused`` or ``gone``."""
        if self.status == "closed" or (self.closing is not None and self.closing <= day and self._is_public()):
            return "gone"
        if not self._is_public():
            return "hidden"
        if self.opening is not None and self.opening > day:
            return "announced"
        if self.status == "ready":
            return "announced" if self.opening is None else "open"
        if self.status == "temporarily_closed" and (self.reopen is None or self.reopen > day):
            return "paused"
        return "open"

    def _is_public(self) -> bool:
        return self.status in PUBLIC_STATUSES


def google_open_info(life: Life, day: date) -> dict[str, Any] | None:
    """``openInfo`` of Google Business Profile on the store's local day; None for a store that Google is not told about.

    Google has no word for an opening ahead: it is OPEN with an ``openingDate`` up to a year away, and a store that opens
    later, or nobody knows when, is not told yet.
    """
    state = life.on(day)
    if state == "hidden" or (state == "announced" and not _within_a_year(life.opening, day)):
        return None
    status = {"gone": "CLOSED_PERMANENTLY", "paused": "CLOSED_TEMPORARILY"}.get(state, "OPEN")
    info: dict[str, Any] = {"status": status}
    if life.opening is not None:
        info["openingDate"] = {"year": life.opening.year, "month": life.opening.month, "day": life.opening.day}
    return info


def apple_status(life: Life, day: date) -> dict[str, str] | None:
    """``locationStatus`` of Apple Business Connect on the store's local day; None for a store that Apple is not told about."""
    state = life.on(day)
    if state == "announced":
        if life.opening is None or life.opening - day > APPLE_OPENING_SOON:
            return None
        return {"status": "OPENING_SOON", "openingDate": life.opening.isoformat()}
    if state == "paused":
        return {
            "status": "TEMPORARILY_CLOSED",
            "reopenDate": (life.reopen or day + APPLE_UNKNOWN_REOPENING).isoformat(),
        }
    if state == "gone":
        # Never a day that is still to come, and none where nobody wrote one down.
        known = life.closing is not None and life.closing <= day
        return {"status": "CLOSED"} | ({"closedDate": life.closing.isoformat()} if known and life.closing else {})
    return {"status": "OPEN"} if state == "open" else None


def _within_a_year(opening: date | None, day: date) -> bool:
    if opening is None:
        return False
    try:
        return opening <= day.replace(year=day.year + 1)
    except ValueError:  # 29 February: the year ends on the 28th
        return opening <= day.replace(year=day.year + 1, day=28)
