"""Promotional prices as a market writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.pricing.rounding import reduced, shown


@pytest.mark.parametrize(
    ("regular", "percent", "decimals", "price"),
    [
        ("599.00", "15", 2, "509.15"),
        ("79800", "15", 0, "67830"),
        ("89800", "12.5", 0, "78575"),
        ("0.99", "50", 2, "0.49"),
    ],
)
def test_a_reduction_has_the_markets_decimals(regular: str, percent: str, decimals: int, price: str) -> None:
    assert reduced(Decimal(regular), Decimal(percent), decimals=decimals) == Decimal(price)


@given(st.decimals("0.01", "10000000", places=2), st.decimals("0.01", "100", places=2), st.sampled_from([0, 2]))
def test_the_announced_percentage_always_holds(regular: Decimal, percent: Decimal, decimals: int) -> None:
    price = reduced(regular, percent, decimals=decimals)
    assert 0 <= price <= regular * (100 - percent) / 100
    assert regular * (100 - percent) / 100 - price < Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize("percent", ["0", "-5", "100.01"])
def test_a_percentage_that_is_none_is_refused(percent: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        reduced(Decimal(100), Decimal(percent), decimals=2)


def test_an_amount_is_shown_with_all_its_decimals() -> None:
    assert str(shown(Decimal(5), decimals=2)) == "5.00"
