"""``manage.py compilemessages``: in place of Django's, which needs the gettext tools."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stores.management import translations


class Command(BaseCommand):
    """Compile the translations that changed."""

    help = "Compile the translations that changed. Needs no gettext tools."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        """Say what was written."""
        for path in translations.compile_changed():
            self.stdout.write(f"wrote {path}")
