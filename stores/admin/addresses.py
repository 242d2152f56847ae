"""A store's addresses, one in each script it is written in, with the parts that its country's post asks for.

The form speaks of prefectures in Japan and of states in the United States, asks for no postcode where there are none, and keeps
exactly one address as the primary one. An address may be saved before it is complete: that blocks publication, not work.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.admin.base import ScopedAdmin, ScopedStacked
from stores.admin.fields import language_tag
from stores.admin.forms import ScopedForm, ScopedFormSet
from stores.models import StoreAddress
from stores.values import addresses
from stores.values.texts import one_line

PART_NAMES = {
    "area": gettext_lazy("Area"), "city": gettext_lazy("City"), "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"), "district": gettext_lazy("District"), "do_si": gettext_lazy("Do or Si"),
    "eircode": gettext_lazy("Eircode"), "emirate": gettext_lazy("Emirate"), "island": gettext_lazy("Island"),
    "neighborhood": gettext_lazy("Neighbourhood"), "oblast": gettext_lazy("Oblast"), "parish": gettext_lazy("Parish"),
    "pin": gettext_lazy("PIN code"), "post_town": gettext_lazy("Post town"), "postal": gettext_lazy("Postcode"),
    "prefecture": gettext_lazy("Prefecture"), "province": gettext_lazy("Province"), "state": gettext_lazy("State"),
    "suburb": gettext_lazy("Suburb"), "townland": gettext_lazy("Townland"),
    "village_township": gettext_lazy("Village or township"), "zip": gettext_lazy("ZIP code"),
}  # fmt: skip
PARTS = ("sublocality", "locality", "administrative_area", "postal_code")


class AddressForm(ScopedForm):
    """An address under the rules of the store's market."""

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country or self._market()
        if self.country:
            self._speak_of(self.country)

    def _market(self) -> str:
        instance: Any = self.instance
        return instance.store.market.code if getattr(instance, "store_id", None) else ""

    def _speak_of(self, country: str) -> None:
        rules, words = addresses.rules(country), addresses.part_words(country)
        for name in (name for name in PARTS if name in self.fields):
            field = self.fields[name]
            field.label = PART_NAMES.get(words[name], field.label)
            if name in rules.required:
                field.help_text = _("Needed before the store can be published.")
            elif name not in rules.used and not getattr(self.instance, name, ""):
                field.help_text = _("Not part of addresses there.")
        if (example := addresses.postal_code_example(country)) and "postal_code" in self.fields:
            self.fields["postal_code"].widget.attrs["placeholder"] = example

    def clean_language(self) -> str:
        return language_tag(self.cleaned_data["language"])

    def clean_postal_code(self) -> str:
        given = one_line(self.cleaned_data["postal_code"])
        tidy, beside = addresses.tidy_postal_code(given, self.country)
        code = given if beside else tidy
        shape = addresses.rules(self.country).postal_code if self.country else None
        if code and shape and not shape.fullmatch(code):
            raise ValidationError(
                _("This is not a postcode there; one looks like %(example)s."),
                params={"example": addresses.postal_code_example(self.country)},
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Parts are kept as an import writes them, or the next list would change what looks the same."""
        cleaned = super().clean()
        return cleaned | {name: one_line(cleaned[name]) for name in PARTS if cleaned.get(name)}


class AddressFormSet(ScopedFormSet):
    """All addresses of one store."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        market = getattr(self.instance, "market", None) if self.instance.pk else None
        return {**super().get_form_kwargs(index), "country": market.code if market else ""}

    def clean(self) -> None:
        """Exactly one address is the primary one; an only address is it without being told."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        primary = [form for form in kept if form.cleaned_data.get("is_primary")]
        if len(kept) == 1 and not primary:
            kept[0].instance.is_primary = True
            kept[0].changed_data.append("is_primary")
        elif kept and len(primary) != 1:
            raise ValidationError(_("Mark exactly one address as the primary one, the one that the post uses."))

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001  (Django's signature)
        """What stops being primary is written before what becomes it: the table never holds two."""
        saved = super().save(commit=commit)
        if not commit:
            self.changed_objects.sort(key=lambda entry: entry[0].is_primary)
        return saved


class AddressInline(ScopedStacked):
    model = StoreAddress
    brand_from = "store"
    form = AddressForm
    formset = AddressFormSet
    fields = (
        ("language", "is_primary"), "lines", ("sublocality", "locality"), ("administrative_area", "postal_code"),
    )  # fmt: skip


@admin.register(StoreAddress)
class StoreAddressAdmin(ScopedAdmin):
    list_display = ("store", "language", "is_primary", "locality", "postal_code")
    list_filter = ("language", "store__market")
    search_fields = ("store__code", "locality", "postal_code")
    joined = ("store__market",)
    brand_from = "store"
    form = AddressForm
    fields = (
        "store", ("language", "is_primary"), "lines", ("sublocality", "locality"),
        ("administrative_area", "postal_code", "sorting_code"),
    )  # fmt: skip
