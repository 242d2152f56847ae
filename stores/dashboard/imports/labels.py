"""How the wizard calls fields, states and outcomes, for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.dashboard.reading import language_name
from stores.imports.choices import KEEP, WEEKDAYS

FIELDS: dict[str, Any] = {
    "external_id": gettext_lazy("Code in the list"),
    "code": gettext_lazy("Our store code"),
    "name": gettext_lazy("Name"),
    "market": gettext_lazy("Country"),
    "address": gettext_lazy("Address"),
    "address_lines": gettext_lazy("Street and building"),
    "sublocality": gettext_lazy("District"),
    "locality": gettext_lazy("City"),
    "administrative_area": gettext_lazy("State or province"),
    "postal_code": gettext_lazy("Postal code"),
    "position": gettext_lazy("Position"),
    "position:lat,lng": gettext_lazy("Position in one column: latitude, longitude"),
    "position:lng,lat": gettext_lazy("Position in one column: longitude, latitude"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "datum": gettext_lazy("Coordinate system"),
    "source_datum": gettext_lazy("Coordinate system"),
    "time_zone": gettext_lazy("Time zone"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "website": gettext_lazy("Website"),
    "languages": gettext_lazy("Languages spoken"),
    "hours": gettext_lazy("Opening hours"),
    "special_hours": gettext_lazy("Hours of single dates"),
    "special_days": gettext_lazy("Special days"),
    "holiday_policy": gettext_lazy("On public holidays"),
    "holiday_hours": gettext_lazy("Holiday hours"),
    "opening_date": gettext_lazy("Opening date"),
    "closing_date": gettext_lazy("Closing date"),
    "format": gettext_lazy("Kind of store"),
    "status": gettext_lazy("Status"),
    "operator": gettext_lazy("Operated by"),
    "located_in": gettext_lazy("Within the shop of"),
    "services": gettext_lazy("Services"),
}
_DAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("What it is"), ("external_id", "code", "name", "format", "status", "operator", "located_in", "services")),
    (
        gettext_lazy("Where it is"),
        ("market", "address_lines", "sublocality", "locality", "administrative_area", "postal_code", "latitude", "longitude",
         "position:lat,lng", "position:lng,lat", "datum", "time_zone"),
    ),
    (gettext_lazy("How to reach it"), ("phone", "email", "website", "languages")),
    (gettext_lazy("When it is open"), ("hours", *WEEKDAYS, "special_hours", "opening_date", "closing_date")),
)  # fmt: skip
ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("gb18030", "GB18030 / GBK (简体中文)"), ("cp950", "Big5 (繁體中文)"),
    ("cp932", "Shift_JIS (日本語)"), ("cp949", "EUC-KR (한국어)"), ("cp1252", "Windows-1252 (Western Europe)"),
    ("cp1250", "Windows-1250 (Central Europe)"), ("cp1251", "Windows-1251 (Кириллица)"),
)  # fmt: skip
_KINDS = {"delimited text": "CSV", "JSON": "JSON", "JSON lines": "JSON Lines", "XLSX": "XLSX"}
STATE_COLOURS = {
    "uploaded": "info", "previewing": "info", "previewed": "warn", "applying": "info", "applied": "good", "reverting": "info",
    "reverted": "", "failed": "bad", "cancelled": "",
}  # fmt: skip
OUTCOME_COLOURS = {"created": "good", "changed": "warn", "unchanged": "", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a select."""

    value: str
    label: str


def field(name: str) -> str:
    """A field as people call it, with its language: ``name_ja`` is "Name (Japanese)"."""
    if name in FIELDS:
        return str(FIELDS[name])
    if name in WEEKDAYS:
        return _("Hours on %(day)s") % {"day": _DAYS[WEEKDAYS.index(name)]}
    for prefix in ("name_", "address_"):
        if name.startswith(prefix):
            words = {"field": FIELDS[prefix.removesuffix("_")], "language": language_name(name.removeprefix(prefix))}
            return _("%(field)s in %(language)s") % words
    return name


def targets(tags: Iterable[str], used: Iterable[str]) -> list[tuple[str, list[Option]]]:
    """What a column may fill, in groups. ``tags`` are languages to offer, ``used`` the fields that are chosen already."""
    chosen = [name for name in used if name.startswith(("name_", "address_"))]
    offered = [f"{kind}_{tag}" for tag in tags for kind in ("name", "address")]
    extra = [name for name in dict.fromkeys((*offered, *chosen)) if name != "address_lines"]
    groups = [(str(title), [Option(name, field(name)) for name in names]) for title, names in _GROUPS]
    if extra:
        groups.append((_("In other languages"), [Option(name, field(name)) for name in sorted(extra)]))
    return groups


def known_targets(groups: list[tuple[str, list[Option]]]) -> frozenset[str]:
    """Every value that the select of a column may send."""
    return frozenset({"", KEEP, *(option.value for _title, options in groups for option in options)})


def kind(name: str) -> str:
    """A file's kind by the name people know."""
    return _KINDS.get(name, name)


def state(name: str) -> str:
    """The state of a job."""
    return {
        "uploaded": _("Columns to choose"),
        "previewing": _("Preview under way"),
        "previewed": _("Waiting for approval"),
        "applying": _("Being applied"),
        "applied": _("Applied"),
        "reverting": _("Being undone"),
        "reverted": _("Undone"),
        "failed": _("Could not be read"),
        "cancelled": _("Given up"),
    }.get(name, name)


def outcome(name: str) -> str:
    """What becomes of a row."""
    return {
        "created": _("New"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "refused": _("Refused"),
        "warned": _("With warnings"),
    }.get(name, name)


def stage(name: str) -> str:
    """What a step is doing, as the engine calls it."""
    return {
        "reading": _("Reading the rows"),
        "matching": _("Comparing with the stores that are there"),
        "applying": _("Writing the stores"),
        "publishing": _("Publishing"),
    }.get(name, _("Working"))
