"""Query parameters: declared once, read strictly, and described to OpenAPI from the same declaration.

A parameter that is not declared is an error, not ignored: a storefront that misspells ``radius`` would otherwise show the
whole world as nearby.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from stores.api.problems import Problem
from stores.values import clock, languages

LONGEST_VALUE = 500
MOST_CHOICES = 30
MOST_PER_PAGE = 100
DEFAULT_PER_PAGE = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd\ud800-\udfff]")
# An unescaped + of an offset arrives as a space; nothing else in an instant is one.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_CODE = r"[A-Za-z0-9_.-]{1,64}"
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One query parameter: how it is read (ValueError says what is wrong) and what people are told about it."""

    name: str
    read: Callable[[str], Any]
    description: str
    schema: Mapping[str, Any] | None = None
    example: str = ""

    def described(self) -> dict[str, Any]:
        """Its OpenAPI schema: its own, or that of what it reads."""
        return dict(self.schema or _SCHEMAS.get(self.read, {"type": "string"}))


def read(declared: Sequence[Parameter], given: QueryDict) -> dict[str, Any]:
    """The values by name, only of parameters that were given. Problem 400 names everything that is wrong at once."""
    by_name = {parameter.name: parameter for parameter in declared}
    values: dict[str, Any] = {}
    errors = []
    for name, texts in given.lists():
        try:
            values[name] = _value(by_name.get(name), texts, by_name)
        except ValueError as error:
            errors.append({"parameter": _CONTROL.sub("?", name)[:80], "detail": str(error)})
    if errors:
        raise wrong(errors)
    return values


def _value(parameter: Parameter | None, texts: Sequence[str], known: Iterable[str]) -> Any:
    if parameter is None:
        raise ValueError(f"is not known here. Known are: {', '.join(sorted(known))}.")
    if len(texts) != 1:
        raise ValueError("is given twice.")
    if len(texts[0]) > LONGEST_VALUE or _CONTROL.search(texts[0]):
        raise ValueError(f"has control characters or is longer than {LONGEST_VALUE} characters.")
    return parameter.read(texts[0])


def wrong(errors: Sequence[Mapping[str, str]]) -> Problem:
    """Problem 400 for wrong parameters."""
    named = ", ".join(error["parameter"] for error in errors)
    return Problem("invalid-request", f"Wrong query parameters: {named}.", errors=errors)


def instant(text: str) -> datetime:
    """An RFC 3339 instant with its offset, in UTC."""
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub("+", text.strip()))
    except ValueError:
        moment = datetime.min  # noqa: DTZ901  (refused below with the same sentence)
    if moment.tzinfo is None:
        raise ValueError("is not an instant with its offset, such as 2026-11-27T09:00:00+01:00.")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = _LATEST
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("lies outside the years 2000 to 2099.")
    return moment


def instant_or_now(text: str) -> datetime:
    """``now``, or an instant."""
    return clock.now() if text == "now" else instant(text)


def words(allowed: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Reads one or several words of a list, separated by commas."""

    def reader(text: str) -> tuple[str, ...]:
        chosen = _split(text)
        unknown = [word for word in chosen if word not in allowed]
        if unknown:
            raise ValueError(f"does not know {unknown[0][:40]!r}. Known are: {', '.join(allowed)}.")
        return chosen

    return reader


def markets(text: str) -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes, separated by commas."""
    codes = tuple(code.upper() for code in _split(text))
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise ValueError(f"{code[:10]!r} is not a market code such as JP.")
    return codes


def code(text: str) -> str:
    """A code of ours."""
    if not re.fullmatch(_CODE, text):
        raise ValueError("is not a code: letters, digits, dots, hyphens and underscores, at most 64.")
    return text


def language(text: str) -> str:
    """A BCP 47 tag in its canonical spelling."""
    try:
        return languages.canonical(text)
    except ValueError as error:
        raise ValueError("is not a language tag such as ja, pt-BR or zh-Hant.") from error


def page_size(text: str) -> int:
    """1 to 100."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST_PER_PAGE:
        raise ValueError(f"is not a number from 1 to {MOST_PER_PAGE}.")
    return int(text)


def _split(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not all(chosen) or len(chosen) > MOST_CHOICES:
        raise ValueError(f"is a list of 1 to {MOST_CHOICES} values separated by commas.")
    return chosen


def list_schema(allowed: Sequence[str] = (), pattern: str = "") -> Mapping[str, Any]:
    """OpenAPI of a comma-separated list of the allowed words, or of words of a pattern."""
    item: dict[str, Any] = {"type": "string", **({"enum": list(allowed)} if allowed else {"pattern": pattern})}
    return {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_CHOICES}


# What clients can know of a value before they send it; the readers above decide.
_SCHEMAS: Mapping[Callable[[str], Any], Mapping[str, Any]] = {
    code: {"type": "string", "pattern": f"^{_CODE}$"},
    instant: {"type": "string", "format": "date-time"},
    markets: list_schema(pattern="^[A-Za-z]{2}$"),
    language: {"type": "string", "pattern": "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"},
}
LANGUAGE = Parameter(
    "language",
    language,
    "The reader's language as a BCP 47 tag. Without it `Accept-Language` decides.",
    example="zh-Hant",
)
MARKET = Parameter("market", markets, "Market codes (ISO 3166-1 alpha-2), any of them.", example="JP")
LIMIT = Parameter(
    "limit",
    page_size,
    "Records per page.",
    {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": DEFAULT_PER_PAGE},
)
CURSOR = Parameter(
    "cursor",
    str,
    "Where the page begins: take it from `next` or `previous`, never make one.",
    {"type": "string", "minLength": 1},
)
PAGED = (LANGUAGE, LIMIT, CURSOR)
