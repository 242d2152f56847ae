"""The product: one Django app, because a storefront's answer needs stores, hours, services and promotions together."""

import os

from django.apps import AppConfig

from stores.values import crypto


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = "Meridian"

    def ready(self) -> None:
        from django.conf import settings  # noqa: PLC0415  (settings are complete only when the app is ready)

        crypto.install(crypto.keyring(settings.SECRET_KEY, os.environ))
