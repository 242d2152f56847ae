"""Two at once: imports of one brand wait for each other, an edit is never written over unseen, who is cut off left nothing."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from stores.imports import jobs, presets
from stores.imports.errors import ImportRefused
from stores.imports.job import Request, Result
from stores.models import ImportJob, Store, StoreAddress, System
from tests import people
from tests.stores.imports.lists import BERLIN, TOKYO, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Runs something in a thread with a connection of its own."""
    with ThreadPoolExecutor(2) as pool:

        def start(work: Callable[[], Any]) -> Future[Any]:
            def run() -> Any:
                try:
                    return work()
                finally:
                    connection.close()

            return pool.submit(run)

        yield start


def request_of(world: people.World, tmp_path: Path, *rows: dict[str, str], name: str = "list.csv") -> Request:
    path = tmp_path / name
    path.write_text(text_of(*rows), "utf-8")
    return Request(path, world.rokid, presets.preset("allplaces"), System("test"), apply=True)


def waits_for_a_lock() -> None:
    """Return once some other connection waits for a lock."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE NOT l.granted AND a.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return


def test_a_second_import_waits_and_finds_what_the_first_has_made(
    world: people.World, tmp_path: Path, beside: Callable[[Callable[[], Any]], Future[Any]]
) -> None:
    second: list[Future[Any]] = []
    told: list[str] = []

    def meanwhile(result: Result) -> None:
        other = request_of(world, tmp_path, TOKYO, BERLIN, name="other.csv")
        second.append(beside(lambda: jobs.import_file(other, progress=lambda stage, done, total: told.append(stage))))
        waits_for_a_lock()

    first, _ = jobs.import_file(request_of(world, tmp_path, TOKYO), look=meanwhile)
    result, _ = second[0].result(60)
    assert (first.counts["created"], result.counts["created"], result.counts["unchanged"]) == (1, 1, 1)
    assert told[0] == "waiting until another import of the brand is done"
    assert Store.objects.count() == 2


def test_an_edit_under_way_is_waited_for_and_seen(
    world: people.World, tmp_path: Path, beside: Callable[[Callable[[], Any]], Future[Any]]
) -> None:
    jobs.import_file(request_of(world, tmp_path, TOKYO))
    with transaction.atomic():
        Store.objects.update(phone="+81300000000")
        later = beside(lambda: jobs.import_file(request_of(world, tmp_path, TOKYO | {"phone": "03-1234-9999"})))
        waits_for_a_lock()
    _, job = later.result(60)
    assert job.rows.get().changes["phone"] == ["+81300000000", "+81312349999"]


def test_an_edit_during_an_import_waits_and_is_seen_as_later_when_it_is_undone(
    world: people.World, tmp_path: Path, beside: Callable[[Callable[[], Any]], Future[Any]]
) -> None:
    edits: list[Future[Any]] = []
    begun = threading.Event()

    def edit() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT now()")  # its transaction is older than the import's end
            begun.set()
            StoreAddress.objects.update(locality="新宿区")

    def meanwhile(result: Result) -> None:
        edits.append(beside(edit))
        assert begun.wait(30)
        waits_for_a_lock()

    jobs.import_file(request_of(world, tmp_path, TOKYO))
    changed = TOKYO | {"city": "港区"}
    _, job = jobs.import_file(request_of(world, tmp_path, changed), look=meanwhile)
    edits[0].result(60)
    assert job is not None
    done = jobs.revert_job(by=world.olivia, job=job)
    assert (done.state, "the store address was changed" in done.error) == ("applied", True)
    assert StoreAddress.objects.get().locality == "新宿区"


def test_an_import_that_is_cut_off_left_nothing_and_the_next_attempt_works(world: people.World, tmp_path: Path) -> None:
    def cut_off(result: Result) -> None:
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    with pytest.raises(ImportRefused, match="nothing was written"):
        jobs.import_file(request_of(world, tmp_path, TOKYO, BERLIN), look=cut_off)
    connection.close()
    assert not Store.objects.exists()
    assert not ImportJob.objects.exists()
    result, _ = jobs.import_file(request_of(world, tmp_path, TOKYO, BERLIN))
    assert result.counts["created"] == 2
