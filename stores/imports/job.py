"""One import from file to database: read, map, parse, match, compare, check, and, when asked, apply and publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InternalError,
    OperationalError,
    transaction,
)
from django.db.models import Q
from django.db.models.expressions import RawSQL

from stores.actions.errors import Refused
from stores.actions.stores import (
    STAGED,
    Published,
    apply_staged_stores,
    check_may_import,
    one_import_at_a_time,
    publish_stores,
)
from stores.actions.transaction import acting
from stores.imports import closing, report, staging
from stores.imports.errors import ImportRefused
from stores.imports.files import Source, examine
from stores.imports.mapping import ColumnMapping
from stores.imports.matching import Matching, match_and_compare
from stores.imports.parse import Rules
from stores.imports.pool import Recipe, parsed
from stores.imports.refusals import refused_list
from stores.imports.rows import RawRow
from stores.imports.tables import Table, open_table
from stores.models import Actor, Brand, Market, Store
from stores.values import clock

MASS_CHANGE = 0.2
"""A file that closes more than this part of the stores in its markets is probably not the whole list."""

WAITING = "waiting until another import of the brand is done"
"""A stage that may last as long as that import does."""

DATABASE_ERRORS = (DataError, IntegrityError, InternalError, OperationalError)
"""What a database says to values, links and locks that it does not accept."""

Progress = Callable[[str, int, int | None], None]
"""Told (stage, done, total or None) now and then."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to import."""

    path: Path
    brand: Brand
    mapping: ColumnMapping
    by: Actor
    apply: bool = False
    publish: bool = False
    complete: bool = False
    """The file is the whole list of its markets: open stores that it lacks are closed."""
    allow_mass_change: bool = False
    encoding: str | None = None
    report: Path | None = None
    refused: Path | None = None
    """Where the refused rows go, to be mended and imported again."""
    name: str = ""
    """What the history calls the file; its own name when blank."""


@dataclass(slots=True)
class Result:
    """What came of it."""

    source: Source
    unknown_columns: list[str]
    absent_columns: list[str]
    counts: dict[str, int]
    mass_change: str = ""
    """Why the file is not applied although it can be read; blank when nothing is against it."""
    written: dict[str, int] = field(default_factory=dict)
    published: Published | None = None


def run_import(
    request: Request,
    *,
    progress: Progress = lambda stage, done, total: None,
    check: Callable[[Result], None] = lambda result: None,
    look: Callable[[Result], None] = lambda result: None,
) -> Result:
    """Import a file or preview its import.

    One transaction: a preview reads and leaves nothing, an application writes all rows that are not refused, or nothing.

    Args:
        check: called when the rows are staged and nothing is written yet; what it raises ends the import.
        look: called at the end, while the staged rows can still be read, to show or to keep them.

    Raises:
        ImportRefused: the file cannot be read as this source, or the database refuses what is in it.
        Refused: the actor may not, or too many stores would be closed.
    """
    brand = request.brand
    check_may_import(by=request.by, brand=brand)
    source = examine(request.path, request.encoding)
    reason = f"import of {request.mapping.source}: {_printable(request.name or request.path.name)}"[:200]
    try:
        with acting(request.by, reason) if request.apply else transaction.atomic():
            if request.apply:
                one_import_at_a_time(brand, waits=lambda: progress(WAITING, 0, None))
            result = _stage(request, source, progress)
            result.mass_change = _mass_change(request)
            check(result)
            if result.mass_change and request.apply:
                raise Refused(
                    f"{result.mass_change} If that is meant, allow the mass change (--allow-mass-change).",
                    code="mass_change",
                )
            if request.apply:
                progress("applying", 0, None)
                result.written = apply_staged_stores(
                    by=request.by, brand=brand, source=request.mapping.source, reason=reason
                )
                if request.publish:
                    progress("publishing", 0, None)
                    result.published = _publish(request)
            if request.report is not None:
                progress("writing the report", 0, None)
                report.write_report(request.report)
            if request.refused is not None:
                refused = staging.rows("outcome = 'refused'")
                report.write_lines(request.refused, refused_list(source, refused))
            look(result)
    except DATABASE_ERRORS as error:
        raise ImportRefused(said_by_the_database(error)) from error
    return result


def _stage(request: Request, source: Source, progress: Progress) -> Result:
    markets = list(Market.objects.values_list("code", "languages", "pk"))
    if not markets:
        raise ImportRefused("no markets are loaded; run manage.py load_markets first")
    staging.create()
    with open_table(source) as table:
        mapping = table.fit(request.mapping)
        rules = Rules(
            source=mapping.source,
            markets={code: tuple(tags) for code, tags, _ in markets},
            market_ids={code: pk for code, _, pk in markets},
            fields=frozenset(mapping.rules),
            formats=mapping.formats(),
            first_day=clock.earliest_day().isoformat(),
            defaults={name: rule.default for name, rule in mapping.rules.items() if rule.default},
        )
        rows = _counted(table, source, progress)
        staging.copy(parsed(rows, Recipe(mapping, rules), expected=source.rows))
        unknown = mapping.unknown([*table.headers, *sorted(table.late_columns)])
    progress("matching", 0, None)
    identity = "external_id" if "external_id" in mapping.rules else "code"
    matching = Matching(
        brand=request.brand,
        source=mapping.source,
        own_codes="code" in mapping.rules,
        columns={name: "+".join(rule.columns) or name for name, rule in mapping.rules.items()},
        identity=identity,
        constants=frozenset(name for name, rule in mapping.rules.items() if rule.kind == "constant"),
        complete=request.complete,
        publish=request.publish,
    )
    match_and_compare(matching, lock=request.apply)
    return Result(source, unknown, list(mapping.absent), staging.counts())


def _counted(table: Table, source: Source, progress: Progress) -> Iterator[RawRow]:
    done = 0
    for row in table.rows:
        yield row
        done += 1
        if done % 500 == 0:
            progress("reading", done, max(source.rows - 1, done))
    if not done:
        raise ImportRefused(f"{source.path} has column names and no rows")
    progress("reading", done, done)


def _mass_change(request: Request) -> str:
    """What is said when a file closes too many stores; blank when it does not, or when that is meant."""
    taken, there = closing.taken_away(request.brand)
    if request.allow_mass_change or taken <= MASS_CHANGE * there:
        return ""
    return f"The file would close {taken} of {there} stores in its markets, or take them from customers."


def _publish(request: Request) -> Published:
    known = RawSQL(f"SELECT store_id FROM {STAGED} WHERE outcome IN ('changed', 'unchanged')", [])  # noqa: S608, S611  (ours)
    new = RawSQL(f"SELECT code FROM {STAGED} WHERE outcome = 'created'", [])  # noqa: S608, S611  (our own words)
    return publish_stores(
        by=request.by,
        stores=Store.objects.filter(Q(pk__in=known) | Q(code__in=new), brand=request.brand),
        override=f"published with the import of {request.mapping.source}",
    )


def _printable(name: str) -> str:
    # A file's name is bytes; those that are no text would fail in the database.
    return name.encode("utf-8", "replace").decode()


def said_by_the_database(error: DatabaseError) -> str:
    sentence = " ".join(str(error).split("\n")[0].split())
    diagnostics = getattr(error.__cause__, "diag", None)
    detail = getattr(diagnostics, "message_detail", None)
    if detail:
        sentence += f" ({' '.join(detail.split())[:200]})"
    return f"the database refused it, nothing was written: {sentence}"
