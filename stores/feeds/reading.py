"""Stores out of the database as the feeds write them: a few queries for every five hundred, whatever the network's size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from stores.feeds.store import FeedStore
from stores.models import StoreAddress, StoreService
from stores.models.queries.opening_rows import schedules
from stores.models.queries.stores import StoreQuerySet
from stores.values.addresses import Address

AT_ONCE = 500


def feed_stores(stores: StoreQuerySet, moment: datetime) -> Iterator[FeedStore]:
    """The stores of a QuerySet (one that an actor may see) in the order they were made, as they are at the instant."""
    after = 0
    ordered = stores.select_related("brand", "market", "operator").order_by("pk")
    while rows := list(ordered.filter(pk__gt=after)[:AT_ONCE]):
        yield from _made(rows, moment)
        after = rows[-1].pk


def _made(rows: list[Any], moment: datetime) -> Iterator[FeedStore]:
    ids = [store.pk for store in rows]
    places: dict[int, dict[str, Address]] = defaultdict(dict)
    primary: dict[int, str] = {}
    for place in StoreAddress.objects.filter(store_id__in=ids).order_by("store_id", "language"):
        places[place.store_id][place.language] = Address(
            tuple(place.lines), place.sublocality, place.locality, place.administrative_area, place.postal_code,
            place.sorting_code,
        )  # fmt: skip
        if place.is_primary:
            primary[place.store_id] = place.language
    opening = schedules(ids)
    offered: dict[int, list[tuple[str, date | None, date | None]]] = defaultdict(list)
    columns = ("store_id", "offering__kind", "offering__from_date", "offering__to_date")
    for store_id, kind, start, end in StoreService.objects.filter(store_id__in=ids).values_list(*columns):
        offered[store_id].append((kind, start, end))
    for store in rows:
        schedule = opening[store.pk]
        today = moment.astimezone(schedule.zone).date()
        kinds = {
            kind for kind, start, end in offered[store.pk] if (not start or start <= today) and (not end or today < end)
        }
        yield FeedStore(
            uid=str(store.uid),
            code=store.code,
            brand=store.brand.name,
            market=store.market.code,
            format=store.format,
            status=store.status,
            names=store.name,
            descriptions=store.description,
            addresses=places[store.pk],
            primary_address=primary.get(store.pk, ""),
            latitude=store.latitude,
            longitude=store.longitude,
            time_zone=store.time_zone,
            phone=store.phone,
            email=store.email,
            website=store.website,
            spoken=tuple(store.languages),
            services=tuple(sorted(kinds)),
            operator=store.operator.name if store.operator else {},
            opening_date=store.opening_date,
            closing_date=store.closing_date,
            reopen_date=store.reopen_date,
            updated_at=store.updated_at,
            schedule=schedule,
            today=today,
            default_language=store.brand.default_language,
        )
