"""Field types of our own: text in many languages, wall clocks without a zone, and links that cannot leave the brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from stores.timetable.schedule import day_from_json
from stores.values import languages
from stores.values.zones import canonical_zone

if TYPE_CHECKING:  # Django's fields take their types only in the stubs
    _Texts = models.JSONField[dict[str, str], dict[str, str]]
    _Clock = models.Field[datetime, datetime]
else:
    _Texts = models.JSONField
    _Clock = models.Field


class LocalizedText(_Texts):
    """One text in many languages: ``{BCP 47 tag: text}``. The fallback chain is in ``stores.values.languages``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        check_localized(value)


class AllTexts(models.Func):
    """What a localized text says in all its languages, without their tags: searched for ``en``, Berlin is not found."""

    template = "(SELECT string_agg(said.value, ' ') FROM jsonb_each_text(%(expressions)s) said)"
    output_field = models.TextField()


def check_localized(value: Any) -> None:
    """Raise ValidationError unless ``value`` maps canonical language tags to text that is not blank."""
    if not isinstance(value, dict):
        raise ValidationError("Expected texts by language, such as {'en': '...', 'ja': '...'}.", code="localized")
    problems = []
    for tag, text in value.items():
        try:
            canonical = languages.canonical(tag)
        except ValueError as error:
            problems.append(str(error))
            continue
        if canonical != tag:
            problems.append(f"Write the language tag {tag!r} as {canonical!r}.")
        if not isinstance(text, str) or not text.strip():
            problems.append(f"The text for {tag!r} is blank: leave the language out instead.")
        elif "\x00" in text:
            problems.append(f"The text for {tag!r} holds a character that no text can hold.")
    if problems:
        raise ValidationError(problems)


def check_zone(value: str) -> None:
    """Raise ValidationError unless ``value`` is a place's time zone by its canonical name."""
    if canonical_zone(value) != value:
        raise ValidationError("This is no time zone. One is written like Europe/Berlin.", code="time_zone")


def check_day(value: Any) -> None:
    """Raise ValidationError with the exact reason when ``value`` is not a list of periods of one day."""
    try:
        day_from_json(value)
    except ValueError as error:
        raise ValidationError(str(error), code="hours") from error


def is_a_day(name: str) -> models.Func:
    """The database's own condition that a JSON column is a list of periods, each with a start and an end as HH:MM.

    Asked in both modes: a strict path does not meet a key that is missing, a lax one looks through a list within a list.
    """
    not_texts = '@.type() != "object" || @.start.type() != "string" || @.end.type() != "string"'
    clock = '"^([01][0-9]|2[0-4]):[0-5][0-9]$"'
    return models.Func(
        models.F(name),
        template=(
            "(jsonb_typeof(%(expressions)s) = 'array' "
            f"AND NOT jsonb_path_exists(%(expressions)s, 'strict $[*] ? ({not_texts})', '{{}}', true) "
            "AND NOT jsonb_path_exists(%(expressions)s, "
            f"'$[*] ? (!(@.start like_regex {clock} && @.end like_regex {clock}))'))"
        ),
        output_field=models.BooleanField(),
    )


def in_reader_language(texts: Mapping[str, str], default: str = languages.ENGLISH) -> str:
    """A localized text as the person at the screen reads it; empty when there is none in any language."""
    try:
        return languages.pick(texts, get_language() or default, default)[0]
    except LookupError:
        return ""


class WallClockField(_Clock):
    """A local date and time as people in the market say it: ``timestamp without time zone``, never converted."""

    description = "Local wall clock without a zone"

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            parsed = value
        else:
            parsed = parse_datetime(str(value))
            if parsed is None:
                raise ValidationError(f"{value!r} is not a local time such as 2026-11-27T00:00.", code="invalid")
        if parsed is not None and parsed.tzinfo is not None:
            raise ValidationError("A wall clock has no zone: leave the offset out.", code="aware")
        return parsed

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(super().get_prep_value(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.isoformat() if value else ""

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": WallClockFormField, **kwargs})


class WallClockFormField(forms.Field):
    """Form field of :class:`WallClockField`: a naive datetime in, a naive datetime out."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        parsed = value if isinstance(value, datetime) else parse_datetime(str(value))
        if parsed is None or parsed.tzinfo is not None:
            raise ValidationError("Enter a local date and time such as 2026-11-27 00:00.")
        return parsed


def _column(model: type[models.Model], name: str) -> str:
    column = model._meta.get_field(name).column  # type: ignore[union-attr]  # a foreign key always has one
    if column is None:
        raise TypeError(f"{model.__name__}.{name} has no column")
    return column


class SameBrand(models.BaseConstraint):
    """A composite foreign key ``(link, brand) -> parent (id, brand)``: a link cannot leave the brand, even in raw SQL.

    The parent must have a unique constraint on ``(id, brand)``. With ``ON DELETE`` left to the ordinary foreign key beside it.
    """

    def __init__(self, *, link: str, name: str, columns: tuple[str, ...] = ("brand",)) -> None:
        super().__init__(name=name, violation_error_message=f"The {link.replace('_', ' ')} belongs to another brand.")
        self.link = link
        self.columns = columns

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs.pop("violation_error_message", None)
        return path, args, {**kwargs, "link": self.link, "columns": self.columns}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameBrand) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]  # constraints are compared, never hashed, as Django's own

    def _clause(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        quote = editor.quote_name
        field = model._meta.get_field(self.link)
        parent = field.related_model
        if not isinstance(parent, type):
            raise TypeError(f"{model.__name__}.{self.link} is not a foreign key")
        own = [quote(_column(model, name)) for name in (self.link, *self.columns)]
        theirs = [quote(_column(parent, name)) for name in ("id", *self.columns)]
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({', '.join(own)}) "
            f"REFERENCES {quote(parent._meta.db_table)} ({', '.join(theirs)}) DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        # Added after all tables exist (create_sql through deferred SQL), never inline: the parent may come later.
        if model is None or schema_editor is None:
            raise TypeError("a table and an editor are needed")
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(  # type: ignore[override]  # the stub says str, Django's own constraints return statements
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        if model is None or schema_editor is None:
            raise TypeError("a table and an editor are needed")
        table = schema_editor.quote_name(model._meta.db_table)
        return Statement(f"ALTER TABLE {table} ADD {self._clause(model, schema_editor).replace('%', '%%')}")

    def remove_sql(  # type: ignore[override]  # as above
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        if model is None or schema_editor is None:
            raise TypeError("a table and an editor are needed")
        quote = schema_editor.quote_name
        return Statement(f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}")

    def validate(
        self, model: type[models.Model], instance: models.Model, exclude: Any = None, using: str = "default"
    ) -> None:
        """Compare the brand of both sides before the database does, for a message instead of an integrity error."""
        linked = getattr(instance, f"{self.link}_id")
        if linked is None:
            return
        parent = getattr(instance, self.link)
        for name in self.columns:
            attribute = f"{name}_id" if hasattr(parent, f"{name}_id") else name
            if getattr(parent, attribute) != getattr(instance, attribute):
                raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)
