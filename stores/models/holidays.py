"""Public holidays of each market and its parts, as dates with how sure they are."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from stores.models.base import Record, bumps
from stores.models.fields import LocalizedText, in_reader_language
from stores.models.markets import Market
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

# "ordinary" is a person's word against the calendar: on this date there is no holiday.
HOLIDAY_KINDS = ("holiday", "working_day", "ordinary")
CERTAINTIES = ("certain", "estimated", "incomplete")


class HolidayDateQuerySet(ScopedQuerySet["HolidayDate"]):
    scope = Scope(reference=True)


class HolidayDate(Record):
    """A public holiday, or a make-up working day, of a market or one of its parts.

    Reference data shared by all brands, loaded by ``load_holidays``. Each part has its full calendar, because some parts leave
    out what the rest of the country celebrates. A row that a person corrected is never loaded over.
    """

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="holidays")
    # "" is the market as a whole, otherwise the suffix of ISO 3166-2, such as BY for Bavaria, or the name of a town that has
    # holidays of its own and no such code (Augsburg).
    subdivision = models.CharField(max_length=30, blank=True)
    date = models.DateField()
    name = LocalizedText()
    kind = models.CharField(max_length=12, choices=choices(HOLIDAY_KINDS), default="holiday")
    counts_as = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The weekday that a make-up working day is worked like; 0 is Monday."
    )
    certainty = models.CharField(max_length=12, choices=choices(CERTAINTIES), default="certain")
    source = models.CharField(max_length=60)
    overridden_by = models.CharField(max_length=254, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(HolidayDateQuerySet)()

    class Meta(Record.Meta):
        ordering = ["market", "subdivision", "date"]
        constraints = [
            models.UniqueConstraint(fields=["market", "subdivision", "date"], name="holiday_date_once"),
            one_of("kind", HOLIDAY_KINDS, "holiday_date_kind"),
            one_of("certainty", CERTAINTIES, "holiday_date_certainty"),
            models.CheckConstraint(
                condition=Q(counts_as__isnull=True) | Q(counts_as__lte=6, kind="working_day"),
                name="holiday_date_counts_as",
                violation_error_message="Only a make-up working day is worked like another weekday, Monday (0) to Sunday (6).",
            ),
            models.CheckConstraint(
                condition=Q(overridden_by="", overridden_at__isnull=True)
                | (~Q(overridden_by="") & Q(overridden_at__isnull=False)),
                name="holiday_date_overridden",
                violation_error_message="A correction has its author and its moment, or neither.",
            ),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "market_id", of="market_id")]

    def __str__(self) -> str:
        return f"{self.date} {in_reader_language(self.name)}".strip()
