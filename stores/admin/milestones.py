"""Milestones of an opening: their part of the page of a store's life, and the list of all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import milestones
from stores.admin import planned
from stores.admin.base import ScopedAdmin
from stores.admin.columns import column
from stores.admin.planned import Data, Doing
from stores.models import Store, StoreMilestone
from stores.values.lifecycle import PIPELINE_STATUSES
from stores.values.milestones import USUAL_MILESTONES


def _rows(user: Any, store: Store) -> Any:
    return StoreMilestone.objects.visible_to(user).filter(store=store)


def context(store: Store, *, reader: Any, today: date, sent: Data) -> dict[str, Any]:
    """What the page of a store's life shows of its milestones; ``sent`` is what a form of it had entered."""
    rows = list(_rows(reader, store).select_related("owner"))
    pipeline = store.status in PIPELINE_STATUSES
    return {
        **planned.context(rows, reader=reader, brand=store.brand_id, today=today, open_still=pipeline, sent=sent),
        "pipeline": pipeline,
        "can_plan": not USUAL_MILESTONES[store.format].keys() <= {row.kind for row in rows},
        "follows_text": _("moves with the opening"),
    }


def _opening(user: Any, store: Store, data: Data) -> str:
    store.opening_date = planned.day(data, "seen_day")
    wanted, reason = planned.day(data, "day"), data.get("reason", "")
    return planned.told(milestones.set_opening_date(by=user, store=store, opening_date=wanted, reason=reason))


def _plan(user: Any, store: Store, data: Data) -> None:
    milestones.plan_milestones(by=user, store=store)


def _change(user: Any, store: Store, data: Data) -> None:
    milestones.change_milestone(
        by=user,
        milestone=planned.one(_rows(user, store), data),
        owner=planned.person(user, store.brand_id, data),
        due_date=planned.day(data, "due_date"),
        follows=data.get("follows") == "1",
        note=data.get("note", ""),
    )


DOINGS: Mapping[str, Doing] = {
    "opening": _opening,
    "plan": _plan,
    "change": _change,
    **planned.finishing(_rows),
}


@admin.register(StoreMilestone)
class StoreMilestoneAdmin(ScopedAdmin):
    """All milestones, for those who look across stores; they are changed on the page of the store's life."""

    list_display = ("kind", "store", "market", "due_date", "done_date", "owner")
    list_filter = ("kind", "store__market", "store__status")
    search_fields = ("store__code", "owner__name", "note")
    joined = ("store__market", "owner")

    @column(gettext_lazy("Market"))
    def market(self, obj: Any) -> str:
        return str(obj.store.market)
