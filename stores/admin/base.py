"""The one way a table comes into the dashboard: cut to what the person may see, and closed where Django's admin leaks.

Django's admin with a scoped ``get_queryset`` still shows other people's rows in seven ways; each is closed here or in the site:

1. selects of foreign keys list everything: ``formfield_for_foreignkey`` takes the person's own rows;
2. foreign pks are accepted on POST, autocomplete included: the same rows validate the answer, and the action looks again;
3. list filters offer every related row: ``get_list_filter`` makes them related-only, ``lookup_allowed`` knows no other;
4. raw id fields show labels of any row: ``raw_id_fields`` is refused when the class is made;
5. ``/admin/r/`` redirects to any object: the site does not serve it;
6. unique errors tell what exists: every unique key has the brand in it, and a hidden brand cannot be chosen;
7. deleting lists and cascades into hidden rows: nothing can be deleted but rows that only say where something applies.

Denied is 404, as for an id that does not exist (the site turns the admin's 403 into it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models
from django.db.models import Q
from django.forms import DateTimeInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import INPUT_CLASSES

from stores.actions import records
from stores.actions.errors import NotFound, Refused
from stores.admin import history
from stores.admin.columns import readable_json, texts_by_language, week_by_day
from stores.admin.fields import LanguagesField, LinesField, LocalizedField, LocalizedWidget, WordsField
from stores.admin.forms import Mistake, ScopedForm, ScopedFormSet, contradiction
from stores.models import Market
from stores.models.fields import AllTexts, LocalizedText, WallClockField

# Unfold's classes contradict Django's stubs in dozens of places, so types see them as Any.
_ModelAdmin: Any = ModelAdmin
_Tabular: Any = TabularInline
_Stacked: Any = StackedInline

# Tables whose rows fit a plain select; everything larger is searched.
SHORT_LISTS = ("brand", "market", "region", "role", "sold_market", "parent", "connection")
# Lookups a filter's own links use. Regular expressions and lookups into other tables are nobody's.
FILTER_LOOKUPS = ("", "__exact", "__isnull", "__in", "__id__exact", "__gte", "__gt", "__lt", "__lte", "__contains")
LONGEST_SEARCH = 100


def may(request: HttpRequest, model: type[models.Model], pk: Any, *, to: str = "view") -> bool:
    """Whether the person may do ``to`` with the row; asked once per request, because the admin asks a dozen times."""
    asked: dict[tuple[str, Any, str], bool] = request.__dict__.setdefault("_scope_answers", {})
    key = (model._meta.label, pk, to)
    if key not in asked:
        manager: Any = model._default_manager
        asked[key] = manager.visible_to(request.user, to=to).filter(pk=pk).exists()
    return asked[key]


def seen(request: HttpRequest, model: type[models.Model], joined: Sequence[str]) -> models.QuerySet[Any]:
    """The rows of a table that the person sees, with the links that their texts and columns read."""
    manager: Any = model._default_manager
    rows: models.QuerySet[Any] = manager.visible_to(request.user)
    return rows.select_related(*joined) if joined else rows


def can(request: HttpRequest, ability: str | None) -> bool:
    """Whether any grant of the person carries the ability."""
    user: Any = request.user
    return ability is not None and user.is_authenticated and user.can(ability)


def written(request: HttpRequest) -> dict[str, str]:
    """What a page's own small forms sent, without the one character that no text can hold."""
    return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}


class Scoped:
    """What admins and inlines share: links, form fields and abilities. Mixed in before Unfold's classes."""

    model: type[models.Model]
    form = ScopedForm
    brand_from: ClassVar[str | None] = None
    any_market: ClassVar[bool] = False
    """True where a market may be chosen that nobody has entered yet."""
    long_texts: ClassVar[tuple[str, ...]] = ("description", "terms", "body")

    @property
    def readonly_preprocess_fields(self) -> dict[str, Any]:
        """Unfold's hook: which fields are made readable where they cannot be edited, and by what."""
        readable: dict[str, Any] = {}
        for field in self.model._meta.fields:
            if isinstance(field, LocalizedText):
                readable[field.name] = texts_by_language
            elif isinstance(field, models.JSONField):
                readable[field.name] = week_by_day if field.name == "periods" else readable_json
        return readable

    @property
    def edit_ability(self) -> str | None:
        return records.EDITING.get(self.model)

    @property
    def add_ability(self) -> str | None:
        return records.ability_to_add(self.model)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self.choosable(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin

    def choosable(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        """Rows a link may lead to: those the person may act in, so that no list and no POST reaches further."""
        user: Any = request.user
        ability = self.edit_ability or "view"
        rows: Any = db_field.remote_field.model._default_manager.visible_to(user, to=ability)
        if db_field.remote_field.model is Market and not self.any_market:
            rows = rows.reached_by(user, to=ability)
        related = admin.site.get_model_admin(db_field.remote_field.model)
        joined = related.joined if isinstance(related, ScopedAdmin) else ()
        found: models.QuerySet[Any] = rows.select_related(*joined) if joined else rows
        return found

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, LocalizedText):
            rows = 3 if db_field.name in self.long_texts else 1
            return db_field.formfield(form_class=LocalizedField, widget=LocalizedWidget(rows=rows), **kwargs)
        if isinstance(db_field, ArrayField):
            common: dict[str, Any] = {"required": not db_field.blank, "label": capfirst(str(db_field.verbose_name))}
            if db_field.name == "lines":
                return LinesField(size=5, help_text=_("One line each, at most five."), **common)
            if db_field.name in {"languages", "required_languages"}:
                common["help_text"] = _("Language tags such as ja or zh-Hant, separated by commas.")
                return LanguagesField(**common)
            return WordsField(help_text=_("Separated by commas."), **common)
        if isinstance(db_field, WallClockField):
            widget = DateTimeInput(
                attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%dT%H:%M"
            )
            return db_field.formfield(widget=widget, **kwargs)
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin
        if field is not None and db_field.is_relation:
            # No pencil, plus or eye beside a select: they lead to pages of other tables, in pop-ups.
            for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
                setattr(field.widget, name, False)
        return field

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Every link that is not a short list is searched, so that a form costs the same with 14,000 stores."""
        return [
            field.name
            for field in self.model._meta.fields
            if isinstance(field, models.ForeignKey) and field.name not in SHORT_LISTS
        ]

    def get_form_class(self) -> type[ScopedForm]:
        """The form, told where the brand comes from."""
        base = self.form
        return type(f"{self.model.__name__}Form", (base,), {"brand_from": self.brand_from})


class ScopedAdmin(Scoped, _ModelAdmin):  # type: ignore[misc]  # Unfold is Any
    """Base of every table in the dashboard."""

    joined: ClassVar[tuple[str, ...]] = ()
    """Links that a row's text and columns read, fetched with the rows."""
    search_texts: ClassVar[tuple[str, ...]] = ()
    """Localized fields that the search looks into."""
    when_empty: ClassVar[Any] = ""
    """What an empty list says: what its rows are for, and where they come from."""
    view_on_site = False
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = True
    actions: ClassVar[tuple[str, ...] | None] = None
    history_template: ClassVar[str] = "admin/stores/history.html"
    warn_unsaved_form = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.raw_id_fields:
            raise TypeError(f"{cls.__name__}: raw id fields show labels of rows that nobody granted")

    # --- what is seen -------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = seen(request, self.model, self.joined)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return can(request, "view")
        return may(request, self.model, obj.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return can(request, self.add_ability)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ability = self.edit_ability
        if ability is None or not can(request, ability):
            return False
        return obj is None or may(request, self.model, obj.pk, to=ability)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.model in records.DELETABLE and self.has_change_permission(request, obj)

    # --- lists --------------------------------------------------------------------------------------------------------

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._related_only(entry) for entry in self.list_filter]

    def _related_only(self, entry: Any) -> Any:
        if not isinstance(entry, str):
            return entry
        field = history.field_at(self.model, entry)
        return (entry, admin.RelatedOnlyFieldListFilter) if field is not None and field.is_relation else entry

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        if "\x00" in str(value):  # no column can hold it, and the database answers it with an error
            return False
        questions = [getattr(entry, "parameter_name", None) for entry in self.list_filter if callable(entry)]
        offered = [entry if isinstance(entry, str) else entry[0] for entry in self.list_filter if not callable(entry)]
        return lookup in questions or any(lookup == f"{name}{ending}" for name in offered for ending in FILTER_LOOKUPS)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Rows that hold every word somewhere in the searched columns, in any language."""
        plain = list(self.search_fields)
        for name in self.search_texts:
            queryset = queryset.alias(**{f"{name}_texts": AllTexts(name)})
            plain.append(f"{name}_texts")
        for word in search_term.replace("\x00", "")[:LONGEST_SEARCH].split():
            found = Q()
            for name in plain:
                found |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]  # Unfold is Any
        except IncorrectLookupParameters:
            return HttpResponseRedirect(request.path)

    # --- one row ------------------------------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001  (Django's signature)
        form = self.get_form_class()
        form.mistake = getattr(request, "mistake", None)
        return super().get_form(request, obj, change=change, **{"form": form, **kwargs})

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        own = list(super().get_exclude(request, obj) or [])
        return [*own, "brand"] if self.brand_from else own

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = records.fixed_fields(self.model) if obj is not None else ()
        hidden = {"brand"} if self.brand_from else set()
        return [*super().get_readonly_fields(request, obj), *(name for name in fixed if name not in hidden)]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[Any]:
        return super().get_inlines(request, obj) if obj is not None else ()  # parts come after the whole

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form of a record. What is refused while it is saved comes back as it was entered, with the reason."""
        context = {"show_history": object_id is not None and history.is_kept(self.model), **(extra_context or {})}
        asked: Any = request
        try:
            return super().changeform_view(request, object_id, form_url, context)  # type: ignore[no-any-return]  # Unfold is Any
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            asked.mistake = Mistake(refusal.said(), refusal.code)
        except IntegrityError as error:
            asked.mistake = contradiction(error)
        return super().changeform_view(request, object_id, form_url, context)  # type: ignore[no-any-return]  # Unfold is Any

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        user: Any = request.user
        records.save_record(by=user, obj=obj, fields=form.changed_data if change else None, reason="dashboard")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        user: Any = request.user
        formset.save(commit=False)
        rows = [*formset.changed_objects, *((obj, None) for obj in formset.new_objects)]
        records.save_together(by=user, rows=rows, removed=formset.deleted_objects, reason="dashboard")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        user: Any = request.user
        records.remove_record(by=user, obj=obj, reason="dashboard")

    # Django's own log names objects to whoever reads it; the history of a row is seen by who sees the row.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, when and why, newest first."""
        return history.page(self, request, self.get_object(request, object_id))


class ScopedInline(Scoped):
    """Rows of another table within a record's page, under the same rules."""

    parent_model: type[models.Model]
    formset = ScopedFormSet
    extra = 0
    show_change_link = True
    tab = True
    joined: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return seen(request, self.model, self.joined)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"form": self.get_form_class(), **kwargs})  # type: ignore[misc]  # a mixin

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        own = list(super().get_exclude(request, obj) or [])  # type: ignore[misc]  # a mixin
        return [*own, "brand"] if self.brand_from else own

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ability = self.edit_ability
        return can(request, ability) and (obj is None or may(request, self.parent_model, obj.pk, to=str(ability)))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.add_ability is not None and self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.model in records.DELETABLE and self.has_change_permission(request, obj)


class ScopedTabular(ScopedInline, _Tabular):  # type: ignore[misc]  # Unfold is Any
    """One line per row."""

    hide_title = True  # the cells say what the row is, in the reader's language


class ScopedStacked(ScopedInline, _Stacked):  # type: ignore[misc]  # Unfold is Any
    """One box per row."""
