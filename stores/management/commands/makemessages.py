"""``manage.py makemessages``: in place of Django's, which needs the gettext tools."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stores.management import messages


class Command(BaseCommand):
    """Bring the catalogues up to what the dashboard shows."""

    help = "Add new texts to every translation and drop those nobody shows any more. Needs no gettext tools."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        """Say what is left to translate."""
        for path, missing in messages.update():
            self.stdout.write(f"{path}: {missing} texts to translate")
