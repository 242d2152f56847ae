"""Changing many stores at once from their list: which fields, then what would change in each, then all of it or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelect2Widget

from stores.actions import partners, together
from stores.actions.errors import NotFound, Refused
from stores.admin.fields import LanguagesField
from stores.admin.selection import carried
from stores.models import Partner, Store
from stores.models.network import FORMATS

SHOWN = 200
"""Rows of the preview on the page; the counts above them are of all."""

REASONS = {
    "not_allowed": gettext_lazy("Your role does not allow you to edit this store."),
    "other_brand": gettext_lazy("The partner belongs to another brand."),
    "other_market": gettext_lazy("The partner does not work in this market."),
    "contract_over": gettext_lazy(partners.CONTRACT_OVER),
    "exclusive": gettext_lazy(partners.SOMEBODY_ALONE),
    "no_such_part": gettext_lazy("This part of the country has no holidays of its own."),
}


class TogetherForm(forms.Form):
    """Fields to change, each with a tick: a ticked field that is left blank clears what is there."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    cluster = forms.CharField(label=gettext_lazy("Cluster"), max_length=60, required=False)
    operator = forms.ModelChoiceField(
        Partner.objects.none(), to_field_name="code", label=gettext_lazy("Operator"), required=False,
        empty_label=gettext_lazy("The brand itself"), widget=UnfoldAdminSelect2Widget,
        error_messages={"invalid_choice": gettext_lazy("There is no such partner among yours.")},
    )  # fmt: skip
    phone = forms.RegexField(
        r"^\+[1-9][0-9]{5,14}$", label=gettext_lazy("Phone"), max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("Write the phone number as E.164, such as +81312345678.")},
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    website = forms.URLField(label=gettext_lazy("Website"), max_length=500, required=False, assume_scheme="https")
    holiday_subdivision = forms.CharField(
        label=gettext_lazy("Holiday subdivision"), max_length=30, required=False,
        help_text=gettext_lazy("The part of the country, such as Bavaria or BY; blank: as the address says."),
    )  # fmt: skip
    add_languages = LanguagesField(label=gettext_lazy("Add languages spoken"), required=False)
    remove_languages = LanguagesField(label=gettext_lazy("Remove languages spoken"), required=False)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["operator"].queryset = Partner.objects.visible_to(reader).order_by("code")  # type: ignore[attr-defined]  # a field of choices
        labels = dict(Store._meta.get_field("format").flatchoices)
        self.fields["format"].choices = [(name, _(str(labels[name]))) for name in FORMATS]  # type: ignore[attr-defined]  # a field of choices
        for name in ("add_languages", "remove_languages"):
            self.fields[name].help_text = _("Language tags such as ja or zh-Hant, separated by commas.")

    def ticked(self) -> list[str]:
        """Names of the fields that are to change."""
        return [name for name in self.fields if self.data.get(f"change_{name}")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        ticked = self.ticked()
        for name in [name for name in self.errors if name not in ticked]:
            del self.errors[name]  # a field without a tick is not meant
        if not ticked:
            raise forms.ValidationError(_("Tick at least one field to change."))
        return {name: data[name] for name in ticked if name in data}


class Together:
    """The action of the store list. Mixed in before the admin's base."""

    model: Any
    admin_site: Any

    @admin.action(description=gettext_lazy("Change selected stores together"), permissions=["change"])
    def change_together(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """First without anything the form, then its preview, then the change; each step carries the selection along."""
        user: Any = request.user
        step, reason = request.POST.get("step", ""), request.POST.get("reason", "").replace("\x00", "")[:200]
        form = TogetherForm(request.POST if step else None, reader=user)
        context: dict[str, Any] = {"form": form, "fields": _fields(form)}
        try:
            if step and form.is_valid():
                if step == "apply":
                    count = together.change_together(
                        by=user,
                        stores=queryset,
                        values=form.cleaned_data,
                        stamp=request.POST.get("stamp", ""),
                        reason=reason,
                    )
                    text = ngettext("%(n)d store was changed.", "%(n)d stores were changed.", count)
                    messages.success(request, text % {"n": count})
                    return None
                context["preview"] = together.preview_together(by=user, stores=queryset, values=form.cleaned_data)
        except NotFound:
            messages.error(request, _("A store or partner is not there any more. Nothing was changed."))
            return None
        except Refused as refusal:
            messages.error(request, refusal.said())
            if refusal.code == "too_many":
                return None
            context["preview"] = together.preview_together(by=user, stores=queryset, values=form.cleaned_data)
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Change stores together"),
            "opts": self.model._meta,
            "count": queryset.count(),
            **carried(request),
            "rows": _shown(context.get("preview")),
            "hidden": _count(context.get("preview")) - SHOWN,
            "reason": reason,
        }
        return TemplateResponse(request, "admin/stores/together.html", context)


def _fields(form: TogetherForm) -> list[dict[str, Any]]:
    ticked = form.ticked() if form.is_bound else []
    return [{"bound": form[name], "ticked": name in ticked, "tick": f"change_{name}"} for name in form.fields]


def _count(preview: together.Preview | None) -> int:
    return len(preview.changed) + len(preview.refused) if preview else 0


def _shown(preview: together.Preview | None) -> list[dict[str, Any]]:
    if preview is None:
        return []
    return [
        {
            "store": row.store,
            "refused": REASONS.get(row.refused, ""),
            "changes": [
                {
                    "field": _field_name(name),
                    "old": _text(name, old),
                    "new": _text(name, new),
                }
                for name, (old, new) in row.changes.items()
            ],
        }
        for row in [*preview.refused, *preview.changed][:SHOWN]
    ]


def _field_name(name: str) -> str:
    field: Any = Store._meta.get_field(name)
    return capfirst(_(str(field.verbose_name)))


def _text(name: str, value: Any) -> str:
    field: Any = Store._meta.get_field(name)
    labels = dict(field.flatchoices)
    if labels:
        return _(str(labels.get(value, value)))
    return ", ".join(value) if isinstance(value, list) else str(value or "") or "–"
