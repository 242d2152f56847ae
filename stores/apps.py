"""The product: one Django app, because a storefront's answer needs stores, hours, services and promotions together."""

from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = "Meridian"
