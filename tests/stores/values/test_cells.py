from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values.cells import neutral, restored


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("'=1", "''=1"),
        ("+81312345678", "+81312345678"),
        ("-33.8688", "-33.8688"),
        ("It's open", "It's open"),
        ("'s-Gravenhage", "'s-Gravenhage"),
        ("", ""),
    ],
)
def test_a_cell_never_starts_a_formula_and_numbers_stay_numbers(text: str, cell: str) -> None:
    assert neutral(text) == cell
    assert restored(cell) == text


@given(st.text(alphabet="'=+-@＝\t\r\n1.a ", max_size=8))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert restored(neutral(text)) == text
