from __future__ import annotations

import pytest

from stores.values.coordinates import Point
from stores.values.position import PositionFacts, position_facts

TOKYO, BERLIN, SHANGHAI, URUMQI = Point(35.66, 139.7), Point(52.52, 13.405), Point(31.23, 121.47), Point(43.82, 87.62)
HONG_KONG, MID_PACIFIC, SYDNEY, PERTH = (
    Point(22.28, 114.16),
    Point(0, -150),
    Point(-33.87, 151.2),
    Point(-31.95, 115.86),
)


@pytest.mark.parametrize(
    ("point", "market", "zone", "facts"),
    [
        (TOKYO, "JP", "Asia/Tokyo", PositionFacts("Asia/Tokyo", "JP", abroad=False, clock_differs=False)),
        (TOKYO, "DE", "Europe/Berlin", PositionFacts("Asia/Tokyo", "JP", abroad=True, clock_differs=True)),
        (BERLIN, "DE", "Europe/Paris", PositionFacts("Europe/Berlin", "DE", abroad=False, clock_differs=False)),
        (PERTH, "AU", "Australia/Sydney", PositionFacts("Australia/Perth", "AU", abroad=False, clock_differs=True)),
        (SYDNEY, "AU", "", PositionFacts("Australia/Sydney", "AU", abroad=False, clock_differs=False)),
        (URUMQI, "CN", "Asia/Shanghai", PositionFacts("Asia/Shanghai", "CN", abroad=False, clock_differs=False)),
        (HONG_KONG, "CN", "Asia/Shanghai", PositionFacts("Asia/Hong_Kong", "HK", abroad=True, clock_differs=False)),
        (HONG_KONG, "HK", "Asia/Hong_Kong", PositionFacts("Asia/Hong_Kong", "HK", abroad=False, clock_differs=False)),
        (MID_PACIFIC, "JP", "Asia/Tokyo", PositionFacts(None, None, abroad=True, clock_differs=False)),
        (SHANGHAI, "", "", PositionFacts("Asia/Shanghai", "CN", abroad=False, clock_differs=False)),
        (BERLIN, "DE", "Europe/Nowhere", PositionFacts("Europe/Berlin", "DE", abroad=False, clock_differs=True)),
    ],
)
def test_a_position_says_whose_it_is_and_which_clock_is_kept_there(
    point: Point, market: str, zone: str, facts: PositionFacts
) -> None:
    assert position_facts(point, market=market, zone=zone) == facts
