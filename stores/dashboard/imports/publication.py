"""After an import: which of its stores customers may see, which are complete, and what the others still lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stores.actions.stores import Published, publish_stores
from stores.models import ImportJob, ImportRow, Store
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.publication import Gap, publication_gaps

MOST = 5000
"""Stores that a page looks at, a second's work; of a larger list it shows the first ones, and says so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an import's stores stand."""

    published: int
    complete: int
    held: dict[int, list[Gap]]
    """Stores that customers do not see yet because something is missing, by number."""
    gaps: list[tuple[Gap, int]]
    """What is missing, and in how many of them."""
    waiting: int
    """Stores whose status is not one that customers hear of."""
    beyond: int
    """Stores not looked at, because there are more than MOST."""


def stores_of(job: ImportJob) -> Any:
    """The stores that the import made or spoke of."""
    return Store.objects.filter(pk__in=ImportRow.objects.filter(job=job, store__isnull=False).values("store_id"))


def standing(reader: Any, job: ImportJob) -> Standing:
    """How they stand now."""
    stores = stores_of(job).visible_to(reader)
    unpublished = stores.filter(published_at__isnull=True, status__in=PUBLIC_STATUSES)
    ids = list(unpublished.order_by("code").values_list("pk", flat=True)[:MOST])
    held = {pk: gaps for pk, gaps in publication_gaps(ids).items() if gaps}
    return Standing(
        published=stores.filter(published_at__isnull=False).count(),
        complete=len(ids) - len(held),
        held={pk: held[pk] for pk in ids if pk in held},
        gaps=Counter(Gap(what) for gaps in held.values() for what in {gap.what for gap in gaps}).most_common(),
        beyond=unpublished.count() - len(ids) if len(ids) == MOST else 0,
        waiting=stores.filter(published_at__isnull=True).exclude(status__in=PUBLIC_STATUSES).count(),
    )


def rows(reader: Any, held: Mapping[int, list[Gap]]) -> list[tuple[Store, list[Gap]]]:
    """The stores of one page, each with what it lacks."""
    found = Store.objects.visible_to(reader).select_related("market").in_bulk(list(held))
    return [(found[pk], gaps) for pk, gaps in held.items() if pk in found]


def publish_complete(*, by: Any, job: ImportJob) -> Published:
    """Publish those that lack nothing; the others stay as they are."""
    return publish_stores(by=by, stores=stores_of(job))
