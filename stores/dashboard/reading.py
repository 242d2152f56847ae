"""What the dashboard's own pages share: who may open them, and market names as the reader says them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language

from stores.values import languages
from stores.values.territories import territory_name


def may_view(request: HttpRequest) -> None:
    """Raise PermissionDenied, which the site answers as 404, unless some grant lets the person view anything."""
    user: Any = request.user
    if not user.can("view"):
        raise PermissionDenied


def market_name(code: str) -> str:
    """A market by its ISO code in the reader's language; an unknown code stays as it is."""
    try:
        return territory_name(code, get_language() or "en")
    except LookupError:
        return code


def language_name(tag: str) -> str:
    """A language by its tag, as the reader calls it; one that CLDR does not know stays as it is."""
    return languages.language_name(tag, get_language() or "en")
