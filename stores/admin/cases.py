"""Service cases: one customer's device on its way, and the form that takes one in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import cases
from stores.actions.errors import NotFound, Refused
from stores.admin.base import ScopedAdmin, can, may, written
from stores.admin.columns import WithStatus
from stores.models import CaseEvent, Device, ServiceCase, ServiceOffering, Store
from stores.models.services import CASE_STEPS


class IntakeForm(forms.Form):
    """What the counter writes down when a customer hands a device over."""

    serial = forms.CharField(label=gettext_lazy("Serial number"), max_length=40)
    store = forms.CharField(label=gettext_lazy("Store code"), max_length=64)
    offering = forms.CharField(label=gettext_lazy("Service code"), max_length=60, required=False)
    language = forms.CharField(label=gettext_lazy("Customer's language"), max_length=35, initial="en")
    complaint = forms.CharField(
        label=gettext_lazy("What the customer reports"), widget=forms.Textarea(attrs={"rows": 3})
    )
    name = forms.CharField(label=gettext_lazy("Customer's name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Customer's email"), required=False)
    phone = forms.CharField(label=gettext_lazy("Customer's phone"), max_length=20, required=False)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        self.reader = reader
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Codes become rows of the person's own reach; a hidden one and none at all are the same mistake."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        found = Device.objects.visible_to(self.reader, to="handle_cases").filter(serial=data.get("serial", ""))
        data["device"] = found.select_related("brand").first()
        stores = Store.objects.visible_to(self.reader, to="handle_cases").filter(code=data.get("store", ""))
        data["place"] = stores.filter(brand=data["device"].brand).first() if data["device"] else None
        for name, row in (("serial", data["device"]), ("store", data["place"])):
            if row is None and name not in self.errors:
                self.add_error(name, _("Not found in your stores."))
        if data.get("offering") and data["place"]:
            place = data["place"]
            rows = ServiceOffering.objects.visible_to(self.reader).filter(market=place.market_id, brand=place.brand_id)
            data["service"] = rows.filter(code=data["offering"]).first()
            if data["service"] is None:
                self.add_error("offering", _("Not offered in this market."))
        return data

    def save(self) -> ServiceCase:
        """The case, taken in now."""
        data = self.cleaned_data
        return cases.open_case(
            by=self.reader,
            device=data["device"],
            store=data["place"],
            offering=data.get("service"),
            language=data["language"],
            complaint=data["complaint"],
            contact={name: data[name] for name in ("name", "email", "phone") if data[name]},
        )


def _move(user: Any, case: ServiceCase, data: Mapping[str, str]) -> None:
    cases.move_case(by=user, case=case, to_status=data.get("to_status", ""), note=data.get("note", ""))


def _note(user: Any, case: ServiceCase, data: Mapping[str, str]) -> None:
    cases.note_on_case(by=user, case=case, note=data.get("note", ""))


def _transfer(user: Any, case: ServiceCase, data: Mapping[str, str]) -> None:
    store = (
        Store.objects.visible_to(user, to="handle_cases")
        .filter(brand=case.brand_id, code=data.get("store", ""))
        .first()
    )
    if store is None:
        raise Refused(_("Not found in your stores."), code="store")
    cases.transfer_case(by=user, case=case, store=store, note=data.get("note", ""))


STEPS: Mapping[str, Callable[[Any, ServiceCase, Mapping[str, str]], None]] = {
    "move": _move,
    "note": _note,
    "transfer": _transfer,
}


@admin.register(ServiceCase)
class ServiceCaseAdmin(WithStatus, ScopedAdmin):
    list_display = ("reference", "device", "market", "store", "shown_status", "received_at", "due_date")
    list_filter = ("status", "market", "offering__kind")
    search_fields = ("reference", "device__serial")
    joined = ("brand", "device__variant__product", "market", "store", "offering")
    add_ability = "handle_cases"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a device in."""
        if not can(request, "handle_cases"):
            raise Http404
        form = IntakeForm(request.POST or None, reader=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                case = form.save()
            except NotFound:
                raise Http404 from None
            except (Refused, ValueError) as refusal:
                form.add_error(None, _(str(refusal)))
            else:
                messages.success(request, _("Taken in as %(reference)s.") % {"reference": case.reference})
                return HttpResponseRedirect(reverse("admin:stores_servicecase_change", args=[case.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take a device in"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/stores/intake.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The case with its timeline and the steps that are possible from here."""
        case: ServiceCase = self.get_object(request, object_id)
        if request.method == "POST":
            return self._step(request, case)
        user: Any = request.user
        handles = may(request, ServiceCase, case.pk, to="handle_cases")
        context = {
            **self.admin_site.each_context(request),
            "title": case.reference,
            "opts": self.opts,
            "original": case,
            "case": case,
            "events": CaseEvent.objects.visible_to(user).filter(case=case).order_by("-happened_at", "-pk"),
            "handles": handles,
            "steps": CASE_STEPS[case.status],
            "contact": cases.contact_of(by=user, case=case) if handles else None,
        }
        return TemplateResponse(request, "admin/stores/case.html", context)

    def _step(self, request: HttpRequest, case: ServiceCase) -> HttpResponse:
        step = STEPS.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        try:
            step(request.user, case, written(request))
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.said())
        else:
            messages.success(request, _("Written down."))
        return HttpResponseRedirect(request.path)


@admin.register(CaseEvent)
class CaseEventAdmin(ScopedAdmin):
    list_display = ("case", "kind", "from_status", "to_status", "happened_at", "recorded_by")
    list_filter = ("kind",)
    search_fields = ("case__reference",)
    joined = ("case",)
