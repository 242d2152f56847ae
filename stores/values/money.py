"""Amounts of money as people read them: in the reader's language, with the digits the amount was written with."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern

from stores.values import languages
from stores.values.documents import decimal_text
from stores.values.territories import price_decimals


def formatted(amount: Decimal, currency: str, language: str) -> str:
    """``Decimal('599.00')``, EUR, de -> ``599,00 €``. As many digits after the point as the amount has, never rounded.

    A language that CLDR does not know is written as English.
    """
    exponent = amount.as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    locale, pattern = _pattern(language, digits)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


def on_price_tags(amount: Decimal, currency: str) -> Decimal:
    """The amount with the digits of price tags in its currency: 4990.3700 CZK is 4990. Unrounded when that loses money."""
    exact = amount.normalize() + 0
    tag = exact.quantize(Decimal(1).scaleb(-price_decimals(currency)))
    return tag if tag == exact else exact


def document(amount: Decimal, currency: str, language: str) -> dict[str, str]:
    """``{"amount", "currency", "formatted"}``, as the API gives money."""
    return {"amount": decimal_text(amount), "currency": currency, "formatted": formatted(amount, currency, language)}


@lru_cache(maxsize=1024)
def _pattern(language: str, digits: int) -> tuple[Locale, NumberPattern]:
    locale = _locale(language)
    standard: NumberPattern = locale.currency_formats["standard"]
    pattern = NumberPattern(
        standard.pattern,
        standard.prefix,
        standard.suffix,
        standard.grouping,
        standard.int_prec,
        (digits, digits),
        standard.exp_prec,
        standard.exp_plus,
        standard.number_pattern,
    )
    return locale, pattern


def _locale(language: str) -> Locale:
    for tag in languages.chain(language):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
