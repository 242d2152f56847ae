"""What partners say about their counters: the worklist of proposed changes, confirmation links, and the data's quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stores.actions import requests
from stores.actions.errors import NotFound, Refused
from stores.admin.base import ScopedAdmin, can, may, written
from stores.admin.columns import column
from stores.admin.counter_form import field_name, field_text
from stores.models import ChangeRequest, ConfirmationLink, StoreQuality
from stores.values import clock
from stores.values.rows import row_number

# More than one person decides with care in one go.
MOST_AT_ONCE = 100

PARTS = {
    "address": gettext_lazy("Address"),
    "position": gettext_lazy("Position"),
    "hours": gettext_lazy("Opening hours"),
    "holidays": gettext_lazy("Holidays"),
    "phone": gettext_lazy("Phone"),
    "names": gettext_lazy("Names in the market's languages"),
    "verified": gettext_lazy("Confirmation of the last 120 days"),
}


# A store is open, and so is a request: other languages have two words for it.
STATES = {
    "open": gettext_lazy("Undecided"),
    "accepted": gettext_lazy("Accepted"),
    "rejected": gettext_lazy("Rejected"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
STATE_COLOURS = {"open": "warning", "accepted": "success", "rejected": "danger", "withdrawn": ""}
BADGES = {"open": "warn", "accepted": "good", "rejected": "bad", "withdrawn": ""}


class DecisionFilter(SimpleListFilter):
    """The state by its own words."""

    title = gettext_lazy("State")
    parameter_name = "state__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


def who(name: str) -> str:
    """Somebody as history names them; a link tells the address that it was mailed to."""
    link = "system:confirmation link "
    return _("Confirmation link %(mailed)s") % {"mailed": name.removeprefix(link)} if name.startswith(link) else name


def gap_names(gaps: Sequence[str]) -> str:
    """Parts of the data's quality that are lacking, as people call them."""
    return ", ".join(str(PARTS.get(gap, gap)) for gap in gaps)


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ScopedAdmin):
    list_display = ("store", "what", "partner", "shown_state", "shown_author", "waiting")
    list_filter = (DecisionFilter, "partner", "store__market")
    search_fields = ("store__code", "proposed_by", "partner__code")
    joined = ("store__market", "partner", "brand")
    ordering = ("created_at", "pk")
    when_empty = gettext_lazy("What partners propose about their counters waits here until somebody decides.")
    actions = ("decide_selected",)

    @column(gettext_lazy("What"))
    def what(self, obj: Any) -> str:
        return ", ".join(field_name(field) for field in obj.changes)

    @column(gettext_lazy("State"), ordering="state", label=STATE_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, Any]:
        return obj.state, STATES[obj.state]

    @column(gettext_lazy("Proposed by"), ordering="proposed_by")
    def shown_author(self, obj: Any) -> str:
        return who(obj.proposed_by)

    @column(gettext_lazy("Waiting time"), ordering="created_at")
    def waiting(self, obj: Any) -> str:
        return timesince(obj.created_at, clock.now()) if obj.state == "open" else "–"

    def get_actions(self, request: HttpRequest) -> Any:
        """Deciding is offered to those who edit stores."""
        return super().get_actions(request) if can(request, "edit_stores") else {}

    @admin.action(description=gettext_lazy("Compare and decide"))
    def decide_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """The chosen requests side by side, with one comment for all."""
        chosen = list(queryset.filter(state="open")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            messages.info(
                request, _("The first %(n)s are shown; the others wait until these are decided.") % {"n": MOST_AT_ONCE}
            )
        return self._page(request, chosen[:MOST_AT_ONCE])

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", decide, name="stores_changerequest_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One request: what was, what is proposed, what is now."""
        if request.method == "POST":
            raise Http404
        return self._page(request, [self.get_object(request, object_id)])

    def _page(self, request: HttpRequest, chosen: list[ChangeRequest]) -> HttpResponse:
        single = chosen[0] if len(chosen) == 1 else None
        user: Any = request.user
        open_ones = [one for one in chosen if one.state == "open"]
        others = [one for one in open_ones if requests.is_for_others(one, by=user)]
        context = {
            **self.admin_site.each_context(request),
            "title": str(single.store) if single else _("Proposed changes"),
            "subtitle": single.store.code if single else None,
            "opts": self.opts,
            "original": single,
            "rows": [
                {
                    "request": one,
                    "state": {"name": STATES[one.state], "colour": BADGES[one.state]},
                    "author": who(one.proposed_by),
                    "differences": _shown(one),
                    "for_others": one in others,
                }
                for one in chosen
            ],
            "decides": any(
                may(request, ChangeRequest, one.pk, to="edit_stores") for one in open_ones if one not in others
            ),
            "withdraws": single is not None
            and bool(open_ones)
            and requests.is_own(single, by=user)
            and may(request, ChangeRequest, single.pk, to="propose_changes"),
        }
        return TemplateResponse(request, "admin/stores/change_request.html", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Each of the requests on its own: what one refuses does not hold up the others."""
        if request.method != "POST":
            raise Http404
        keys = [row_number(key) for key in request.POST.getlist("request")[:MOST_AT_ONCE]]
        found = list(self.get_queryset(request).filter(pk__in=keys))
        decision, said = _decision(request)
        if not found:
            raise Http404
        done = 0
        for one in found:
            try:
                decision(one)
            except NotFound:
                raise Http404 from None
            except Refused as refusal:
                messages.error(request, f"{one.store}: {refusal.said()}")
            else:
                done += 1
        if done:
            messages.success(request, said(done))
        if len(found) == 1:
            return HttpResponseRedirect(reverse("admin:stores_changerequest_change", args=[found[0].pk]))
        return HttpResponseRedirect(f"{reverse('admin:stores_changerequest_changelist')}?state__exact=open")


def _decision(request: HttpRequest) -> tuple[Callable[[ChangeRequest], Any], Callable[[int], str]]:
    user: Any = request.user
    comment = written(request).get("comment", "")
    match request.POST.get("decision"):
        case "accept":
            return (
                lambda one: requests.accept_request(by=user, request=one, comment=comment),
                lambda count: (
                    ngettext("Accepted and applied.", "%(count)d accepted and applied.", count) % {"count": count}
                ),
            )
        case "reject":
            return (
                lambda one: requests.reject_request(by=user, request=one, comment=comment),
                lambda count: ngettext("Rejected.", "%(count)d rejected.", count) % {"count": count},
            )
        case "withdraw":
            return (
                lambda one: requests.withdraw_request(by=user, request=one),
                lambda count: ngettext("Withdrawn.", "%(count)d withdrawn.", count) % {"count": count},
            )
    raise Http404


def _shown(request: ChangeRequest) -> list[dict[str, Any]]:
    """Each field's three values for reading. A decided request is compared with nothing: the store has moved on."""
    return [
        {
            "name": field_name(one.field),
            "then": field_text(one.field, one.then),
            "proposed": field_text(one.field, one.proposed),
            "now": field_text(one.field, one.now),
            "moved": one.moved and request.state == "open",
        }
        for one in requests.differences(request)
    ]


@admin.register(ConfirmationLink)
class ConfirmationLinkAdmin(ScopedAdmin):
    """Mailed by the partner's page or by ``send_counter_confirmations``; the secret is in the mail alone."""

    list_display = ("partner", "quarter", "kind", "email", "sent_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("quarter", "kind")
    search_fields = ("partner__code", "email")
    joined = ("partner",)
    exclude = ("digest", "pepper")


@admin.register(StoreQuality)
class StoreQualityAdmin(ScopedAdmin):
    list_display = ("store", "score", "lacking")
    list_filter = ("store__market",)
    search_fields = ("store__code",)
    joined = ("store__market",)
    fields = ("store", "score", "lacking")
    readonly_fields = ("lacking",)

    @column(gettext_lazy("Lacking"))
    def lacking(self, obj: Any) -> str:
        return gap_names(obj.gaps) or "–"
