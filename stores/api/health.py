"""Liveness and readiness, for process supervisors and load balancers. Both answer without a key and tell no secrets."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from stores.models import JobSlot

LATEST_TICK_S = 120
"""The tick comes every two seconds. Two minutes without one is a stopped beat or worker, not a slow one."""


class _Migrations:
    """Whether this process has seen all migrations applied: they never become unapplied under a running process."""

    applied = False


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a broken database does not restart the web."""
    return _answer(request, {"status": "ok"}, 200)


def ready(request: HttpRequest) -> HttpResponse:
    """Database, migrations and the age of the last sync tick; 503 with the reasons when one is not right."""
    reasons: list[str] = []
    body: dict[str, object] = {}
    try:
        pending = _pending_migrations()
        if pending:
            reasons.append(f"{pending} migrations are not applied: run manage.py migrate")
        else:
            age = _tick_age()
            body["sync_tick_age_s"] = age
            if age is not None and age > LATEST_TICK_S:
                reasons.append(f"the last sync tick was {age} s ago: beat or worker does not run")
    except DatabaseError:
        reasons.append("the database does not answer")
    status = 503 if reasons else 200
    return _answer(request, {"status": "unavailable" if reasons else "ok", "reasons": reasons, **body}, status)


def _pending_migrations() -> int:
    if _Migrations.applied:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return 0
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _Migrations.applied = not pending
    return pending


def _tick_age() -> int | None:
    """Seconds on the machine's clock, which jobs run by, since the last sync tick; None before the first."""
    started = JobSlot._base_manager.filter(job="sync.tick").order_by("-started_at").values_list("started_at").first()
    return None if started is None else max(0, int((datetime.now(UTC) - started[0]).total_seconds()))


def _answer(request: HttpRequest, body: dict[str, object], status: int) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


urlpatterns = [path("healthz", alive), path("readyz", ready)]
