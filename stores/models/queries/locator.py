"""The nearest stores in exact order, by the index on their position.

The index orders points on a flat map in degrees; people ask for metres over the globe. So a few more points than wanted are
taken in the index's order, measured exactly and sorted. The result is final when the circle around the last wanted store
cannot reach a point that the index has not given yet. Otherwise, near the poles and the antimeridian, that circle is the
bound: everything in its box is read and sorted. Nothing reads the whole table unless everything was asked for.

Equal distances are in the order of the store codes. Pages go on from the last store's (distance, code).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from stores.models.queries.selection import Selection
from stores.models.queries.stores import DISTANCE, PLACE, distance_params, inside
from stores.values.coordinates import EARTH_RADIUS_M, Point, bounding_boxes

HALFWAY_ROUND_M = 20_037_508.4
"""More than half the earth's circumference on the sphere that distances are measured on."""

_PLACE = itemgetter(3, 2)  # distance and code of a Found that was measured
_SPARE = 10
_GROWTH = 4
_TRIES = 3
_ROUNDING_M = 1.0
_SLACK_DEGREES = 1e-6


class Found(NamedTuple):
    """A store that was found. ``version`` names its documents; ``distance`` is in metres, None without a point."""

    id: int
    version: int
    code: str
    distance: float | None = None

    @property
    def place(self) -> tuple[float, str]:
        return (self.distance or 0.0, self.code)


class Keep:
    """A filter that the database cannot do, such as "open now". This one keeps all."""

    def __call__(self, found: Sequence[Found]) -> list[Found]:
        """Those that pass, in their order."""
        return list(found)

    def likely(self, point: Point, count: int, beyond: float) -> tuple[list[int], float] | None:
        """Ids of the ``count`` nearest that may pass and lie beyond some metres, and how far the farthest is: whoever is nearer
        and may pass is among them. None when nobody knows.
        """
        return None

    def is_rare(self, point: Point) -> bool:
        """Whether hardly any around the point will pass, as far as it is known at once."""
        return False

    def narrowed(self, stores: Selection) -> Selection:
        """The stores without most of those that cannot pass, asked for when many did not."""
        return stores


_STORE = '"stores_store"."id", "stores_store"."version", "stores_store"."code"'
# By code point, as Python sorts, whatever the database's language.
_CODE = '"stores_store"."code" COLLATE "C"'
_AFTER = f"({DISTANCE} > %s OR ({DISTANCE} = %s AND {_CODE} > %s))"
_BEFORE = f"({DISTANCE} < %s OR ({DISTANCE} = %s AND {_CODE} < %s))"


EVERYTHING = Keep()


def nearest(
    stores: Selection, point: Point, count: int, *, after: tuple[float, str] | None = None, keep: Keep = EVERYTHING
) -> list[Found]:
    """The ``count`` nearest of ``stores`` that come after a place, by distance and code."""
    if keep.is_rare(point) and (found := _likely(stores, point, count, after, keep)) is not None:
        return found
    take = (2 if keep is EVERYTHING else 3) * count + _SPARE
    measure = distance_params(point)
    condition, params = _beyond(_AFTER, measure, after)
    while True:
        rows = stores.ask(
            f"{_STORE}, {DISTANCE}, {PLACE} <-> point(%s, %s) AS degrees",
            [*measure, point.lng, point.lat],
            condition=f'"stores_store"."latitude" IS NOT NULL AND {condition}',
            params=params,
            order="degrees",
            limit=take,
        )
        found = keep(sorted([Found(*row[:4]) for row in rows], key=_PLACE))
        if len(rows) < take:
            return found[:count]
        if len(found) >= count:
            last = found[count - 1].distance or 0.0
            if _reach(point, last) < rows[-1][4]:
                return found[:count]
            return within(stores, point, last, count, after=after, keep=keep)
        if keep is not EVERYTHING and (likely := _likely(stores, point, count, after, keep)) is not None:
            return likely
        take *= _GROWTH
        stores = keep.narrowed(stores)


def _likely(
    stores: Selection, point: Point, count: int, after: tuple[float, str] | None, keep: Keep
) -> list[Found] | None:
    """The same by what the filter knows beforehand; None when that is not enough, because the selection is a narrow one."""
    take = count + _SPARE
    measure = distance_params(point)
    condition, params = _beyond(_AFTER, measure, after)
    for _ in range(_TRIES):
        known = keep.likely(point, take, after[0] if after else 0.0)
        if known is None:
            return None
        ids, farthest = known
        rows = stores.ask(
            f"{_STORE}, {DISTANCE} AS distance",
            measure,
            condition=f'"stores_store"."id" = ANY(%s::bigint[]) AND {condition}',
            params=[ids, *params],
            order=f"distance, {_CODE}",
        )
        found = keep([Found(*row) for row in rows])
        if math.isinf(farthest):
            return found[:count]
        if len(found) >= count and (found[count - 1].distance or 0.0) < farthest - _ROUNDING_M:
            return found[:count]
        take *= 2 * _GROWTH
    return None


def within(
    stores: Selection,
    point: Point,
    radius: float,
    count: int,
    *,
    after: tuple[float, str] | None = None,
    keep: Keep = EVERYTHING,
) -> list[Found]:
    """The ``count`` nearest of ``stores`` within a radius in metres."""
    measure = distance_params(point)
    box, edges = inside(bounding_boxes(point, radius))
    condition, params = _beyond(_AFTER, measure, after)
    take = count
    while True:
        rows = stores.ask(
            f"{_STORE}, {DISTANCE} AS distance",
            measure,
            condition=f"{box} AND {DISTANCE} <= %s AND {condition}",
            params=[*edges, *measure, radius, *params],
            order=f"distance, {_CODE}",
            limit=take,
        )
        found = keep([Found(*row) for row in rows])
        if len(found) >= count or len(rows) < take:
            return found[:count]
        take *= _GROWTH
        stores = keep.narrowed(stores)


def before(
    stores: Selection, point: Point, place: tuple[float, str], count: int, *, keep: Keep = EVERYTHING
) -> list[Found]:
    """The ``count`` stores that come right before a place, in the order of the list (for the page before)."""
    measure = distance_params(point)
    box, edges = inside(bounding_boxes(point, min(place[0], HALFWAY_ROUND_M)))
    condition, params = _beyond(_BEFORE, measure, place)
    take = count
    while True:
        rows = stores.ask(
            f"{_STORE}, {DISTANCE} AS distance",
            measure,
            condition=f"{box} AND {condition}",
            params=[*edges, *params],
            order=f"distance DESC, {_CODE} DESC",
            limit=take,
        )
        found = keep([Found(*row) for row in rows])
        if len(found) >= count or len(rows) < take:
            return found[:count][::-1]
        take *= _GROWTH
        stores = keep.narrowed(stores)


def in_order_of_code(
    stores: Selection, count: int, *, after: str = "", before: str = "", keep: Keep = EVERYTHING
) -> list[Found]:
    """The ``count`` stores after a code, or right before one, in the order of the codes."""
    take = count
    condition, order, place = "TRUE", '"stores_store"."code"', [before or after]
    if before:
        condition, order = f"{order} < %s", f"{order} DESC"
    elif after:
        condition = f"{order} > %s"
    else:
        place = []
    while True:
        rows = stores.ask(_STORE, condition=condition, params=place, order=order, limit=take)
        found = keep([Found(*row) for row in rows])
        if len(found) >= count or len(rows) < take:
            return found[:count][::-1] if before else found[:count]
        take *= _GROWTH
        stores = keep.narrowed(stores)


def with_code(stores: Selection, code: str) -> Found | None:
    """The store of this code."""
    rows = stores.ask(_STORE, condition='"stores_store"."code" = %s', params=[code], limit=1)
    return Found(*rows[0]) if rows else None


def _beyond(text: str, measure: Sequence[float], place: tuple[float, str] | None) -> tuple[str, list[Any]]:
    if place is None:
        return "TRUE", []
    return text, [*measure, place[0], *measure, place[0], place[1]]


def _reach(point: Point, radius: float) -> float:
    """The longest flat distance in degrees of any place within the radius; endless across poles and antimeridian.

    By haversine, sin²(dlat/2) + cos(lat) cos(lat') sin²(dlng/2) <= sin²(r/2) for every place in the circle. Bounding both
    sines from below by their chords makes it an ellipse on the flat map; its longer half axis is the answer.
    """
    boxes = bounding_boxes(point, radius)
    if len(boxes) > 1 or boxes[0].east - boxes[0].west >= 360:
        return math.inf
    [box] = boxes
    angle = radius / EARTH_RADIUS_M
    width = math.radians(max(box.east - point.lng, point.lng - box.west))
    narrowest = math.cos(math.radians(max(abs(box.north), abs(box.south))))
    squeeze = math.cos(math.radians(point.lat)) * narrowest
    if squeeze <= 0:
        return math.inf
    stretch = _chord(angle) / (_chord(width) * math.sqrt(squeeze))
    return math.degrees(angle) * max(1.0, stretch) + _SLACK_DEGREES


def _chord(angle: float) -> float:
    """sin(a/2) / (a/2): how much shorter the chord is than the arc, 1 at nothing."""
    half = angle / 2
    return math.sin(half) / half if half else 1.0
