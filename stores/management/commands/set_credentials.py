"""Store the token a connection logs in with, sealed. The token is read from standard input and never shown."""

from __future__ import annotations

import getpass
import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stores.actions.channels import set_credentials
from stores.actions.errors import Refused
from stores.models import Connection, System


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  manage.py set_credentials shop-jp --brand rokid          asks for the token\n"
            "  manage.py set_credentials shop-jp --brand rokid < token  reads it from a file"
        )
        parser.add_argument("connection", help="the connection's code")
        parser.add_argument("--brand", required=True, help="the brand's code")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(code=options["connection"], brand__code=options["brand"]).first()
        if connection is None:
            raise CommandError(f"There is no connection {options['connection']!r} of {options['brand']!r}.")
        token = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.read()
        if not token.strip():
            raise CommandError("The token is empty: nothing was changed.")
        try:
            set_credentials(by=System("set_credentials"), connection=connection, token=token.strip())
        except Refused as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{connection.code} logs in with the new token from now on.")
