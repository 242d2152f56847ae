"""Places on the globe: a checked point, great-circle distance, and the boxes that contain a circle.

The distance is the haversine on a sphere of the mean earth radius. The database computes the same formula with the same
constant, so a list sorted in SQL and one sorted here agree. Datum is WGS 84; nothing here shifts coordinates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG). SQL that orders by distance uses this number too."""

_SLACK_DEGREES = 1e-9
"""About a tenth of a millimetre, so that rounding never pushes a point on the circle's rim out of its box."""


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees: latitude -90..90, longitude -180..180. ValueError when it is not on the globe."""

    lat: float
    lng: float

    def __post_init__(self) -> None:
        for name, value, limit in (("latitude", self.lat, 90), ("longitude", self.lng, 180)):
            if not math.isfinite(value) or abs(value) > limit:
                raise ValueError(f"{name} {value} is not between -{limit} and {limit}")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees, edges included, that never crosses the antimeridian (``west <= east``)."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, point: Point) -> bool:
        return self.south <= point.lat <= self.north and self.west <= point.lng <= self.east


def great_circle_metres(a: Point, b: Point) -> float:
    """Distance over the surface in metres, by haversine."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    across = math.sin(math.radians(b.lng - a.lng) / 2)
    along = math.sin((lat_b - lat_a) / 2)
    haversine = along * along + math.cos(lat_a) * math.cos(lat_b) * across * across
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, haversine)))


def bounding_boxes(point: Point, radius_m: float) -> list[Box]:
    """The smallest boxes that contain every point within ``radius_m`` metres of ``point``.

    One box, or two where the circle crosses the antimeridian. A circle that touches a pole spans every longitude.
    """
    if not math.isfinite(radius_m) or radius_m < 0:
        raise ValueError(f"a radius of {radius_m} metres is not a distance")
    angle = radius_m / EARTH_RADIUS_M
    reach = math.degrees(angle) + _SLACK_DEGREES
    south, north = point.lat - reach, point.lat + reach
    if south <= -90 or north >= 90:
        return [Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)]
    # The widest meridian distance of a circle lies nearer to the pole than its centre: asin(sin r / cos lat).
    ratio = math.sin(angle) / math.cos(math.radians(point.lat))
    width = (math.degrees(math.asin(ratio)) if ratio < 1 else 180.0) + _SLACK_DEGREES
    if width >= 180:
        return [Box(south, -180.0, north, 180.0)]
    return _unrolled(south, point.lng - width, north, point.lng + width)


def parse_point(text: str) -> Point:
    """Read ``lat,lng``, for example ``35.6595,139.7005``."""
    lat, lng = _numbers(text, 2, "lat,lng")
    return Point(lat, lng)


def parse_bbox(text: str) -> list[Box]:
    """Read ``minlng,minlat,maxlng,maxlat`` (the order of GeoJSON).

    A minimum longitude greater than the maximum crosses the antimeridian and gives two boxes.
    """
    west, south, east, north = _numbers(text, 4, "minlng,minlat,maxlng,maxlat")
    low, high = Point(south, west), Point(north, east)
    if low.lat > high.lat:
        raise ValueError(f"the minimum latitude {south} is greater than the maximum {north}")
    return _unrolled(south, west, north, east if west <= east else east + 360)


def _unrolled(south: float, west: float, north: float, east: float) -> list[Box]:
    """The boxes of a range whose longitudes may run past -180 or 180. It reaches round the globe at most once."""
    if west < -180:
        return [Box(south, west + 360, north, 180.0), Box(south, -180.0, north, east)]
    if east > 180:
        return [Box(south, west, north, 180.0), Box(south, -180.0, north, east - 360)]
    # A point on the antimeridian itself may be written with either sign.
    if east == 180 and west > -180:
        return [Box(south, west, north, east), Box(south, -180.0, north, -180.0)]
    if west == -180 and east < 180:
        return [Box(south, west, north, east), Box(south, 180.0, north, 180.0)]
    return [Box(south, west, north, east)]


def _numbers(text: str, count: int, form: str) -> list[float]:
    parts = text.split(",")
    if len(parts) != count:
        raise ValueError(f"expected {form}, got {text[:80]!r}")
    try:
        # float() would also read "1_000", "nan" and "infinity"; Point refuses the last two, digits alone pass here.
        numbers = [float(part) for part in parts if "_" not in part]
    except ValueError as error:
        raise ValueError(f"expected {form} as decimal numbers, got {text[:80]!r}") from error
    if len(numbers) != count:
        raise ValueError(f"expected {form} as decimal numbers, got {text[:80]!r}")
    return numbers
