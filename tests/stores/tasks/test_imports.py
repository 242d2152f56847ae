from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from stores.actions import imports as actions
from stores.imports import jobs
from stores.models import ImportFile, ImportRow, Store
from stores.tasks.imports import STEP_LOCK, forget, step
from stores.values import clock
from tests import people
from tests.stores.imports.lists import BERLIN, TOKYO
from tests.stores.imports.test_jobs import applied, uploaded

pytestmark = pytest.mark.django_db


def test_a_step_waits_while_another_worker_is_at_one_and_holds_no_place_meanwhile(world: people.World) -> None:
    job = actions.ask(by=world.olivia, job=uploaded(world, TOKYO), step="previewing")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [STEP_LOCK])
            step(job=job.pk)
            job.refresh_from_db()
            assert job.state == "previewing"
            cursor.execute("SELECT pg_advisory_unlock(%s)", [STEP_LOCK])
        step(job=job.pk)
        job.refresh_from_db()
        assert job.state == "previewed"
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [STEP_LOCK])
            assert cursor.fetchone() == (True,)
    finally:
        other.close()


def test_what_old_imports_are_kept_with_goes_and_then_they_cannot_be_undone(world: people.World) -> None:
    old, never = applied(world, TOKYO), uploaded(world, BERLIN)
    with time_machine.travel(clock.now() + timedelta(days=89)):
        forget()
    assert (ImportRow.objects.count(), ImportFile.objects.count()) == (1, 2)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        forget()
        job = jobs.revert_job(by=world.olivia, job=old)
    assert (ImportRow.objects.count(), ImportFile.objects.count()) == (0, 0)
    assert (job.state, job.counts["created"], job.error) == (
        "applied",
        1,
        "The import cannot be undone, and nothing was: what it takes to undo this import is not kept any more.",
    )
    never.refresh_from_db()
    assert (never.state, Store.objects.count()) == ("cancelled", 1)
