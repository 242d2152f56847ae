"""Tables, fields and choices speak the reader's language in the dashboard.

Model files name things once, in English and without translation calls; here those names become lookups in the catalogues.
Migrations see no difference, because they are written with translations off, where a lookup gives the name itself.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy


def speak() -> None:
    """Run once, when the admin is loaded."""
    for model in apps.get_app_config("stores").get_models():
        if hasattr(model, "pgh_label"):
            continue
        options: Any = model._meta
        options.verbose_name = gettext_lazy(str(options.verbose_name))
        options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
        fields: Any = model._meta.fields
        for field in fields:
            field.verbose_name = gettext_lazy(str(field.verbose_name))
            field.help_text = gettext_lazy(str(field.help_text)) if field.help_text else ""
            if field.choices:
                field.choices = [(value, gettext_lazy(str(label))) for value, label in field.choices]
