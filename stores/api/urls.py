"""Addresses of the storefront API, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import path, re_path

from stores.api.stores import StoreDetail, Stores

CODE = r"(?P<code>[A-Za-z0-9_-]{2,64})"

urlpatterns = [
    path("stores/", Stores.as_view(), name="api-stores"),
    re_path(rf"^stores/{CODE}/$", StoreDetail.as_view(), name="api-store"),
]
