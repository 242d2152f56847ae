"""What happens to stores by itself: at the store's own midnight they open, open again and close for good.

Customers never wait for this: what they read follows from the dates. The rows follow within minutes, or hours later when no
worker was there, with the same outcome. Each turn is one statement for all stores, and finds nothing the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, F, OuterRef, Subquery, Value, When

from stores.actions.lifecycle import blockers
from stores.actions.transaction import acting
from stores.models import Actor, Store, StoreMilestone
from stores.values.lifecycle import Blocker


class Turned(NamedTuple):
    """Numbers of the stores that turned, and those that should have closed with what holds them."""

    opened: list[int]
    reopened: list[int]
    closed: list[int]
    held: dict[int, list[Blocker]]


def turn_stores(*, by: Actor, moment: datetime) -> Turned:
    """Turn every store whose local date has come by the instant.

    Ready and soft open become open on the opening date, temporarily closed on the reopening date: as closing where its closing
    is announced, as soft open where its opening lies ahead. Closing, or still temporarily closed, becomes closed on the closing
    date, unless somebody still counts on the store: then it stays as it is and the pipeline page says why.
    """
    stores: Any = Store.objects.visible_to(by)

    def due(statuses: Sequence[str], day: str) -> Any:
        return stores.filter(status__in=statuses).reached(day, moment)

    def turn(rows: Any, reason: str, **values: Any) -> list[int]:
        # Locked first: whoever is changing one of them right now is waited for, and what no longer fits drops out.
        with acting(by, reason):
            ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
            if ids:
                Store.objects.filter(pk__in=ids).update(**values)
                reached: Any = StoreMilestone.objects.filter(store__in=ids, kind="opening", done_date__isnull=True)
                reached.filter(store__status="open").update(
                    done_date=Subquery(Store.objects.filter(pk=OuterRef("store")).values("opening_date"))
                )
            return ids

    # Before the openings: whatever comes back as soft open may have its opening behind it as well.
    back = Case(
        When(closing_date__isnull=False, then=Value("closing")),
        When(opening_date__gt=F("reopen_date"), then=Value("soft_open")),
        default=Value("open"),
    )
    reopened = turn(
        due(("temporarily_closed",), "reopen_date"), "the reopening date has come", status=back, reopen_date=None
    )
    opened = turn(due(("ready", "soft_open"), "opening_date"), "the opening date has come", status="open")
    leaving = due(("closing", "temporarily_closed"), "closing_date")
    held = blockers(list(leaving.values_list("pk", flat=True)), "closed")
    closed = turn(leaving.exclude(pk__in=held), "the closing date has come", status="closed", reopen_date=None)
    return Turned(opened, reopened, closed, held)
