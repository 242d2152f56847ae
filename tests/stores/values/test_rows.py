from __future__ import annotations

import pytest

from stores.values.rows import row_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, 0),
        ("9" * 5000, 0),
        ("-7", 0),
        ("٧", 0),
        ("²", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_what_is_no_number_of_a_row_is_the_one_that_no_row_has(text: str | None, number: int) -> None:
    assert row_number(text) == number
