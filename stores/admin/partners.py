"""Partners: contract, people, exclusivities and counters on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stores.actions import confirmations
from stores.actions.errors import NotFound, Refused
from stores.actions.partners import against_place
from stores.actions.stores import publish_stores
from stores.admin import partner_page
from stores.admin.base import ScopedAdmin, ScopedTabular, may
from stores.admin.columns import Named, column
from stores.admin.mixed import Mixed
from stores.models import Channel, Exclusivity, Partner, PartnerContact, Store
from stores.values import clock
from stores.values.quarters import quarter_of, quarter_start

CONTRACT_COLOURS = {"undated": "", "to_come": "info", "running": "success", "ending": "warning", "over": "danger"}


class ContactInline(ScopedTabular):
    model = PartnerContact
    brand_from = "partner"
    fields = ("role", "name", "email", "phone", "language")


class ExclusivityInline(ScopedTabular):
    model = Exclusivity
    brand_from = "partner"
    joined = ("market",)
    fields = ("market", "trade", "product_line", "from_date", "to_date", "note")


@admin.register(Partner)
class PartnerAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "kind", "market", "shown_contract", "confirmed", "shown_quality")
    list_filter = ("kind", "market")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("market", "brand")
    fields = (
        "brand", "code", "name", "kind", "market", "contact_email", ("contract_from_date", "contract_to_date"),
    )  # fmt: skip
    inlines = (ContactInline, ExclusivityInline)
    change_form_outer_before_template = "admin/stores/partner_panel.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what the person sees of the counters: how many, how many are confirmed, and how good their data is."""
        user: Any = request.user
        rows: Any = super().get_queryset(request)
        asked = Store.objects.visible_to(user).filter(status__in=confirmations.ASKED_ABOUT)
        return rows.with_progress(quarter_start(_quarter()), stores=asked)

    @column(gettext_lazy("Contract"), label=CONTRACT_COLOURS)
    def shown_contract(self, obj: Any) -> tuple[str, str]:
        state = obj.contract_state(clock.now().date())
        return state, str(partner_page.CONTRACT_NAMES[state])

    @column(gettext_lazy("Confirmed"), ordering="confirmed")
    def confirmed(self, obj: Any) -> str:
        return (
            _("%(confirmed)d of %(total)d") % {"confirmed": obj.confirmed, "total": obj.counters}
            if obj.counters
            else "–"
        )

    @column(gettext_lazy("Data quality"), ordering="quality")
    def shown_quality(self, obj: Any) -> str:
        return "–" if obj.quality is None else f"{obj.quality:.0f}"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/counters/", view(self.counters_view), name="stores_partner_counters"),
            path("<path:object_id>/ask/", view(self.ask_view), name="stores_partner_ask"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if object_id is not None and request.method == "GET":
            context |= partner_page.panel(request, self.get_object(request, object_id), _quarter())
        return super().changeform_view(request, object_id, form_url, context)

    def counters_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Every counter with what it lacks, the worst first; those that lack nothing can be published together."""
        partner: Partner = self.get_object(request, object_id)
        user: Any = request.user
        if request.method == "POST":
            chosen = partner_page.counters(user, partner).filter(pk__in=partner_page.numbers(request, "store"))
            done = publish_stores(by=user, stores=chosen)
            if done.published:
                messages.success(
                    request,
                    ngettext("%(count)d counter published.", "%(count)d counters published.", done.published)
                    % {"count": done.published},
                )
            if done.held:
                messages.warning(
                    request,
                    ngettext("%(count)d counter is held back: look at what it lacks.",
                             "%(count)d counters are held back: look at what they lack.", done.held)
                    % {"count": done.held},
                )  # fmt: skip
            if not done.published and not done.held:
                messages.info(request, _("Nothing to publish among these."))
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            **partner_page.listed(request, partner),
            "title": _("Counters"),
            "subtitle": str(partner),
            "opts": self.opts,
            "original": partner,
        }
        return TemplateResponse(request, "admin/stores/partner_counters.html", context)

    def ask_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mail the quarter's link now, or take every link back."""
        partner: Partner = self.get_object(request, object_id)
        user: Any = request.user
        if request.method != "POST" or not may(request, Partner, partner.pk, to="edit_partners"):
            raise Http404
        try:
            match request.POST.get("step"):
                case "send":
                    self._send(request, partner)
                case "revoke":
                    count = confirmations.revoke_links(by=user, partner=partner)
                    messages.success(
                        request,
                        ngettext("%(count)d link taken back.", "%(count)d links taken back.", count) % {"count": count},
                    )
                case _:
                    raise Http404
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.said())
        return HttpResponseRedirect(reverse("admin:stores_partner_change", args=[partner.pk]))

    @staticmethod
    def _send(request: HttpRequest, partner: Partner) -> None:
        user: Any = request.user
        rows = Partner.objects.filter(pk=partner.pk)
        sent = list(confirmations.send_confirmations(by=user, quarter=_quarter(), partners=rows, again=True))
        for one in sent:
            if one.skipped:
                messages.warning(request, f"{one.email or one.partner}: {_(one.skipped)}")
            else:
                messages.success(request, _("Sent to %(email)s.") % {"email": one.email})
        if not sent:
            messages.info(request, _("Everything is confirmed for this quarter, so nothing was sent."))


@admin.register(PartnerContact)
class PartnerContactAdmin(ScopedAdmin):
    list_display = ("name", "partner", "role", "email", "phone", "language")
    list_filter = ("role", "language")
    search_fields = ("name", "email", "partner__code")
    joined = ("partner",)
    brand_from = "partner"
    fields = ("partner", ("role", "name"), ("email", "phone"), "language")


@admin.register(Exclusivity)
class ExclusivityAdmin(ScopedAdmin):
    list_display = ("partner", "market", "trade", "product_line", "from_date", "to_date")
    list_filter = ("trade", "market")
    search_fields = ("partner__code", "note")
    joined = ("partner", "market")
    brand_from = "partner"
    fields = ("partner", "market", ("trade", "product_line"), ("from_date", "to_date"), "note")


class WarnsOfRights(Mixed):
    """Says, after a store got an operator or a channel a partner, what a person should weigh; what forbids was refused."""

    def save_model(self, request: HttpRequest, obj: Store | Channel, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        super().save_model(request, obj, form, change)
        if {"operator", "partner", "kind"} & set(form.changed_data):
            for objection in against_place(obj):
                messages.warning(request, _(objection.message))


def _quarter() -> str:
    return quarter_of(clock.now().date())
