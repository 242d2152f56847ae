"""One form for a counter, for its people: what they change at once, and what they propose.

The dashboard shows it to a partner's user, the page of a confirmation link to whoever has the link.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from stores.actions import counters, requests
from stores.actions.transaction import acting
from stores.admin.fields import LinesField, LocalizedField, WeekField
from stores.models import Actor, ChangeRequest, Store, StoreAddress
from stores.values.addresses import MAX_LINES
from stores.values.languages import canonical, language_name
from stores.values.phones import national

STATUS_NAMES = {
    "open": gettext_lazy("Open"),
    "temporarily_closed": gettext_lazy("Closed for a while"),
    "closed": gettext_lazy("Closed for good"),
}
PART_NAMES = {
    "lines": gettext_lazy("Street and building"),
    "sublocality": gettext_lazy("Neighbourhood"),
    "locality": gettext_lazy("Town"),
    "administrative_area": gettext_lazy("State or province"),
    "postal_code": gettext_lazy("Postal code"),
}
AT_ONCE = ("phone", "email", "website", "week")


@dataclass(frozen=True)
class Outcome:
    """What saving did: whether something was written at once, and the request that now waits."""

    corrected: bool
    request: ChangeRequest | None


class CounterForm(forms.Form):
    """Phone, email, website and hours; name, status and each address as proposals."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    website = forms.URLField(label=gettext_lazy("Website"), max_length=500, required=False, assume_scheme="https")
    week = WeekField(
        label=gettext_lazy("Opening hours"),
        help_text=gettext_lazy("Such as 10:00-14:00, 15:00-21:00; leave a day blank when it is closed."),
    )
    name = LocalizedField(label=gettext_lazy("Name"))
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        self.store = store
        self.week_row = counters.week_of(store)
        self.languages = list(store.addresses.order_by("-is_primary", "language").values_list("language", flat=True))
        if not self.languages:
            self.languages = [canonical(store.market.languages[0])]
        super().__init__(*args, **{**kwargs, "initial": self._now()})
        if store.hours_from_id:
            del self.fields["week"]  # they are changed where they are kept
        self._own_languages()
        self._own_statuses()
        for language in self.languages:
            self._add_address(language)
        self.order_fields([name for name in self.fields if name != "reason"])  # which puts the reason last

    def _now(self) -> dict[str, Any]:
        """What the store has; an unknown week stays blank."""
        store = self.store
        found: dict[str, Any] = {
            "version": store.version,
            "phone": national(store.phone) if store.phone else "",
            "email": store.email,
            "website": store.website,
            "week": self.week_row.periods if self.week_row else None,
            "name": store.name,
            "status": "",
        }
        for language in self.languages:
            value = requests.value_of(store, f"address:{language}") or {}
            found |= {f"{language}:{part}": value.get(part) for part in requests.PARTS}
        return found

    def _own_languages(self) -> None:
        widget: Any = self.fields["name"].widget
        widget.label = self.fields["name"].label
        widget.suggested = tuple(dict.fromkeys((*self.store.market.languages, *self.store.name)))

    def _own_statuses(self) -> None:
        field: Any = self.fields["status"]
        others = [(code, name) for code, name in STATUS_NAMES.items() if code != self.store.status]
        field.choices = [("", _("As it is: %(status)s") % {"status": _(self.store.get_status_display())}), *others]

    def _add_address(self, language: str) -> None:
        for part in requests.PARTS:
            label = f"{PART_NAMES[part]} ({language_name(language, get_language() or 'en')})"
            limit: Any = StoreAddress._meta.get_field(part)
            self.fields[f"{language}:{part}"] = (
                LinesField(size=MAX_LINES, label=label, required=False)
                if part == "lines"
                else forms.CharField(label=label, max_length=limit.max_length, required=False)
            )

    @property
    def at_once(self) -> Iterator[Any]:
        """Bound fields that apply when saved."""
        return (self[name] for name in AT_ONCE if name in self.fields)

    @property
    def proposals(self) -> Iterator[Any]:
        """Bound fields that go to the brand."""
        return (self[name] for name in self.fields if name not in {*AT_ONCE, "version"})

    def save(self, *, by: Actor) -> Outcome:
        """Write what applies at once and propose the rest, in one transaction. Raises Refused."""
        data, changed = self.cleaned_data, set(self.changed_data)
        with acting(by, data["reason"]):
            corrected = bool(changed & set(AT_ONCE))
            if corrected:
                counters.correct_counter(
                    by=by,
                    store=self.store,
                    contact={name: data[name] for name in counters.CONTACT if name in changed},
                    week=data["week"] if "week" in changed else None,
                    version=data["version"],
                )
            wanted = self._proposed(changed)
            request = None
            if wanted:
                request = requests.propose_change(by=by, store=self.store, proposed=wanted, reason=data["reason"])
        return Outcome(corrected, request)

    def _proposed(self, changed: set[str]) -> dict[str, Any]:
        data = self.cleaned_data
        wanted: dict[str, Any] = {name: data[name] for name in ("name", "status") if name in changed and data[name]}
        for language in self.languages:
            names = {part: f"{language}:{part}" for part in requests.PARTS}
            if changed & set(names.values()):
                wanted[f"address:{language}"] = {part: data[name] for part, name in names.items()}
        return wanted


def field_name(field: str) -> str:
    """A proposed field as people call it."""
    if field.startswith("address:"):
        return _("Address (%(language)s)") % {
            "language": language_name(field.partition(":")[2], get_language() or "en")
        }
    return _(field.capitalize())


def field_text(field: str, value: Any) -> str:
    """A proposed field's value as people read it, a line per part."""
    if not value:
        return "–"
    if field == "status":
        return _(str(value).replace("_", " ").capitalize())
    if field == "name":
        return "\n".join(f"{language_name(tag, get_language() or 'en')}: {text}" for tag, text in value.items())
    parts = [*value.get("lines", ()), *(value.get(part, "") for part in requests.PARTS[1:])]
    return "\n".join(part for part in parts if part) or "–"
