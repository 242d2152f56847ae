"""Filters of the store list that ask for what a store has or lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.models.queries.publication import HOURS_KNOWN


class _YesNo(SimpleListFilter):
    """A question that a store answers with yes or no."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return self.narrowed(queryset, yes=self.value() == "yes")

    def narrowed(self, stores: Any, *, yes: bool) -> Any:
        raise NotImplementedError


class Published(_YesNo):
    title = gettext_lazy("published")
    parameter_name = "published"

    def narrowed(self, stores: Any, *, yes: bool) -> Any:
        return stores.filter(published_at__isnull=not yes)


class HasHours(_YesNo):
    title = gettext_lazy("hours known")
    parameter_name = "hours"

    def narrowed(self, stores: Any, *, yes: bool) -> Any:
        return stores.filter(HOURS_KNOWN if yes else ~HOURS_KNOWN)


class HasPosition(_YesNo):
    title = gettext_lazy("position known")
    parameter_name = "position"

    def narrowed(self, stores: Any, *, yes: bool) -> Any:
        return stores.filter(latitude__isnull=not yes)


STORE_FILTERS = ("status", "format", "market", "operator", Published, HasHours, HasPosition)
