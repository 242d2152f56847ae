"""The whole way on a real list: 13,851 outlets in, published, and found again by the locator in the right order."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from heapq import nsmallest
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from stores.models import Store
from stores.values.coordinates import Point, great_circle_metres
from tests import people
from tests.stores.api.conftest import key_for
from tests.stores.imports.lists import Desk

OUTLETS: Path = settings.BASE_DIR.parent / "shared" / "data" / "stores" / "atp_outlets_dev.csv"
ROWS = 13_851

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OUTLETS.exists(), reason="the real list is not on this machine"),
]


def places() -> dict[str, Point]:
    """Every outlet's position by its identity, read from the file without any code of the import."""
    with OUTLETS.open(encoding="utf-8", newline="") as file:
        return {
            f"{row['spider']}:{row['ref']}": Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)
        }


def points(among: Sequence[Point], dice: random.Random) -> list[Point]:
    """200 points: half anywhere on the globe, half within a few kilometres of a store, as customers are."""
    anywhere = [Point(dice.uniform(-90, 90), dice.uniform(-180, 180)) for _ in range(100)]
    near = [
        Point(
            max(-90.0, min(90.0, place.lat + dice.gauss(0, 0.05))),
            max(-180.0, min(180.0, place.lng + dice.gauss(0, 0.05))),
        )
        for place in dice.choices(among, k=100)
    ]
    return anywhere + near


def test_a_real_list_comes_in_once_and_the_locator_finds_the_nearest(world: people.World, tmp_path: Path) -> None:
    call_command("load_markets", stdout=io.StringIO())
    desk = Desk(tmp_path)
    lines = desk.run(OUTLETS, "--apply", "--publish")
    assert len(lines) == ROWS
    refused = [line for line in lines if line["outcome"] == "refused"]
    assert [reason["reason"] for line in refused for reason in line["reasons"]] == ["the store has no name"] * 3
    assert Store.objects.filter(published_at__isnull=False).count() == ROWS - 3
    hours = sum(bool(line["normalized"]["hours"]) for line in lines if line["normalized"])
    assert hours >= 7429 * 0.98

    again = desk.run(OUTLETS, "--apply", "--publish")
    assert {line["outcome"] for line in again} == {"unchanged", "refused"}
    assert f"{ROWS:,} rows: 0 created, 0 changed, {ROWS - 3:,} unchanged, 3 refused" in desk.printed

    where = places()
    by_code = {
        line["normalized"]["code"]: where[line["normalized"]["external_id"]] for line in lines if line["normalized"]
    }
    shop = key_for(world.rokid)
    for point in points(list(by_code.values()), random.Random(2026)):
        expected = nsmallest(5, by_code, key=lambda code: (great_circle_metres(point, by_code[code]), code))
        found = shop.get("stores/", near=f"{point.lat!r},{point.lng!r}", limit="5")["results"]
        assert [card["code"] for card in found] == expected, point
