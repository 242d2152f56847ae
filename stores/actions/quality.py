"""Keeps each store's quality beside it, so that lists sort by it: only stores that changed are looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from stores.models import Store, StoreQuality
from stores.models.queries.quality import store_facts
from stores.values import clock
from stores.values.quality import Quality, assess

_AT_ONCE = 2000
"""Stores that are judged between two writes; their addresses are in memory meanwhile."""


def qualities(ids: Sequence[int]) -> dict[int, Quality]:
    """The quality of these stores as they are now."""
    now = clock.now()
    return {pk: assess(facts, now) for pk, _version, facts in store_facts(ids, now)}


def assess_stores(stores: Any = None) -> int:
    """Judge the stores (a QuerySet, else all) whose data changed since, or has become old. How many there were.

    A run that is killed has written whole batches; the next one goes on. Two at once write the same.
    """
    now = clock.now()
    stale = (Store.objects.all() if stores is None else stores).filter(
        Q(quality__isnull=True) | ~Q(quality__store_version=F("version")) | Q(quality__holds_until__lte=now)
    )
    ids = list(stale.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        rows = []
        for pk, version, facts in store_facts(ids[start : start + _AT_ONCE], now):
            found = assess(facts, now)
            rows.append(
                StoreQuality(
                    store_id=pk,
                    score=found.score,
                    gaps=list(found.gaps),
                    store_version=version,
                    holds_until=found.holds_until,
                )
            )
        StoreQuality.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["store"],
            update_fields=["score", "gaps", "store_version", "holds_until"],
        )
    return len(ids)
