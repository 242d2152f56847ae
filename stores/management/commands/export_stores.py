"""``manage.py export_stores``: stores as a file in the columns that ``import_stores`` reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from stores.imports.exporting import columns_of, rows_of
from stores.imports.writing import WRITERS
from stores.management.asking import Bar, Stopped, actor_named, brand_named, writable
from stores.management.explained import ExplainedCommand
from stores.models import Market, Store

EXAMPLES = """\
examples:
  manage.py export_stores stores.csv --brand rokid                       all stores
  manage.py export_stores japan.xlsx --brand rokid --market JP --market KR
                                                                         those of two markets, as a workbook
  manage.py import_stores stores.csv --brand rokid --source own          the edited file back: a preview of what was edited

exit codes: 0 done; 1 refused, with the reason in one line; 2 wrong arguments; 130 stopped by Ctrl-C. The file is there whole or
not at all.
"""


class Command(ExplainedCommand):
    """Write the stores somebody may see into a file."""

    help = "Export stores in the columns of import_stores, so that the file, edited or not, can be imported again."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, which stores, which form."""
        parser.add_argument("file", type=Path, help=f"the ending says the form: {', '.join(WRITERS)}")
        parser.add_argument("--brand", required=True, metavar="CODE")
        parser.add_argument(
            "--market", action="append", default=[], metavar="CODE", help="only this market; may be repeated"
        )
        parser.add_argument(
            "--format", choices=sorted(WRITERS), help="the form, when the file's ending does not say it"
        )
        parser.add_argument("--by", metavar="EMAIL", help="only what this person may see")

    def handle(self, *, file: Path, brand: str, market: list[str], **options: Any) -> None:
        """Write the file; it is there whole or not at all."""
        form = options["format"] or file.suffix.lower().removeprefix(".")
        if form not in WRITERS:
            raise CommandError(
                f"the form {form!r} is not known; name the file .{', .'.join(WRITERS)}, or give --format"
            )
        writable(file)
        codes = [code.upper() for code in market]
        if unknown := sorted(set(codes) - set(Market.objects.filter(code__in=codes).values_list("code", flat=True))):
            raise CommandError(f"there is no market {unknown[0]!r}")
        actor = actor_named(options["by"], "export_stores")
        stores = Store.objects.visible_to(actor).filter(brand=brand_named(brand))
        if codes:
            stores = stores.filter(market__code__in=codes)
        total = stores.count()
        part = file.with_name(f"{file.name}.part")
        try:
            with Bar() as bar, part.open("wb") as out:
                out.writelines(WRITERS[form](columns_of(stores), _counted(rows_of(stores), bar, total)))
            part.replace(file)
        except KeyboardInterrupt as error:
            raise Stopped("stopped; no file was written") from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"{total:,} stores in {file}")


def _counted(rows: Iterator[Mapping[str, str]], bar: Bar, total: int) -> Iterator[Mapping[str, str]]:
    for done, row in enumerate(rows, 1):
        yield row
        if done % 500 == 0:
            bar.show("exporting", done, total)
