"""From wall-clock time to instants, with the nights on which clocks change.

A local time that does not exist (the gap in spring) means the first instant after it. A local time that happens twice
(the fold in autumn) means its earlier instant as a start and its later one as an end, so nobody is locked out early.
Days are proleptic ordinals (``date.toordinal``), minutes may run past 1440, instants are whole seconds since 1970 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
DAY_SECONDS = 86_400
# A store's answers touch a dozen days; 4,000 of them are eleven years of one zone, about 300 kB.
_MOST_DAYS = 4_000


class LocalClock:
    """The clock on the wall in one zone. Ask for it with ``local_clock``, which keeps one per zone."""

    __slots__ = ("_offsets", "zone")

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int | None] = {}

    def day_of(self, moment: datetime) -> int:
        """The local day an instant belongs to. A day begins once: where clocks fall back over midnight it has begun."""
        local = moment.astimezone(self.zone)
        day = local.toordinal()
        return day + 1 if local.fold and self.start(day + 1, 0) <= moment.timestamp() else day

    def start(self, day: int, minute: int) -> int:
        """The instant at which something starts at this wall-clock time."""
        offset = self.steady_offset(day)
        if offset is None:
            return self._resolve(day, minute, fold=0)
        return (day - EPOCH_DAY) * DAY_SECONDS + minute * 60 - offset

    def end(self, day: int, minute: int) -> int:
        """The instant at which something ends at this wall-clock time."""
        offset = self.steady_offset(day)
        if offset is None:
            return self._resolve(day, minute, fold=1)
        return (day - EPOCH_DAY) * DAY_SECONDS + minute * 60 - offset

    def steady_offset(self, day: int) -> int | None:
        """Seconds ahead of UTC during the whole of a day and the next, None when clocks change in between."""
        try:
            return self._offsets[day]
        except KeyError:
            pass
        if len(self._offsets) >= _MOST_DAYS:
            self._offsets.clear()
        seen = {self._offset(day, days * 1440, fold) for days in (0, 1, 2) for fold in (0, 1)}
        offset = self._offsets[day] = seen.pop() if len(seen) == 1 else None
        return offset

    def _offset(self, day: int, minute: int, fold: int) -> int:
        local = datetime.fromordinal(day) + timedelta(minutes=minute)
        return _seconds(local.replace(tzinfo=self.zone, fold=fold))

    def _resolve(self, day: int, minute: int, *, fold: int) -> int:
        wall = (day - EPOCH_DAY) * DAY_SECONDS + minute * 60
        earlier, later = self._offset(day, minute, 0), self._offset(day, minute, 1)
        if earlier >= later:
            return wall - (later if fold else earlier)
        # In a gap PEP 495 gives the offset before the change for fold 0 and the one after it for fold 1, so the change
        # lies between these two instants; zones change at whole seconds.
        before, after = wall - later, wall - earlier
        while after - before > 1:
            middle = (before + after) // 2
            if _seconds(datetime.fromtimestamp(middle, self.zone)) == earlier:
                before = middle
            else:
                after = middle
        return after


@lru_cache(maxsize=1024)
def local_clock(zone: ZoneInfo) -> LocalClock:
    return LocalClock(zone)


def _seconds(moment: datetime) -> int:
    offset = moment.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
