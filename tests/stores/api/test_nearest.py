"""Nearest five over a real network of outlets, asked over HTTP, against a plain sort."""

from __future__ import annotations

import csv
import heapq
import random
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from stores.models import Store
from stores.values.coordinates import Point, great_circle_metres
from tests.people import World, market
from tests.stores.api.conftest import Shop

OUTLETS = Path(settings.BASE_DIR).parent / "shared" / "data" / "stores" / "atp_outlets_dev.csv"


@pytest.fixture
def outlets(world: World) -> dict[str, Point]:
    """Every outlet of the list that has a position, as a published store."""
    if not OUTLETS.exists():
        pytest.skip("the list of outlets is not on this machine")
    with OUTLETS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lat"] and row["lon"]]
    places = {f"o{number:05}": Point(float(row["lat"]), float(row["lon"])) for number, row in enumerate(rows)}
    here = market("DE")
    Store.objects.bulk_create(
        Store(
            brand=world.rokid,
            market=here,
            code=code,
            name={"en": code},
            format="partner_counter",
            status="open",
            time_zone="Europe/Berlin",
            published_at="2026-01-01T00:00:00Z",
            latitude=place.lat,
            longitude=place.lng,
        )
        for code, place in places.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"RESET ROLE; ANALYZE stores_store; SET ROLE {settings.APP_ROLE}")
    return places


def test_nearest_five_over_real_outlets_are_those_of_a_plain_sort(shop: Shop, outlets: dict[str, Point]) -> None:
    dice = random.Random(5)
    towns = [
        Point(place.lat + dice.gauss(0, 0.05), place.lng + dice.gauss(0, 0.05))
        for place in dice.sample(sorted(outlets.values(), key=lambda place: (place.lat, place.lng)), 100)
    ]
    anywhere = [Point(dice.uniform(-90, 90), dice.uniform(-180, 180)) for _ in range(100)]
    for point in (*towns, *anywhere):
        cards = shop.get("stores/", near=f"{point.lat!r},{point.lng!r}", limit="5")["results"]
        ranked = heapq.nsmallest(5, ((great_circle_metres(point, place), code) for code, place in outlets.items()))
        assert [card["code"] for card in cards] == [code for _, code in ranked], point
        assert [card["distance"] for card in cards] == pytest.approx([metres for metres, _ in ranked], abs=0.06)
