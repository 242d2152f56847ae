"""Texts as they are compared: people's spelling and the database's agree."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.values.searching import pieces, searchable, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shibuya", "shibuya"),
        ("  MÜNCHEN\tOst ", "munchen ost"),
        ("ＳＨＩＢＵＹＡ１０９", "shibuya109"),
        ("ｼﾌﾞﾔ ガ", "シブヤ ガ"),
        ("Shin-Ōkubo", "shin okubo"),
        ("L'Île-d’Yeu", "lile dyeu"),
        ("東京都　渋谷区、神南", "東京都 渋谷区 神南"),
        ("Straße", "strasse"),
        ("ΟΔΟΣ Ἀθηνᾶς", "οδοσ αθηνασ"),
        ("서울 강남", "서울 강남"),
        ("Ấp Bắc", "ap bac"),
        ("JP_SHIBUYA-01", "jp shibuya 01"),
        ("-", ""),
    ],
)
def test_spelling_makes_no_difference(text: str, expected: str) -> None:
    assert searchable(text) == expected


def test_a_search_has_six_words_at_most() -> None:
    assert words("a b c d e f g") == list("abcdef")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.text(st.sampled_from("aZäÖßéŌ-_'’/. \t０Ａｶﾞガ東京都，、。서울ΣςάЖйختไทย%*?[]\\ǅﬁ½Å"), max_size=12))
def test_the_database_keeps_texts_in_the_same_form(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stores_searchable(%s)", [text])
        [(kept,)] = cursor.fetchall()
    expected = searchable(text)
    if not expected.isascii():
        expected += " " + expected.replace(" ", "")
    assert kept == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.text("ab1 東京ท่서", min_size=1, max_size=12), st.integers(0, 11), st.integers(1, 6))
def test_a_line_has_every_piece_of_a_word_in_it(db: None, text: str, start: int, length: int) -> None:
    line = " ".join(text.split())
    part = line[start : start + length]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stores_pieces(%s) @> %s::text[]", [line, [each for word in part.split() for each in pieces(word)]]
        )
        assert cursor.fetchone() == (True,)
