"""Writes to the calendar of public holidays: loading it, and a person's word against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting, name_of
from stores.models import Actor, HolidayDate, Market, MarketEntry, System
from stores.timetable.calendars import NamedHoliday
from stores.timetable.holidays import place
from stores.values import clock

_COLUMNS = "market_id, subdivision, date, name, kind, counts_as, certainty, source"
_CREATE = "CREATE TEMPORARY TABLE loaded_holidays (LIKE stores_holidaydate) ON COMMIT DROP"
_RELAX = "ALTER TABLE loaded_holidays ALTER id DROP NOT NULL, ALTER uid DROP NOT NULL, ALTER version DROP NOT NULL, {}".format(
    ", ".join(f"ALTER {name} DROP NOT NULL" for name in ("created_at", "updated_at", "overridden_by"))
)
# One statement for all rows, so that each store moves once. Where the content is the same the row stays as it is, with the
# version of the package that it came from: an update of the package alone is no news to anybody.
_MERGE = f"""
INSERT INTO stores_holidaydate AS h ({_COLUMNS}, overridden_by) SELECT {_COLUMNS}, '' FROM loaded_holidays
ON CONFLICT (market_id, subdivision, date) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    counts_as = excluded.counts_as, certainty = excluded.certainty, source = excluded.source
WHERE h.overridden_by = '' AND (h.name, h.kind, h.counts_as, h.certainty)
    IS DISTINCT FROM (excluded.name, excluded.kind, excluded.counts_as, excluded.certainty)
RETURNING xmax = 0
"""  # noqa: S608  (the names in these statements are ours, values are parameters)
_REMOVE = """
DELETE FROM stores_holidaydate h WHERE market_id = ANY(%s) AND extract(year FROM date) = ANY(%s) AND overridden_by = ''
    AND NOT EXISTS (SELECT 1 FROM loaded_holidays l
        WHERE l.market_id = h.market_id AND l.subdivision = h.subdivision AND l.date = h.date)
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote, and how many rows a person's correction kept as they are."""

    created: int
    changed: int
    removed: int
    overridden: int
    rows: int


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A date of a market's or a part's calendar, ready to be written."""

    market_id: int
    subdivision: str
    day: NamedHoliday


def load_holidays(
    *, by: Actor, rows: Iterable[CalendarRow], markets: Sequence[int], years: Sequence[int], source: str
) -> Loaded:
    """Bring the calendars of these markets and years to ``rows``: add, correct, remove what is no holiday any more.

    What a person corrected stays. Raises Refused for anybody but the system: the calendar belongs to all brands.
    """
    if not isinstance(by, System):
        raise Refused("The calendar is loaded by the operator of this installation.", code="not_allowed")
    with acting(by, f"calendar of {source}"), connection.cursor() as cursor:
        cursor.execute(_CREATE)
        cursor.execute(_RELAX)
        with cursor.copy(f"COPY loaded_holidays ({_COLUMNS}) FROM STDIN") as copy:
            count = 0
            for count, row in enumerate(rows, 1):  # noqa: B007  (how many there were)
                copy.write_row(_copied(row, source))
        cursor.execute("ANALYZE loaded_holidays")
        cursor.execute(_REMOVE, [list(markets), list(years)])
        removed = cursor.rowcount
        cursor.execute(_MERGE)
        created = [row[0] for row in cursor.fetchall()]
        kept = HolidayDate.objects.filter(market__in=markets, date__year__in=years).exclude(overridden_by="").count()
        cursor.execute("DROP TABLE loaded_holidays")
    return Loaded(sum(created), len(created) - sum(created), removed, kept, count)


def _copied(row: CalendarRow, source: str) -> tuple[Any, ...]:
    holiday, names = row.day
    return (
        row.market_id,
        row.subdivision,
        holiday.date,
        json.dumps(dict(names), ensure_ascii=False),
        holiday.kind.value,
        holiday.counts_as,
        holiday.certainty.value,
        source,
    )


def part_of(market: Market, said: str) -> str | None:
    """The code under which a part of the market's country has a calendar, blank for the whole; None where it is known to have
    the country's days and no others. Refused for a name that no calendar knows.
    """
    if not said.strip():
        return ""
    try:
        return place(market.holiday_country or market.code, said)[1]
    except ValueError:
        raise _no_calendar() from None


def _no_calendar() -> Refused:
    return Refused("This part of the country has no holidays of its own.", code="subdivision")


def may_correct(by: Actor | None, market_id: int) -> bool:
    """Whether somebody speaks for every brand in the market: its calendar is shared by all of them."""
    entries = MarketEntry.objects.filter(market=market_id)
    mine = MarketEntry.objects.visible_to(by, to="edit_stores").filter(market=market_id).count()
    return isinstance(by, System) or 0 < mine == entries.count()


def correct_holiday(
    *,
    by: Actor,
    market: Market,
    day: date,
    kind: str,
    name: dict[str, str],
    subdivision: str = "",
    counts_as: int | None = None,
    everywhere: bool = False,
) -> list[HolidayDate]:
    """Say what a date is, against the calendar; no load changes it afterwards. ``ordinary`` is "no holiday".

    With ``everywhere``, the market as a whole and each of its parts that has a calendar. Raises NotFound where the person is
    not in the market at all, Refused where other brands are in it too, or the part has no calendar to correct.
    """
    if not may_correct(by, market.pk):
        if not MarketEntry.objects.visible_to(by).filter(market=market).exists():
            raise NotFound("market")
        raise Refused("Other brands share this calendar: settle it for your stores with special days.", code="shared")
    part = part_of(market, subdivision)
    if part is None:
        raise _no_calendar()
    written: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "counts_as": counts_as if kind == "working_day" else None,
        "certainty": "certain",
        "source": "person",
        "overridden_by": name_of(by),
        "overridden_at": clock.now(),
    }
    with acting(by, "holiday corrected"):
        where = {part}
        if everywhere:
            where |= set(HolidayDate.objects.filter(market=market).order_by().values_list("subdivision", flat=True)) | {
                ""
            }
        HolidayDate.objects.bulk_create(
            [HolidayDate(market=market, subdivision=each, date=day, **written) for each in sorted(where)],
            update_conflicts=True,
            unique_fields=["market", "subdivision", "date"],
            update_fields=list(written),
        )
        return list(HolidayDate.objects.filter(market=market, date=day, subdivision__in=where))
