"""The nearest stores in exact order, by the index on their position.

The index orders points on a flat map in degrees; people ask for metres over the globe. So a few more points than wanted are
taken in the index's order, measured exactly and sorted. The result is final when the circle around the last wanted store
cannot reach a point that the index has not given yet. Otherwise, near the poles and the antimeridian, that circle is the
bound: everything in its box is read and sorted. Nothing reads the whole table unless everything was asked for.

Equal distances are in the order of the store codes. Pages go on from the last store's (distance, code).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from stores.models.queries.stores import StoreQuerySet, distance_from
from stores.values.coordinates import Point, bounding_boxes

HALFWAY_ROUND_M = 20_037_508.4
"""More than half the earth's circumference on the sphere that distances are measured on."""

_SPARE = 12
_GROWTH = 4


class Found(NamedTuple):
    """A store that was found. ``version`` names its documents; ``distance`` is in metres, None without a point."""

    id: int
    version: int
    code: str
    distance: float | None = None

    @property
    def place(self) -> tuple[float, str]:
        return (self.distance or 0.0, self.code)


Keep = Callable[[Sequence[Found]], list[Found]]
"""A filter that the database cannot do, such as "open now". Keeps the order."""


def everything(found: Sequence[Found]) -> list[Found]:
    """Keep all."""
    return list(found)


def nearest(
    stores: StoreQuerySet, point: Point, count: int, *, after: tuple[float, str] | None = None, keep: Keep = everything
) -> list[Found]:
    """The ``count`` nearest of ``stores`` that come after a place, by distance and code."""
    take = count + _SPARE + (3 * count if keep is not everything else 0)
    while True:
        rows = list(_beyond(stores, point, after).nearest_on_the_map(point).values_list(*_COLUMNS, "degrees")[:take])
        found = keep(sorted((Found(*row[:4]) for row in rows), key=_place))
        if len(rows) < take:
            return found[:count]
        if len(found) >= count:
            last = found[count - 1].distance or 0.0
            if _reach(point, last) < rows[-1][4]:
                return found[:count]
            return within(stores, point, last, count, after=after, keep=keep)
        take *= _GROWTH


def within(
    stores: StoreQuerySet,
    point: Point,
    radius: float,
    count: int,
    *,
    after: tuple[float, str] | None = None,
    keep: Keep = everything,
) -> list[Found]:
    """The ``count`` nearest of ``stores`` within a radius in metres."""
    circle = stores.with_distance(point).in_boxes(bounding_boxes(point, radius))
    circle = _where(circle, point, "{distance} <= %s", [radius])
    take = count
    while True:
        rows = _beyond(circle, point, after).order_by("distance", _code())[:take]
        given = [Found(*row) for row in rows.values_list(*_COLUMNS)]
        found = keep(given)
        if len(found) >= count or len(given) < take:
            return found[:count]
        take *= _GROWTH


def before(
    stores: StoreQuerySet,
    point: Point,
    place: tuple[float, str],
    count: int,
    *,
    keep: Keep = everything,
) -> list[Found]:
    """The ``count`` stores that come right before a place, in the order of the list (for the page before)."""
    distance, code = place
    nearer = stores.with_distance(point).in_boxes(bounding_boxes(point, min(distance, HALFWAY_ROUND_M)))
    condition = '({distance} < %s OR ({distance} = %s AND "stores_store"."code" COLLATE "C" < %s))'
    nearer = _where(nearer, point, condition, [distance, distance, code])
    take = count
    while True:
        rows = nearer.order_by("-distance", _code(descending=True))[:take]
        given = [Found(*row) for row in rows.values_list(*_COLUMNS)]
        found = keep(given)
        if len(found) >= count or len(given) < take:
            return found[:count][::-1]
        take *= _GROWTH


def in_order_of_code(
    stores: StoreQuerySet, count: int, *, after: str = "", before: str = "", keep: Keep = everything
) -> list[Found]:
    """The ``count`` stores after a code, or right before one, in the order of the codes."""
    take = count
    order = "code"
    if after:
        stores = stores.filter(code__gt=after)
    if before:
        stores, order = stores.filter(code__lt=before), "-code"
    while True:
        given = [Found(*row) for row in stores.order_by(order).values_list("id", "version", "code")[:take]]
        found = keep(given)
        if len(found) >= count or len(given) < take:
            return found[:count][::-1] if before else found[:count]
        take *= _GROWTH


_COLUMNS = ("id", "version", "code", "distance")


def _place(found: Found) -> tuple[float, str]:
    return found.place


def _code(*, descending: bool = False) -> Any:
    text = RawSQL('"stores_store"."code" COLLATE "C"', [])
    return text.desc() if descending else text.asc()


def _beyond(stores: StoreQuerySet, point: Point, after: tuple[float, str] | None) -> StoreQuerySet:
    stores = stores.with_distance(point)
    if after is None:
        return stores
    condition = '({distance} > %s OR ({distance} = %s AND "stores_store"."code" COLLATE "C" > %s))'
    return _where(stores, point, condition, [after[0], after[0], after[1]])


def _where(stores: StoreQuerySet, point: Point, condition: str, values: Sequence[Any]) -> StoreQuerySet:
    """Filter by a condition in which ``{distance}`` stands for the measured distance."""
    distance = distance_from(point)
    parts = condition.split("{distance}")
    params: list[Any] = []
    rest = list(values)
    for index, part in enumerate(parts):
        if index:
            params += distance.params
        for _ in range(part.count("%s")):
            params.append(rest.pop(0))
    text = distance.sql.join(parts)
    return stores.filter(RawSQL(text, params, output_field=BooleanField()))  # noqa: S611  (values are parameters)


def _reach(point: Point, radius: float) -> float:
    """The longest flat distance in degrees of any place within the radius; endless across poles and antimeridian."""
    boxes = bounding_boxes(point, radius)
    if len(boxes) > 1 or boxes[0].east - boxes[0].west >= 360:
        return math.inf
    [box] = boxes
    tall = max(box.north - point.lat, point.lat - box.south)
    wide = max(box.east - point.lng, point.lng - box.west)
    return math.hypot(tall, wide)
