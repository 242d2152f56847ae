"""Who sees which rows: one door for API, admin, tasks and exports.

A grant says *what* (its role's abilities) and *where* (brand, and within it a region subtree, market, store or partner). Each
table names the columns along which it can be cut; a table that cannot be cut along a grant's dimension is not visible through
that grant, unless it belongs to the brand as a whole (catalogue, the brand itself).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from stores.models.people import Actor

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Scope:
    """Lookup paths of a table, from its own row: to the brand's id, market's id, and so on."""

    brand: str = "brand_id"
    market: str | None = None
    store: str | None = None
    partner: str | None = None
    brand_wide: bool = False
    """Seen whole by everyone with a grant in the brand, however narrow (products, the brand's own row)."""
    reference: bool = False
    """Shared by all brands (markets, roles): seen by everyone who has any grant at all."""
    joins_many: bool = False
    """A path crosses to many rows, so the condition goes into a subquery and rows never repeat."""


class ScopedQuerySet(models.QuerySet[M]):
    """Base of every QuerySet of a business table."""

    scope: ClassVar[Scope | None] = None

    def visible_to(self, actor: Actor | None, *, to: str = "view") -> Self:
        """Rows the actor may see, or may act on when ``to`` names another ability. Without an actor: nothing."""
        from stores.models.people import ApiKey, System, User  # noqa: PLC0415  (people scope themselves with this class)

        scope = self.scope
        if actor is None or scope is None:
            return self.none()
        if isinstance(actor, System):
            return self
        condition = self._for_user(actor, scope, to) if isinstance(actor, User) else None
        if isinstance(actor, ApiKey):
            condition = self._for_key(actor, scope)
        if condition is None:
            return self.none()
        if scope.joins_many:
            inner = self.model._base_manager.filter(condition)
            return self.filter(pk__in=inner.values("pk"))
        return self.filter(condition)

    def _for_user(self, user: Any, scope: Scope, ability: str) -> Q | None:
        if not user.is_active:
            return None
        grants = [grant for grant in user.live_grants() if ability in grant.role.abilities]
        if not grants:
            return None
        if scope.reference:
            return Q()
        condition: Q | None = None
        for grant in grants:
            part = self._for_grant(grant, scope)
            if part is not None:
                condition = part if condition is None else condition | part
        return condition

    @staticmethod
    def _for_grant(grant: Any, scope: Scope) -> Q | None:
        brand = Q(**{scope.brand: grant.brand_id})
        narrow = grant.region_id or grant.market_id or grant.store_id or grant.partner_id
        if scope.brand_wide or not narrow:
            return brand
        if grant.region_id and scope.market:
            return brand & Q(**{f"{scope.market}__in": markets_under(grant.region_id)})
        if grant.market_id and scope.market:
            return brand & Q(**{scope.market: grant.market_id})
        if grant.store_id and scope.store:
            return brand & Q(**{scope.store: grant.store_id})
        if grant.partner_id and scope.partner:
            return brand & Q(**{scope.partner: grant.partner_id})
        return None

    @staticmethod
    def _for_key(key: Any, scope: Scope) -> Q | None:
        if not key.is_usable():
            return None
        if scope.reference:
            return Q()
        condition = Q(**{scope.brand: key.brand_id})
        if key.market_codes and not scope.brand_wide:
            if scope.market is None:
                return None
            path = f"{scope.market.removesuffix('_id')}__code__in"
            condition &= Q(**{path: key.market_codes})
        return condition


def regions_under(region_id: int) -> RawSQL:
    """Ids of a region and everything below it. Recursive, so a moved subtree moves its scope at once."""
    return RawSQL(
        "WITH RECURSIVE below AS (SELECT id FROM stores_region WHERE id = %s UNION "
        "SELECT r.id FROM stores_region r JOIN below ON r.parent_id = below.id) SELECT id FROM below",
        [region_id],
    )


def markets_under(region_id: int) -> models.QuerySet[Any, Any]:
    """Ids of the markets that a brand enters through this region's subtree."""
    from stores.models.markets import MarketEntry  # noqa: PLC0415  (MarketEntry is scoped by this module)

    return MarketEntry._base_manager.filter(region_id__in=regions_under(region_id)).values("market_id")


def choices(values: Sequence[str]) -> list[tuple[str, str]]:
    """Django choices of plain words: ``in_review`` reads "In review"."""
    return [(value, value.replace("_", " ").capitalize()) for value in values]


def one_of(field: str, values: Sequence[str], name: str) -> models.CheckConstraint:
    """The database refuses a word that is not in the list."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": list(values)}),
        name=name,
        violation_error_message=f"{field.replace('_', ' ').capitalize()} must be one of: {', '.join(values)}.",
    )
