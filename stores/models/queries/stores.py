"""Reads of stores: who sees which, what customers see, and where they are."""

from __future__ import annotations

from typing import Any, Self

from stores.models.scope import Scope, ScopedQuerySet


class StoreQuerySet(ScopedQuerySet[Any]):
    scope = Scope(market="market_id", store="id", partner="operator_id")

    def public(self) -> Self:
        """What customers may see: published, and announced, open, or opening again."""
        from stores.models.network import PUBLIC_STATUSES  # noqa: PLC0415  (the table names the words)

        return self.filter(published_at__isnull=False, status__in=PUBLIC_STATUSES)
