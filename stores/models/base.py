"""What every table has: a bigint key inside, a public uid outside, and a version that the database moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import pghistory
import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now


class NextValue(models.Func):
    """``nextval('sequence')`` as a database default, so that COPY and raw SQL get it too."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, sequence: str) -> None:
        super().__init__(models.Value(sequence))


VERSION_SEQUENCE = "stores_version_seq"
GENERATION_SEQUENCE = "stores_generation_seq"


class Record(models.Model):
    """Base of every business table."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    # Drives ETag and If-Match. A sequence, not a counter: a row that is deleted and made again never repeats a version.
    version = models.BigIntegerField(db_default=NextValue(VERSION_SEQUENCE), editable=False)

    class Meta:
        abstract = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Trigger(
                name="bump_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(),
                func=f"NEW.version = nextval('{VERSION_SEQUENCE}'); NEW.updated_at = clock_timestamp(); RETURN NEW;",
            )
        ]


def referencing(*, old: str | None = None, new: str | None = None) -> pgtrigger.Referencing:
    """The names under which a statement's trigger sees the rows as they were and as they are."""
    return pgtrigger.Referencing(old=old, new=new)  # type: ignore[no-untyped-call]  # pgtrigger leaves it untyped


def bumps(parent_table: str, column: str, *, of: str = "id") -> list[pgtrigger.Trigger]:
    """Triggers that move the parent's version when a child row comes, changes or goes.

    ``of`` is the parent's column that ``column`` leads to, where it is not its id. Statement-level: an import of 65,000 rows
    bumps each parent once per statement, not once per row.
    """
    return _on_change(
        "bump_parent",
        column,
        f"UPDATE {parent_table} SET version = nextval('{VERSION_SEQUENCE}') WHERE {of} IN ({{rows}})",  # noqa: S608  (our names)
    )


def moves_stores(columns: Sequence[str], stores: str) -> pgtrigger.Trigger:
    """A trigger that moves the versions of the stores whose answers say something of a row, when one of these columns changes.

    ``stores`` is a join of ``store`` to the row, which is ``fresh``.
    """
    former, fresh = (", ".join(f"{row}.{column}" for column in columns) for row in ("former", "fresh"))
    changed = f"new_rows fresh JOIN old_rows former ON former.id = fresh.id AND ({former}) IS DISTINCT FROM ({fresh})"
    return _moves_stores("bump_stores", pgtrigger.Update, f"{changed} {stores}", old="old_rows", new="new_rows")


def coming_moves_stores(stores: str) -> list[pgtrigger.Trigger]:
    """The same when a row comes or goes, for rows that stores can do without."""
    return [
        _moves_stores("bump_stores_insert", pgtrigger.Insert, f"new_rows fresh {stores}", new="new_rows"),
        _moves_stores("bump_stores_delete", pgtrigger.Delete, f"old_rows fresh {stores}", old="old_rows"),
    ]


def _moves_stores(name: str, operation: pgtrigger.Operation, rows: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing(**tables),
        func=(
            f"UPDATE stores_store SET version = nextval('{VERSION_SEQUENCE}') WHERE id IN ("  # noqa: S608  (our names)
            f"SELECT store.id FROM {rows}); RETURN NULL;"
        ),
    )


def stamps() -> list[pgtrigger.Trigger]:
    """Triggers that move the stamp of each brand whose rows a statement touched (``stores.models.queries.stamp``)."""
    return _on_change(
        "stamp_brand", "brand_id", "PERFORM stores_stamp(ARRAY(SELECT DISTINCT id FROM ({rows}) touched))"
    )


def _on_change(name: str, column: str, statement: str) -> list[pgtrigger.Trigger]:
    """Triggers that run ``statement`` once after each of ours, with the column's values of all rows it touched as ``rows``."""

    def trigger(event: str, operation: pgtrigger.Operation, sources: list[str]) -> pgtrigger.Trigger:
        rows = " UNION ".join(f'SELECT "{column}" AS id FROM {source}' for source in sources)  # noqa: S608  (our names)
        return pgtrigger.Trigger(
            name=f"{name}_{event}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing(
                old="old_rows" if "old_rows" in sources else None,
                new="new_rows" if "new_rows" in sources else None,
            ),
            func=f"{statement.format(rows=rows)}; RETURN NULL;",
        )

    return [
        trigger("insert", pgtrigger.Insert, ["new_rows"]),
        trigger("update", pgtrigger.Update, ["old_rows", "new_rows"]),
        trigger("delete", pgtrigger.Delete, ["old_rows"]),
    ]


def append_only(name: str = "append_only") -> pgtrigger.Trigger:
    """A trigger that refuses update and delete: what happened, happened."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def tracked(**kwargs: Any) -> Any:
    """Keep the history of a business table: who (from the transaction's context), when, and every version of the row."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["version", "updated_at"])),
        pghistory.DeleteEvent(),
        context_id_field=cast("Any", None),  # documented as "None: no such field", typed otherwise
        **kwargs,
    )
