"""Whether an actor may do something to an object: asked of the same door that reads go through."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from stores.actions.errors import NotFound, Refused
from stores.models import Actor, Brand, System, User

M = TypeVar("M", bound=models.Model)


def locked(model: type[M], pk: Any, *, by: Actor, to: str) -> M:
    """The row, locked until the transaction ends, if the actor may do ``to`` with it.

    Raises NotFound when the actor may not even see it, Refused when seen but the ability is missing there.
    """
    manager: Any = model._default_manager
    found: M | None = model._base_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None or not manager.visible_to(by).filter(pk=pk).exists():
        raise NotFound(str(model._meta.verbose_name))
    if not manager.visible_to(by, to=to).filter(pk=pk).exists():
        raise Refused("Your role does not allow you to %(ability)s here.", code="not_allowed", ability=[to])
    return found


def require(by: Actor, ability: str, brand: Brand) -> None:
    """Refuse unless some grant in the brand carries the ability (for creating what has no place yet)."""
    if isinstance(by, System):
        return
    if isinstance(by, User) and by.is_active:
        grants = [grant for grant in by.live_grants() if grant.brand_id == brand.pk]
        if any(ability in grant.role.abilities for grant in grants):
            return
        if grants:
            raise Refused("Your role does not allow you to %(ability)s.", code="not_allowed", ability=[ability])
    raise NotFound("brand")


def require_whole(by: Actor, ability: str, brand: int) -> None:
    """Refuse unless a grant for the whole brand, not for a part of it, carries the ability."""
    if isinstance(by, System):
        return
    grants = by.live_grants() if isinstance(by, User) and by.is_active else []
    if not any(g.brand_id == brand and g.is_brand_wide() and ability in g.role.abilities for g in grants):
        raise Refused("This is decided for the whole brand, and your role covers a part of it.", code="not_brand_wide")
