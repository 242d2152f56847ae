"""Public holidays, special days and templates of special days."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import BooleanField
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import holidays
from stores.admin import readiness, templates
from stores.admin.base import ScopedAdmin, ScopedTabular, can
from stores.admin.columns import STATUS_COLOURS, Named, choice, column
from stores.admin.fields import DayField, PlanField, day_text, plan_line
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

    def save_model(self, request: HttpRequest, obj: HolidayDate, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
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

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.readiness_view)
        return [path("readiness/", view, name="stores_specialday_readiness"), *super().get_urls()]

    def readiness_view(self, request: HttpRequest) -> HttpResponse:
        """Holidays that wait for a decision."""
        if not can(request, "view"):
            raise PermissionDenied
        return readiness.page(request, self.admin_site.each_context(request))

    @column(gettext_lazy("Date"), ordering="date")
    def day(self, obj: Any) -> str:
        return date_format(obj.date)


class SpecialDayInline(ScopedTabular):
    model = SpecialDay
    brand_from = "store"
    form = DayForm
    fields = ("date", "purpose", "periods", "name", "state")


class TemplateForm(ScopedForm):
    days = PlanField(
        label=gettext_lazy("Days"),
        help_text=gettext_lazy(
            "One line for each day or span, counted from the date it is applied to: -1: closes 15:00, 0 – 2: closed, "
            "0: 08:00-24:00."
        ),
    )


@admin.register(HoursTemplate)
class HoursTemplateAdmin(Named, ScopedAdmin):
    list_display = ("shown_name", "code", "shown_days", "brand")
    search_fields = ("code",)
    search_texts = ("name",)
    joined = ("brand",)
    form = TemplateForm
    fields = ("brand", "code", "name", "days")
    when_empty = gettext_lazy(
        "A template holds special days, such as Christmas Eve until 15:00, and writes them to many stores at once."
    )
    change_form_outer_before_template = "admin/stores/template_link.html"

    @column(gettext_lazy("Days"))
    def shown_days(self, obj: Any) -> str:
        return " · ".join(plan_line(plan) for plan in obj.days)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.apply_view)
        return [path("<int:pk>/apply/", view, name="stores_hourstemplate_apply"), *super().get_urls()]

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply the template to stores, after a look at what changes."""
        if not can(request, "edit_hours"):
            raise PermissionDenied
        template = self.get_object(request, str(pk))
        return templates.page(request, template, {**self.admin_site.each_context(request), "opts": self.opts})
