"""The rows of a job: from the staging table into ``ImportRow``, and back as the report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from stores.actions.stores import STAGED
from stores.models import ImportJob, ImportRow

_RECORD = (
    "external_id", "names", "market", "time_zone", "phone", "latitude", "longitude", "hours", "email", "website", "format",
    "status", "operator", "located_in", "addresses", "primary_address",
    "primary_name", "special_days", "holiday_policy", "holiday_hours", "languages", "services", "opening_date", "closing_date",
)  # fmt: skip
_PAIRS = ", ".join(f"'{name}', r.{name}" for name in _RECORD)
_RECORD_JSON = f"jsonb_build_object({_PAIRS})"
# Two plain joins: until the commit the planner knows nothing of the new stores, and the application, which owns no table,
# cannot tell it by ANALYZE. One join on either key became a loop over all of them for each row.
_KEEP = f"""
INSERT INTO stores_importrow (job_id, row, outcome, code, store_id, reasons, warnings, changes, record, before, store_version)
SELECT %(job)s, r.row, r.outcome, coalesce(known.code, r.code), coalesce(known.id, new.id), r.reasons, r.warnings, r.changes,
    CASE WHEN r.outcome = 'refused' THEN '{{}}' ELSE {_RECORD_JSON} END, r.before,
    CASE WHEN NOT %(applied)s THEN NULL WHEN r.before IS NOT NULL THEN known.version ELSE new.version END
FROM {STAGED} r LEFT JOIN stores_store known ON known.id = r.store_id
LEFT JOIN stores_store new ON new.brand_id = %(brand)s AND new.code = r.code AND r.outcome = 'created'
ORDER BY r.row
"""  # noqa: S608  (the names in these statements are ours, values are parameters)
_DIFFERENT = f"""
SELECT coalesce(p.row, r.row), coalesce(p.code, r.code) FROM {STAGED} r
FULL JOIN (SELECT * FROM stores_importrow WHERE job_id = %(job)s) p ON p.row = r.row
WHERE (p.outcome, p.store_id, p.changes) IS DISTINCT FROM (r.outcome, r.store_id, r.changes)
    OR r.outcome = 'created' AND p.record <> {_RECORD_JSON}
ORDER BY 1
"""  # noqa: S608  (our names)


def keep_rows(job: ImportJob, *, applied: bool) -> None:
    """Put the staged rows in place of what the job had. Once applied they carry what undoing needs."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stores_importrow WHERE job_id = %s", [job.pk])
        cursor.execute(_KEEP, {"job": job.pk, "brand": job.brand_id, "applied": applied})


def different_rows(job: ImportJob) -> list[tuple[int, str]]:
    """Rows, by number and code, that would now do something else than the job's preview says."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"job": job.pk})
        return list(cursor.fetchall())


def rows_of(job: ImportJob, outcome: str = "") -> Iterator[Mapping[str, Any]]:
    """The job's rows as ``stores.imports.report.line`` takes them, streamed."""
    kept = ImportRow.objects.filter(job=job).order_by("row")
    if outcome:
        kept = kept.filter(outcome=outcome)
    for row in kept.iterator(chunk_size=1000):
        yield shown(row)


def shown(row: ImportRow) -> Mapping[str, Any]:
    """One kept row as ``stores.imports.report.line`` takes it."""
    names = ("row", "outcome", "code", "reasons", "warnings", "changes")
    return {"primary_name": "", **row.record, **{name: getattr(row, name) for name in names}}
