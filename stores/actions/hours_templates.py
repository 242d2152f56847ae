"""A template of special days for many stores: looked at day by day first, then written for all of them, or for none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from stores.actions.errors import NotFound, Refused
from stores.actions.together import MOST
from stores.actions.transaction import acting, name_of
from stores.models import Actor, HoursTemplate, SpecialDay, Store
from stores.models.queries.opening import schedules_of
from stores.models.queries.opening_rows import opening_facts
from stores.timetable.rules import Rules
from stores.values import clock

SETTLED = ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """One store's day: its hours before and after as JSON, None where nobody knows.

    ``conflict`` is True where a confirmed special day says something else; ``refused`` says why a day cannot be written.
    """

    store: Any
    date: date
    before: list[dict[str, str]] | None
    after: list[dict[str, str]] | None
    conflict: bool = False
    decided_by: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying would do. ``stamp`` stands for the stores, the template and the date as they were looked at."""

    rows: Sequence[Row]
    stamp: str
    stores: int
    changed: Sequence[Row] = field(init=False)
    conflicts: Sequence[Row] = field(init=False)
    refused: Sequence[Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changed", [row for row in self.rows if not row.refused])
        object.__setattr__(self, "conflicts", [row for row in self.rows if row.conflict])
        object.__setattr__(self, "refused", [row for row in self.rows if row.refused])


def preview_template(*, by: Actor, template: HoursTemplate, stores: Any, anchor: date) -> Preview:
    """What applying the template around a date to the stores of a QuerySet would change, day by day. Writes nothing.

    Days that already are as the template says are left out. Raises Refused for more stores than can be changed at once.
    """
    return _preview(by, template, stores, anchor, lock=False)


def apply_template(
    *,
    by: Actor,
    template: HoursTemplate,
    stores: Any,
    anchor: date,
    stamp: str,
    replace: bool = False,
    reason: str = "",
) -> int:
    """Write the confirmed special days that the preview of this stamp showed; how many days were written.

    All or nothing. Raises Refused (code ``stale``) when a store or the template changed since the preview, ``conflict`` when a
    confirmed special day says something else and ``replace`` is not given.
    """
    with acting(by, reason or f"template {template.code}"):
        preview = _preview(by, template, stores, anchor, lock=True)
        if preview.stamp != stamp:
            raise Refused(
                "These stores or your entries have changed since the preview. Look at it again.", code="stale"
            )
        if preview.conflicts and not replace:
            raise Refused(
                "Some of these days are confirmed with other hours. Say that they shall be replaced.", code="conflict"
            )
        written: dict[str, Any] = {
            "name": template.name,
            "state": "confirmed",
            "source": f"template:{template.code}",
            "decided_by": name_of(by),
            "decided_at": clock.now(),
        }
        SpecialDay.objects.bulk_create(
            [
                SpecialDay(
                    brand_id=row.store.brand_id, store=row.store, date=row.date, periods=row.after or [], **written
                )
                for row in preview.changed
            ],
            update_conflicts=True,
            unique_fields=["store", "purpose", "date"],
            update_fields=["periods", *written],
        )
    return len(preview.changed)


def _preview(by: Actor, template: HoursTemplate, stores: Any, anchor: date, *, lock: bool) -> Preview:
    if not HoursTemplate.objects.visible_to(by).filter(pk=template.pk).exists():
        raise NotFound("hours template")
    asked = stores.visible_to(by).filter(brand=template.brand_id).exclude(status__in=SETTLED)
    ids = list(asked.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise Refused(
            "At most 5,000 stores can be changed together. Filter the list, or import a file.", code="too_many"
        )
    found = Store._base_manager.filter(pk__in=ids).order_by("pk")
    if lock:
        found = found.select_for_update(of=("self",))
    rows_of = {store.pk: store for store in found}
    editable = set(Store.objects.visible_to(by, to="edit_hours").filter(pk__in=ids).values_list("pk", flat=True))
    plans = {day: plan for plan in template.plan for day in plan.dates(anchor)}
    settled = {
        (day.store_id, day.date): day
        for day in SpecialDay.objects.filter(store__in=ids, purpose="store", date__in=plans).exclude(state="proposed")
    }
    # What a day usually has: without the special days that are being replaced.
    facts = opening_facts(ids)
    usual = schedules_of({pk: each._replace(special=()) for pk, each in facts.items()})  # noqa: SLF001  (public in a NamedTuple)
    digest = hashlib.sha256(f"{template.pk}:{template.version}:{anchor};".encode())
    rows: list[Row] = []
    for pk, store in rows_of.items():
        digest.update(f"{pk}:{store.version};".encode())
        if pk in usual:
            refused = "" if pk in editable else "Your role does not allow you to edit hours here."
            if store.hours_from_id:
                refused = "It follows the hours of another store."
            rows += _days(store, Rules(usual[pk]), plans, settled, refused)
    return Preview(rows, digest.hexdigest(), len(rows_of))


def _days(
    store: Any, rules: Rules, plans: Mapping[date, Any], settled: Mapping[tuple[int, date], SpecialDay], refused: str
) -> list[Row]:
    over = clock.now().date() - timedelta(days=1)  # somewhere it is still yesterday
    rows = []
    for day, plan in sorted(plans.items()):
        known = settled.get((store.pk, day))
        ruling = rules.on(day.toordinal())
        after = plan.hours(ruling.periods)
        is_special = known is not None and known.state == "confirmed"
        usual = None if ruling.periods is None else [period.to_json() for period in ruling.periods]
        before = known.periods if known is not None and is_special else usual
        written = None if after is None else [period.to_json() for period in after]
        why = refused
        if not why and day < over:
            why = "The day is over."
        elif not why and ruling.rule.kind in {"closure", "opening"}:
            why = "The store is not open then."
        elif not why and written is None:
            why = "Nobody knows its hours on this day."
        if is_special and before == written:
            continue
        conflict = is_special and not why
        rows.append(Row(store, day, before, written, conflict, known.decided_by if known and conflict else "", why))
    return rows
