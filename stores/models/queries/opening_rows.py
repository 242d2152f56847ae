"""The rows that decide when stores are open, fetched for many stores in a few queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from stores.models.hours import SpecialDay, WeeklyHours
from stores.models.markets import MarketEntry
from stores.models.network import Store, StoreAddress
from stores.models.queries import calendars
from stores.models.queries.opening import OpeningFacts, Special, json_text, schedules_of
from stores.timetable.evaluate import HORIZON_DAYS
from stores.timetable.parts import part_of_postcode
from stores.timetable.schedule import Schedule
from stores.values import clock

_PAST = timedelta(days=HORIZON_DAYS + 40)
"""Special days longer ago decide no answer: it looks back a year, and what is remembered is made anew within the month."""


def schedules(ids: Iterable[int], *, purpose: str = "store") -> dict[int, Schedule]:
    """When each store is open for a purpose. A store that is not there is left out."""
    return schedules_of(opening_facts(ids, purpose=purpose))


def opening_facts(
    ids: Iterable[int], *, purpose: str = "store", said: Callable[[dict[str, str]], str] = calendars.said
) -> dict[int, OpeningFacts]:
    """What decides when each store is open for a purpose, in four queries whatever their number.

    A store that follows another has that one's weeks, holidays and special days; a special day of its own comes first, and so
    do its own weeks where the other has none. Its status and dates stay its own. For any purpose a day on which the store is
    closed is closed, unless the purpose has a special day of its own. ``said`` chooses the language of special days' names.
    """
    stores = list(_stores(ids))
    keepers = {store.pk: store.hours_from or store for store in stores}
    everyone = {store.pk for store in stores} | {keeper.pk for keeper in keepers.values()}
    weeks = _grouped(
        WeeklyHours.objects.filter(store_id__in=everyone, purpose=purpose).order_by(),
        ("season_from", "season_to", "periods"),
    )
    special = _grouped(
        SpecialDay.objects.filter(
            store_id__in=everyone, purpose__in={purpose, "store"}, date__gte=clock.now().date() - _PAST
        ).order_by(),
        ("date", "purpose", "periods", "name", "state"),
    )
    parts = {store.pk: (store.market_id, _part(store, keepers[store.pk])) for store in stores}
    keys = calendars.keys(parts.values())
    found = {}
    for store in stores:
        keeper = keepers[store.pk]
        own, kept = special.get(store.pk, []), []
        if keeper is not store:
            # Nobody is asked about a store that follows another, so nothing of its own is still to be confirmed.
            own, kept = [row for row in own if row[-1] != "proposed"], special.get(keeper.pk, [])
        found[store.pk] = OpeningFacts.of(
            store,
            weeks.get(keeper.pk) or weeks.get(store.pk, []),
            special=_special(own, kept, purpose, said),
            policy=keeper.holiday_policy or store.entry_policy or "ask",
            holiday_hours="" if keeper.holiday_hours is None else json_text(keeper.holiday_hours),
            calendar=keys.get(parts[store.pk]),
        )
    return found


def coming_special_days(store_id: int, today: date) -> list[SpecialDay]:
    """A store's decided special days from a day on, the own one before that of the store it follows, in order."""
    rows = SpecialDay.objects.filter(
        Q(store=store_id) | Q(store__followers=store_id), purpose="store", date__gte=today
    ).exclude(state="proposed")
    # The own row comes last and stays; a dismissed one leaves the day to the regular hours.
    by_date = {row.date: row for row in sorted(rows, key=lambda row: (row.date, row.store_id == store_id))}
    return [row for row in by_date.values() if row.state == "confirmed"]


_HOLIDAYS = ("holiday_policy", "holiday_hours", "holiday_subdivision")
_COLUMNS = ("time_zone", "status", "opening_date", "closing_date", "reopen_date", *_HOLIDAYS)


def _stores(ids: Iterable[int]) -> Any:
    """The stores with those they follow, their markets, the entries' policies, and whose area their address names."""
    entries = MarketEntry.objects.filter(brand=OuterRef("brand"), market=OuterRef("market"))
    areas = StoreAddress.objects.filter(store=Coalesce(OuterRef("hours_from"), OuterRef("pk")), is_primary=True)
    return (
        Store.objects.filter(pk__in=ids)
        .order_by()
        .annotate(
            entry_policy=Subquery(entries.order_by().values("holiday_policy")[:1]),
            area=Subquery(areas.order_by().values("administrative_area")[:1]),
            postal_code=Subquery(areas.order_by().values("postal_code")[:1]),
        )
        .select_related("market", "hours_from")
        .only(
            *_COLUMNS,
            "market__holiday_country",
            "market__holiday_subdivision",
            *(f"hours_from__{name}" for name in _HOLIDAYS),
        )
    )


def _part(store: Any, keeper: Any) -> str:
    """The part of the country whose holidays a store has: said, told by the address without doubt, or the market's.

    German and Swiss addresses do not tell: such a store may be anywhere.
    """
    market = store.market
    named = calendars.part_of(market.holiday_country, store.area or "")
    if named is None:
        named = calendars.part_of(
            market.holiday_country, part_of_postcode(market.holiday_country, store.postal_code or "")
        )
    known = keeper.holiday_subdivision or named or market.holiday_subdivision
    return known or (calendars.ANYWHERE if named is None else "")


def _special(
    own: Sequence[Any], kept: Sequence[Any], purpose: str, said: Callable[[dict[str, str]], str]
) -> tuple[Special, ...]:
    """One special day a date: a decision before a proposal, the purpose's before the store's, the own before the followed.

    What the store decides closes its other purposes as well; that it opens says nothing about them.
    """
    found: dict[Any, tuple[tuple[bool, bool, bool], Special]] = {}
    for followed, rows in ((False, own), (True, kept)):
        for day, of, periods, name, state in rows:
            if of != purpose and (periods or state != "confirmed"):
                continue
            rank = (state == "proposed", of != purpose, followed)
            if day not in found or rank < found[day][0]:
                made = Special(day.isoformat(), json_text(periods), said(name), state)
                found[day] = rank, made
    return tuple(found[day][1] for day in sorted(found))


def _grouped(rows: Any, columns: Sequence[str]) -> Mapping[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for store_id, *rest in rows.values_list("store_id", *columns):
        grouped.setdefault(store_id, []).append(tuple(rest))
    return grouped
