"""The form of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.forms import ModelChoiceField, ModelForm

from stores.admin.fields import LocalizedWidget

if TYPE_CHECKING:  # Django's forms take their types only in the stubs
    _Form = ModelForm[Any]
    _Choice = ModelChoiceField[Any]
else:
    _Form, _Choice = ModelForm, ModelChoiceField


class ScopedForm(_Form):
    """A record's form: the brand comes from what the record belongs to, and a hidden link that is there may stay."""

    brand_from: ClassVar[str | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, ModelChoiceField) and field.queryset is not None:
                self._keep_current(name, field)
            elif isinstance(field.widget, LocalizedWidget):
                field.widget.suggested = self._languages()

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

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        instance: Any = self.instance
        if self.brand_from and instance.brand_id is None:
            parent = cleaned.get(self.brand_from) or (
                getattr(instance, self.brand_from) if getattr(instance, f"{self.brand_from}_id", None) else None
            )
            if parent is not None:
                instance.brand_id = parent.brand_id
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # The brand is in every unique key and in no form: left out, the database would answer with an error page. Before a
        # parent is chosen there is no brand yet, and the missing parent is the mistake to speak of.
        known = {"brand"} if getattr(self.instance, "brand_id", None) else set()
        return super()._get_validation_exclusions() - known  # type: ignore[misc,no-any-return]  # not in the stubs
