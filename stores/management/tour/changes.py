"""Changes of plans as the owner makes them in the dashboard, and undoing them at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stores.actions import plans
from stores.models import MarketPlan, User
from stores.planning.content import Draft, read
from stores.planning.windows import Window
from stores.tasks.sync import nudge
from stores.values import clock


def approve(plan: MarketPlan, *, by: User, **changes: Any) -> MarketPlan:
    """Edit the plan and approve what came of it; the reconciler is told to look."""
    revised = plans.revise_plan(by=by, plan=plan, **changes)
    if revised.latest_revision_id == revised.approved_revision_id and revised.stopped_at is None:
        return revised
    assert revised.latest_revision is not None  # noqa: S101 - it was just written
    approved = plans.approve_plan(by=by, plan=revised, content_hash=revised.latest_revision.content_hash)
    nudge()
    return approved


def stop(plan: MarketPlan, *, by: User) -> MarketPlan:
    """Take the plan out of every channel now."""
    stopped = plans.stop_plan(by=by, plan=plan)
    nudge()
    return stopped


def from_today(window: Window) -> Window:
    """The window moved so that it began at the last local midnight, as long as it was."""
    today = datetime.combine(clock.now().astimezone(ZoneInfo(window.zone)).date(), time())
    return Window(starts=today, ends=today + max(window.ends - window.starts, timedelta(days=1)), zone=window.zone)


def longer(window: Window, *, days: int) -> Window:
    """The same start, an end some days later."""
    return replace(window, ends=window.ends + timedelta(days=days))


def draft_of(plan: MarketPlan) -> Draft:
    """The latest revision's content."""
    assert plan.latest_revision is not None  # noqa: S101 - a plan of a loaded campaign has content
    return read(plan.latest_revision.content)


@dataclass(frozen=True)
class Before:
    """A plan as the tour found it: what ran, None when nothing did, and what was written last."""

    plan: MarketPlan
    ran: Draft | None
    written: Draft
    review_state: str

    def put_back(self, *, by: User) -> None:
        """Window and approval as they were; history keeps what happened in between. Repeating it changes nothing."""
        plan = MarketPlan.objects.select_related("latest_revision").get(pk=self.plan.pk)
        if self.ran is not None:
            plan = approve(plan, by=by, window=self.ran.window)
        elif plan.approved_revision_id is not None and plan.stopped_at is None:
            plan = stop(plan, by=by)
        plan = plans.revise_plan(by=by, plan=plan, window=self.written.window)
        if self.review_state == "in_review" and plan.review_state == "draft":
            plans.submit_plan(by=by, plan=plan)


def before(found: Iterable[MarketPlan]) -> list[Before]:
    """What to put back at the end."""
    return [
        Before(
            plan,
            read(plan.approved_revision.content) if plan.approved_revision and plan.stopped_at is None else None,
            draft_of(plan),
            plan.review_state,
        )
        for plan in found
    ]
