"""``manage.py create_owner``: the first person of a new installation, who lets in all others from the dashboard."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from stores.actions.errors import Refused
from stores.actions.people import create_owner
from stores.management.explained import ExplainedCommand
from stores.models import System

EXAMPLES = """\
examples:
  manage.py create_owner --brand rokid --brand-name Rokid --email ada@example.com --name "Ada Lovelace"
  manage.py create_owner --brand rokid --email ada@example.com --name "Ada Lovelace" < password.txt

The password is asked for, or read as the first line of stdin. manage.py changepassword EMAIL changes it later.
"""


class Command(ExplainedCommand):
    """Make a person with an owner's grant, and the brand when it is new."""

    help = "Make a person who may do everything in a brand, and the brand when it is new."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and of which brand. Never the password: other people on the machine see command lines."""
        parser.add_argument("--brand", required=True, metavar="CODE", help="code of the brand, such as rokid")
        parser.add_argument("--brand-name", default="", metavar="NAME", help="its name, when the brand is new")
        parser.add_argument("--email", required=True, help="what the person logs in with")
        parser.add_argument("--name", required=True, help="the person's name")

    def handle(self, **options: Any) -> None:
        """Make both, or fail with a sentence on stderr."""
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            owner = create_owner(
                by=System("create_owner"),
                brand=options["brand"],
                brand_name=options["brand_name"],
                email=options["email"],
                name=options["name"],
                password=password,
            )
        except Refused as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{owner.email} may do everything in {options['brand']}: log in at /admin/")
