from __future__ import annotations

import pytest
from django.db import connection

from stores.actions import imports as actions
from stores.tasks.imports import STEP_LOCK, step
from tests import people
from tests.stores.imports.lists import TOKYO
from tests.stores.imports.test_jobs import uploaded

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
