"""What a key may do: its scopes."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission

from stores.api.problems import Problem
from stores.models import ApiKey


def require(key: ApiKey, scope: str, why: str = "") -> None:
    """Problem 403 unless the key carries the scope."""
    if scope not in key.scopes:
        raise Problem("forbidden", f"{why or 'This'} needs a key with the scope '{scope}'.")


class HasApiKey(BasePermission):
    """REST framework views answer keys only; a view may name the scope it needs."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return isinstance(request.user, ApiKey) and getattr(view, "scope", "read") in request.user.scopes
