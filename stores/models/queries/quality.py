"""What the quality of stores' data is judged by, read for many stores at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

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
    asked = set(
        SpecialDay.objects.filter(
            store__in=set(keepers.values()),
            state="proposed",
            date__gte=now.date() - timedelta(days=1),
            date__lt=now.date() + HOLIDAYS_AHEAD,
        ).values_list("store_id", flat=True)
    )
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
            ),
        )
