"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("api/v1/", include("stores.api.urls")),
    path("api/", include("stores.api.description")),
    path("", include("stores.api.health")),
    path("counters/", include("stores.admin.confirm")),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]

# Below /api/ these answer with problem documents, elsewhere with Django's pages.
handler400 = "stores.api.problems.bad_request"
handler403 = "stores.api.problems.permission_denied"
handler404 = "stores.api.problems.page_not_found"
handler500 = "stores.api.problems.server_error"
