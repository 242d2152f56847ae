"""The life of a store and of a brand's presence in a market: which step may follow which, and what stands in the way.

``prospect > signed > fit_out > ready > soft_open > open <> temporarily_closed > closing > closed``, and cancelled as long as
no customer has come. A word that nobody can take back (closed, cancelled) has no step after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STORE_STEPS: Mapping[str, tuple[str, ...]] = {
    "prospect": ("signed", "cancelled"),
    "signed": ("fit_out", "cancelled"),
    "fit_out": ("ready", "cancelled"),
    # Handed back to the builders: happens more often than anybody plans.
    "ready": ("soft_open", "open", "fit_out", "cancelled"),
    # A counter may never open for good: a pop-up is soft open and closes.
    "soft_open": ("open", "temporarily_closed", "closing"),
    "open": ("temporarily_closed", "closing"),
    "temporarily_closed": ("open", "closing", "closed"),
    # Until the last day the closing can be called off.
    "closing": ("closed", "open"),
    "closed": (),
    "cancelled": (),
}
"""From each status of a store, where it may go next; the usual step first."""

STORE_STATUSES = tuple(STORE_STEPS)
PUBLIC_STATUSES = ("ready", "soft_open", "open", "temporarily_closed", "closing")
"""What customers may know about: an opening that is announced, every open door, and a door that will open again."""
PIPELINE_STATUSES = ("prospect", "signed", "fit_out", "ready", "soft_open")
"""On the way to the opening."""

ENTRY_STEPS: Mapping[str, tuple[str, ...]] = {
    "planned": ("preparing",),
    "preparing": ("live", "planned"),
    "live": ("closing",),
    # Leaving a market can be called off; what is over stays as closing, with the date in its history.
    "closing": ("live",),
}
"""From each status of a market entry, where it may go next."""

ENTRY_STATUSES = tuple(ENTRY_STEPS)


def reachable(status: str) -> frozenset[str]:
    """Where a store may come to from a status, by any number of steps."""
    found: set[str] = set()
    waiting = list(STORE_STEPS[status])
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += STORE_STEPS[step]
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a step is not possible now: a stable word, how many of it there are, and what is meant exactly."""

    code: str
    count: int = 0
    detail: str = ""

    def __str__(self) -> str:
        one, many = BLOCKERS[self.code]
        return (one if self.count == 1 else many) % {"n": self.count, "detail": self.detail}


# English for commands, interfaces and history; the dashboard says the same in the reader's language.
BLOCKERS: Mapping[str, tuple[str, str]] = {
    "open_cases": ("%(n)s open service case", "%(n)s open service cases"),
    "staff_grants": ("%(n)s staff grant", "%(n)s staff grants"),
    "running_plans": ("%(n)s promotion that runs here", "%(n)s promotions that run here"),
    "published": ("it is published: take it down first", "it is published: take it down first"),
    "checklist": ("%(n)s required item is open: %(detail)s", "%(n)s required items are open: %(detail)s"),
    "no_checklist": ("there is no checklist yet", "there is no checklist yet"),
    "followers": ("%(n)s counter that follows its hours", "%(n)s counters that follow its hours"),
}


def sentence(verb: str, blockers: Sequence[Blocker]) -> str:
    """``cannot close: 3 open service cases, 2 staff grants``."""
    return f"Cannot {verb}: {', '.join(map(str, blockers))}."
