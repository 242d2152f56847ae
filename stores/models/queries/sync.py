"""Reads of the sync state: what the board shows. The hot path (claim, complete) is SQL in ``stores.sync``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stores.models.scope import Scope, ScopedQuerySet

if TYPE_CHECKING:
    from stores.models.reconciled import ChannelPromotion  # noqa: F401  (named in the base class)


class ChannelPromotionQuerySet(ScopedQuerySet["ChannelPromotion"]):
    scope = Scope(market="channel__market_id", partner="channel__partner_id")

    def failing(self) -> Self:
        """Rows whose last call did not succeed."""
        return self.filter(state__in=["failing", "rejected"])
