"""Opening hours as rows: weeks, special days, and templates of special days, their periods as checked JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from stores.models.base import Record, bumps, tracked
from stores.models.brands import Brand
from stores.models.fields import LocalizedText, SameBrand, check_day, in_reader_language, is_a_day
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.timetable.schedule import Week
from stores.timetable.templates import DayPlan, plan_from_json

PURPOSES = ("store", "service", "pickup", "demo")
SPECIAL_DAY_STATES = ("proposed", "confirmed", "dismissed")
# The days that some year has, 29 February among them.
_DAY_OF_YEAR = r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)$"


def check_week(value: Any) -> None:
    """Raise ValidationError with the exact reason when ``value`` is not seven days of periods."""
    try:
        Week.from_json(value)
    except ValueError as error:
        raise ValidationError(str(error), code="hours") from error


class SeasonsApart(ExclusionConstraint):
    """No day of the year belongs to two seasons of a store's purpose, looked at when the transaction ends.

    Two rows that hand days to each other overlap while only one of them is written, so nothing is said of a single row: forms
    and actions compare all of them, in words.
    """

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None


def _one(number: F | Func) -> Func:
    """A range that holds one number: core GiST compares no plain numbers."""
    wide = isinstance(number, F)
    return Func(number, number, Value("[]"), function="int8range" if wide else "int4range")


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
                | Q(season_from__regex=_DAY_OF_YEAR, season_to__regex=_DAY_OF_YEAR),
                name="weekly_hours_season",
                violation_error_message="A season has a first and a last day as MM-DD.",
            ),
            SeasonsApart(
                name="weekly_hours_seasons_apart",
                expressions=[
                    (_one(F("store")), RangeOperators.OVERLAPS),
                    (_one(Func(F("purpose"), function="hashtext")), RangeOperators.OVERLAPS),
                    (Func(F("season_from"), F("season_to"), function="stores_season"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(season_from=""),
                deferrable=Deferrable.DEFERRED,
            ),
            SameBrand(link="store", name="weekly_hours_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "store_id")]

    def __str__(self) -> str:
        return f"{self.store} · {self.get_purpose_display()}"


class SpecialDayQuerySet(ScopedQuerySet["SpecialDay"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")

    def waiting(self, today: date) -> SpecialDayQuerySet:
        """Proposals that somebody can still decide about, from a day on, of stores that are or will be.

        A store that follows another keeps no hours of its own to decide about.
        """
        asked = self.filter(state="proposed", date__gte=today, store__hours_from__isnull=True)
        return asked.exclude(store__status__in=("closed", "cancelled"))


@tracked()
class SpecialDay(Record):
    """A store's hours on one date, in place of all others. Without periods it is closed.

    A proposed day waits for a person and changes nothing but the answer's certainty. A dismissed one says that the store keeps
    its regular hours: nobody has to ask again.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="special_days")
    purpose = models.CharField(max_length=10, choices=choices(PURPOSES), default="store")
    date = models.DateField()
    periods = models.JSONField(default=list, blank=True, validators=[check_day])
    name = LocalizedText(blank=True)
    state = models.CharField(max_length=10, choices=choices(SPECIAL_DAY_STATES), default="confirmed")
    # "holidays 0.109" for a proposal by the calendar, "template:black-friday", blank for a person's own.
    source = models.CharField(max_length=60, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(SpecialDayQuerySet)()

    class Meta(Record.Meta):
        ordering = ["store", "date", "purpose"]
        indexes = [models.Index(fields=["brand", "date"], condition=Q(state="proposed"), name="special_day_proposed")]
        constraints = [
            models.UniqueConstraint(fields=["store", "purpose", "date"], name="special_day_once"),
            one_of("purpose", PURPOSES, "special_day_purpose"),
            one_of("state", SPECIAL_DAY_STATES, "special_day_state"),
            models.CheckConstraint(
                condition=is_a_day("periods"),
                name="special_day_periods",
                violation_error_message="Hours are a list of periods such as 10:00-18:00.",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by="", decided_at__isnull=True)
                | (~Q(state="proposed") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="special_day_decided",
                violation_error_message="A decision has its author and its moment, a proposal neither.",
            ),
            SameBrand(link="store", name="special_day_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "store_id")]

    def __str__(self) -> str:
        return f"{self.store} {self.date}"


def check_plan(value: Any) -> None:
    """Raise ValidationError with the exact reason when ``value`` is not a list of days for a template."""
    try:
        plan_from_json(value)
    except ValueError as error:
        raise ValidationError(str(error), code="hours") from error


class HoursTemplateQuerySet(ScopedQuerySet["HoursTemplate"]):
    scope = Scope(brand_wide=True)


@tracked()
class HoursTemplate(Record):
    """Special days around a date, such as "the eve closes at 15:00, days 1 to 3 closed", for many stores at once.

    ``days`` are read by ``stores.timetable.templates``; applying makes confirmed special days, and changing the template
    afterwards changes none of them.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="hours_templates")
    code = models.SlugField(max_length=40)
    name = LocalizedText()
    days = models.JSONField(validators=[check_plan])

    objects: Any = models.Manager.from_queryset(HoursTemplateQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [models.UniqueConstraint(fields=["brand", "code"], name="hours_template_code")]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code

    @property
    def plan(self) -> tuple[DayPlan, ...]:
        return plan_from_json(self.days)
