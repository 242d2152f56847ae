"""A market's launch in the dashboard: the checklist with who does what by when, and the steps of the presence there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import launches
from stores.admin import planned
from stores.admin.base import ScopedAdmin, can, may
from stores.admin.columns import choice, column
from stores.admin.mixed import Mixed
from stores.admin.planned import Data, Doing
from stores.models import LaunchItem, MarketEntry, Store
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.opening import local_day
from stores.values import clock
from stores.values.lifecycle import ENTRY_STATUSES, ENTRY_STEPS
from stores.values.milestones import USUAL_LAUNCH

LAUNCHING = ("planned", "preparing")


def _rows(user: Any, entry: MarketEntry) -> Any:
    return LaunchItem.objects.visible_to(user).filter(entry=entry)


def _launch(user: Any, entry: MarketEntry, data: Data) -> str:
    entry.launch_date = planned.day(data, "seen_day")
    wanted, reason = planned.day(data, "day"), data.get("reason", "")
    return planned.told(launches.set_launch_date(by=user, entry=entry, launch_date=wanted, reason=reason))


def _plan(user: Any, entry: MarketEntry, data: Data) -> None:
    launches.plan_launch(by=user, entry=entry)


def _copy(user: Any, entry: MarketEntry, data: Data) -> None:
    mine = MarketEntry.objects.visible_to(user).filter(brand=entry.brand_id)
    like: MarketEntry | None = mine.filter(pk=planned.number(data, "like")).first()
    if like is None:
        raise Http404
    launches.plan_launch(by=user, entry=entry, like=like)


def _add(user: Any, entry: MarketEntry, data: Data) -> None:
    launches.add_launch_item(
        by=user,
        entry=entry,
        title=data.get("title", ""),
        due_date=planned.day(data, "due_date"),
        is_required=data.get("required") == "1",
    )


def _change(user: Any, entry: MarketEntry, data: Data) -> None:
    launches.change_launch_item(
        by=user,
        item=planned.one(_rows(user, entry), data),
        owner=planned.person(user, entry.brand_id, data),
        due_date=planned.day(data, "due_date"),
        follows=data.get("follows") == "1",
        is_required=data.get("required") == "1",
        note=data.get("note", ""),
    )


def _move(user: Any, entry: MarketEntry, data: Data) -> None:
    to, entry.status = data.get("to", ""), data.get("seen", "")
    if to not in ENTRY_STATUSES or entry.status not in ENTRY_STATUSES:
        raise Http404
    launches.advance_entry(
        by=user, entry=entry, to=to, reason=data.get("reason", ""), sign_off=data.get("sign_off", "")
    )


DOINGS: Mapping[str, Doing] = {
    "launch": _launch,
    "plan": _plan,
    "copy": _copy,
    "add": _add,
    "change": _change,
    **planned.finishing(_rows),
    "move": _move,
}


class WithLaunch(Mixed):
    """The page of a market's launch, and its line on the entry's page."""

    def get_urls(self) -> list[Any]:
        launch = self.admin_site.admin_view(self.launch_view)
        return [path("<path:object_id>/launch/", launch, name="stores_marketentry_launch"), *super().get_urls()]

    @column(gettext_lazy("Launch"))
    def launch(self, obj: Any) -> str:
        """Where the market stands, with the way to its checklist."""
        if obj.pk is None:
            return "–"
        return format_html(
            '<span class="m-badge">{}</span> <a class="text-link" href="{}">{}</a>',
            choice(obj, "status")[1],
            reverse("admin:stores_marketentry_launch", args=[obj.pk]),
            _("Status and checklist"),
        )

    def launch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who does what by when, and the next step with what stands in its way."""
        entry: MarketEntry = self.get_object(request, object_id)
        if request.method == "POST" and (answer := planned.do(request, entry, DOINGS)):
            return answer
        user: Any = request.user
        launching = entry.status in LAUNCHING
        items = list(_rows(user, entry).select_related("owner"))
        shown = planned.context(
            items,
            reader=user,
            brand=entry.brand_id,
            today=local_day(entry.market.default_time_zone, clock.now()),
            open_still=launching,
            sent=planned.entered(request),
        )
        models = MarketEntry.objects.visible_to(user).filter(brand=entry.brand_id, launch_items__isnull=False)
        waiting = Store.objects.visible_to(user).filter(
            brand=entry.brand_id, market=entry.market_id, status__in=PUBLIC_STATUSES, published_at__isnull=True
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Launch in %(market)s") % {"market": entry.market},
            "opts": self.opts,
            "original": entry,
            "entry": entry,
            "edits": may(request, MarketEntry, entry.pk, to="edit_stores"),
            "launching": launching,
            **shown,
            "percent": round(100 * shown["planned_done"] / len(items)) if items else 0,
            "follows_text": _("moves with the launch"),
            "can_plan": launching and not USUAL_LAUNCH.keys() <= {item.kind for item in items},
            "models": models.exclude(pk=entry.pk).select_related("market").distinct() if launching else [],
            "waiting": waiting.count() if launching else 0,
            "may_override": can(request, "import_stores"),
            "steps": [
                {"to": to, "blockers": launches.launch_blockers([entry.pk], to).get(entry.pk, [])}
                for to in ENTRY_STEPS[entry.status]
            ],
        }
        return TemplateResponse(request, "admin/stores/launch.html", context)


@admin.register(LaunchItem)
class LaunchItemAdmin(ScopedAdmin):
    """All points of all checklists; they are changed on the page of the launch."""

    list_display = ("shown_title", "market", "is_required", "due_date", "done_date", "owner")
    list_filter = ("kind", "entry__market")
    search_fields = ("title", "owner__name", "note")
    joined = ("entry__market", "owner")

    @column(gettext_lazy("Point"))
    def shown_title(self, obj: Any) -> str:
        return planned.title(obj)

    @column(gettext_lazy("Market"))
    def market(self, obj: Any) -> str:
        return str(obj.entry.market)
