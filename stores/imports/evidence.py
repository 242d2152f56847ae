"""What the cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from stores.imports.dates import DateNotUnderstood, parse_date
from stores.imports.vocabulary import word_of
from stores.timetable.parse import HoursNotUnderstood, parse_hours
from stores.values import languages
from stores.values.remembered import remembered
from stores.values.territories import territories
from stores.values.zones import canonical_zone

ENOUGH = 0.8
"""Part of the cells that must look alike before a column is taken for something that its header does not say."""

_DEGREES = re.compile(r"[+-]?\d{1,3}[.,]\d{2,}")
_PAIR = re.compile(r"[(\[ ]*([+-]?\d{1,3}\.\d+)\s*[,; ]\s*([+-]?\d{1,3}\.\d+)[)\] ]*")
_PHONE = re.compile(r"(?:\+|00)\d[\d\s()./-]{6,20}|\(?0\d{1,5}\)?[\s/.-]\d[\d\s/.-]{4,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_WEBSITE = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}\s?[:.hH时時点點]\s?\d{0,2}|\d\s?[ap]\.?m|24/7|24小时|24時間", re.IGNORECASE)
# Day and month are told apart only where some day is past the twelfth.
DATE_FORMS = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%Y%m%d")


def share(cells: Sequence[str], looks: Callable[[str], bool]) -> float:
    """Part of the cells that look so; 0 for none."""
    return sum(map(looks, cells)) / len(cells) if cells else 0.0


def _is_degrees(limit: int) -> Callable[[str], bool]:
    def looks(cell: str) -> bool:
        return bool(_DEGREES.fullmatch(cell)) and abs(float(cell.replace(",", "."))) <= limit

    return looks


def pair_order(cells: Sequence[str]) -> str:
    """``lat,lng`` or ``lng,lat`` of positions in one column; blank when the numbers do not tell."""
    pairs = [(float(match[1]), float(match[2])) for cell in cells if (match := _PAIR.fullmatch(cell))]
    if not cells or len(pairs) < ENOUGH * len(cells):
        return ""
    first, second = (any(abs(pair[at]) > 90 for pair in pairs) for at in (0, 1))
    return "lng,lat" if first and not second else "lat,lng" if second and not first else ""


@remembered(4096)
def _is_hours(cell: str) -> bool:
    if not _CLOCK.search(cell):
        return False
    try:
        parse_hours(cell)
    except HoursNotUnderstood:
        return False
    return True


@remembered(4096)
def _is_country(cell: str) -> bool:
    return cell in _codes()


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(each.code for each in territories())


def _is_zone(cell: str) -> bool:
    return "/" in cell and " " not in cell and canonical_zone(cell) is not None


def _is_date(cell: str) -> bool:
    return date_form([cell]) is not None


def date_form(cells: Sequence[str]) -> str | None:
    """The form that every cell has: blank for year, month, day; None when none fits or two forms would mean two dates."""
    fitting = [form for form in ("", *DATE_FORMS) if cells and all(_fits(cell, form) for cell in cells)]
    if len(fitting) < 2 or not fitting[0]:
        return fitting[0] if fitting else None
    meanings = {tuple(parse_date(cell, form) for cell in cells) for form in fitting}
    return fitting[0] if len(meanings) == 1 else None


def _fits(cell: str, form: str) -> bool:
    try:
        return parse_date(cell, form) is not None
    except DateNotUnderstood:
        return False


def _is_tags(cell: str) -> bool:
    tags = [tag for tag in re.split(r"[,;\s]+", cell) if tag]
    try:
        return bool(tags) and all(len(languages.canonical(tag)) <= 12 for tag in tags)
    except ValueError:
        return False


# Which cells speak for a field without a header that is known. Order matters: the first that fits is taken.
BY_VALUES: Mapping[str, Callable[[str], bool]] = {
    "email": lambda cell: bool(_EMAIL.fullmatch(cell)),
    "website": lambda cell: bool(_WEBSITE.fullmatch(cell)),
    "time_zone": _is_zone,
    "hours": _is_hours,
    "phone": lambda cell: bool(_PHONE.fullmatch(cell)) and not _is_date(cell),
    "market": _is_country,
    "status": lambda cell: bool(word_of("status", cell)),
    "format": lambda cell: bool(word_of("format", cell)),
}
# One cell is enough: all stores of a list may have the same hours, and nothing else is written like them.
_PLAIN = ("email", "website", "time_zone", "hours")
# Which cells contradict a header: a column "Breite" may be a shelf's width, "Datum" a date, "language" a person's note.
_MUST: Mapping[str, tuple[Callable[[str], bool], float]] = {
    "latitude": (_is_degrees(180), 0.5),  # exchanged with longitude is noticed later, with a better sentence
    "longitude": (_is_degrees(180), 0.5),
    "languages": (_is_tags, 0.5),
    "email": (lambda cell: "@" in cell, 0.3),
    "phone": (lambda cell: sum(map(str.isdigit, cell)) >= 3, 0.3),
    "hours": (lambda cell: any(map(str.isdigit, cell)), 0.1),
}


def contradicts(field: str, cells: Sequence[str]) -> bool:
    """Whether the cells cannot be what the header says. A column without any cell contradicts nothing."""
    looks, least = _MUST.get(field, (None, 0.0))
    return looks is not None and bool(cells) and share(cells, looks) < least


def field_by_values(cells: Sequence[str]) -> str:
    """The field that the cells alone speak for, blank when none does."""
    for field, looks in BY_VALUES.items():
        if len(cells) >= (1 if field in _PLAIN else 2) and share(cells, looks) >= ENOUGH:
            return field
    return ""
