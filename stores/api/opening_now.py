"""Which stores are open at an instant: a filter that the database cannot apply, because the schedules decide."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from stores.api.cards import openings
from stores.api.remembered import Remembered
from stores.models import Store
from stores.models.queries import locator, sleeping
from stores.models.queries.locator import Found
from stores.models.queries.opening import MAY_BE_OPEN, wall_clocks
from stores.models.queries.selection import Selection
from stores.timetable.evaluate import State
from stores.values.coordinates import Point


class OpenAt(locator.Keep):
    """Keeps the stores that are open at an instant."""

    def __init__(self, moment: datetime, brand_id: int) -> None:
        self._moment = moment
        self._seconds = moment.timestamp()
        self._brand_id = brand_id
        self._is_narrow = False

    def __call__(self, found: Sequence[Found]) -> list[Found]:
        moment, seconds = self._moment, self._seconds
        return [
            each
            for each, opening in zip(found, openings(found), strict=True)
            if opening.at(moment, seconds).state is State.OPEN
        ]

    def likely(self, point: Point, count: int, beyond: float) -> tuple[list[int], float] | None:
        """The nearest that are not known to be shut."""
        return sleeping.network(self._brand_id).nearest(point, self._seconds, count, beyond)

    def is_rare(self, point: Point) -> bool:
        """Whether all around are known to be shut."""
        known = sleeping.remembered(self._brand_id)
        return known is not None and known.sleeps_around(point, self._seconds)

    def narrowed(self, stores: Selection) -> Selection:
        """Once, by the weeks alone: a shop street at night, or a country, is not worth its schedules."""
        if self._is_narrow:
            return stores
        self._is_narrow = True
        return stores.where(MAY_BE_OPEN, [wall_clocks(_zones(self._brand_id), self._moment)])


_ZONES_S = 60.0
_zones_of: Remembered[int, tuple[float, tuple[str, ...]]] = Remembered(1_000)


def _zones(brand_id: int) -> tuple[str, ...]:
    """The time zones of a brand's stores. A zone that is missing for a minute only costs time."""
    known = _zones_of.get(brand_id)
    if known is None or known[0] < time.monotonic():
        zones = Store.objects.filter(brand_id=brand_id).order_by().values_list("time_zone", flat=True).distinct()
        known = time.monotonic() + _ZONES_S, tuple(zones)
        _zones_of.put(brand_id, known)
    return known[1]


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _zones_of.clear()
    sleeping.forget()
