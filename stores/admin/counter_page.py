"""A store's page for those who run it: confirm that it is right, correct what applies at once, propose the rest."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from stores.actions import counters
from stores.actions.errors import NotFound, Refused
from stores.admin.base import may
from stores.admin.counter_form import CounterForm, field_name
from stores.admin.mixed import Mixed
from stores.models import ChangeRequest, Store
from stores.values.rows import row_number


class WithCounterPage(Mixed):
    """Adds ``<store>/counter/`` to the stores' pages."""

    change_form_outer_before_template: ClassVar[str | None] = "admin/stores/counter_link.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.counter_view)
        return [path("<path:object_id>/counter/", view, name="stores_store_counter"), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Who cannot edit the store but runs it is offered the page made for that."""
        key = row_number(object_id)
        runs = (
            key and may(request, Store, key, to="confirm_counters") and not may(request, Store, key, to="edit_stores")
        )
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), "counter_page": bool(runs)}
        )

    def counter_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        store: Store = self.get_object(request, object_id)
        if not may(request, Store, store.pk, to="confirm_counters"):
            raise Http404
        form = CounterForm(request.POST if request.POST.get("step") == "save" else None, store=store)
        if request.method == "POST" and (said := self._done(request, store, form)):
            messages.success(request, said)
            return HttpResponseRedirect(request.path)
        open_ones = ChangeRequest.objects.visible_to(request.user).undecided().filter(store=store)  # type: ignore[arg-type]  # a person is logged in
        context = {
            **self.admin_site.each_context(request),
            "title": _("Confirm or correct"),
            "subtitle": str(store),
            "opts": self.opts,
            "original": store,
            "form": form,
            "waiting": [{"pk": one.pk, "what": ", ".join(map(field_name, one.changes))} for one in open_ones],
        }
        return TemplateResponse(request, "admin/stores/counter.html", context)

    @staticmethod
    def _done(request: HttpRequest, store: Store, form: CounterForm) -> str:
        """What was written, as a sentence; blank when the form has mistakes."""
        user: Any = request.user
        try:
            if request.POST.get("step") == "confirm":
                counters.confirm_counters(by=user, stores=Store.objects.filter(pk=store.pk))
                return _("Thank you, confirmed.")
            if not form.is_valid():
                return ""
            outcome = form.save(by=user)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            form.add_error(None, refusal.said())
            return ""
        if outcome.request:
            return _("Saved. What the brand decides is on its way to them.")
        return _("Saved. Customers see it from now on.") if outcome.corrected else _("Nothing was changed.")
