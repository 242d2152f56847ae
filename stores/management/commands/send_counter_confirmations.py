"""``manage.py send_counter_confirmations``: asks every partner whether its counters are still right."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from rich.progress import track

from stores.actions.confirmations import send_confirmations
from stores.management.explained import ExplainedCommand
from stores.models import Partner, System
from stores.values import clock
from stores.values.quarters import quarter_of, quarter_start

EXAMPLES = """\
examples:
  manage.py send_counter_confirmations --dry-run                       who would get a mail, and who would not and why
  manage.py send_counter_confirmations                                 this quarter's requests, and reminders after two weeks
  manage.py send_counter_confirmations --quarter 2027Q1 --partner qingchuan-optical
  manage.py send_counter_confirmations --remind                        remind now those who have not finished

Running it again sends nothing twice. Mail settings are in docs/operations.md.
"""


class Command(ExplainedCommand):
    """Send the quarter's confirmation links."""

    help = "Mail each partner a link by which it confirms its counters without an account."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which quarter, which partners, and whether anything is sent at all."""
        parser.add_argument("--quarter", metavar="2026Q4", help="instead of the current one")
        parser.add_argument("--partner", nargs="+", metavar="CODE", help="only partners with these codes")
        parser.add_argument("--remind", action="store_true", help="remind at once, not after two weeks")
        parser.add_argument("--dry-run", action="store_true", help="write and send nothing")

    def handle(
        self, *, quarter: str | None, partner: list[str] | None, remind: bool, dry_run: bool, **options: Any
    ) -> None:
        """A line per address, then the sum."""
        asked = quarter or quarter_of(clock.now().date())
        try:
            quarter_start(asked)
        except ValueError as error:
            raise CommandError(str(error)) from error
        partners = Partner.objects.all()
        if partner:
            partners = partners.filter(code__in=partner)
            if missing := set(partner) - set(partners.values_list("code", flat=True)):
                raise CommandError(f"There is no partner {', '.join(sorted(missing))}.")
        mailings = send_confirmations(
            by=System("send_counter_confirmations"), quarter=asked, partners=partners, dry_run=dry_run, again=remind
        )
        sent = failed = 0
        for one in track(mailings, description=f"  {asked}", transient=True, disable=not self.stdout.isatty()):
            did = one.skipped or (f"{one.kind} would be sent" if dry_run else f"{one.kind} sent")
            self.stdout.write(f"{one.partner.code:<28} {one.email or '-':<36} {one.open} of {one.total} open  {did}")
            sent += not one.skipped
            failed += one.skipped.startswith("not sent")
        self.stdout.write(f"{asked}: {sent} mails {'would be sent' if dry_run else 'sent'}, {failed} failed")
        if failed:
            raise CommandError("Some mails were not sent: look at the mail settings and run this again.")
