"""Prices as a market writes them: its own number of decimals, never rounded to the customer's disadvantage."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal


def reduced(regular: Decimal, percent: Decimal, *, decimals: int) -> Decimal:
    """``regular`` less ``percent``, rounded down to the market's decimals so that the announced percentage always holds.

    >>> reduced(Decimal("599.00"), Decimal("15"), decimals=2)
    Decimal('509.15')
    """
    if not 0 < percent <= 100:
        raise ValueError(f"{percent} is not a percentage above 0 and at most 100")
    unit = Decimal(1).scaleb(-decimals)
    return (regular * (100 - percent) / 100).quantize(unit, rounding=ROUND_FLOOR)


def shown(amount: Decimal, *, decimals: int) -> Decimal:
    """An amount with exactly the market's decimals."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
