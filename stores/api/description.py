"""The API's description for machines and people: ``/api/schema/`` and ``/api/docs/``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer

from stores.api.documented import Generator
from stores.api.problems import not_found


@cache
def _description() -> Any:
    # Only what lies below /api/v1/ is described; it does not change while the process runs.
    return Generator(urlconf="retail.urls").get_schema(public=True)  # type: ignore[no-untyped-call]  # drf-spectacular is untyped


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as JSON, or as YAML with ``?format=yaml``."""
    if request.GET.get("format") == "yaml":
        text = OpenApiYamlRenderer().render(_description())  # type: ignore[no-untyped-call]  # drf-spectacular is untyped
        return HttpResponse(text, content_type="application/yaml", headers={"Cache-Control": "max-age=300"})
    text = json.dumps(_description(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": "max-age=300"})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as pages, from our own static files."""
    return render(request, "api/docs.html")


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below ``/api/``."""
    return not_found()


urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("<path:rest>", nothing),
]
