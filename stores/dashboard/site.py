"""The dashboard's site: Django's admin without its doors to other people's rows, and with pages of our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from stores.dashboard import demo, language, launches, network, openings, sync
from stores.dashboard.imports import pages as imports

_UnfoldAdminSite: Any = UnfoldAdminSite
View = Callable[..., HttpResponse]


class Site(_UnfoldAdminSite):  # type: ignore[misc]  # Unfold's classes see Django's without types
    """``django.contrib.admin.site`` of this project."""

    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only our own tables: libraries bring pages for theirs that know no scope."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([model for model in models if model._meta.app_label == "stores"], admin_class, **options)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001  (Django's signature)
        """Denied is 404: the same answer as for what does not exist."""

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if any("\x00" in value for _name, values in request.GET.lists() for value in values):
                raise BadRequest  # no link of ours sends it, and PostgreSQL cannot store it; forms say so themselves
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied:
                raise Http404 from None

        wrapped: View = super().admin_view(update_wrapper(inner, view), cacheable)

        def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            """Who was logged out in the middle of a form is told so, and led back to the form: its address may take no GET."""
            if request.method != "POST" or self.has_permission(request) or request.path == reverse("admin:logout"):
                return wrapped(request, *args, **kwargs)
            messages.warning(request, _("You had been logged out, so this was not saved. Log in and do it again."))
            back = request.headers.get("Referer", "")
            known = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
            came = urlsplit(back)
            place = urlunsplit(("", "", came.path, came.query, "")) if known else reverse("admin:index")
            return redirect_to_login(place, reverse("admin:login"))

        return update_wrapper(outer, wrapped)

    def get_urls(self) -> list[Any]:
        """Without ``r/``, which redirects to any object's page by its number, seen or not."""
        ours = [
            path("sync/", self.admin_view(sync.board), name="sync"),
            path("map/", self.admin_view(network.page), name="map"),
            path("map/list/", self.admin_view(network.stores_list), name="map_list"),
            path("map/cards/", self.admin_view(network.cards), name="map_cards"),
            # A browser may keep the points, as long as it asks whether they still hold.
            path("map/points.json", self.admin_view(network.points, cacheable=True), name="map_points"),
            path("openings/", self.admin_view(openings.board), name="openings"),
            path("launches/", self.admin_view(launches.board), name="launches"),
            path("language/", language.choose, name="language"),
            *imports.urls(self.admin_view),
        ]
        return ours + [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The login page, in the demo with its people to click on; afterwards the person's own language."""
        response: HttpResponse = super().login(request, {"demo_logins": demo.logins(), **(extra_context or {})})
        user: Any = request.user
        if request.method == "POST" and response.status_code == 302 and user.is_authenticated:
            language.greet(response, user.language)
        return response

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one app, so its page is the home page."""
        return HttpResponseRedirect(reverse("admin:index"))

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Finds pages of the dashboard by name."""
        try:
            found: HttpResponse = super().search(request, extra_context)
        except (InvalidPage, ValueError):
            raise Http404 from None
        return found
