"""Stores: the list, and a page with addresses per script and hours that people can read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from stores.admin import hours, place, week
from stores.admin.addresses import AddressInline
from stores.admin.base import ScopedAdmin, ScopedStacked, ScopedTabular
from stores.admin.columns import Named, WithStatus, column
from stores.admin.counter_page import WithCounterPage
from stores.admin.exporting import Exporting
from stores.admin.fields import DayField, WeekField
from stores.admin.forms import ScopedForm, ScopedFormSet
from stores.admin.holidays import SpecialDayInline
from stores.admin.partners import WarnsOfRights
from stores.admin.publishing import Publishing
from stores.admin.store_filters import STORE_FILTERS
from stores.admin.store_life import WithLife
from stores.admin.together import Together
from stores.models import Store, StoreProduct, StoreService, StoreSource, WeeklyHours
from stores.timetable.schedule import claimed_twice
from stores.values.zones import canonical_zone


class WeekForm(ScopedForm):
    periods = WeekField(label=_("Periods"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, example in (("season_from", "06-01"), ("season_to", "08-31")):
            if name in self.fields:  # not for those who may only look
                self.fields[name].widget.attrs["placeholder"] = example
                self.fields[name].help_text = _("Month and day; blank for the whole year.")


class WeeksFormSet(ScopedFormSet):
    def clean(self) -> None:
        """Seasons are compared as they will be together, so that one may hand days to another."""
        super().clean()
        seasons: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for form in self.forms:
            said = form.cleaned_data if form.is_valid() else {}
            if said.get("season_from") and not said.get("DELETE"):
                seasons[said["purpose"]].append((said["season_from"], said["season_to"]))
        if any(map(claimed_twice, seasons.values())):
            raise ValidationError(
                _("Two seasons claim the same days: end one before the other begins."), code="seasons"
            )


class StoreForm(ScopedForm):
    holiday_hours = DayField(label=_("Holiday hours"), help_text=_("For the policy “Own hours”."), unset=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:  # not for those who may only look
            self.fields["time_zone"].required = False
            self.fields["time_zone"].help_text = _("Blank: as the position tells, or the market where it has one time.")

    def clean(self) -> dict[str, Any]:
        """A person knows the place rather than the name of its zone, or an old name."""
        cleaned = super().clean()
        if "time_zone" not in cleaned:
            return cleaned
        market = cleaned.get("market") or getattr(self.instance, "market", None)
        if cleaned["time_zone"]:
            known = canonical_zone(cleaned["time_zone"], market.code if market else None)
            if known:
                cleaned["time_zone"] = known
            else:
                self.add_error("time_zone", _("This is no time zone. One is written like Europe/Berlin."))
            return cleaned
        cleaned["time_zone"] = place.time_zone(market, cleaned.get("latitude"), cleaned.get("longitude"))
        if not cleaned["time_zone"]:
            self.add_error("time_zone", _("Name the time zone, or a position in the market, which tells it."))
        return cleaned


class HoursInline(ScopedStacked):
    model = WeeklyHours
    brand_from = "store"
    form = WeekForm
    formset = WeeksFormSet
    fields = (("purpose", "season_from", "season_to"), "periods")


class StoreServiceInline(ScopedTabular):
    model = StoreService
    brand_from = "store"
    joined = ("offering", "store")
    fields = ("offering", "hours_purpose")


class StoreProductInline(ScopedTabular):
    model = StoreProduct
    brand_from = "store"
    joined = ("product", "store")
    fields = ("product", "on_sale", "on_demo", "availability", "as_of")


class SourceInline(ScopedTabular):
    model = StoreSource
    verbose_name_plural = _("Sources")
    fields = readonly_fields = ("source", "external_id")
    max_num = 0
    show_change_link = False


@admin.register(Store)
class StoreAdmin(
    WithCounterPage, WarnsOfRights, WithLife, Publishing, Exporting, Together, Named, WithStatus, ScopedAdmin
):
    list_display = ("shown_name", "code", "market", "format", "shown_status", "operator", "published")
    list_filter = STORE_FILTERS
    actions: ClassVar[tuple[str, ...]] = ("change_together", "publish", "take_down")
    search_fields = ("code", "cluster", "phone")
    search_texts = ("name",)
    joined = ("brand", "market", "operator", "host", "hours_from")
    form = StoreForm
    when_empty = _("Add a store, or bring in a whole list under Imports.")
    fieldsets = (
        (
            None,
            {"fields": ("life", "brand", "code", "name", "description", ("market", "format"), ("status", "cluster"))},
        ),
        (_("Who runs it"), {"fields": (("operator", "host"), ("phone", "email"), "website", "languages")}),
        (_("Where"), {"fields": ("on_map", ("latitude", "longitude"), ("time_zone", "source_datum"))}),
        (_("When"), {"fields": ("next_days", ("opening_date", "closing_date"), "reopen_date")}),
        (_("Holidays"), {"fields": (("holiday_policy", "holiday_hours"), ("holiday_subdivision", "hours_from"))}),
        (_("Publication"), {"fields": (("published_at", "publish_override"), ("verified_at", "verified_by"))}),
    )
    # Publishing is an action with guards of its own.
    inlines = (AddressInline, HoursInline, SpecialDayInline, StoreServiceInline, StoreProductInline, SourceInline)
    readonly_fields = (
        "life", "on_map", "next_days", "published_at", "publish_override", "verified_at", "verified_by",
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A store that is being made has no hours and no life yet."""
        shown = super().get_fieldsets(request, obj)
        if obj is not None:
            return shown
        coming = {"life", "next_days"}
        return [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name not in coming)})
            for title, options in shown
            if title != _("Publication")
        ]

    def get_urls(self) -> list[Any]:
        facts = path("place/", self.admin_site.admin_view(place.facts), name="stores_store_place")
        return [facts, *super().get_urls()]

    @column(_("On the map"))
    def on_map(self, obj: Any) -> str:
        return place.pin(obj)

    @column(_("Next two weeks"))
    def next_days(self, obj: Any) -> str:
        return hours.preview(obj) if obj.pk else "–"

    @column(_("Published"), boolean=True, ordering="published_at")
    def published(self, obj: Any) -> bool:
        return obj.published_at is not None


@admin.register(WeeklyHours)
class WeeklyHoursAdmin(ScopedAdmin):
    list_display = ("store", "purpose", "season_from", "season_to")
    list_filter = ("purpose", "store__market")
    search_fields = ("store__code",)
    joined = ("store__market",)
    brand_from = "store"
    form = WeekForm
    fields = ("store", ("purpose", "season_from", "season_to"), "periods")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        ours = [
            path("preview/", view(week.preview), name="stores_weeklyhours_preview"),
            path("read/", view(week.read), name="stores_weeklyhours_read"),
        ]
        return [*ours, *super().get_urls()]


@admin.register(StoreProduct)
class StoreProductAdmin(ScopedAdmin):
    list_display = ("store", "product", "on_sale", "on_demo", "availability", "as_of")
    list_filter = ("on_sale", "on_demo", "availability", "store__market")
    search_fields = ("store__code", "product__code")
    joined = ("store__market", "product")
    brand_from = "store"
    fields = ("store", "product", ("on_sale", "on_demo"), ("availability", "as_of"))


@admin.register(StoreSource)
class StoreSourceAdmin(ScopedAdmin):
    """Written by imports: how a row of a feed finds its store again."""

    list_display = ("source", "external_id", "store")
    list_filter = ("source",)
    search_fields = ("external_id", "store__code")
    joined = ("store",)
