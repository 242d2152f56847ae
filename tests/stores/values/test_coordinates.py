"""Distances and boxes against brute force, with the antimeridian and the poles where mistakes hide."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stores.values.coordinates import (
    EARTH_RADIUS_M,
    Box,
    Point,
    bounding_boxes,
    great_circle_metres,
    parse_bbox,
    parse_point,
)

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, -179.9999, 179.9999]))
POINTS = st.builds(Point, LATITUDES, LONGITUDES)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Point(0, 0), Point(0, 0), 0.0),
        (Point(0, 0), Point(0, 180), math.pi * EARTH_RADIUS_M),
        (Point(90, 0), Point(-90, 0), math.pi * EARTH_RADIUS_M),
        (Point(0, 179.5), Point(0, -179.5), math.radians(1) * EARTH_RADIUS_M),
        (Point(90, 12), Point(90, -100), 0.0),
    ],
)
def test_distances_that_geometry_knows(a: Point, b: Point, metres: float) -> None:
    assert great_circle_metres(a, b) == pytest.approx(metres, abs=1e-6)


def test_berlin_to_tokyo_is_8_916_km() -> None:
    assert round(great_circle_metres(Point(52.52, 13.405), Point(35.6762, 139.6503)) / 1000) == 8916


@given(POINTS, POINTS)
def test_distance_agrees_with_the_chord_through_the_earth(a: Point, b: Point) -> None:
    def vector(point: Point) -> tuple[float, float, float]:
        lat, lng = math.radians(point.lat), math.radians(point.lng)
        return math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)

    chord = math.dist(vector(a), vector(b))
    assert great_circle_metres(a, b) == pytest.approx(2 * EARTH_RADIUS_M * math.asin(min(1.0, chord / 2)), abs=1.0)


@given(POINTS, POINTS, st.floats(0, 2.1e7))
@example(Point(0, 180), Point(0, -180), 0.0)
@example(Point(89.9, 0), Point(89.95, 180), 20_000.0)
def test_every_point_within_the_radius_is_in_a_box(centre: Point, other: Point, radius: float) -> None:
    boxes = bounding_boxes(centre, radius)
    assert 1 <= len(boxes) <= 2
    if great_circle_metres(centre, other) <= radius:
        assert any(box.contains(other) for box in boxes)


@given(POINTS, st.floats(0, math.tau))
def test_the_rim_of_a_circle_lies_in_its_boxes(centre: Point, bearing: float) -> None:
    radius = 50_000.0
    angle, lat = radius / EARTH_RADIUS_M, math.radians(centre.lat)
    rim_lat = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(rim_lat)
    )
    rim_lng = (centre.lng + math.degrees(turn) + 540) % 360 - 180
    assert any(box.contains(Point(math.degrees(rim_lat), rim_lng)) for box in bounding_boxes(centre, radius))


def test_a_small_circle_has_a_small_box() -> None:
    (box,) = bounding_boxes(Point(60, 10), 1000)
    assert (box.north - box.south) * 111_195 == pytest.approx(2000, rel=1e-3)
    assert (box.east - box.west) * 111_195 * math.cos(math.radians(60)) == pytest.approx(2000, rel=1e-3)


def test_a_circle_over_the_antimeridian_is_two_boxes() -> None:
    west, east = bounding_boxes(Point(-17.7, 179.9), 50_000)
    assert (west.east, east.west) == (180.0, -180.0)
    assert west.contains(Point(-17.7, 179.95))
    assert east.contains(Point(-17.7, -179.95))


def test_a_circle_over_a_pole_spans_every_longitude() -> None:
    (box,) = bounding_boxes(Point(89.9, 10), 50_000)
    assert (box.west, box.east, box.north) == (-180.0, 180.0, 90.0)


@pytest.mark.parametrize("radius", [-1.0, math.nan, math.inf])
def test_a_radius_is_a_distance(radius: float) -> None:
    with pytest.raises(ValueError, match="is not a distance"):
        bounding_boxes(Point(0, 0), radius)


@pytest.mark.parametrize(("lat", "lng"), [(90.1, 0), (-91, 0), (0, 180.5), (math.nan, 0), (0, math.inf)])
def test_a_point_off_the_globe_is_refused(lat: float, lng: float) -> None:
    with pytest.raises(ValueError, match="is not between"):
        Point(lat, lng)


def test_a_point_is_read_from_text() -> None:
    assert parse_point(" 35.6595, 139.7005 ") == Point(35.6595, 139.7005)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "1_0,2", "nan,0", "0,inf", "35.6;139.7", "91,0"])
def test_what_is_not_a_point_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|is not between"):
        parse_point(text)


def test_a_bbox_is_read_in_the_order_of_geojson() -> None:
    assert parse_bbox("5.9,47.2,15.1,55.1") == [Box(47.2, 5.9, 55.1, 15.1)]


def test_a_bbox_may_cross_the_antimeridian() -> None:
    assert parse_bbox("177,-20,-178,-15") == [Box(-20, 177, -15, 180), Box(-20, -180, -15, -178)]


def test_a_bbox_that_ends_on_the_antimeridian_holds_both_spellings_of_it() -> None:
    assert [any(box.contains(Point(0, lng)) for box in parse_bbox("170,-5,180,5")) for lng in (180, -180)] == [True] * 2
    assert [any(box.contains(Point(0, lng)) for box in parse_bbox("-180,-5,-170,5")) for lng in (180, -180)] == [
        True
    ] * 2
    assert parse_bbox("-180,-90,180,90") == [Box(-90, -180, 90, 180)]


@pytest.mark.parametrize("text", ["1,2,3", "0,50,10,40", "0,-91,1,0", "0,0,181,1", "w,s,e,n"])
def test_what_is_not_a_bbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|is not between|is greater"):
        parse_bbox(text)
