"""A list's way through the desk: uploaded, previewed, applied, undone, by whom and what stands in the way."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from stores.actions import imports as actions
from stores.actions.errors import NotFound, Refused
from stores.actions.reverting import obstacles
from stores.actions.special_days import dismiss_special_days
from stores.actions.transaction import acting
from stores.dashboard.imports.findings import said
from stores.imports import jobs
from stores.imports.errors import ImportRefused
from stores.models import (
    ImportFile,
    ImportJob,
    ImportRow,
    SpecialDay,
    Store,
    StoreAddress,
    StoreQuality,
    StoreSource,
    System,
    WeeklyHours,
)
from tests import people
from tests.stores.imports.lists import BERLIN, TOKYO, text_of

pytestmark = pytest.mark.django_db


def uploaded(world: people.World, *rows: dict[str, str], by: Any = None, **options: Any) -> ImportJob:
    """A job with an AllThePlaces list of the rows, its mapping chosen."""
    by = by or world.olivia
    job = actions.upload_list(by=by, brand=world.rokid, file_name="outlets.csv", content=[text_of(*rows).encode()])
    return jobs.choose_mapping(by=by, job=job, preset="allplaces", **options)


def applied(world: people.World, *rows: dict[str, str], **options: Any) -> ImportJob:
    job = jobs.preview_job(by=world.olivia, job=uploaded(world, *rows, **options))
    job = jobs.apply_job(by=world.olivia, job=job)
    assert (job.state, job.error) == ("applied", "")
    return job


def network() -> dict[str, Any]:
    """Everything an import writes, without versions and times."""
    hidden = {"version", "updated_at", "created_at"}
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in hidden}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in (Store, StoreAddress, WeeklyHours, StoreSource)
    }


def test_a_list_is_previewed_and_applied(world: people.World) -> None:
    job = uploaded(world, TOKYO, BERLIN | {"name": ""})
    job = jobs.preview_job(by=world.olivia, job=job)
    assert (job.state, job.counts) == (
        "previewed",
        {"created": 1, "changed": 0, "unchanged": 0, "refused": 1, "warned": 0},
    )
    assert not Store.objects.exists()
    job = jobs.apply_job(by=world.olivia, job=job)
    assert (job.state, job.applied_by) == ("applied", "olivia@example.com")
    store = Store.objects.get()
    rows = ImportRow.objects.filter(job=job)
    assert [(row.row, row.outcome, row.store_id) for row in rows] == [(2, "created", store.pk), (3, "refused", None)]


def test_a_preview_that_no_longer_holds_is_not_applied_and_says_which_rows(world: people.World) -> None:
    applied(world, TOKYO, BERLIN)
    job = jobs.preview_job(by=world.olivia, job=uploaded(world, TOKYO | {"phone": "03-1234-9999"}, BERLIN))
    store = Store.objects.get(market__code="JP")
    store.phone = "+81300000000"
    store.save()
    job = jobs.apply_job(by=world.olivia, job=job)
    assert job.state == "previewed"
    assert job.error == (
        f"Since the preview something changed: row 2 {store.code} would now do something else. Preview the list again."
    )
    store.refresh_from_db()
    assert store.phone == "+81300000000"


def test_undoing_removes_what_was_made_and_gives_back_what_was_changed(world: people.World) -> None:
    applied(world, TOKYO)
    before = network()
    moved = TOKYO | {
        "name": "新宿店",
        "addr_full": "新宿1",
        "opening_hours": "Mo-Su 09:00-21:00",
        "phone": "",
        "lat": "35.69",
    }
    job = applied(world, moved, BERLIN)
    assert network() != before
    job = jobs.revert_job(by=world.olivia, job=job)
    assert (job.state, job.error, job.reverted_by) == ("reverted", "", "olivia@example.com")
    assert network() == before


def test_an_undone_list_can_come_again(world: people.World) -> None:
    jobs.revert_job(by=world.olivia, job=applied(world, TOKYO, BERLIN))
    assert applied(world, TOKYO, BERLIN).counts["created"] == 2


def test_imports_are_undone_one_after_the_other_the_last_first(world: people.World) -> None:
    first = applied(world, TOKYO)
    second = applied(world, TOKYO | {"name": "新宿店", "opening_hours": "Mo-Su 09:00-21:00"}, BERLIN)
    before = network()
    assert [each.reason.partition(" at ")[0] for each in obstacles(first)][-1] == (
        "the weekly hours was changed by olivia@example.com"
    )
    assert jobs.revert_job(by=world.olivia, job=first).state == "applied"
    assert network() == before
    assert [jobs.revert_job(by=world.olivia, job=each).error for each in (second, first)] == ["", ""]
    assert not Store.objects.exists()


def test_a_day_that_the_calendar_proposed_since_does_not_stand_in_the_way_until_somebody_decides(
    world: people.World,
) -> None:
    job = applied(world, TOKYO)
    proposed = {"date": date(2027, 1, 1), "state": "proposed", "source": "holidays 0.109"}
    with acting(System("propose_special_days"), "nightly"):
        day = SpecialDay.objects.create(brand=world.rokid, store=Store.objects.get(), **proposed)
    assert obstacles(job) == []
    dismiss_special_days(by=world.olivia, days=SpecialDay.objects.filter(pk=day.pk))
    [obstacle] = obstacles(job)
    assert obstacle.reason.startswith("the special day was changed by olivia@example.com at ")


def test_what_jobs_work_out_by_themselves_does_not_stand_in_the_way(world: people.World) -> None:
    applied(world, TOKYO)
    job = applied(world, TOKYO | {"phone": "03-1234-9999"}, BERLIN)
    for name in settings.CELERY_BEAT_SCHEDULE:
        current_app.tasks[name]()
    assert StoreQuality.objects.count() == 2
    assert obstacles(job) == []
    assert jobs.revert_job(by=world.olivia, job=job).state == "reverted"
    assert StoreQuality.objects.get().store == Store.objects.get()


def test_what_somebody_changed_since_stands_in_the_way_and_nothing_is_undone(world: people.World) -> None:
    applied(world, TOKYO)
    job = applied(world, TOKYO | {"phone": "03-1234-9999"}, BERLIN)
    store = Store.objects.get(market__code="JP")
    before = network()
    with acting(world.kenji, "by hand"):
        StoreAddress.objects.filter(store=store).update(locality="新宿区")
    changed = network()
    [obstacle] = obstacles(job)
    assert (obstacle.row, obstacle.code) == (2, store.code)
    assert obstacle.reason.startswith("the store address was changed by kenji@example.com at ")
    job = jobs.revert_job(by=world.olivia, job=job)
    assert job.state == "applied"
    assert job.error.startswith("The import cannot be undone, and nothing was: row 2 ")
    assert network() == changed != before


def test_a_store_that_customers_know_or_that_is_used_is_not_removed(world: people.World) -> None:
    job = applied(world, TOKYO, BERLIN, publish=True)
    store = Store.objects.get(market__code="DE")
    people.person("Clara", "regional_manager", brand=world.rokid, store=store)
    assert [(each.row, each.reason) for each in obstacles(job)] == [
        (2, "the store was published: close it instead"),
        (3, "the store is used by 1 grant"),
        (3, "the store was published: close it instead"),
    ]
    with translation.override("de"):
        assert [said(each.reason) for each in obstacles(job)[1:]] == [
            "die Filiale wird anderswo verwendet (1 × Berechtigung)",
            "die Filiale war schon veröffentlicht: stattdessen schließen",
        ]


def test_an_unrelated_move_of_a_version_is_no_obstacle(world: people.World) -> None:
    job = applied(world, TOKYO)
    Store.objects.update(version=Store.objects.get().version + 1000)
    assert obstacles(job) == []
    assert jobs.revert_job(by=world.olivia, job=job).state == "reverted"


def test_only_who_may_import_for_the_whole_brand_reaches_a_job(world: people.World) -> None:
    job = uploaded(world, TOKYO)
    for actor in (world.emma, world.mei, world.stan):
        with pytest.raises(NotFound):
            actions.ask(by=actor, job=job, step="previewing")
        with pytest.raises(Refused):
            actions.upload_list(by=actor, brand=world.rokid, file_name="x.csv", content=[b"x"])
    job.refresh_from_db()
    assert job.state == "uploaded"


def test_steps_come_in_their_order(world: people.World) -> None:
    job = uploaded(world, TOKYO)
    with pytest.raises(Refused, match=r"^The import is uploaded; for this it has to be previewed\.$"):
        actions.ask(by=world.olivia, job=job, step="applying")
    job = actions.cancel_job(by=world.olivia, job=job)
    assert not ImportFile.objects.exists()
    with pytest.raises(Refused, match="The import is cancelled"):
        actions.ask(by=world.olivia, job=job, step="previewing")


def test_a_file_that_cannot_be_read_is_a_failed_job_with_its_reason(world: people.World) -> None:
    job = actions.upload_list(by=world.olivia, brand=world.rokid, file_name="x.csv", content=[b"a,b\n1,2\n"])
    job = jobs.choose_mapping(by=world.olivia, job=job, preset="own")
    job = jobs.preview_job(by=world.olivia, job=job)
    assert (job.state, "the file has no column code" in job.error) == ("failed", True)
    with pytest.raises(ImportRefused):
        jobs.choose_mapping(by=world.olivia, job=job, mapping={"fields": {"nonsense": "a"}})


def test_a_file_beyond_the_limit_and_an_empty_one_are_not_kept(world: people.World) -> None:
    for content in ([b"x" * (1 << 20)] * 65, [b"", b""]):
        with pytest.raises(Refused):
            actions.upload_list(by=world.olivia, brand=world.rokid, file_name="x.csv", content=content)
    assert not ImportJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_step_whose_worker_was_killed_is_done_by_the_next_and_not_for_ever(world: people.World) -> None:
    job = actions.ask(by=world.olivia, job=uploaded(world, TOKYO), step="previewing")
    held, done = threading.Event(), threading.Event()

    def worker() -> None:
        try:
            with transaction.atomic():
                ImportJob.objects.select_for_update().get(pk=job.pk)
                held.set()
                done.wait(30)
        finally:
            connection.close()

    other = threading.Thread(target=worker)
    other.start()
    assert held.wait(30)
    assert jobs.run_step(job).state == "previewing"
    with pytest.raises(Refused, match="being worked on"):
        actions.cancel_job(by=world.olivia, job=job)
    done.set()
    other.join()
    assert jobs.run_step(job).state == "previewed"
    job = actions.ask(by=world.olivia, job=job, step="applying")
    ImportJob.objects.update(attempts=3)
    job = jobs.run_step(job)
    assert (job.state, job.error) == ("previewed", "It was begun three times and each time its worker was ended.")
