"""Columns that several lists share, and the colours that states have everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from stores.admin.fields import DAYS, WeekWidget
from stores.models.fields import in_reader_language
from stores.values import money

STATUS_COLOURS = {
    # stores
    "prospect": "", "signed": "", "fit_out": "info", "ready": "info", "soft_open": "success", "open": "success",
    "temporarily_closed": "warning", "closing": "warning", "closed": "danger", "cancelled": "danger",
    # entries, channels, offers
    "planned": "", "preparing": "info", "live": "success", "draft": "", "active": "success", "paused": "warning",
    "ended": "",
    # plans
    "in_review": "info", "approved": "success", "rejected": "danger", "stopped": "danger", "scheduled": "info",
    "frozen": "warning",
    # sync
    "pending": "warning", "failing": "danger",
    # cases and devices
    "received": "info", "diagnosing": "info", "quoted": "warning", "repairing": "info", "returned": "", "replaced": "",
    "lost": "danger", "retired": "",
    # special days
    "proposed": "warning", "confirmed": "success", "dismissed": "",
}  # fmt: skip


F = TypeVar("F", bound=Callable[..., Any])


def column(
    title: Any, *, ordering: str | None = None, label: dict[str, str] | None = None, boolean: bool | None = None
) -> Callable[[F], F]:
    """A method as a list's column: its title, what it sorts by, and the colours of its values."""

    def named(method: F) -> F:
        marked: F = display(description=title, ordering=ordering, label=label, boolean=boolean)(method)
        return marked

    return named


def choice(obj: Any, name: str) -> tuple[str, str]:
    """A choice's value, which decides the colour, and its label in the reader's language."""
    label = getattr(obj, f"get_{name}_display")()
    return getattr(obj, name), _(str(label)) if label else "–"


def span(first: datetime | None, last: datetime | None) -> str:
    """From when until when, as the reader writes moments; what has no end stays open."""
    return " – ".join(date_format(edge, "DATETIME_FORMAT") if edge else "…" for edge in (first, last))


def price(amount: Decimal, currency: str) -> str:
    """An amount as the reader writes money."""
    return money.formatted(money.on_price_tags(amount, currency), currency, get_language() or "en")


class Named:
    """A column with the name in the reader's language."""

    @column(gettext_lazy("Name"), ordering="name")
    def shown_name(self, obj: Any) -> str:
        return in_reader_language(obj.name) or str(obj)


class WithStatus:
    """A column with the status as a coloured label."""

    @column(gettext_lazy("Status"), ordering="status", label=STATUS_COLOURS)
    def shown_status(self, obj: Any) -> tuple[str, str]:
        return choice(obj, "status")


def texts_by_language(contents: str) -> str:
    """A localized text for reading: one line per language."""
    texts = _shown_json(contents)
    if not isinstance(texts, dict):
        return contents
    lines = format_html_join(
        "",
        '<div><span class="m-tag">{}</span> <span lang="{}" dir="auto">{}</span></div>',
        ((tag, tag, text) for tag, text in texts.items()),
    )
    return format_html('<div class="m-texts-read">{}</div>', lines)


def week_by_day(contents: str) -> str:
    """Opening hours for reading: one line per day."""
    week = _shown_json(contents)
    if not isinstance(week, list) or len(week) != len(DAYS):
        return contents
    lines = format_html_join(
        "",
        '<div class="m-day"><span>{}</span><span>{}</span></div>',
        ((day, text or _("closed")) for day, text in zip(DAYS, WeekWidget.texts(week), strict=True)),
    )
    return format_html('<div class="m-days">{}</div>', lines)


def readable_json(contents: str) -> str:
    """A document for reading, in its own script."""
    document = _shown_json(contents)
    if document is None:
        return contents
    return format_html('<pre class="m-json">{}</pre>', json.dumps(document, ensure_ascii=False, indent=2))


def _shown_json(contents: str) -> Any:
    """Back from what Unfold made of a JSON column: coloured, escaped, and every letter beyond ASCII as a number."""
    coloured = re.search(r"<pre[^>]*>(.*?)</pre>", contents, re.DOTALL)
    text = strip_tags(coloured[1]) if coloured else contents
    try:
        return json.loads(unescape(text))
    except ValueError:
        return None
