""" "Now" in a shop: the machine's clock plus ``MERIDIAN_CLOCK_OFFSET`` seconds, so that demos stand at midnight."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The business instant, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get("MERIDIAN_CLOCK_OFFSET") or 0))


def written(instant: datetime) -> str:
    """An instant as the shop writes it: RFC 3339 in UTC with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
