"""Openings on their way with their milestones, and the checklists of the markets that come next."""

from __future__ import annotations

from datetime import datetime, timedelta

from stores.management.demo import content
from stores.models import Brand, Grant, LaunchItem, MarketEntry, Store, StoreMilestone, User
from stores.models.queries.opening import local_day
from stores.values.lifecycle import PIPELINE_STATUSES
from stores.values.milestones import REACHED_WITH, USUAL_LAUNCH, USUAL_MILESTONES


def load_milestones(brand: Brand, now: datetime) -> int:
    """The usual milestones of every store that has not opened: done as far as its status says, the rest open or late."""
    stores = list(Store.objects.filter(brand=brand, status__in=PIPELINE_STATUSES, milestones__isnull=True))
    made = []
    for store in stores:
        today, owner = local_day(store.time_zone, now), _responsible(brand, store.market_id)
        passed = PIPELINE_STATUSES[: PIPELINE_STATUSES.index(store.status) + 1]
        reached = {REACHED_WITH[status] for status in passed if status in REACHED_WITH}
        for kind, days in USUAL_MILESTONES[store.format].items():
            due = store.opening_date + timedelta(days=days) if store.opening_date else None
            made.append(
                StoreMilestone(
                    brand=brand, store=store, kind=kind, offset_days=days, due_date=due, owner=owner,
                    done_date=min(due or today, today) if kind in reached else None,
                )
            )  # fmt: skip
    return len(StoreMilestone.objects.bulk_create(made))


def load_launches(brand: Brand, now: datetime) -> int:
    """Checklists of the markets that are planned or being prepared; what a manager has begun stays as it is."""
    made = []
    for row in content.launches():
        entry = MarketEntry.objects.filter(brand=brand, market__code=row.market, launch_items__isnull=True).first()
        if entry is None or entry.status not in {"planned", "preparing"}:
            continue
        today = local_day(entry.market.default_time_zone, now)
        launch = entry.launch_date or today + timedelta(days=row.days)
        MarketEntry.objects.filter(pk=entry.pk).update(launch_date=launch)
        owner = _responsible(brand, entry.market_id)
        points = [(kind, "", days) for kind, days in USUAL_LAUNCH.items()]
        points += [("other", title, -20) for title in row.more]
        made += [
            LaunchItem(
                brand=brand, entry=entry, kind=kind, title=title, offset_days=days, owner=owner,
                due_date=launch + timedelta(days=days), note=row.notes.get(kind, ""),
                done_date=min(launch + timedelta(days=days), today) if kind in row.done else None,
            )
            for kind, title, days in points
        ]  # fmt: skip
    return len(LaunchItem.objects.bulk_create(made))


def _responsible(brand: Brand, market: int) -> User | None:
    """The regional manager of the market, or whoever has the whole brand."""
    grants = Grant.objects.filter(brand=brand, role__code="regional_manager").select_related("user").order_by("pk")
    for grant in grants:
        if MarketEntry.objects.visible_to(grant.user).filter(brand=brand, market=market).exists():
            return grant.user
    owner = Grant.objects.filter(brand=brand, role__code="owner").select_related("user").order_by("pk").first()
    return owner.user if owner else None
