"""Rows of an import as people read them: what each would do, field by field, old beside new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from stores.dashboard.imports import findings, labels
from stores.dashboard.reading import market_name
from stores.dashboard.words import day as day_of
from stores.dashboard.words import state_name
from stores.imports.hours import osm_of, times_of
from stores.models import ImportRow, Partner
from stores.models.fields import in_reader_language
from stores.values.phones import international

LONGEST = 300
"""Characters of a value that a page shows; the report has all of it."""
_PARTNERS = ("operator", "located_in")
_ADDRESS = ("sublocality", "locality", "administrative_area", "postal_code")


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what it is, what was there, and what is there then."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was noticed: in which column, on which value, and what it means."""

    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Shown:
    """A row on the page."""

    row: int
    outcome: str
    code: str
    name: str
    market: str
    store: int | None
    lines: list[Line] = field(default_factory=list)
    reasons: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def shown(rows: Sequence[ImportRow], reader: Any) -> list[Shown]:
    """The rows of one page, all of one job. Names of partners are those the reader may see."""
    partners = _partners(rows, reader)
    found = []
    for row in rows:
        record: Mapping[str, Any] = row.record
        entry = Shown(
            row=row.row,
            outcome=row.outcome,
            code=row.code,
            name=_cut(in_reader_language(record.get("names") or {})),
            market=market_name(record["market"]) if record.get("market") else "",
            store=row.store_id,
            reasons=_findings(row.reasons),
            warnings=_findings(row.warnings),
        )
        if row.outcome == "changed":
            entry.lines = [
                line for name, pair in (row.changes or {}).items() for line in _lines(name, pair[0], pair[1], partners)
            ]
        elif row.outcome == "created":
            entry.lines = [line for line in _record(record) if line.new]
        found.append(entry)
    return found


def _partners(rows: Sequence[ImportRow], reader: Any) -> Mapping[str, str]:
    """Names by code, which is what a row keeps of a partner."""
    codes = {code for row in rows for name in _PARTNERS for code in (row.changes or {}).get(name, ()) if code}
    if not codes:
        return {}
    found = Partner.objects.visible_to(reader).filter(brand__import_jobs=rows[0].job_id, code__in=codes)
    return {partner.code: str(partner) for partner in found}


def _findings(found: Iterable[Mapping[str, str]]) -> list[Finding]:
    return [
        Finding(column(each["column"]), _cut(str(each.get("value") or "")), findings.said(each["reason"]))
        for each in found
    ]


def column(name: str) -> str:
    """A column of the list as it is called there; a field that no column fills, by our name for it."""
    return labels.field(name)


def _lines(name: str, old: Any, new: Any, partners: Mapping[str, str]) -> list[Line]:
    if name == "name":
        return [
            Line(labels.field(f"name_{tag}"), _cut(old.get(tag, "")), _cut(text))
            for tag, text in new.items()
            if old.get(tag, "") != text
        ]
    if name == "address":
        return [
            Line(labels.field(f"address_{tag}"), _address(old.get(tag)), _address(parts))
            for tag, parts in new.items()
            if old.get(tag) != parts
        ]
    if name == "special_days":
        dates = sorted({day for day in (*old, *new) if old.get(day) != new.get(day)})
        return [Line(_special(day), *(_times(days.get(day)) for days in (old, new))) for day in dates]
    if name in _PARTNERS:
        # A partner that is not there any more has only its code.
        return [Line(labels.field(name), *(partners.get(code, code) if code else "" for code in (old, new)))]
    return [Line(labels.field(name), _text(name, old), _text(name, new))]


def _record(record: Mapping[str, Any]) -> list[Line]:
    """A new store's fields."""
    lines = [Line(labels.field(f"name_{tag}"), "", _cut(text)) for tag, text in (record.get("names") or {}).items()]
    lines += [
        Line(labels.field(f"address_{tag}"), "", _address(parts))
        for tag, parts in (record.get("addresses") or {}).items()
    ]
    if record.get("latitude") is not None:
        lines.append(Line(labels.field("position"), "", _text("position", [record["latitude"], record["longitude"]])))
    lines += _lines("special_days", {}, record.get("special_days") or {}, {})
    names = (
        "time_zone",
        "hours",
        "holiday_policy",
        "holiday_hours",
        "phone",
        "email",
        "website",
        "format",
        "status",
        "operator",
        "located_in",
        "languages",
        "services",
        "opening_date",
        "closing_date",
        "external_id",
    )
    return lines + [Line(labels.field(name), "", _text(name, record.get(name))) for name in names]


def _text(name: str, value: Any) -> str:
    """A value as people write it; blank for none."""
    if value is None or value in ("", []):
        return ""
    if name in _WRITERS:
        return _cut(_WRITERS[name](value))
    return _cut(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _point(numbers: Sequence[float | None]) -> str:
    return ", ".join(f"{number:.6f}" for number in numbers if number is not None)


def _special(day: str) -> str:
    return _("Special day, %(day)s") % {"day": day_of(date.fromisoformat(day))}


def _times(periods: Sequence[Mapping[str, str]] | None) -> str:
    """The hours of a special day; blank for a date that is none."""
    return "" if periods is None else times_of(periods) or _("closed")


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "hours": lambda weeks: osm_of(weeks) if weeks else "",
    "holiday_policy": state_name,
    "holiday_hours": times_of,
    "position": _point,
    "format": state_name,
    "status": state_name,
    "market": market_name,
    "phone": international,
    **dict.fromkeys(("opening_date", "closing_date"), lambda text: day_of(date.fromisoformat(text))),
}


def _address(parts: Mapping[str, Any] | None) -> str:
    if not parts:
        return ""
    texts = [*parts.get("lines", ()), *(parts.get(name, "") for name in _ADDRESS)]
    return _cut(", ".join(text for text in texts if text))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else _("%(beginning)s… (%(length)d characters)") % {
        "beginning": text[:LONGEST], "length": len(text),
    }  # fmt: skip
