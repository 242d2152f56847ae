"""What the choices of columns begin with: what was chosen before, a saved or shipped mapping, or a suggestion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from stores.dashboard.imports.labels import Option
from stores.imports import presets
from stores.imports.choices import columns_of
from stores.imports.errors import ImportRefused
from stores.imports.mapping import ColumnMapping, parse_mapping
from stores.imports.suggest import fitting_preset, fitting_saved, suggest
from stores.imports.survey import Survey
from stores.models import ImportJob, SavedMapping

SUGGESTED, BEFORE = "suggested", "before"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Rules to begin with, as in a mapping file, and why each column has its own."""

    key: str
    fields: Mapping[str, Any]
    source: str
    ignore: Sequence[str] = ()
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """All there are for a list."""

    options: list[Option]
    best: str
    job: ImportJob
    seen: Survey
    saved: Mapping[str, SavedMapping]

    def begin(self, key: str) -> Beginning:
        """The one with this key; one that is not offered is the best."""
        known = {option.value for option in self.options}
        key = key if key in known else self.best
        name = key.partition(":")[2]
        if key == BEFORE:
            return _from(key, self.job.mapping, self.seen, self.job.source)
        if key in self.saved:
            return _from(key, self.saved[key].mapping, self.seen, self.saved[key].name)
        if name:
            fields, ignore = presets.fields_of(name, self.seen.headers)
            return Beginning(key, _present(fields, self.seen.headers), name, ignore)
        found = suggest(self.seen.headers, self.seen.rows)
        return Beginning(key, found.fields, list_name(self.job.file_name), (), found.because)


def beginnings(job: ImportJob, seen: Survey, user: Any) -> Beginnings:
    """What this list may begin with; the best is what was chosen before, then a mapping that knows the list's columns."""
    rows = SavedMapping.objects.visible_to(user).filter(brand=job.brand_id).order_by("name")[:200]
    saved, parsed = {}, {}
    for row in rows:
        if (mapping := _parsed(row)) is not None:
            saved[f"saved:{row.pk}"], parsed[f"saved:{row.pk}"] = row, mapping
    options = [Option(SUGGESTED, _("Suggestion from the column names"))]
    best = fitting_saved(parsed, seen.headers)
    options += [Option(key, _("Saved: %(name)s") % {"name": row.name}) for key, row in saved.items()]
    shipped = fitting_preset(seen.headers)
    options += [Option(f"preset:{name}", _preset(name)) for name in presets.names() if name == shipped]
    if job.mapping:
        options.insert(0, Option(BEFORE, _("As chosen before")))
    first = BEFORE if job.mapping else best or (f"preset:{shipped}" if shipped else SUGGESTED)
    return Beginnings(options, first, job, seen, saved)


def list_name(file_name: str) -> str:
    """A name for whose list it is, from the file's: without its ending and a date, which is another at each delivery."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", file_name)
    stem = re.sub(r"[-_ .]*(?:19|20)\d{2}[-_.]?\d{2}[-_.]?\d{2}.*$|\s*\(\d+\)$", "", stem)
    return re.sub(r"[^\w .:-]+|_+", "-", stem).strip(" -.:")[:60] or "list"


def _preset(name: str) -> str:
    names = {"allplaces": "AllThePlaces", "google": "Google Business Profile", "own": _("Our own columns")}
    return _("Known list: %(name)s") % {"name": names.get(name, name)}


def _parsed(row: SavedMapping) -> ColumnMapping | None:
    try:
        return parse_mapping(row.mapping, source="saved")
    except ImportRefused:
        return None  # kept by an older release whose grammar had something that is gone


def _from(key: str, mapping: Mapping[str, Any], seen: Survey, source: str) -> Beginning:
    fields = mapping.get("fields") or {name: rule for name, rule in mapping.items() if name not in {"source", "ignore"}}
    ignore = [name for name in mapping.get("ignore", ()) if isinstance(name, str)]
    return Beginning(key, _present(fields, seen.headers), str(mapping.get("source") or source), ignore)


def _present(fields: Mapping[str, Any], headers: Sequence[str]) -> dict[str, Any]:
    """Rules that the list's columns can follow, at least in part."""
    there = set(headers)
    return {
        name: rule
        for name, rule in fields.items()
        if not (columns := columns_of(rule))
        or there.intersection(columns)
        or (isinstance(rule, dict) and "default" in rule)
    }
