"""A store's life in the dashboard: the steps that are possible now, what stands in their way, and publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import lifecycle
from stores.actions.errors import Refused
from stores.actions.planned import days_of, moved
from stores.actions.stores import publish_stores, unpublish_stores
from stores.admin import milestones, planned
from stores.admin.base import may
from stores.admin.columns import choice, column
from stores.admin.mixed import Mixed
from stores.admin.planned import Data, Doing
from stores.models import Store, StoreMilestone
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.opening import local_day
from stores.models.queries.publication import publication_gaps
from stores.values import clock, publishers
from stores.values.lifecycle import STORE_STATUSES, STORE_STEPS

# What a step asks for beside the decision.
ASKS: Mapping[str, tuple[str, ...]] = {
    "temporarily_closed": ("reason", "reopen_date"),
    "closing": ("closing_date", "reason"),
    "cancelled": ("reason",),
}
FINAL = ("closed", "cancelled")


def _move(user: Any, store: Store, data: Data) -> None:
    to, reason = data.get("to", ""), data.get("reason", "")
    store.status = data.get("seen", "")  # what the person looked at, which the action compares with what is there
    if store.status not in STORE_STATUSES or to not in STORE_STATUSES:
        raise Http404
    if to == "open":
        lifecycle.open_store(by=user, store=store, reason=reason)
    elif to == "temporarily_closed":
        reopen = planned.day(data, "reopen_date")
        lifecycle.close_store_temporarily(by=user, store=store, reason=reason, reopen_date=reopen)
    elif to == "closing":
        closing = planned.day(data, "closing_date")
        if closing is None:
            raise Refused(_("Name the first day on which the store stays closed."), code="closing_date")
        lifecycle.announce_closing(by=user, store=store, reason=reason, closing_date=closing)
    elif to == "closed":
        lifecycle.close_store(by=user, store=store, reason=reason)
    elif to == "cancelled":
        lifecycle.cancel_store(by=user, store=store, reason=reason)
    else:
        lifecycle.advance_store(by=user, store=store, to=to, reason=reason)


def _publish(user: Any, store: Store, data: Data) -> None:
    done = publish_stores(by=user, stores=Store.objects.filter(pk=store.pk), override=data.get("override", "").strip())
    if done.held:
        raise Refused(_("Nothing was published: the checklist has gaps."), code="held")


def _unpublish(user: Any, store: Store, data: Data) -> None:
    unpublish_stores(by=user, stores=Store.objects.filter(pk=store.pk), reason=data.get("reason", ""))


DOINGS: Mapping[str, Doing] = {
    **milestones.DOINGS,
    "move": _move,
    "publish": _publish,
    "unpublish": _unpublish,
}


class WithLife(Mixed):
    """The page of a store's life, and its line on the store's page."""

    def get_urls(self) -> list[Any]:
        life = self.admin_site.admin_view(self.life_view)
        return [path("<path:object_id>/life/", life, name="stores_store_life"), *super().get_urls()]

    @column(gettext_lazy("Life"))
    def life(self, obj: Any) -> str:
        """Where the store stands, with the way to change it."""
        if obj.pk is None:
            return "–"
        return format_html(
            '<span class="m-badge">{}</span> <a class="text-link" href="{}">{}</a>',
            choice(obj, "status")[1],
            reverse("admin:stores_store_life", args=[obj.pk]),
            _("Status, publication and milestones"),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        """Whoever moves the opening on the store's page is told what it took along."""
        rows = StoreMilestone.objects.filter(store=obj.pk)
        before = days_of(rows) if change and "opening_date" in form.changed_data else {}
        super().save_model(request, obj, form, change)
        if before and (found := moved(rows, before)):
            messages.info(request, planned.told(found))

    def life_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What may happen to the store next, with what stands in the way; and what customers see of it."""
        store: Store = self.get_object(request, object_id)
        if request.method == "POST" and (answer := planned.do(request, store, DOINGS)):
            return answer
        edits = may(request, Store, store.pk, to="edit_stores")
        today = local_day(store.time_zone, clock.now())
        state = publishers.Life(store.status, store.opening_date, store.closing_date, store.reopen_date)
        context = {
            **self.admin_site.each_context(request),
            "title": str(store),
            "opts": self.opts,
            "original": store,
            "store": store,
            "edits": edits,
            "track": track(store.status),
            "steps": steps(store) if edits else [],
            "today": today,
            "publishable": store.status in PUBLIC_STATUSES,
            "gaps": publication_gaps([store.pk])[store.pk],
            "may_override": may(request, Store, store.pk, to="import_stores"),
            **milestones.context(store, reader=request.user, today=today, sent=planned.entered(request)),
            "google": publishers.google_open_info(state, today),
            "apple": publishers.apple_status(state, today),
        }
        return TemplateResponse(request, "admin/stores/life.html", context)


def steps(store: Store) -> list[dict[str, Any]]:
    """The steps that are possible from the store's status, each with what it asks for and what stands in its way."""
    return [
        {
            "to": to,
            "asks": ASKS.get(to, ()),
            "final": to in FINAL,
            "called_off": store.status == "closing" and to == "open",
            "blockers": lifecycle.blockers([store.pk], to).get(store.pk, []),
        }
        for to in STORE_STEPS[store.status]
    ]


def track(status: str) -> list[dict[str, Any]]:
    """The usual way from the first contract to the last day, with where the store stands; off the way it is only itself."""
    way = [each for each in STORE_STATUSES if each not in {"cancelled", "temporarily_closed"}]
    at = way.index("open" if status == "temporarily_closed" else status) if status != "cancelled" else -1
    return [{"status": each, "passed": place < at, "here": place == at} for place, each in enumerate(way)]
