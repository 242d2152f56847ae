"""What the quality of stores' data is judged by, read for many stores at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from stores.models.hours import SpecialDay, WeeklyHours
from stores.models.network import Store, StoreAddress
from stores.values.addresses import Address
from stores.values.coordinates import Point
from stores.values.languages import canonical
from stores.values.quality import StoreFacts

HOLIDAYS_AHEAD = timedelta(days=60)
"""A special day that is nearer than this and still only proposed is a question nobody has answered."""


def store_facts(ids: Sequence[int], now: datetime) -> Iterator[tuple[int, int, StoreFacts]]:
    """Each store's id, version and facts. Four queries, however many stores; their addresses are in memory meanwhile."""
    primary = {
        row[0]: Address(tuple(row[1]), *row[2:])
        for row in StoreAddress.objects.filter(store__in=ids, is_primary=True).values_list(
            "store_id", "lines", "sublocality", "locality", "administrative_area", "postal_code", "sorting_code"
        )
    }
    rows = list(
        Store.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list(
            "pk", "version", "market__code", "market__languages", "latitude", "longitude", "time_zone", "phone", "name",
            "verified_at", "hours_from",
        )
    )  # fmt: skip
    # A counter that follows another store's hours has what that one has.
    keepers = {row[0]: row[-1] or row[0] for row in rows}
    known = set(
        WeeklyHours.objects.filter(store__in=set(keepers.values()), purpose="store").values_list("store_id", flat=True)
    )
    asked, ends = _asked(set(keepers.values()), now)
    for pk, version, country, languages, latitude, longitude, zone, phone, name, verified_at, _from in rows:
        yield (
            pk,
            version,
            StoreFacts(
                country=country,
                address=primary.get(pk),
                position=None if latitude is None else Point(latitude, longitude),
                time_zone=zone,
                has_hours=keepers[pk] in known,
                holidays_settled=keepers[pk] in known and keepers[pk] not in asked,
                phone=phone,
                named_in=[canonical(tag) for tag in name],
                languages=languages,
                verified_at=verified_at,
                asked_until=ends.get(keepers[pk]),
            ),
        )


def _asked(ids: Collection[int], now: datetime) -> tuple[set[int], dict[int, datetime]]:
    """The stores that are asked about a day near enough, and when the next day of a store comes near or has passed."""
    asked: set[int] = set()
    ends: dict[int, datetime] = {}
    today, yesterday = now.date(), now.date() - timedelta(days=1)  # somewhere it is still yesterday
    rows = SpecialDay.objects.filter(store__in=ids, state="proposed", date__gte=yesterday)
    for store_id, day in rows.order_by("-date").values_list("store_id", "date"):
        near = day < today + HOLIDAYS_AHEAD
        change = day + timedelta(days=2) if near else day - HOLIDAYS_AHEAD + timedelta(days=1)
        if near:
            asked.add(store_id)
        moment = datetime.combine(change, time(), UTC)
        ends[store_id] = min(moment, ends.get(store_id, moment))
    return asked, ends
