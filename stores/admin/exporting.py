"""The store list as a file: what its search and filters leave, in the columns that an import reads."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from stores.imports.exporting import columns_of, rows_of
from stores.imports.writing import WRITERS
from stores.models import Brand

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Exporting:
    """Mixed in before the admin's base. A file holds one brand's stores, because an import is one brand's."""

    admin_site: Any
    list_before_template = "admin/stores/export.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.export))
        ours = path("export/<slug:brand>/<slug:form>/", view, name="stores_store_export")
        return [ours, *super().get_urls()]  # type: ignore[misc]  # a mixin

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user: Any = request.user
        context = {**(extra_context or {}), "export_brands": list(Brand.objects.visible_to(user))}
        return super().changelist_view(request, context)  # type: ignore[misc, no-any-return]  # a mixin

    def export(self, request: HttpRequest, brand: str, form: str) -> HttpResponse | StreamingHttpResponse:
        """Streamed: a large network is on its way while it is read."""
        user: Any = request.user
        if form not in FORMS or not self.has_view_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise Http404
        try:
            listed = self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]  # a mixin
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:stores_store_changelist"))
        stores = listed.filter(brand__in=Brand.objects.visible_to(user).filter(code=brand))
        return StreamingHttpResponse(
            WRITERS[form](columns_of(stores), rows_of(stores)),
            content_type=FORMS[form],
            headers={"Content-Disposition": f'attachment; filename="stores-{brand}.{form}"'},
        )
