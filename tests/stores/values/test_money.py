"""Money as people read it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stores.values.money import document, formatted, on_price_tags


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("599.00", "EUR", "de", "599,00\N{NO-BREAK SPACE}€"),
        ("599.00", "EUR", "de-AT", "€\N{NO-BREAK SPACE}599,00"),
        ("59800", "JPY", "ja", "￥59,800"),
        ("12900", "TWD", "zh-Hant", "$12,900"),
        ("4990", "CZK", "cs", "4\N{NO-BREAK SPACE}990\N{NO-BREAK SPACE}Kč"),
        ("1299.00", "HKD", "zh-HK", "HK$1,299.00"),
        ("12999", "INR", "hi", "₹12,999"),
        ("129999.50", "INR", "en-IN", "₹1,29,999.50"),
        ("1.5", "USD", "tlh", "$1.5"),
    ],
)
def test_amounts_are_written_with_their_own_digits(amount: str, currency: str, language: str, text: str) -> None:
    assert formatted(Decimal(amount), currency, language) == text


@pytest.mark.parametrize(
    ("stored", "currency", "tag"),
    [
        ("49.0000", "EUR", "49.00"),
        ("490.0000", "JPY", "490"),
        ("1000.0000", "JPY", "1000"),
        ("49.9500", "TWD", "49.95"),
    ],
)
def test_a_stored_amount_becomes_a_price_tag_without_losing_money(stored: str, currency: str, tag: str) -> None:
    assert str(on_price_tags(Decimal(stored), currency)) == tag


def test_the_document_of_money() -> None:
    assert document(Decimal("599.00"), "EUR", "en") == {"amount": "599.00", "currency": "EUR", "formatted": "€599.00"}
