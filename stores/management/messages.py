"""Which texts the dashboard shows and therefore wants translated: templates, code, names of tables and fields, choices."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.utils.translation.template import templatize

from stores.management import translations

Message = str | tuple[str, str]
"""A text, or its singular and plural."""

KEYWORDS: dict[str, None] = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"))
# Machinery that only an owner looks into keeps its English names.
MACHINERY = frozenset({
    "SyncAttempt", "RemoteObject", "ConnectionHealth", "ChannelReadback", "JobSlot", "Installation", "PlanItem", "PlanPrice",
    "PlanChannel", "PlanStore", "ChannelPromotion", "Approval", "PlanRevision", "CaseEvent",
})  # fmt: skip
# Unfold brings no translations of its own; these are what people meet on every page.
UNFOLD = (
    "Apply Filters", "Choose file to upload", "Click to cancel", "Dark", "Date from", "Date to", "Expand row", "False",
    "Filters", "Forgotten your password or username?", "From", "Frozen", "General", "Go back", "Light",
    "Loading more results...", "More actions", "No data", "No recent searches", "No results found",
    "No results matching your query", "Recent searches", "Reset", "Reset filters", "Return to site", "Run",
    "Search apps and models...", "Select action", "Select action to run", "Select all rows", "Select record", "Select value",
    "Show all", "System", "This item will be deleted.", "To", "Toggle password visibility", "True", "Type to search", "Value",
    "Welcome", "Welcome back to", "You have been successfully logged out from the administration",
)  # fmt: skip
# Django has these; its German says "sichern" where all else here says "speichern".
DJANGO = ("Save and add another", "Save and continue editing", "Save and view")
QUIET_FIELDS = frozenset({"id", "uid", "created_at", "updated_at", "version"})


def used() -> set[Message]:
    """Everything that is looked up in the catalogues."""
    return {*_templates(), *_code(), *_names(), *_refusals()}


def shown() -> set[Message]:
    """The part that is written in the dashboard itself; names and refusals come from elsewhere and may lag a day behind."""
    return {*_templates(), *_code()}


def _folders() -> list[Path]:
    return [Path(apps.get_app_config("stores").path) / name for name in ("actions", "admin", "dashboard")]


def _templates() -> Iterator[Message]:
    folders = [*map(Path, settings.TEMPLATES[0]["DIRS"]), Path(apps.get_app_config("stores").path) / "templates"]
    found = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt"})
    for path in found:
        yield from _messages(templatize(path.read_text("utf-8"), origin=str(path)))


def _code() -> Iterator[Message]:
    for folder in _folders():
        for path in sorted(folder.rglob("*.py")):
            yield from _messages(path.read_text("utf-8"))


def _messages(source: str) -> Iterator[Message]:
    for _line, _function, found, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, (), {}):
        texts: Any = found
        if isinstance(texts, str):
            yield texts
        elif texts and isinstance(texts[0], str) and isinstance(texts[1], str):
            yield texts[0], texts[1]


def _names() -> Iterator[Message]:
    """Names of tables and fields and the words of choices, as the models have them."""
    for model in apps.get_app_config("stores").get_models():
        if hasattr(model, "pgh_label"):
            continue
        for field in model._meta.fields:
            for _value, label in (field.base_field if isinstance(field, ArrayField) else field).flatchoices:
                yield str(label)
        if model.__name__ in MACHINERY:
            continue
        yield from (str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
        for field in model._meta.fields:
            if field.name not in QUIET_FIELDS:
                yield str(field.verbose_name)
                if field.help_text:
                    yield str(field.help_text)


def _refusals() -> Iterator[Message]:
    """Sentences with which actions refuse, where they are the same every time."""
    for path in sorted((Path(apps.get_app_config("stores").path) / "actions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Refused":
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def update() -> list[tuple[Path, int]]:
    """Rewrite every catalogue with what is used, in order; returns each with the number of texts still untranslated."""
    wanted = sorted({*used(), *UNFOLD, *DJANGO}, key=_order)
    done = []
    for path in translations.sources():
        with path.open("rb") as text:
            old = read_po(text, locale=path.parent.parent.name)
        new = Catalog(
            locale=path.parent.parent.name, project="Meridian", version="1", msgid_bugs_address="see README.md", fuzzy=False,
            header_comment="# Texts of the dashboard.", creation_date=old.creation_date, revision_date=old.revision_date,
            last_translator="Meridian", language_team=path.parent.parent.name,
        )  # fmt: skip
        for message in wanted:
            known = old.get(message)
            new.add(message, known.string if known else "", flags=["python-format"] if _has_places(message) else [])
        with path.open("wb") as binary:
            write_po(binary, new, width=120)
        done.append((path, sum(not all(_texts(message.string)) for message in new if message.id)))
    return done


def _texts(string: Any) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _has_places(message: Message) -> bool:
    return "%(" in (message if isinstance(message, str) else message[0])


def _order(message: Message) -> tuple[str, str]:
    """By letters first, so that "Amount" and "amount" always come in the same order."""
    text = message if isinstance(message, str) else message[0]
    return text.lower(), text
