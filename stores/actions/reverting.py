"""Undoing an applied import in one step: stores it made go, stores it changed get back what they had.

All or nothing. Whatever was changed since by anybody, was published, or is used elsewhere stands in the way, and is said row by
row; then nothing is undone, because half an import is worse than a whole one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from stores.actions.errors import Refused
from stores.actions.stores import PARTNERS, SIMPLE_FIELDS, check_may_import, many_rows, one_import_at_a_time
from stores.actions.transaction import acting, name_of
from stores.models import (
    Actor,
    ImportJob,
    ImportRow,
    SpecialDay,
    Store,
    StoreAddress,
    StoreQuality,
    StoreService,
    StoreSource,
    WeeklyHours,
)
from stores.models.imports import OUTCOMES
from stores.values import clock

SHOWN = 1000
"""Obstacles that are listed; a job with more of them is not undone one by one."""

_RESTORED = (
    *("market_id", "name", "latitude", "longitude", "source_datum", "published_at", "publish_override", "reopen_date"),
    *PARTNERS.values(),
    *SIMPLE_FIELDS,
)
# What an import writes besides the store itself, and which columns of it. Their ids come back too, so that history goes on.
PARTS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "addresses": (StoreAddress, ("language", "is_primary", "lines", "sublocality", "locality", "administrative_area",
                                 "postal_code", "sorting_code")),
    "hours": (WeeklyHours, ("purpose", "season_from", "season_to", "periods")),
    "special_days": (SpecialDay, ("purpose", "date", "periods", "name", "state", "source", "decided_by", "decided_at")),
    "services": (StoreService, ("offering_id", "hours_purpose")),
    "sources": (StoreSource, ("source", "external_id")),
}  # fmt: skip
DERIVED: tuple[type[models.Model], ...] = (StoreQuality,)
"""What jobs work out about each store by themselves: nobody relies on it, and it goes with the store."""


def before_json(store: str) -> str:
    """SQL of what a store (a row of that alias) and its parts are, as ``ImportRow.before`` keeps it."""
    parts = ", ".join(
        f"'{name}', (SELECT coalesce(jsonb_agg(to_jsonb(part)), '[]') FROM (SELECT id, {', '.join(columns)} "  # noqa: S608  (our names)
        f"FROM {model._meta.db_table} WHERE store_id = {store}.id) part)"
        for name, (model, columns) in PARTS.items()
    )
    own = ", ".join(f"'{column}', {store}.{column}" for column in _RESTORED)
    return f"jsonb_build_object('store', jsonb_build_object({own}), {parts})"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of undoing one row."""

    row: int
    code: str
    reason: str


def obstacles(job: ImportJob) -> list[Obstacle]:
    """What stands in the way of undoing an applied job, in the order of its rows; at most SHOWN."""
    if sum(job.counts.get(outcome, 0) for outcome in OUTCOMES) and not ImportRow.objects.filter(job=job).exists():
        return [Obstacle(0, "", "what it takes to undo this import is not kept any more")]
    found = [*_gone(job), *_published(job), *_used(job), *_changed_since(job)]
    return sorted(found, key=lambda obstacle: (obstacle.row, obstacle.reason))[:SHOWN]


def revert_applied(*, by: Actor, job: ImportJob) -> dict[str, int]:
    """Undo an applied job that the caller holds locked; how many stores were removed and how many restored.

    Raises Refused, with nothing undone, while something stands in the way.
    """
    check_may_import(by=by, brand=job.brand)
    reason = f"revert of the import of {job.source}: {job.file_name}"[:200]
    with acting(by, reason), many_rows(), connection.cursor() as cursor:
        one_import_at_a_time(job.brand)
        cursor.execute(
            "SELECT 1 FROM stores_store WHERE id IN (SELECT store_id FROM stores_importrow WHERE job_id = %s "
            "AND (before IS NOT NULL OR outcome = 'created')) ORDER BY id FOR UPDATE",
            [job.pk],
        )
        if found := obstacles(job):
            first = "; ".join(
                f"row {each.row} {each.code}: {each.reason}" if each.row else each.reason for each in found[:3]
            )
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            raise Refused(f"The import cannot be undone, and nothing was: {first}{more}.", code="obstacles")
        counts = {"removed": 0, "restored": 0}
        for name, statement in _undoing():
            cursor.execute(statement, {"job": job.pk})
            if name in counts:
                counts[name] = cursor.rowcount
        # A row that came to refer to a removed store in this moment is found here, not after the work is called done.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        job.state, job.reverted_at, job.reverted_by, job.error = "reverted", clock.now(), name_of(by), ""
        job.save(update_fields=["state", "reverted_at", "reverted_by", "error"])
    return counts


_CREATED = "SELECT store_id FROM stores_importrow WHERE job_id = %(job)s AND outcome = 'created'"
_TOUCHED = "FROM stores_importrow r WHERE r.job_id = %(job)s AND r.outcome <> 'created' AND r.before IS NOT NULL"


def _undoing() -> Iterator[tuple[str, str]]:
    for model in (*(part for part, _columns in PARTS.values()), *DERIVED):
        yield "", f"DELETE FROM {model._meta.db_table} WHERE store_id IN ({_CREATED})"  # noqa: S608  (our own names)
    yield "removed", f"DELETE FROM stores_store WHERE id IN ({_CREATED})"  # noqa: S608  (our names)
    for name, (model, columns) in PARTS.items():
        table = model._meta.db_table
        kept = f"r.before -> '{name}' @> jsonb_build_array(jsonb_build_object('id', part.id))"
        yield (
            "",
            (
                f"DELETE FROM {table} part USING (SELECT r.store_id, r.before {_TOUCHED}) r "  # noqa: S608  (our names)
                f"WHERE part.store_id = r.store_id AND NOT {kept}"
            ),
        )
        listed = ", ".join(columns)
        fresh = ", ".join(f"{column} = excluded.{column}" for column in columns)
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("part", "excluded"))
        yield (
            "",
            (
                f"INSERT INTO {table} AS part (id, brand_id, store_id, {listed}) "  # noqa: S608  (our names)
                f"SELECT had.id, s.brand_id, s.id, {', '.join(f'had.{column}' for column in columns)} "
                f"FROM (SELECT r.store_id, r.before {_TOUCHED}) r JOIN stores_store s ON s.id = r.store_id, "
                f"jsonb_populate_recordset(NULL::{table}, r.before -> '{name}') had "
                f"ON CONFLICT (id) DO UPDATE SET {fresh} WHERE ({old}) IS DISTINCT FROM ({new})"
            ),
        )
    sets = ", ".join(f"{column} = had.{column}" for column in _RESTORED)
    yield (
        "restored",
        (
            # What a job of an earlier version did not keep, it did not change either.
            f"UPDATE stores_store s SET {sets} FROM (SELECT r.store_id, r.before {_TOUCHED}) r "  # noqa: S608  (our names)
            "JOIN stores_store now ON now.id = r.store_id, "
            "jsonb_populate_record(now, r.before -> 'store') had WHERE s.id = r.store_id"
        ),
    )


def _gone(job: ImportJob) -> Iterator[Obstacle]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.row, r.code FROM stores_importrow r LEFT JOIN stores_store s ON s.id = r.store_id "
            "WHERE r.job_id = %s AND (r.outcome = 'created' OR r.before IS NOT NULL) AND s.id IS NULL ORDER BY r.row LIMIT %s",
            [job.pk, SHOWN],
        )
        for row, code in cursor.fetchall():
            yield Obstacle(row, code, "the store is not there any more")


def _published(job: ImportJob) -> Iterator[Obstacle]:
    """Customers may have seen it and its code is taken for good, so it is closed, not removed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.row, r.code FROM stores_importrow r JOIN stores_store s ON s.id = r.store_id "
            "WHERE r.job_id = %s AND r.outcome = 'created' AND s.first_published_at IS NOT NULL ORDER BY r.row LIMIT %s",
            [job.pk, SHOWN],
        )
        for row, code in cursor.fetchall():
            yield Obstacle(row, code, "the store was published: close it instead")


def _used(job: ImportJob) -> Iterator[Obstacle]:
    """Rows of other tables that lead to a store the job made; whoever made them relies on it."""
    ours = {*(model for model, _ in PARTS.values()), *DERIVED}
    for model in _own_tables():
        for field in model._meta.fields:
            if field.related_model is not Store or model in ours or not getattr(field, "db_constraint", False):
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT r.row, r.code, count(*) FROM stores_importrow r "  # noqa: S608  (names of our tables)
                    f'JOIN "{model._meta.db_table}" used ON used."{field.column}" = r.store_id '
                    "WHERE r.job_id = %s AND r.outcome = 'created' GROUP BY r.row, r.code ORDER BY r.row LIMIT %s",
                    [job.pk, SHOWN],
                )
                for row, code, count in cursor.fetchall():
                    words = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
                    yield Obstacle(row, code, f"the store is used by {count} {words}")


def _changed_since(job: ImportJob) -> Iterator[Obstacle]:
    """Stores whose version moved and whose history, or that of a part, has a change after the import.

    The version alone is not enough: it also moves when the store's card changes by something else, such as an offering's dates.
    Two kinds of changes are none: days that the calendar proposes every night, until somebody decides, and later imports that
    were undone, with their undoing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.row, r.code, s.id FROM stores_importrow r JOIN stores_store s ON s.id = r.store_id "
            "WHERE r.job_id = %s AND r.store_version IS NOT NULL AND s.version <> r.store_version ORDER BY r.row LIMIT %s",
            [job.pk, SHOWN],
        )
        moved = {store: (row, code) for row, code, store in cursor.fetchall()}
        if not moved:
            return
        cursor.execute(_UNDONE, [job.brand_id])
        undone = [request for (request,) in cursor.fetchall()]
        for words, table, column in _histories():
            decided = "AND state <> 'proposed'" if table == f"{SpecialDay._meta.db_table}event" else ""
            cursor.execute(
                f"SELECT DISTINCT ON ({column}) {column}, pgh_created_at, pgh_context ->> 'actor' FROM \"{table}\" "  # noqa: S608  (our names)
                f"WHERE {column} = ANY (%s) AND pgh_id > %s AND (pgh_context ->> 'request' = ANY (%s)) IS NOT TRUE {decided} "
                f"ORDER BY {column}, pgh_id DESC",
                [list(moved), job.marks.get(table, 0), undone],
            )
            for store, at, actor in cursor.fetchall():
                who = f" by {actor}" if actor else ""
                yield Obstacle(*moved[store], f"the {words} was changed{who} at {at:%Y-%m-%d %H:%M} UTC")


# The transactions in which imports that are undone by now were applied and undone; every change of one has its request.
_UNDONE = """
SELECT DISTINCT e.pgh_context ->> 'request' FROM stores_importjobevent e
    JOIN stores_importjob j ON j.id = e.pgh_obj_id
WHERE j.brand_id = %s AND j.state = 'reverted' AND e.state IN ('applied', 'reverted')
"""


def _histories() -> Iterator[tuple[str, str, str]]:
    """History tables of stores and of everything that belongs to one: what it is, the table, the column of the store."""
    for model in _own_tables():
        event = getattr(model, "pgh_event_model", None)
        if event is None:
            continue
        words, table = str(model._meta.verbose_name), str(event._meta.db_table)
        if model is Store:
            yield words, table, "pgh_obj_id"
            continue
        for field in model._meta.fields:
            if field.related_model is Store and field.name == "store":
                yield words, table, "store_id"


def history_marks() -> dict[str, int]:
    """Where each history stands. Ids, not times: an edit that waited for the import to end began before it did."""
    marks = {}
    with connection.cursor() as cursor:
        for _, table, _ in _histories():
            cursor.execute(f'SELECT coalesce(max(pgh_id), 0) FROM "{table}"')  # noqa: S608  (our own tables)
            marks[table] = cursor.fetchone()[0]
    return marks


def _own_tables() -> list[type[Any]]:
    return [model for model in apps.get_app_config("stores").get_models() if not hasattr(model, "pgh_tracked_model")]
