"""Documents that cross layers: what a plan says, what a channel should hold, and how both are hashed."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SCHEMA = 1


def canonical(value: Any) -> Any:
    """The one form a value is hashed in: sorted keys, NFC text, decimal strings, UTC seconds, no nulls."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case Decimal():
            return decimal_text(value)
        case datetime():
            return instant_text(value) if value.tzinfo else value.isoformat(timespec="seconds")
        case Mapping():
            return {str(key): canonical(item) for key, item in sorted(value.items()) if item is not None}
        case list() | tuple():
            return [canonical(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a document, in hexadecimal."""
    text = json.dumps(canonical(document), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros beyond what was meant: ``Decimal('509.00')`` is "509.00"."""
    return format(value, "f")


def instant_text(value: datetime) -> str:
    """An instant as UTC seconds: ``2026-11-26T15:00:00Z``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """The instant that :func:`instant_text` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True)
class OfferItem:
    """One article at its promotional price. Amounts are in major units with the market's price decimals."""

    sku: str
    price: Decimal | None
    """None where the price is the retailer's own: copy is sent, never a price."""
    regular: Decimal | None
    currency: str

    def to_json(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "price": None if self.price is None else decimal_text(self.price),
            "regular": None if self.regular is None else decimal_text(self.regular),
            "currency": self.currency,
        }


@dataclass(frozen=True)
class OfferDocument:
    """What one channel should hold for one approved plan, in platform-neutral words."""

    ref: str
    language: str
    title: str
    body: str
    terms: str
    starts_at: datetime
    ends_at: datetime
    items: tuple[OfferItem, ...]

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, which the row stores as ``desired`` and the hash is made of."""
        made: dict[str, Any] = canonical(
            {
                "schema": SCHEMA,
                "ref": self.ref,
                "language": self.language,
                "title": self.title,
                "body": self.body,
                "terms": self.terms,
                "starts_at": self.starts_at,
                "ends_at": self.ends_at,
                "items": [item.to_json() for item in self.items],
            }
        )
        return made

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OfferDocument:
        """Read what :meth:`to_json` wrote."""
        return cls(
            ref=data["ref"],
            language=data["language"],
            title=data["title"],
            body=data["body"],
            terms=data["terms"],
            starts_at=instant(data["starts_at"]),
            ends_at=instant(data["ends_at"]),
            items=tuple(
                OfferItem(
                    sku=item["sku"],
                    price=Decimal(item["price"]) if "price" in item else None,
                    regular=Decimal(item["regular"]) if "regular" in item else None,
                    currency=item["currency"],
                )
                for item in data["items"]
            ),
        )


@dataclass(frozen=True)
class Capabilities:
    """What a platform can do, as its connector declares it."""

    can_schedule: bool = True
    """Takes start and end ahead of time and shows nothing before the start."""
    has_key: bool = False
    """Refuses a second object with the same reference."""
    has_lock: bool = False
    """Refuses a write that was made from an older version."""
    late_write_seconds: int = 30
    """How long after an ambiguous answer a write may still land: the row stays suspect that long."""
