"""The business clock: what "now" means for stores, campaigns and prices.

Demos and tests may stand at a market's midnight by shifting it with ``MERIDIAN_CLOCK_OFFSET`` (seconds). Settings refuse the
offset outside demo and test. Leases and retry times do not use this clock: they belong to the database.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta


def offset() -> timedelta:
    """How far business time is ahead of the machine's clock."""
    return timedelta(seconds=float(os.environ.get("MERIDIAN_CLOCK_OFFSET") or 0))


def now() -> datetime:
    """The business instant, aware, in UTC."""
    return datetime.now(UTC) + offset()


def earliest_day() -> date:
    """The date on which somebody on earth still is: what is before it is over everywhere."""
    return (now() - timedelta(hours=12)).date()
