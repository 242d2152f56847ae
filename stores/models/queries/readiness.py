"""Which holidays come and wait for somebody's word: the worklist by market, most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, Min, Q, Value, When

ONE_DAY = timedelta(days=1)


class Waiting(NamedTuple):
    """A holiday of a market, or several on end, with the stores that have not decided about it."""

    market_id: int
    market: str
    first: date
    last: date
    name: dict[str, str]
    stores: int
    days: int
    """Special days that wait: stores times dates, where each store has each date."""


def worklist(proposed: Any) -> list[Waiting]:
    """The proposed special days as holidays of a market, soonest first, then by how many stores wait.

    ``proposed`` is a QuerySet of special days. Dates on end (Golden Week) are one entry. Two or three queries.
    """
    rows = list(
        proposed.order_by("store__market__code", "date")
        .values_list("store__market_id", "store__market__code", "date")
        .annotate(Count("store", distinct=True), Count("pk"), Min("pk"))
    )
    runs = _runs(rows)
    names = dict(proposed.model.objects.filter(pk__in=[run[0][5] for run in runs]).values_list("pk", "name"))
    counts = _stores_of(proposed, [run for run in runs if len(run) > 1])
    found = [
        Waiting(
            market_id=run[0][0],
            market=run[0][1],
            first=run[0][2],
            last=run[-1][2],
            name=names.get(run[0][5], {}),
            stores=counts.get((run[0][0], run[0][2]), run[0][3]),
            days=sum(row[4] for row in run),
        )
        for run in runs
    ]
    return sorted(found, key=lambda each: (each.first, -each.stores, each.market))


def _runs(rows: Iterable[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    runs: list[list[tuple[Any, ...]]] = []
    for row in rows:
        if runs and runs[-1][-1][0] == row[0] and row[2] - runs[-1][-1][2] <= ONE_DAY:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _stores_of(proposed: Any, runs: list[list[tuple[Any, ...]]]) -> dict[tuple[int, date], int]:
    """How many stores wait in runs of several days, by market and first day: not each day has all of them."""
    if not runs:
        return {}
    which = Case(
        *(
            When(Q(store__market=run[0][0], date__range=(run[0][2], run[-1][2])), then=Value(number))
            for number, run in enumerate(runs)
        ),
        output_field=IntegerField(),
    )
    counted = proposed.order_by().annotate(run=which).filter(run__isnull=False).values_list("run")
    return {
        (runs[number][0][0], runs[number][0][2]): count
        for number, count in counted.annotate(Count("store", distinct=True))
    }
