"""Reads of the sync state: what the board shows. The hot path (claim, complete) is SQL in ``stores.sync``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, Min, Q
from django.db.models.functions import Now

from stores.models.scope import Scope, ScopedQuerySet

if TYPE_CHECKING:
    from stores.models.reconciled import ChannelPromotion  # noqa: F401  (named in the base class)


class ChannelPromotionQuerySet(ScopedQuerySet["ChannelPromotion"]):
    scope = Scope(market="channel__market_id", partner="channel__partner_id")

    def failing(self) -> Self:
        """Rows whose last call did not succeed."""
        return self.filter(state__in=["failing", "rejected"])

    def look_now(self) -> int:
        """Have the reconciler look at these rows at once. Returns how many."""
        return self.update(next_at=Func(function="clock_timestamp", output_field=Now().output_field))

    def status_by_channel(self, now: datetime) -> list[dict[str, Any]]:
        """One row a channel, for the board: ``channel, wanted, live, pending, failing, last_error, converged_s``.

        ``wanted`` promotions should be in the channel or be waiting for their start at the moment ``now``; ``live`` of them are
        as wanted; ``failing`` had a call that did not succeed; ``pending`` are changes, ends included, that no call has reached
        yet. ``converged_s`` is how long the last change that arrived took, in seconds; None before the first.
        """
        wanted = Q(presence="present", ends_at__gt=now)
        arrived = Q(applied_generation=F("generation"))
        failing = Q(state__in=["failing", "rejected"])
        open_end = Q(presence="present", ends_at__lte=now) & Q(state="live")
        rows = (
            self.values("channel__code")
            .annotate(
                wanted=Count("pk", filter=wanted),
                live=Count("pk", filter=wanted & arrived & ~failing & ~Q(state="pending")),
                failing=Count("pk", filter=failing),
                pending=Count("pk", filter=~failing & (~arrived | Q(state="pending") | open_end)),
                errors=ArrayAgg("last_error", filter=failing & ~Q(last_error=""), order_by="-updated_at"),
                times=ArrayAgg(
                    F("converged_at") - F("desired_at"),
                    filter=arrived & Q(converged_at__gte=F("desired_at")),
                    order_by="-converged_at",
                ),
            )
            .order_by("channel__code")
        )
        return [
            {
                "channel": row["channel__code"],
                "wanted": row["wanted"],
                "live": row["live"],
                "pending": row["pending"],
                "failing": row["failing"],
                "last_error": (row["errors"] or [""])[0],
                "converged_s": round(row["times"][0].total_seconds(), 3) if row["times"] else None,
            }
            for row in rows
        ]

    def progress_by_campaign(self, now: datetime) -> dict[int, dict[str, Any]]:
        """By campaign id, in channels: ``due`` should show it at ``now`` and ``live`` of them do; ``coming`` start later and
        ``ready`` of them have it already; ``failing`` had a call that did not succeed.
        """
        return self._progress("plan__campaign", now)

    def progress_by_plan(self, now: datetime) -> dict[int, dict[str, Any]]:
        """The same by plan id."""
        return self._progress("plan", now)

    def _progress(self, key: str, now: datetime) -> dict[int, dict[str, Any]]:
        due = Q(presence="present", starts_at__lte=now, ends_at__gt=now)
        coming = Q(presence="present", starts_at__gt=now)
        arrived = Q(applied_generation=F("generation")) & ~Q(state__in=["failing", "rejected", "pending"])
        rows = (
            self.order_by()
            .values(key)
            .annotate(
                due=Count("pk", filter=due),
                live=Count("pk", filter=due & Q(state="live") & arrived),
                coming=Count("pk", filter=coming),
                ready=Count("pk", filter=coming & arrived),
                failing=Count("pk", filter=Q(state__in=["failing", "rejected"])),
            )
        )
        return {row[key]: dict(row) for row in rows}

    def failing_since(self) -> dict[str, datetime]:
        """By channel code: since when calls have not succeeded (machine time)."""
        rows = self.failing().order_by().values("channel__code").annotate(since=Min("failing_since"))
        return {row["channel__code"]: row["since"] for row in rows if row["since"] is not None}
