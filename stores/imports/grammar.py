"""The grammar of one field's rule: which columns its text comes from, and how.

A rule is a column name, or an object with one of ``column``; ``columns`` and ``join``; ``first`` (the first column that is
not blank, with the column that a table ``beside`` has for it); ``hash`` (of columns, for lists without identifiers);
``weekdays`` (seven columns of hours, Monday first); or ``constant``. Each may have ``values``, a table from the file's words
to ours; ``default``, when blank; and ``format``: a text around ``{}`` (padded by ``{:0>5}``, one ``{}`` for each of several
columns), for dates what strptime reads (``%d.%m.%Y``) or spreadsheets show (``DD.MM.YYYY``), for a position in one column its
order (``lng,lat``).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stores.imports.errors import ImportRefused
from stores.values.remembered import remembered

_KINDS = ("column", "columns", "first", "hash", "weekdays", "constant")
_EXTRAS = {"values", "default", "format"}
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_CLOSED = {"x": "closed", "closed": "closed", "-": "closed"}
_DATES = frozenset({"opening_date", "closing_date"})
_PAIRS = frozenset({"lat,lng", "lng,lat", "lat,lon", "lon,lat"})
_PLACE = re.compile(r"\{(?::(.)?([<>^])(\d{1,2})|:0(\d{1,2})d?)?\}")
"""Where the text goes, and how it is padded: in Python's words, as people who write such tables know them."""
_DATE_WORDS = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%m", "dd": "%d", "d": "%d"}


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field's text is made from a row."""

    kind: str
    columns: tuple[str, ...] = ()
    join: str = " "
    constant: str = ""
    values: Mapping[str, str] | None = None
    default: str = ""
    format: str = ""
    beside: Mapping[str, str] | None = None
    """For a column of ``first``, the one whose text follows its own: a house number after its street."""

    def read(self, row: Mapping[str, str]) -> tuple[str, str, bool]:
        """The text, the column it came from, and whether the mapping itself supplied it."""
        text, column = self._raw(row)
        if self.values is not None and text:
            text = self._ours(text)
        if not text.strip():
            return self.default, column, bool(self.default)
        if "{" in self.format:
            text = self._around(text.strip(), row)
        return text, column, self.kind == "constant"

    def _ours(self, text: str) -> str:
        """What the table has for the list's word; case and the width of letters make no difference where one word is meant."""
        values = self.values or {}
        word = text.strip()
        if (found := values.get(text, values.get(word))) is not None:
            return found
        alike = {ours for theirs, ours in values.items() if folded(theirs) == folded(word)}
        return alike.pop() if len(alike) == 1 else text

    def _around(self, text: str, row: Mapping[str, str]) -> str:
        each = [text] * self.places
        if self.kind == "columns" and self.places == len(self.columns):
            each = [row.get(column, "").strip() for column in self.columns]
        waiting = iter(each)
        return _PLACE.sub(lambda place: _padded(next(waiting), place), self.format)

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is read, also those beside others."""
        return (*self.columns, *(self.beside or {}).values())

    def renamed(self, name: Callable[[str], str]) -> Rule:
        """The same rule for a file that has other names for its columns."""
        beside = {name(column): name(follows) for column, follows in (self.beside or {}).items()}
        return replace(self, columns=tuple(map(name, self.columns)), beside=beside or None)

    @property
    def places(self) -> int:
        """How many texts the format has a place for."""
        return len(_PLACE.findall(self.format))

    def to_json(self) -> dict[str, Any]:
        """The rule as ``parse_rule`` reads it."""
        named = self.columns[0] if self.kind == "column" else list(self.columns)
        found: dict[str, Any] = {self.kind: self.constant if self.kind == "constant" else named}
        if self.kind == "columns":
            found["join"] = self.join
        if self.values is not None:
            found["values"] = dict(self.values)
        if self.beside:
            found["beside"] = dict(self.beside)
        return found | {name: text for name in ("default", "format") if (text := getattr(self, name))}

    def _raw(self, row: Mapping[str, str]) -> tuple[str, str]:
        if self.kind == "constant":
            return self.constant, ""
        if self.kind == "first":
            filled = (column for column in self.columns if row.get(column, "").strip())
            column = next(filled, self.columns[0])
            texts = (row.get(column, ""), row.get((self.beside or {}).get(column, ""), ""))
            return " ".join(text.strip() for text in texts if text.strip()), column
        cells = [row.get(column, "").strip() for column in self.columns]
        if self.kind == "weekdays":
            days = zip(_DAYS, cells, strict=True)
            text = "; ".join(f"{day} {_CLOSED.get(cell.lower(), cell)}" for day, cell in days if cell)
        elif self.kind == "hash":
            whole = "\x1f".join(" ".join(cell.split()) for cell in cells)
            text = hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:16] if any(cells) else ""
        else:
            text = self.join.join(cell for cell in cells if cell)
        return text, "+".join(self.columns)


def parse_rule(name: str, data: object) -> Rule:
    if isinstance(data, str):
        return Rule("column", (data,))
    if not isinstance(data, dict):
        raise ImportRefused(f"field {name}: a rule is a column name or an object")
    kinds = [kind for kind in _KINDS if kind in data]
    if len(kinds) != 1:
        raise ImportRefused(f"field {name}: a rule has one of {listed(_KINDS)}")
    [kind] = kinds
    allowed = {kind, *_EXTRAS} | ({"join"} if kind == "columns" else {"beside"} if kind == "first" else set())
    if extra := set(data) - allowed:
        raise ImportRefused(f"field {name}: {listed(sorted(map(str, extra)))} is not part of a {kind} rule")
    given = data[kind]
    extras = _extras(name, data)
    if kind == "constant":
        if (constant := _given(given)) is None:
            raise ImportRefused(f"field {name}: a constant is a text or a number")
        return Rule(kind, constant=constant, **extras)
    if kind == "column":
        if not isinstance(given, str):
            raise ImportRefused(f"field {name}: a column is named by a text")
        return Rule(kind, (given,), **extras)
    if not is_texts(given) or not given:
        raise ImportRefused(f"field {name}: {kind} is a list of column names")
    if kind == "weekdays" and (name != "hours" or len(given) != 7):
        raise ImportRefused(f"field {name}: weekdays are seven columns of hours, Monday first")
    return Rule(kind, tuple(given), beside=_beside(name, given, data.get("beside", {})), **extras)


def _beside(name: str, columns: list[str], beside: object) -> Mapping[str, str] | None:
    if not isinstance(beside, dict) or not set(beside) <= set(columns) or not is_texts(list(beside.values())):
        raise ImportRefused(f"field {name}: beside is a table from columns of first to the columns that follow them")
    return beside or None


def _padded(text: str, place: re.Match[str]) -> str:
    fill, side, width = place[1] or " ", place[2], int(place[3] or place[4] or 0)
    if place[4]:
        return text.zfill(width)
    return {"<": text.ljust, ">": text.rjust, "^": text.center}[side](width, fill) if side else text


def _extras(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("default", "format", "join"):
        if data.get(key) is not None:
            if (text := _given(data[key])) is None:
                raise ImportRefused(f"field {name}: {key} is a text")
            found[key] = text
    if form := found.pop("format", ""):
        found["format"] = _form(name, form)
    if "values" in data:
        table = data["values"]
        words = {key: _given(value) for key, value in table.items()} if isinstance(table, dict) else {"": None}
        if None in words.values():
            raise ImportRefused(f"field {name}: values is a table from the file's words to ours")
        found["values"] = words
    return found


def _given(value: object) -> str | None:
    """A text of the mapping itself: a word, a number, nothing, or a list of words; None for what is none of these."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(value) if is_texts(value) else None
    return str(value) if isinstance(value, str | int | float) else None


def _form(name: str, form: str) -> str:
    """The format as ``Rule`` uses it. ImportRefused when it is none: a date or a code read otherwise would be another one."""
    if _PLACE.search(form) and not re.search(r"[{}]", _PLACE.sub("", form)):
        return form
    if name in _DATES:
        words = form if "%" in form else re.sub(r"[A-Za-z]+", lambda word: _DATE_WORDS.get(word[0].lower(), "?"), form)
        if "%" in words and "?" not in words:
            return words
    if name in {"latitude", "longitude"} and (order := form.replace(" ", "").lower()) in _PAIRS:
        return order
    raise ImportRefused(
        f"field {name}: the format {form[:40]!r} is not one; it is a text with {{}}, for dates such as %d.%m.%Y or "
        "DD.MM.YYYY, for a position in one column lat,lng or lng,lat"
    )


@remembered(4096)
def folded(text: str) -> str:
    """A word or a column's name as people recognize it: without case, width of letters, and space that is too much."""
    return " ".join(unicodedata.normalize("NFKC", text.replace("\ufeff", "")).split()).casefold()


def is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def listed(names: Iterable[str]) -> str:
    shown = [printable(name)[:60] for name in names]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")


def printable(text: str) -> str:
    """A name from a file as it may stand in a sentence: on one line, without what cannot be seen or printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
