"""What the dashboard's own pages share: who may open them, and market names as the reader says them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language, to_locale


def may_view(request: HttpRequest) -> None:
    """Raise PermissionDenied, which the site answers as 404, unless some grant lets the person view anything."""
    user: Any = request.user
    if not user.can("view"):
        raise PermissionDenied


def market_name(code: str) -> str:
    """A market by its ISO code in the reader's language, from CLDR."""
    return _names(to_locale(get_language() or "en")).get(code, code)


# CLDR calls them "Hong Kong SAR China"; people in the trade say "Hong Kong".
SHORT = {
    "en": {"HK": "Hong Kong", "MO": "Macao"},
    "de": {"HK": "Hongkong", "MO": "Macau"},
    "ja": {"HK": "香港", "MO": "マカオ"},
    "zh_Hans": {"HK": "香港", "MO": "澳门"},
}


@lru_cache(maxsize=16)
def _names(locale: str) -> dict[str, str]:
    return {**dict(Locale.parse(locale).territories), **SHORT.get(locale, {})}
