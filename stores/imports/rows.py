"""What a row of a file becomes on its way in: mapped text, then a parsed record with everything that was noticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Every field that a mapping may fill. ``name_<tag>`` and ``address_<tag>`` add other languages.
FIELDS = (
    "code", "external_id", "name", "market", "format", "status", "operator", "address_lines", "sublocality", "locality",
    "administrative_area", "postal_code", "latitude", "longitude", "datum", "time_zone", "phone", "email", "website",
    "hours", "special_hours", "opening_date", "closing_date", "languages", "services", "located_in",
)  # fmt: skip
LONGEST_TAG = 35
"""Characters of a language tag, as the tables hold."""
ADDRESS_FIELDS = ("address_lines", "sublocality", "locality", "administrative_area", "postal_code")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed in a row: in which column, on which value, and what it means."""

    column: str
    value: str
    reason: str

    def to_json(self) -> dict[str, str]:
        # A cell may be a megabyte; a report is for reading.
        return {"column": self.column, "value": self.value[:200], "reason": self.reason}


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file.

    ``number`` counts as people do: the header of a table is row 1, blank rows count, the first record of a document is 1.
    """

    number: int
    values: dict[str, str]
    surplus: int = 0
    """Cells beyond the header: a comma in a cell that was not quoted."""


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row after its columns were mapped: field name to text, and which column each text came from.

    ``number`` is the row as a spreadsheet counts it: the header is row 1. ``constants`` are the fields whose text the
    mapping supplied, not the file: they describe new stores and do not overwrite what people changed since.
    """

    number: int
    values: Mapping[str, str]
    columns: Mapping[str, str]
    constants: frozenset[str] = frozenset()
    surplus: int = 0
    """Cells beyond the header that are not blank."""


@dataclass(slots=True)
class Record:
    """A parsed row. With ``reasons`` it is refused; with ``warnings`` it comes in and something was left out or is doubtful.

    ``given`` names the fields that the row speaks about, so that an update touches nothing else: a blank cell clears, a cell
    that was not understood leaves what is there.
    """

    row: int
    external_id: str = ""
    code: str = ""
    market: str = ""
    market_id: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    primary_name: str = ""
    """The language of the text that the mapping has for ``name`` itself."""
    format: str = "experience_store"
    status: str = "open"
    time_zone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: str = "WGS84"
    phone: str = ""
    email: str = ""
    website: str = ""
    operator: str = ""
    located_in: str = ""
    """Both name a partner by its code or by its name in any language."""
    languages: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    """Codes or kinds of what the market offers."""
    opening_date: date | None = None
    closing_date: date | None = None
    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By language tag, the parts that the mapping fills: ``{"lines": [...], "locality": ...}``."""
    primary_address: str = ""
    hours: list[dict[str, Any]] | None = None
    """Weeks as ``{"from": "MM-DD" or "", "to": ..., "periods": [seven lists]}``, the whole year's first; None is unknown."""
    special_days: dict[str, list[dict[str, str]]] | None = None
    """Periods by date that is still to come; None when the row does not speak of single dates."""
    holiday_policy: str = ""
    holiday_hours: list[dict[str, str]] | None = None
    given: set[str] = field(default_factory=set)
    reasons: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
