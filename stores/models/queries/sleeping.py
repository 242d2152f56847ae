"""The nearest stores that are not known to be shut, found in memory.

Stores are held by squares of one degree, each with its circle on the globe. A search goes through the squares by how near their
circles come, leaves out those where all is shut, and stops when the next square cannot hold anything nearer. Distances are
compared as angles between directions from the earth's centre, so poles and the antimeridian are places like any other.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Sequence
from heapq import heappush, heapreplace, nlargest
from typing import NamedTuple

from django.db import connection

from stores.models.network import PUBLIC_STATUSES
from stores.models.queries import stamp
from stores.values.coordinates import EARTH_RADIUS_M, Point

FRESH_S = 60.0
"""Hours that were written down meanwhile only make a search faster, so they are read again this seldom."""
_SLACK_COSINE, _SLACK_ANGLE = 1e-9, 1e-7
"""Far above what rounding makes of cosines and of the angles between them. It only widens a search."""

Direction = tuple[float, float, float]


class _Store(NamedTuple):
    shut_from: int
    shut_until: int
    x: float
    y: float
    z: float
    id: int


class _Square:
    """Stores of one degree square, and which of them may be open until something changes."""

    __slots__ = ("_awake", "direction", "radius", "stores")

    def __init__(self, stores: list[_Store]) -> None:
        self.stores = stores
        self.direction = _unit(sum(s.x for s in stores), sum(s.y for s in stores), sum(s.z for s in stores))
        self.radius = max(_angle(_dot(self.direction, (s.x, s.y, s.z))) for s in stores)
        # From when until when which are awake; one value, so that no thread mixes two.
        self._awake: tuple[float, float, list[_Store]] = (0.0, 0.0, [])

    def awake(self, seconds: float) -> list[_Store]:
        """Those that are not known to be shut at the instant."""
        since, until, awake = self._awake
        if not since <= seconds < until:
            shut = [store for store in self.stores if store.shut_from <= seconds < store.shut_until]
            awake = [store for store in self.stores if not store.shut_from <= seconds < store.shut_until]
            since = max([0, *(s.shut_from for s in shut), *(s.shut_until for s in awake if s.shut_until <= seconds)])
            until = min(
                [math.inf, *(s.shut_until for s in shut), *(s.shut_from for s in awake if s.shut_from > seconds)]
            )
            self._awake = since, until, awake
        return awake


class Network:
    """The stores of a brand as they were when the brand had this stamp."""

    def __init__(self, brand_stamp: int, rows: Iterable[tuple[int, float, float, int, int]]) -> None:
        self.stamp = brand_stamp
        self.read_at = time.monotonic()
        squares: dict[tuple[int, int], list[_Store]] = {}
        for store_id, lat, lng, shut_from, shut_until in rows:
            place = _direction(Point(lat, lng))
            squares.setdefault((math.floor(lat), math.floor(lng)), []).append(
                _Store(shut_from, shut_until, *place, store_id)
            )
        self._by_place = {place: _Square(stores) for place, stores in squares.items()}

    def nearest(self, point: Point, seconds: float, count: int, beyond: float = 0.0) -> tuple[list[int], float]:
        """Ids of the ``count`` nearest that may be open and lie farther than ``beyond`` metres (some a little nearer), in no
        order, and how far the farthest of them is: all that are nearer are among them. Infinity when they are all there are.
        """
        here = _direction(point)
        nearer_than = math.cos(min(math.pi, beyond / EARTH_RADIUS_M)) + _SLACK_COSINE
        best: list[tuple[float, int]] = []
        for bound, square in sorted(
            ((_angle(_dot(here, square.direction)) - square.radius, square) for square in self._by_place.values()),
            key=_bound,
        ):
            if len(best) == count and bound > _angle(best[0][0]) + _SLACK_ANGLE:
                break
            px, py, pz = here
            measured = ((px * s.x + py * s.y + pz * s.z, s.id) for s in square.awake(seconds))
            for each in nlargest(count, (pair for pair in measured if pair[0] <= nearer_than)):
                if len(best) < count:
                    heappush(best, each)
                elif each > best[0]:
                    heapreplace(best, each)
                else:
                    break
        farthest = _angle(best[0][0]) * EARTH_RADIUS_M if len(best) == count else math.inf
        return [store_id for _, store_id in best], farthest

    def sleeps_around(self, point: Point, seconds: float) -> bool:
        """Whether no store in the point's square or the eight around it may be open."""
        lat, lng = math.floor(point.lat), math.floor(point.lng)
        near = ((lat + north, (lng + east + 180) % 360 - 180) for north in (0, -1, 1) for east in (0, -1, 1))
        return not any((square := self._by_place.get(place)) and square.awake(seconds) for place in near)


_networks: dict[int, Network] = {}
_lock = threading.Lock()


def network(brand_id: int) -> Network:
    """The brand's stores, none of them changed since they were read."""
    current = stamp.of(brand_id)
    known = _networks.get(brand_id)
    if known is not None and known.stamp == current and time.monotonic() - known.read_at < FRESH_S:
        return known
    with _lock:  # one thread reads, the others wait for what it reads
        known = _networks.get(brand_id)
        if known is None or known.stamp != current or time.monotonic() - known.read_at >= FRESH_S:
            known = _networks[brand_id] = Network(current, _rows(brand_id))
    return known


def remembered(brand_id: int) -> Network | None:
    """What is in memory, however old: good for a guess."""
    return _networks.get(brand_id)


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _networks.clear()


def _rows(brand_id: int) -> Sequence[tuple[int, float, float, int, int]]:
    """Id, latitude, longitude and the known hours of every public store with a position; 0, 0 where nothing is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT store.id, store.latitude, store.longitude, coalesce(known.shut_from, 0), coalesce(known.shut_until, 0) "
            "FROM stores_store store LEFT JOIN stores_storeopening known "
            "ON known.store_id = store.id AND known.version = store.version "
            "WHERE store.brand_id = %s AND store.published_at IS NOT NULL AND store.status = ANY(%s) "
            "AND store.latitude IS NOT NULL",
            [brand_id, list(PUBLIC_STATUSES)],
        )
        return list(cursor.fetchall())


def _bound(pair: tuple[float, _Square]) -> float:
    return pair[0]


def _direction(point: Point) -> Direction:
    lat, lng = math.radians(point.lat), math.radians(point.lng)
    return math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)


def _unit(x: float, y: float, z: float) -> Direction:
    length = math.sqrt(x * x + y * y + z * z)
    return (x / length, y / length, z / length) if length else (1.0, 0.0, 0.0)


def _dot(one: Direction, other: Direction) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _angle(cosine: float) -> float:
    return math.acos(max(-1.0, min(1.0, cosine)))
