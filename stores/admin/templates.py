"""Applying a template of special days: which stores, which date, what would change, and then all of it or nothing."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from stores.actions import hours_templates
from stores.actions.errors import NotFound, Refused
from stores.admin.base import written
from stores.admin.fields import plan_line
from stores.models import HoursTemplate, Market, Store
from stores.models.network import FORMATS
from stores.models.scope import choices

MOST_SHOWN = 300
MOST_CODES = 2_000
REASONS = (
    gettext_noop("It follows the hours of another store."),
    gettext_noop("The store is not open then."),
    gettext_noop("Nobody knows its hours on this day."),
)


class ApplyForm(forms.Form):
    """Around which date, and to which of the person's stores."""

    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    market = forms.ModelChoiceField(queryset=Market.objects.none(), required=False, label=gettext_lazy("Market"))
    format = forms.ChoiceField(required=False, label=gettext_lazy("Format"))
    codes = forms.CharField(
        required=False,
        label=gettext_lazy("Store codes"),
        help_text=gettext_lazy("Separated by spaces or commas. Blank: all stores of the market."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=130_000,
    )

    def __init__(self, *args: Any, reader: Any, brand: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = Store.objects.visible_to(reader).filter(brand=brand)
        field: Any = self.fields["market"]
        field.queryset = Market.objects.filter(pk__in=self._own.order_by().values("market")).order_by("code")
        shape: Any = self.fields["format"]
        shape.choices = [("", "–"), *((value, _(label)) for value, label in choices(FORMATS))]

    def clean_codes(self) -> list[str]:
        codes = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", self.cleaned_data["codes"]) if part))
        if len(codes) > MOST_CODES:
            raise ValidationError(_("At most %(count)d codes."), params={"count": MOST_CODES})
        known = set(self._own.filter(code__in=codes).values_list("code", flat=True))
        if missing := [code for code in codes if code not in known]:
            raise ValidationError(
                _("There is no such store: %(codes)s"), params={"codes": ", ".join(missing[:10])[:300]}
            )
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("market") and not cleaned.get("codes"):
            raise ValidationError(_("Choose a market, or name stores."))
        return cleaned

    def stores(self) -> Any:
        """The stores that were chosen."""
        chosen = self.cleaned_data
        rows = self._own
        if chosen["market"]:
            rows = rows.filter(market=chosen["market"])
        if chosen["format"]:
            rows = rows.filter(format=chosen["format"])
        return rows.filter(code__in=chosen["codes"]) if chosen["codes"] else rows


def page(request: HttpRequest, template: HoursTemplate, context: dict[str, Any]) -> HttpResponse:
    """The form, with a preview below once it is filled in, and a button that applies what was shown."""
    user: Any = request.user
    sent = written(request)
    step, reason = sent.get("step", ""), sent.get("reason", "")[:200]
    data = {name: value for name, value in sent.items() if name in ApplyForm.base_fields}
    form = ApplyForm(data if request.method == "POST" else None, reader=user, brand=template.brand_id)
    preview = None
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = {
            "by": user,
            "template": template,
            "stores": form.stores(),
            "anchor": form.cleaned_data["date"],
        }
        try:
            if step == "apply":
                count = hours_templates.apply_template(
                    **asked,
                    stamp=sent.get("stamp", ""),
                    replace=sent.get("replace") == "1",
                    reason=reason,
                )
                text = ngettext("Wrote %(count)d special day.", "Wrote %(count)d special days.", count)
                messages.success(request, text % {"count": count})
                return HttpResponseRedirect(reverse("admin:stores_hourstemplate_changelist"))
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.said())
        try:
            preview = hours_templates.preview_template(**asked)
        except Refused as refusal:
            messages.error(request, refusal.said())
    context |= {
        "title": _("Apply “%(name)s”") % {"name": template},
        "template": template,
        "lines": [plan_line(plan) for plan in template.days],
        "form": form,
        "preview": preview,
        "rows": sorted(preview.rows, key=lambda row: (not row.conflict, not row.refused))[:MOST_SHOWN]
        if preview
        else [],
        "hidden": max(0, len(preview.rows) - MOST_SHOWN) if preview else 0,
        "reason": reason,
    }
    return TemplateResponse(request, "admin/stores/template_apply.html", context)
