"""The form of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.forms import BaseInlineFormSet, ModelChoiceField, ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import PaginationInlineFormSet

from stores.admin import history
from stores.admin.fields import LocalizedWidget

if TYPE_CHECKING:  # Django's forms take their types only in the stubs
    _Form = ModelForm[Any]
    _Choice = ModelChoiceField[Any]
    _FormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _Form, _Choice, _FormSet = ModelForm, ModelChoiceField, PaginationInlineFormSet

SOMEBODY_SAVED = gettext_lazy(
    "Somebody saved this while you had it open, so nothing of yours is saved yet. What you entered is still here: compare it, "
    "and save again to keep it."
)
# The field that an action speaks of when it refuses with such a code; any other refusal is about the record as a whole.
SPOKEN_OF: Mapping[str, tuple[str, ...]] = {
    "contract_over": ("operator", "partner"),
    "exclusive": ("operator", "partner"),
    "followed": ("hours_from",),
    "follows": ("hours_from",),
    "seasons": ("season_from",),
    "store_address_has_primary": ("is_primary",),
    "subdivision": ("holiday_subdivision",),
    "unsafe_address": ("base_url",),
}


class Mistake(NamedTuple):
    """Why a record that its form took for right was not saved, in the reader's language; ``code`` as the action says it."""

    text: str
    code: str = ""


def contradiction(error: IntegrityError) -> Mistake:
    """What the database does not take, in words: it looks at more than one row, which a form does not."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint == "store_address_has_primary":
        return Mistake(_("Mark exactly one address as the primary one, the one that the post uses."), constraint)
    return Mistake(_("This contradicts another record, so nothing was saved. Look at it again."))


class ScopedForm(_Form):
    """A record's form: the brand comes from what the record belongs to, and a hidden link that is there may stay."""

    brand_from: ClassVar[str | None] = None
    mistake: ClassVar[Mistake | None] = None
    """What came out when the same entries were about to be saved: known only then, and shown like any other mistake."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, ModelChoiceField) and field.queryset is not None:
                self._keep_current(name, field)
            elif isinstance(field.widget, LocalizedWidget):
                field.widget.suggested, field.widget.label = self._languages(), field.label

    def _keep_current(self, name: str, field: _Choice) -> None:
        current = getattr(self.instance, f"{name}_id", None) if self.instance.pk else None
        rows: Any = field.queryset
        if current is not None:
            rows = rows.model._default_manager.filter(Q(pk__in=rows.order_by().values("pk")) | Q(pk=current))
            field.queryset = rows
        elif name == "brand" and not self.is_bound and len(only := list(rows[:2])) == 1:
            field.initial = only[0].pk

    def _languages(self) -> tuple[str, ...]:
        """Languages to offer boxes for: the market's own, then English."""
        instance: Any = self.instance
        market = getattr(instance, "market", None) if getattr(instance, "market_id", None) else None
        own = (market.languages if market else None) or getattr(instance, "languages", None) or []
        return tuple(dict.fromkeys((*own, "en")))

    def full_clean(self) -> None:
        super().full_clean()
        if self.mistake is not None and self.is_bound:
            fields = [name for name in SPOKEN_OF.get(self.mistake.code, ()) if name in self.fields]
            self.add_error(fields[0] if fields else None, self.mistake.text)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        instance: Any = self.instance
        if not self.prefix and self.changed_data and changed_since(self.data, instance):
            self.add_error(None, SOMEBODY_SAVED)
            for field in instance._meta.concrete_fields:  # a form may ask for more than the record keeps
                if field.name in self.changed_data:
                    self.add_error(field.name, _("There is now: %(value)s") % {"value": self._there(field)})
        if self.brand_from and instance.brand_id is None:
            parent = cleaned.get(self.brand_from) or (
                getattr(instance, self.brand_from) if getattr(instance, f"{self.brand_from}_id", None) else None
            )
            if parent is not None:
                instance.brand_id = parent.brand_id
        return cleaned

    def _there(self, field: Any) -> str:
        """What the record holds now, which saving again would replace."""
        value = getattr(self.instance, field.attname)
        linked = field.is_relation and value is not None
        names = {(field.name, value): str(getattr(self.instance, field.name))} if linked else {}
        return history.shown(field, value, names)

    def _get_validation_exclusions(self) -> set[str]:
        # The brand is in every unique key and in no form: left out, the database would answer with an error page. Before a
        # parent is chosen there is no brand yet, and the missing parent is the mistake to speak of.
        known = {"brand"} if getattr(self.instance, "brand_id", None) else set()
        return super()._get_validation_exclusions() - known  # type: ignore[misc,no-any-return]  # not in the stubs


class ScopedFormSet(_FormSet):
    """The rows of a record's part, saved with the record or not at all."""

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and changed_since(self.data, self.instance):
            raise ValidationError(SOMEBODY_SAVED)


def changed_since(data: Any, record: Any) -> bool:
    """Whether the record or a part of it was saved by somebody else after the form was opened.

    1. Two people open a store. 2. The first saves a phone number. 3. The second saves an email, with the old phone number still
    in the form, which would undo the first one's work without anybody noticing.
    """
    seen = data.get("seen")
    return bool(seen and record.pk and seen != str(record.version))
