from __future__ import annotations

from stores.values.zones import canonical_zone


def test_a_cell_of_a_hundred_thousand_letters_names_no_zone_and_is_not_searched_for_minutes() -> None:
    assert canonical_zone("x" * 140_000) is None
    assert canonical_zone("Asia/Tokyo") == "Asia/Tokyo"
