"""Addresses of the storefront API, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import path, re_path

from stores.api.channels import Channels
from stores.api.feeds import Feed
from stores.api.hours import StoreHours
from stores.api.markets import MarketDetail, Markets
from stores.api.places import Places
from stores.api.promotions import Promotions
from stores.api.services import Services
from stores.api.stores import StoreDetail, Stores

urlpatterns = [
    path("places/", Places.as_view(), name="api-places"),
    path("stores/", Stores.as_view(), name="api-stores"),
    re_path(r"^stores/(?P<code>[A-Za-z0-9_-]{2,64})/$", StoreDetail.as_view(), name="api-store"),
    re_path(r"^feeds/(?P<format>[a-z-]{2,20})/$", Feed.as_view(), name="api-feed"),
    re_path(r"^stores/(?P<code>[A-Za-z0-9_-]{2,64})/hours/$", StoreHours.as_view(), name="api-store-hours"),
    path("promotions/", Promotions.as_view(), name="api-promotions"),
    path("services/", Services.as_view(), name="api-services"),
    path("channels/", Channels.as_view(), name="api-channels"),
    path("markets/", Markets.as_view(), name="api-markets"),
    re_path(r"^markets/(?P<code>[A-Za-z]{2})/$", MarketDetail.as_view(), name="api-market"),
]
