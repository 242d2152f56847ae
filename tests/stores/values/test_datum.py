"""China's shifted coordinates: there and back, and nothing shifted elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values.coordinates import Point, great_circle_metres
from stores.values.datum import gcj02, to_wgs84

IN_CHINA = st.builds(Point, st.floats(18.5, 53), st.floats(75, 134))


@given(IN_CHINA)
def test_there_and_back_is_the_same_point(point: Point) -> None:
    assert great_circle_metres(to_wgs84(gcj02(point), "GCJ02"), point) < 0.01


@given(IN_CHINA)
def test_the_shift_is_some_hundred_metres(point: Point) -> None:
    assert 20 < great_circle_metres(gcj02(point), point) < 1100


def test_a_known_shift() -> None:
    # Published by a list that holds both: the entrance of a mall in Shenzhen.
    assert great_circle_metres(gcj02(Point(22.558666, 113.894113)), Point(22.555615, 113.898986)) < 1


def test_outside_of_china_nothing_moves() -> None:
    berlin = Point(52.52, 13.4)
    assert gcj02(berlin) == berlin
    assert to_wgs84(berlin, "GCJ02") == berlin
    assert to_wgs84(berlin, "WGS84") == berlin


def test_baidu_is_another_few_hundred_metres() -> None:
    shown = Point(39.916530, 116.410090)
    assert 800 < great_circle_metres(to_wgs84(shown, "BD09"), shown) < 1600


def test_an_unknown_datum_is_an_error() -> None:
    with pytest.raises(KeyError):
        to_wgs84(Point(0, 0), "ED50")
