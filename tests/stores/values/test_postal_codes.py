"""Postcodes of real lists: mended where only one reading has the country's form, and otherwise left as they stand."""

from __future__ import annotations

import pytest

from stores.values.addresses import tidy_postal_code


@pytest.mark.parametrize(
    ("text", "country", "code", "beside"),
    [
        ("995042300", "US", "99504-2300", ""),
        ("99504-2300", "US", "99504-2300", ""),
        ("99504 2300", "US", "99504 2300", ""),
        ("65 427", "PL", "65-427", ""),
        ("1700008", "PT", "1700-008", ""),
        ("LV1010", "LV", "LV-1010", ""),
        ("LV-1010", "LV", "LV-1010", ""),
        ("m5v 3l9", "CA", "M5V 3L9", ""),
        ("D-80539", "DE", "80539", ""),
        ("CH 8001", "CH", "8001", ""),
        ("CP 05109", "MX", "05109", ""),
        ("〒513-0834", "JP", "513-0834", ""),
        ("80539 München", "DE", "80539", "München"),
        ("80 309 Gdańsk", "PL", "80-309", "Gdańsk"),
        ("TR27 5DG Hayle, Cornwall", "GB", "TR27 5DG", "Hayle, Cornwall"),
        ("2000 Sydney NSW", "AU", "2000", "Sydney NSW"),
        # A zero that a spreadsheet cut, a letter for a digit, an old form, a second number: nobody can tell.
        ("9504", "US", "9504", ""),
        ("PL4 OFE", "GB", "PL4 OFE", ""),
        ("410-380", "KR", "410-380", ""),
        ("48 48990", "TR", "48 48990", ""),
        ("80539 München 2", "DE", "80539 München 2", ""),
        ("Canakkale", "TR", "Canakkale", ""),
        ("whatever", "AE", "whatever", ""),
        ("", "US", "", ""),
    ],
)
def test_a_postcode_is_mended_only_where_one_reading_fits(text: str, country: str, code: str, beside: str) -> None:
    assert tidy_postal_code(text, country) == (code, beside)
    assert tidy_postal_code(code, country) == (code, "")
