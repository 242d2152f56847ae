"""Public holidays, special days and templates of special days."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.admin.base import ScopedAdmin, ScopedTabular
from stores.admin.columns import STATUS_COLOURS, Named, choice, column
from stores.admin.fields import DayField, day_text
from stores.admin.forms import ScopedForm
from stores.models import HolidayDate, HoursTemplate, SpecialDay


@admin.register(HolidayDate)
class HolidayDateAdmin(Named, ScopedAdmin):
    """Reference data of all brands: read here, loaded by ``load_holidays``."""

    list_display = ("date", "shown_name", "market", "subdivision", "kind", "certainty", "source", "overridden_by")
    list_display_links = ("date", "shown_name")
    list_filter = ("kind", "certainty", "market")
    search_fields = ("market__code", "subdivision")
    search_texts = ("name",)
    joined = ("market",)
    date_hierarchy = None


class DayForm(ScopedForm):
    periods = DayField(label=gettext_lazy("Hours"), help_text=gettext_lazy("Blank is closed all day."))


class WithHours:
    """Columns of a special day: its hours, and what was decided about it."""

    @column(gettext_lazy("Hours"))
    def shown_hours(self, obj: Any) -> str:
        return day_text(obj.periods) or _("closed")

    @column(gettext_lazy("State"), ordering="state", label=STATUS_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        return choice(obj, "state")


@admin.register(SpecialDay)
class SpecialDayAdmin(Named, WithHours, ScopedAdmin):
    list_display = ("day", "store", "shown_name", "shown_hours", "shown_state", "purpose", "decided_by")
    list_filter = ("state", "purpose", "store__market")
    search_fields = ("store__code",)
    search_texts = ("name",)
    joined = ("store__market",)
    brand_from = "store"
    form = DayForm
    fields = (("store", "purpose"), ("date", "state"), "periods", "name", ("source", "decided_by", "decided_at"))
    readonly_fields = ("source", "decided_by", "decided_at")

    @column(gettext_lazy("Date"), ordering="date")
    def day(self, obj: Any) -> str:
        return date_format(obj.date)


class SpecialDayInline(ScopedTabular):
    model = SpecialDay
    brand_from = "store"
    form = DayForm
    fields = ("date", "purpose", "periods", "name", "state")


@admin.register(HoursTemplate)
class HoursTemplateAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "brand")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("brand",)
    fields = ("brand", "code", "name", "days")
