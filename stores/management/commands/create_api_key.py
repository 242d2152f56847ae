"""``manage.py create_api_key``: a key for a storefront, printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from stores.actions.errors import Refused
from stores.actions.keys import create_api_key
from stores.management.explained import ExplainedCommand
from stores.models import Brand, System
from stores.models.people import KEY_KINDS, KEY_SCOPES

EXAMPLES = """\
examples:
  manage.py create_api_key --brand rokid --name "web shop"
  manage.py create_api_key --brand rokid --name "web shop DE" --market DE --market AT
  manage.py create_api_key --brand rokid --name "campaign preview" --scope read --scope preview
  manage.py create_api_key --brand rokid --name "store finder" --kind publishable --origin https://shop.example
  KEY=$(manage.py create_api_key --brand rokid --name try); curl -H "Authorization: Api-Key $KEY" localhost:8000/api/v1/stores/

The key is printed once and cannot be shown again; only a keyed digest of it is stored.
"""


class Command(ExplainedCommand):
    """Make a key and print it alone on stdout, so that a shell can take it."""

    help = "Make an API key of a brand and print it, alone, on stdout."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--brand", required=True, metavar="CODE", help="code of the brand, such as rokid")
        parser.add_argument("--name", required=True, help="who uses the key, such as 'web shop DE'")
        parser.add_argument(
            "--market", action="append", default=[], metavar="CODE", help="only this market; repeat for several"
        )
        parser.add_argument(
            "--channel", action="append", default=[], metavar="CODE", help="only this channel; repeat for several"
        )
        parser.add_argument(
            "--scope", action="append", default=[], choices=KEY_SCOPES, help="what it may do (default: read)"
        )
        parser.add_argument("--kind", default="secret", choices=KEY_KINDS, help="publishable keys are for browsers")
        parser.add_argument(
            "--origin",
            action="append",
            default=[],
            metavar="URL",
            help="site whose pages may use a publishable key, such as https://shop.example; repeat for several",
        )

    def handle(self, **options: Any) -> None:
        """Make the key, or fail with a sentence on stderr."""
        brand = Brand.objects.filter(code=options["brand"]).first()
        if brand is None:
            known = ", ".join(Brand.objects.values_list("code", flat=True)) or "none yet: load_demo makes one"
            raise CommandError(f"There is no brand {options['brand']!r}. Brands: {known}.")
        try:
            made = create_api_key(
                by=System("create_api_key"),
                brand=brand,
                name=options["name"],
                kind=options["kind"],
                market_codes=[code.upper() for code in options["market"]],
                channel_codes=options["channel"],
                scopes=options["scope"] or ["read"],
                origins=options["origin"],
            )
        except Refused as error:
            raise CommandError(error.message) from error
        self.stdout.write(made.token)
