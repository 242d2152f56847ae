"""Answers kept for words that come back, as those of lists do, and not for texts so long that keeping them would fill the
memory: a cell may be a hundred thousand characters, and a cache holds thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

LONGEST = 200
"""Characters of what people write into a cell that others have as well: names, countries, zones, phone numbers."""

Answering = TypeVar("Answering", bound=Callable[..., Any])


def remembered(maxsize: int, longest: int = LONGEST) -> Callable[[Answering], Answering]:
    """Like ``lru_cache`` for a function of a text; the answers for longer texts are worked out each time."""

    def decorate(function: Answering) -> Answering:
        kept = lru_cache(maxsize)(function)

        @wraps(function)
        def answer(text: str, *others: Any) -> Any:
            return kept(text, *others) if len(text) <= longest else function(text, *others)

        return cast("Answering", answer)

    return decorate
