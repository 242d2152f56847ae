"""How texts are compared when people search: width, letter case, accents, hyphens and apostrophes make no difference.

The database keeps the texts of stores in the same form (``stores_searchable``, made by a migration), so the two must agree.
What is not ASCII is kept a second time without gaps there: Chinese and Japanese are asked for without them.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

MOST_WORDS = 6
# What people leave out, double or write in their own way. Apostrophes join, the others part.
APOSTROPHES = "'’ʼ`"
PARTING = '-_.,;:/\\|()[]{}<>"!?&+*#~=·・、。「」『』–—‐\t\n\r'
_TABLE = {
    **dict.fromkeys(map(ord, APOSTROPHES)),
    **dict.fromkeys(map(ord, PARTING), " "),
    ord("ß"): "ss",
    ord("ς"): "σ",
}


def searchable(text: str) -> str:
    """The text as it is compared: ``Ｃａｆé`` is ``cafe``, ``ｶﾞ`` is ``ガ``, ``Shin-Ōkubo`` is ``shin okubo``."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(each for each in apart if not "\u0300" <= each <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", bare.lower().translate(_TABLE)).split())


def words(text: str) -> list[str]:
    """The words of a search, each of which must be found; what comes after the sixth is left out."""
    return searchable(text).split()[:MOST_WORDS]


def pieces(word: str) -> list[str]:
    """What a line must have to hold the word anywhere: its pairs of neighbours, and each letter that is not ASCII.

    The database keeps an index of the same pieces of every line (``stores_pieces``).
    """
    pairs = [one + other for one, other in pairwise(word)]
    return list(dict.fromkeys([*pairs, *(letter for letter in word if not letter.isascii())]))
