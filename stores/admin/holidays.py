"""Public holidays, special days and templates of special days."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import BooleanField
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import holidays
from stores.admin.base import ScopedAdmin, ScopedTabular, can
from stores.admin.columns import STATUS_COLOURS, Named, choice, column
from stores.admin.fields import DayField, day_text
from stores.admin.forms import ScopedForm
from stores.models import HolidayDate, HoursTemplate, SpecialDay


class HolidayForm(ScopedForm):
    everywhere = BooleanField(
        required=False,
        label=gettext_lazy("In every part of the country"),
        help_text=gettext_lazy("Each part has a calendar of its own; this writes the date into all of them."),
    )


@admin.register(HolidayDate)
class HolidayDateAdmin(Named, ScopedAdmin):
    """Reference data of all brands, loaded by ``load_holidays``; corrected here by who speaks for every brand in the market."""

    list_display = ("date", "shown_name", "market", "subdivision", "kind", "certainty", "source", "overridden_by")
    list_display_links = ("date", "shown_name")
    list_filter = ("kind", "certainty", "market")
    search_fields = ("market__code", "subdivision")
    search_texts = ("name",)
    joined = ("market",)
    fields = (("market", "subdivision", "date"), "name", ("kind", "counts_as"), "everywhere")
    form = HolidayForm
    add_ability = "edit_stores"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return can(request, "edit_stores") and (obj is None or holidays.may_correct(user, obj.market_id))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["market", "subdivision", "date"] if obj is not None else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where it can only be read, what it is and where it comes from."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return (*self.fields[:-1], ("certainty", "source"), ("overridden_by", "overridden_at"))

    def save_model(self, request: HttpRequest, obj: HolidayDate, form: Any, change: bool) -> None:  # noqa: FBT001
        user: Any = request.user
        said = form.cleaned_data
        made = holidays.correct_holiday(
            by=user, market=obj.market, day=obj.date, kind=obj.kind, name=obj.name, subdivision=obj.subdivision,
            counts_as=obj.counts_as, everywhere=bool(said.get("everywhere")),
        )  # fmt: skip
        obj.pk = made[0].pk


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
