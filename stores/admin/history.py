"""The history of a record: who changed what, when and why, as the database's triggers kept it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stores.admin.fields import DAYS, WeekWidget

# A page shows the newest; an older state is found by asking for it, not by scrolling.
MOST = 100
QUIET = {"id", "uid", "created_at", "updated_at", "version"}


@dataclass(frozen=True)
class Change:
    """One field before and after, as people read it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One entry of the history."""

    at: datetime
    kind: str
    actor: str
    reason: str
    changes: tuple[Change, ...]


def is_kept(model: type[models.Model]) -> bool:
    """Whether the table's history is tracked."""
    return any(relation.get_accessor_name() == "history" for relation in model._meta.related_objects)


def field_at(model: type[models.Model], path: str) -> Any:
    """The field at a lookup path such as ``channel__market``, None when there is no such field."""
    field: Any = None
    try:
        for name in path.split("__"):
            field = (field.related_model if field is not None else model)._meta.get_field(name)
    except (FieldDoesNotExist, AttributeError):
        return None
    return field


def steps(obj: Any, *, actor: Any) -> list[Step]:
    """The newest entries of a record, newest first. Linked records are named only if the actor sees them."""
    if not is_kept(type(obj)):
        return []
    events = list(obj.history.order_by("-pgh_id")[: MOST + 1])
    if not events:
        return []
    tracked = (
        [field for field in obj._meta.fields if field.name not in QUIET and hasattr(events[0], field.attname)]
        if events
        else []
    )
    names = _names(events, tracked, actor=actor)
    found = []
    for number, event in enumerate(events[:MOST]):
        older = events[number + 1] if number + 1 < len(events) else None
        context = event.pgh_context or {}
        found.append(
            Step(
                at=event.pgh_created_at,
                kind={"insert": _("created"), "update": _("changed"), "delete": _("deleted")}.get(
                    event.pgh_label.rpartition("_")[0] or event.pgh_label, event.pgh_label
                ),
                actor=str(context.get("actor") or _("outside the application")),
                reason=str(context.get("reason") or ""),
                changes=tuple(_changes(event, older, tracked, names)),
            )
        )
    return found


def _changes(event: Any, older: Any, fields: list[Any], names: dict[tuple[str, Any], str]) -> list[Change]:
    changes = []
    for field in fields:
        after = getattr(event, field.attname)
        before = getattr(older, field.attname) if older is not None else ""
        if before == after or (older is None and after in (None, "", [], {})):
            continue
        changes.append(
            Change(
                str(field.verbose_name),
                "" if older is None else shown(field, before, names),
                shown(field, after, names),
            )
        )
    return changes


def shown(field: Any, value: Any, names: dict[tuple[str, Any], str]) -> str:
    """A field's value for people; ``names`` has linked records by field and key."""
    if field.is_relation:
        return "–" if value is None else names.get((field.name, value), "…")
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    return "–" if value in (None, "", [], {}) else _text(field, value)


def _text(field: Any, value: Any) -> str:
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            zone = " UTC" if value.tzinfo else ""
            return date_format(value.astimezone(UTC) if zone else value, "DATETIME_FORMAT") + zone
        case date():
            return date_format(value)
        case list() if field.name == "periods":
            week = zip(DAYS, WeekWidget.texts(value), strict=False)
            return " · ".join(f"{day} {text or _('closed')}" for day, text in week)
        case dict() | list():
            parts = [f"{tag}: {text}" for tag, text in value.items()] if isinstance(value, dict) else map(str, value)
            return " · ".join(parts)
        case _:
            return str(value)


def _names(events: list[Any], fields: list[Any], *, actor: Any) -> dict[tuple[str, Any], str]:
    names: dict[tuple[str, Any], str] = {}
    for field in fields:
        if not field.is_relation:
            continue
        keys = {getattr(event, field.attname) for event in events} - {None}
        if keys:
            visible = field.related_model._default_manager.visible_to(actor).filter(pk__in=keys)
            names |= {(field.name, row.pk): str(row) for row in visible}
    return names


def page(owner: Any, request: HttpRequest, obj: Any) -> HttpResponse:
    """The history page of a record that the person may see."""
    context = {
        **owner.admin_site.each_context(request),
        "title": _("History"),
        "subtitle": str(obj),
        "opts": owner.opts,
        "original": obj,
        "object": obj,
        "steps": steps(obj, actor=request.user),
        "most": MOST,
    }
    request.current_app = owner.admin_site.name
    return TemplateResponse(request, owner.history_template, context)
