"""Opening hours as rows: one per store, purpose and season, its periods as checked JSON."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from stores.models.base import Record, bumps, tracked
from stores.models.brands import Brand
from stores.models.fields import SameBrand
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.timetable.schedule import Week

PURPOSES = ("store", "service", "pickup", "demo")


def check_week(value: Any) -> None:
    """Raise ValidationError with the exact reason when ``value`` is not seven days of periods."""
    try:
        Week.from_json(value)
    except ValueError as error:
        raise ValidationError(str(error), code="hours") from error


class WeeklyHoursQuerySet(ScopedQuerySet["WeeklyHours"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")


@tracked()
class WeeklyHours(Record):
    """A store's week for one purpose, all year or in one season.

    ``periods`` holds seven lists, Monday first, of ``{"start": "10:00", "end": "21:00"}``; an end at or before the start is
    past midnight. An empty list is a closed day; no row at all means that nobody knows.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="weekly_hours")
    purpose = models.CharField(max_length=10, choices=choices(PURPOSES), default="store")
    # "" is the whole year; otherwise MM-DD, both ends included.
    season_from = models.CharField(max_length=5, blank=True)
    season_to = models.CharField(max_length=5, blank=True)
    periods = models.JSONField(validators=[check_week])

    objects: Any = models.Manager.from_queryset(WeeklyHoursQuerySet)()

    class Meta(Record.Meta):
        ordering = ["store", "purpose", "season_from"]
        verbose_name_plural = "weekly hours"
        constraints = [
            models.UniqueConstraint(fields=["store", "purpose", "season_from"], name="weekly_hours_once"),
            one_of("purpose", PURPOSES, "weekly_hours_purpose"),
            models.CheckConstraint(
                condition=Q(season_from="", season_to="")
                | Q(season_from__regex=r"^[01][0-9]-[0-3][0-9]$", season_to__regex=r"^[01][0-9]-[0-3][0-9]$"),
                name="weekly_hours_season",
                violation_error_message="A season has a first and a last day as MM-DD.",
            ),
            SameBrand(link="store", name="weekly_hours_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "store_id")]

    def __str__(self) -> str:
        return f"{self.store} {self.purpose}"
