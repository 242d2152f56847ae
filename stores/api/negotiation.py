"""Which language an answer is in: ``?language=`` wins over ``Accept-Language``, the brand's default is last."""

from __future__ import annotations

import time
from functools import lru_cache

from django.http import HttpRequest

from stores.models import ApiKey, MarketEntry
from stores.values import languages

_REMEMBERED_S = 60.0
_offered: dict[int, tuple[float, tuple[str, ...]]] = {}


def language_for(request: HttpRequest, key: ApiKey, asked: str | None) -> str:
    """The reader's language as a canonical tag.

    A header is matched against the languages of the brand's markets, so that the many spellings that browsers send share
    their documents in the cache. A tag in the address is taken as it is.
    """
    default = key.brand.default_language
    if asked:
        return asked
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return _negotiate(header[:300], _languages(key), default) if header else default


@lru_cache(maxsize=4096)
def _negotiate(header: str, offered: tuple[str, ...], default: str) -> str:
    return languages.negotiate(header, offered, default)


def _languages(key: ApiKey) -> tuple[str, ...]:
    now = time.monotonic()
    known = _offered.get(key.brand_id)
    if known and known[0] > now:
        return known[1]
    entries = MarketEntry.objects.filter(brand_id=key.brand_id).values_list("market__languages", flat=True)
    tags = {key.brand.default_language, languages.ENGLISH}.union(*entries)
    found = tuple(sorted(languages.canonical(tag) for tag in tags))
    _offered[key.brand_id] = (now + _REMEMBERED_S, found)
    return found


def forget() -> None:
    """Drop what is remembered (tests)."""
    _offered.clear()
