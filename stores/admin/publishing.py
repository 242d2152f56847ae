"""Publishing many stores from their list, after a look at which go live and what holds the others."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stores.actions.errors import Refused
from stores.actions.stores import publish_stores, unpublish_stores
from stores.admin.base import can
from stores.admin.selection import carried
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.publication import Gap, publication_gaps

SHOWN = 200
"""Rows of the preview on the page; the counts above them are of all."""
AT_ONCE = 5000
"""Stores whose addresses are in memory at one time."""


class Publishing:
    """The actions of the store list. Mixed in before the admin's base."""

    model: Any
    admin_site: Any

    @admin.action(description=gettext_lazy("Publish selected stores"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """First what would happen; then the complete ones, or with an owner's reason all that may be published."""
        user: Any = request.user
        if request.POST.get("step") == "apply":
            override = request.POST.get("override", "").replace("\x00", "").strip()[:150]
            try:
                done = publish_stores(by=user, stores=queryset, override=override)
            except Refused as refusal:
                messages.error(request, refusal.said())
                return None
            text = ngettext("%(n)s store was published.", "%(n)s stores were published.", done.published)
            messages.success(request, text % {"n": done.published})
            return None
        waiting = queryset.visible_to(user, to="edit_stores").filter(
            published_at__isnull=True, status__in=PUBLIC_STATUSES
        )
        gaps = _gaps(waiting)
        held = [pk for pk, found in gaps.items() if found]
        rows = waiting.filter(pk__in=held[:SHOWN]).select_related("market")
        context = {
            "title": _("Publish stores"),
            "publishing": True,
            "ready": len(gaps) - len(held),
            "held": len(held),
            "alone": queryset.count() - len(gaps),
            "rows": [{"store": store, "gaps": gaps[store.pk]} for store in rows],
            "may_override": can(request, "import_stores"),
        }
        return self._preview(request, queryset, "publish", context)

    @admin.action(description=gettext_lazy("Take selected stores down"), permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """First which are taken down, then, with a reason, the deed."""
        user: Any = request.user
        reason = request.POST.get("reason", "").replace("\x00", "")
        if request.POST.get("step") == "apply":
            try:
                count = unpublish_stores(by=user, stores=queryset, reason=reason[:200])
            except Refused as refusal:
                messages.error(request, refusal.said())
                return None
            text = ngettext("%(n)s store was taken down.", "%(n)s stores were taken down.", count)
            messages.success(request, text % {"n": count})
            return None
        live = queryset.visible_to(user, to="edit_stores").filter(published_at__isnull=False)
        rows = live.select_related("market")[:SHOWN]
        context = {
            "title": _("Take stores down"),
            "ready": live.count(),
            "alone": queryset.count() - live.count(),
            "rows": [{"store": store, "gaps": []} for store in rows],
        }
        return self._preview(request, queryset, "take_down", context)

    def _preview(self, request: HttpRequest, queryset: Any, action: str, context: dict[str, Any]) -> HttpResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "action": action,
            **carried(request),
            "shown": SHOWN,
            **context,
        }
        return TemplateResponse(request, "admin/stores/publish.html", page)


def _gaps(stores: Any) -> dict[int, list[Gap]]:
    ids = list(stores.order_by("pk").values_list("pk", flat=True))
    found: dict[int, list[Gap]] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= publication_gaps(ids[start : start + AT_ONCE])
    return found
