"""One number per brand that moves with every change to its stores.

An answer that was remembered together with the stamp is still right when the stamp still is: nothing it was made of has
changed, whichever stores it shows, lacks or would show next. Asking costs one look at an index.

Triggers on the stores' table write it (``stores.models.base.stamps``), so it moves for COPY and raw SQL too, and is seen
together with the change. A brand has as many rows as transactions ever changed its stores at once: each takes a row that no
other one holds, so that an import of minutes keeps nobody waiting. The stamp is their sum. Versions only grow and no row goes,
so no commit leaves the sum as it was, in whatever order transactions commit.
"""

from __future__ import annotations

from stores.models.queries import prepared

_STAMP = "SELECT coalesce(sum(version), 0)::bigint FROM stores_storestamp WHERE brand_id = %s"


def of(brand_id: int) -> int:
    """The stamp of the brand's stores, as committed now."""
    [(stamp,)] = prepared.ask(_STAMP, [brand_id])
    return int(stamp)
