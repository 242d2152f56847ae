"""Clearview Optical's counters in Hong Kong, as the tests of partners use them."""

from __future__ import annotations

from typing import Any

from stores.models import Brand, Partner, Store, StoreAddress, WeeklyHours
from tests import people

WEEK = [[{"start": "11:00", "end": "20:00"}] for _day in range(7)]


def counter(world: people.World, code: str, *, operator: Partner | None = None, **fields: Any) -> Store:
    """An open counter with an address, hours and a phone number; Clearview's unless another operator is named."""
    store = people.store(
        world.rokid,
        "HK",
        code,
        operator=operator or world.optician,
        **{
            "format": "partner_counter",
            "name": {"zh-Hant": f"{code} 專櫃", "en": f"Counter {code}"},
            "latitude": 22.2988,
            "longitude": 114.1722,
            "phone": "+85221234567",
            **fields,
        },
    )
    StoreAddress.objects.create(
        brand=world.rokid, store=store, language="en", is_primary=True, lines=["1 Nathan Road"], locality="Tsim Sha Tsui",
        administrative_area="Kowloon",
    )  # fmt: skip
    WeeklyHours.objects.create(brand=world.rokid, store=store, periods=WEEK)
    return store


def rival(brand: Brand) -> Partner:
    """Another optician in the same market."""
    made: Partner = Partner.objects.create(
        brand=brand, code="brightside", name={"en": "Brightside"}, kind="optician", market=people.market("HK")
    )
    return made
