"""Which language and which form an answer is in.

The language: ``?language=`` wins over ``Accept-Language``, the brand's default is last."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache

from django.http import HttpRequest

from stores.models import ApiKey, MarketEntry
from stores.values import languages

GEOJSON, GEOJSON_TYPE = "geojson", "application/geo+json"
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
    return _negotiate(header[:300], offered_languages(key), default) if header else default


def wants_geojson(request: HttpRequest, formats: Sequence[str]) -> bool:
    """Whether the caller asks for GeoJSON: by name, or because the header prefers it to plain JSON."""
    header = request.META.get("HTTP_ACCEPT", "")
    return GEOJSON in formats or ("geo+json" in header and _prefers_geojson(header[:300]))


@lru_cache(maxsize=1024)
def _prefers_geojson(header: str) -> bool:
    wanted: dict[str, float] = {}
    for each in header.lower().split(","):
        media, *settings = (part.strip() for part in each.split(";"))
        quality = next((setting[2:] for setting in settings if setting.startswith("q=")), "1")
        wanted[media] = float(quality) if quality.replace(".", "", 1).isdigit() and quality.isascii() else 0.0
    return wanted.get(GEOJSON_TYPE, 0.0) > 0 and wanted[GEOJSON_TYPE] >= wanted.get("application/json", 0.0)


@lru_cache(maxsize=4096)
def _negotiate(header: str, offered: tuple[str, ...], default: str) -> str:
    return languages.negotiate(header, offered, default)


def offered_languages(key: ApiKey) -> tuple[str, ...]:
    """The languages of the brand's markets, its default and English, sorted."""
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
