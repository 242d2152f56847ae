"""Template filters of the dashboard: times where people are, names in the reader's language, colours of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stores.actions.errors import blocker_said
from stores.dashboard.imports import findings, labels
from stores.dashboard.reading import language_name, market_name
from stores.models.fields import in_reader_language
from stores.models.queries.publication import Gap
from stores.values.lifecycle import Blocker

register = template.Library()

MAP_FILES = {
    "maplibre": "packages/maplibre-gl/dist/maplibre-gl.mjs",
    "worker": "packages/maplibre-gl/dist/maplibre-gl-worker.mjs",
    "styles": "packages/maplibre-gl/dist/maplibre-gl.css",
    "topojson": "packages/topojson-client/dist/topojson-client.min.js",
    "world": "packages/world-atlas/countries-50m.json",
    "coast": "packages/world-atlas/countries-10m.json",
    "land": "stores/map/land.js",
}

COLOURS = {
    "live": "good", "approved": "good", "open": "good", "active": "good", "scheduled": "info", "in_review": "info",
    "pending": "warn", "frozen": "warn", "draft": "", "ended": "", "stopped": "bad", "rejected": "bad", "failing": "bad",
}  # fmt: skip


@register.filter
def local(moment: datetime | None, zone: str) -> str:
    """An instant as the wall clock of a zone shows it."""
    if moment is None:
        return "–"
    return wall(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))


@register.filter
def wall(clock: datetime | None) -> str:
    """A wall clock, short, in the reader's language."""
    return "–" if clock is None else date_format(clock, f"{_day_format()} H:i")


@register.filter
def day(date: date | None) -> str:
    """A date, short, in the reader's language; nothing when there is none."""
    return "" if date is None else date_format(date, _day_format())


def _day_format() -> str:
    formats = {"de": "j. M Y", "ja": "Y年n月j日", "zh": "Y年n月j日"}
    return formats.get((get_language() or "en")[:2], "j M Y")


@register.filter
def market(code: str) -> str:
    """A market's name in the reader's language."""
    return market_name(code)


@register.filter
def can(user: Any, ability: str) -> bool:
    """Whether any grant of the person carries the ability."""
    return bool(user.can(ability))


@register.filter
def markets(codes: Iterable[str]) -> str:
    """Markets' names in the reader's language, in one line."""
    return ", ".join(sorted(map(market_name, codes)))


@register.filter
def said(texts: Mapping[str, str] | None) -> str:
    """A localized text in the reader's language."""
    return in_reader_language(texts or {})


@register.filter
def state_name(state: str) -> str:
    """A state's name in the reader's language."""
    return _(state.replace("_", " ").capitalize()) if state else "–"


@register.filter
def colour(state: str) -> str:
    """The class that colours a state's badge."""
    return COLOURS.get(state, "")


@register.filter
def seconds(value: float | None) -> str:
    """A duration, short: ``3.2 s``, ``4 min``."""
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 60 else f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.0f} h"


@register.filter
def n(value: float | None) -> str:
    """A number with its thousands parted, as the reader writes them."""
    return "–" if value is None else str(number_format(value, force_grouping=True))


@register.filter
def hours(periods: Iterable[Mapping[str, str]]) -> str:
    """One day's periods; none is closed."""
    return ", ".join(f"{period['start']}–{period['end']}" for period in periods) or _("closed")


@register.filter
def reason(text: str) -> str:
    """A fixed sentence of an action, in the reader's language."""
    return _(text)


@register.filter
def entry(texts: Mapping[Any, Any], key: Any) -> Any:
    """A mapping's entry by a key that only the page knows."""
    return texts.get(key, "")


@register.filter
def gap(found: Gap) -> str:
    """What a store lacks before it can be published."""
    told = {
        "name": _("Name"), "address": _("Address"), "position": _("Position on the map"), "hours": _("Opening hours"),
        "contact": _("Phone, email or website"), "market": _("The market is not live yet"),
    }[found.what]  # fmt: skip
    of_address = ["lines" if part == "address lines" else part for part in found.detail.split(", ")]
    parts = ", ".join(map(_, of_address)) if found.what == "address" and found.detail else ""
    where = language_name(found.language) if found.language else ""
    return f"{told} ({where}{': ' if where and parts else ''}{parts})" if where or parts else told


@register.filter
def blocker(found: Blocker) -> str:
    """Why a step is not possible now."""
    return blocker_said(found)


@register.filter
def utc(moment: datetime | None) -> str:
    """An instant by the clock that all offices share."""
    return "–" if moment is None else f"{local(moment, 'UTC')} UTC"


@register.filter
def import_state(state: str) -> str:
    """The state of an import in the reader's language."""
    return labels.state(state)


@register.filter
def import_outcome(outcome: str) -> str:
    """What becomes of a row of an import, in the reader's language."""
    return labels.outcome(outcome)


@register.filter
def import_colour(word: str) -> str:
    """The class that colours a state or an outcome of an import."""
    return labels.STATE_COLOURS.get(word) or labels.OUTCOME_COLOURS.get(word, "")


@register.filter
def finding(reason: str) -> str:
    """A sentence of the import engine in the reader's language."""
    return findings.said(reason)


@register.simple_tag
def map_files() -> dict[str, str] | None:
    """Addresses of what a map is made of, or none where npm's packages were not installed and collected."""
    try:
        return {name: static(path) for name, path in MAP_FILES.items()}
    except ValueError:
        return None


@register.simple_tag
def map_words() -> dict[str, str]:
    """What MapLibre says to people, in the reader's language, by its own names."""
    return {
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "FullscreenControl.Enter": _("Full screen"),
        "FullscreenControl.Exit": _("Leave full screen"),
        "Popup.Close": _("Close"),
        "Map.Title": _("Map of stores"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
        "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
    }
