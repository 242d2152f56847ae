"""The stamp of a brand's stores: it moves with every change that customers could see, and waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from stores.models import Store, StoreAddress, WeeklyHours
from stores.models.queries import stamp
from tests import people
from tests.people import World, store

WEEK = [[{"start": "10:00", "end": "19:00"}]] * 7


@contextmanager
def moved(world: World) -> Iterator[None]:
    """Rokid's stamp is another one afterwards, Acme's is not."""
    before, other = stamp.of(world.rokid.pk), stamp.of(world.acme.pk)
    yield
    assert stamp.of(world.rokid.pk) > before
    assert stamp.of(world.acme.pk) == other


def test_a_brand_without_stores_has_a_stamp(world: World) -> None:
    assert stamp.of(world.rokid.pk) == 0


def test_every_change_to_a_store_moves_the_stamp_of_its_brand(world: World) -> None:
    store(world.acme, "DE", "acme-mitte")
    with moved(world):
        made = store(world.rokid, "DE", "mitte")
    with moved(world):
        Store.objects.filter(pk=made.pk).update(phone="+493012345678")
    with moved(world):
        StoreAddress.objects.create(brand=world.rokid, store=made, language="de", is_primary=True, locality="Berlin")
    with moved(world):
        WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    with moved(world):
        WeeklyHours.objects.filter(store=made).delete()
    with moved(world), connection.cursor() as cursor:
        columns = "brand_id, code, market_id, format, status, cluster, name, description, time_zone, source_datum, phone, email, website, languages, publish_override"  # noqa: E501  (names, as COPY wants them)
        with cursor.copy(f"COPY stores_store ({columns}) FROM STDIN") as copy:
            copy.write_row((world.rokid.pk, "copied", made.market_id, "pop_up", "open", "", "{}", "{}", "UTC", "WGS84",
                            "", "", "", [], ""))  # fmt: skip
    with moved(world):
        Store.objects.filter(code="copied").delete()


def test_a_statement_over_many_stores_moves_it_once(world: World) -> None:
    for number in range(30):
        store(world.rokid, "DE", f"s{number}")
    Store.objects.filter(brand=world.rokid).update(phone="+493012345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stores_storestamp WHERE brand_id = %s", [world.rokid.pk])
        assert cursor.fetchall() == [(1,)]


@pytest.fixture
def committed(transactional_db: None) -> World:
    """The fixed cast, with real commits."""
    return people.world()


def test_two_transactions_at_once_wait_for_nobody_and_both_are_seen_in_either_order(committed: World) -> None:
    world = committed
    places = [store(world.rokid, "DE", f"s{number}") for number in range(2)]
    first = stamp.of(world.rokid.pk)
    written, go = threading.Event(), threading.Event()

    def long_change() -> None:
        try:
            with transaction.atomic():
                Store.objects.filter(pk=places[0].pk).update(cluster="long")
                written.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=long_change)
    thread.start()
    assert written.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    Store.objects.filter(pk=places[1].pk).update(cluster="short")
    second = stamp.of(world.rokid.pk)
    go.set()
    thread.join()
    seen: list[Any] = [first, second, stamp.of(world.rokid.pk)]
    assert seen == sorted(set(seen))
