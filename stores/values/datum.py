"""Positions in China's shifted coordinate systems, brought to WGS 84, in which Meridian keeps every position.

Maps sold in China show GCJ-02, which moves points by up to some 600 metres by a formula of its own; Baidu shifts them once more
(BD-09). Nothing in a pair of numbers says which system they are in, so only a position whose datum is declared is converted.
The formulas are the ones public map clients use; the inverse is found by iteration and is exact to a centimetre.
"""

from __future__ import annotations

import math

from stores.values.coordinates import Point

# The Krasovsky 1940 ellipsoid, on which GCJ-02 computes its shift.
_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
_BAIDU_TURN = math.pi * 3000.0 / 180.0
_CLOSE = 1e-9
"""Degrees; a tenth of a millimetre."""


def to_wgs84(point: Point, datum: str) -> Point:
    """The WGS 84 position of a point given in ``WGS84``, ``GCJ02`` or ``BD09``. KeyError for another datum."""
    if datum == "WGS84":
        return point
    if datum == "GCJ02":
        return _from_gcj02(point)
    if datum == "BD09":
        return _from_gcj02(_from_bd09(point))
    raise KeyError(datum)


def gcj02(point: Point) -> Point:
    """Where a map in GCJ-02 shows a WGS 84 position. Outside of China nothing is shifted."""
    if not (0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lng <= 137.8347):
        return point
    x, y = point.lng - 105.0, point.lat - 35.0
    sine = math.sin(math.radians(point.lat))
    magic = 1 - _ECCENTRICITY * sine * sine
    root = math.sqrt(magic)
    north = math.degrees(_north(x, y) / (_AXIS * (1 - _ECCENTRICITY) / (magic * root)))
    east = math.degrees(_east(x, y) / (_AXIS / root * math.cos(math.radians(point.lat))))
    return Point(point.lat + north, point.lng + east)


def _from_gcj02(point: Point) -> Point:
    guess = point
    for _ in range(10):
        shown = gcj02(guess)
        off_lat, off_lng = shown.lat - point.lat, shown.lng - point.lng
        guess = Point(guess.lat - off_lat, guess.lng - off_lng)
        if abs(off_lat) < _CLOSE and abs(off_lng) < _CLOSE:
            break
    return guess


def _from_bd09(point: Point) -> Point:
    x, y = point.lng - 0.0065, point.lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BAIDU_TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BAIDU_TURN)
    return Point(radius * math.sin(angle), radius * math.cos(angle))


def _waves(value: float) -> float:
    return (20 * math.sin(6 * value * math.pi) + 20 * math.sin(2 * value * math.pi)) * 2 / 3


def _north(x: float, y: float) -> float:
    shift = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + _waves(x)
    shift += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    return shift + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    shift = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + _waves(x)
    shift += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    return shift + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
