"""``manage.py revoke_api_key``: stop a storefront's key, for one that leaked or was replaced."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from stores.actions.keys import revoke_api_key
from stores.management.explained import ExplainedCommand
from stores.models import ApiKey, System

EXAMPLES = """\
examples:
  manage.py revoke_api_key k3x9q2m7ab01

The prefix is what stands before the dot of a key, and in the dashboard's list of keys. It can never be used again; within five
seconds every web process refuses it.
"""


class Command(ExplainedCommand):
    """Revoke a key by its prefix; twice is once."""

    help = "Stop an API key now, by its prefix."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="what stands before the dot of the key")

    def handle(self, **options: Any) -> None:
        """Revoke the key, or fail with a sentence on stderr."""
        # A whole key is what somebody in a hurry pastes; its secret is not looked at.
        prefix = options["prefix"].partition(".")[0]
        key = ApiKey.objects.filter(prefix=prefix).select_related("brand").first()
        if key is None:
            raise CommandError(f"There is no key {prefix!r}.")
        revoked = revoke_api_key(by=System("revoke_api_key"), key=key)
        self.stdout.write(f"{key.name} of {key.brand} is revoked since {revoked.revoked_at:%Y-%m-%d %H:%M:%S} UTC.")
