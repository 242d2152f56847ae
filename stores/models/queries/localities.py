"""The towns where stores are, as their addresses name them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from django.db.models import Avg, Count, F, QuerySet
from django.db.models.functions import Cos, Radians, Sin

from stores.models.network import StoreAddress


class Locality(NamedTuple):
    """A town in one language's spelling, where its stores are on average, and how many there are."""

    market: str
    name: str
    area: str
    language: str
    latitude: float
    longitude: float
    stores: int


def localities(stores: QuerySet[Any]) -> list[Locality]:
    """Every town that the addresses of these stores name, most stores first. Positions are averaged on the sphere."""
    lat, lng = Radians(F("store__latitude")), Radians(F("store__longitude"))
    rows = (
        StoreAddress.objects.filter(store__in=stores, store__latitude__isnull=False)
        .exclude(locality="")
        .order_by()
        .values_list("store__market__code", "locality", "administrative_area", "language")
        .annotate(x=Avg(Cos(lat) * Cos(lng)), y=Avg(Cos(lat) * Sin(lng)), z=Avg(Sin(lat)), count=Count("store"))
    )
    found = [
        Locality(
            market,
            name,
            area,
            language,
            math.degrees(math.atan2(z, math.hypot(x, y))),
            math.degrees(math.atan2(y, x)),
            count,
        )
        for market, name, area, language, x, y, z, count in rows
    ]
    return sorted(found, key=lambda each: (-each.stores, each.market, each.name, each.language))
