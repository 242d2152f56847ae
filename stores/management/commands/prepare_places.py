"""``manage.py prepare_places``: the file in which the API finds towns."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from stores.values.gazetteer import FOLDER, Gazetteer


class Command(BaseCommand):
    """Makes the file; the first search would do it too, and keep its caller waiting."""

    help = (
        "Make the file of the world's towns that searches by place need, unless it is there. Takes some seconds, once."
    )

    def handle(self, **options: Any) -> None:
        """Says where it is."""
        gazetteer = Gazetteer(settings.VAR / FOLDER)
        gazetteer.prepare()
        self.stdout.write(f"Towns are in {gazetteer.path}.")
