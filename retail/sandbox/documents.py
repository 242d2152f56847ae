"""What callers may send: settings of a shop, prices, promotions. Pure: JSON in, dataclasses or field errors out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Json = dict[str, Any]

SHOP_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
LONGEST = {"ref": 200, "title": 255, "body": 10_000, "terms": 10_000}
MOST_ITEMS = 2_000
# The shop sets these itself; a caller that echoes back what it read is not refused, they are just not its to change.
OWN_FIELDS = frozenset({"id", "version", "created_at", "updated_at"})


class Invalid(Exception):  # noqa: N818 - a finding about a document, not a failure of the shop
    """The document breaks rules of the shop; ``errors`` are ``{field, code, message}`` as the answer carries them."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{len(errors)} field errors")
        self.errors = errors


@dataclass(frozen=True)
class Options:
    """What the platform behind a shop can do; switched off one by one to imitate poorer platforms."""

    has_key: bool = True  # refuses a second promotion with the same ref
    has_lock: bool = True  # versions its promotions, an update must name the version it read
    can_schedule: bool = True  # shows a promotion from its start to its end by itself


@dataclass(frozen=True)
class Price:
    """The regular price of one variant, in the shop's currency, as a buyer sees it."""

    sku: str
    title: str
    amount: Decimal


@dataclass(frozen=True)
class ShopSettings:
    """How the operator sets up one shop."""

    name: str
    market: str
    language: str
    currency: str
    time_zone: str
    options: Options
    token: str | None  # None: derived from the control token


@dataclass(frozen=True)
class Promotion:
    """A promotion that passed: the whole document as kept, and the parts the shop itself acts on."""

    ref: str
    document: Json
    starts_at: datetime
    ends_at: datetime | None


@dataclass
class _Check:
    """Collects every field error of one document, so that the caller learns all of them at once."""

    errors: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, name: str, code: str, message: str) -> None:
        self.errors.append({"field": name, "code": code, "message": message})

    def text(self, source: Json, name: str, *, required: bool = True) -> str:
        value = source.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.refuse(name, "required" if value is None else "invalid", "Give a text.")
            return ""
        if required and not value.strip():
            self.refuse(name, "required", "This may not be empty.")
        if len(value) > LONGEST.get(name, 255):
            self.refuse(name, "too_long", f"At most {LONGEST.get(name, 255)} characters.")
        return value

    def instant(self, source: Json, name: str, *, required: bool) -> datetime | None:
        value = source.get(name)
        if value is None:
            if required:
                self.refuse(name, "required", "Give an instant.")
            return None
        moment: datetime | None = None
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                moment = None
        # Years at the edge of the calendar overflow as soon as they are put into another zone.
        if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 9000:
            self.refuse(name, "invalid", "Give an RFC 3339 instant with its offset.")
            return None
        return moment

    def money(self, value: object, name: str) -> Decimal:
        """A positive amount in major units, as text or number."""
        try:
            amount = (
                Decimal(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
            )
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or not 0 < amount < Decimal(10**12):
            self.refuse(name, "invalid", "Give a positive amount.")
            return Decimal(1)
        return amount

    def finish(self) -> None:
        if self.errors:
            raise Invalid(self.errors)


def read_promotion(document: Json, *, currency: str, skus: frozenset[str]) -> Promotion:
    """Checks a whole promotion against the shop's currency and catalogue; fields the shop does not know are kept.

    An empty catalogue (``skus``) means the operator loaded no prices, and any sku passes.
    Raises Invalid with every field error.
    """
    check = _Check()
    ref = check.text(document, "ref")
    check.text(document, "title")
    check.text(document, "language")
    check.text(document, "body", required=False)
    check.text(document, "terms", required=False)
    starts_at = check.instant(document, "starts_at", required=True)
    ends_at = check.instant(document, "ends_at", required=False)
    if starts_at and ends_at and ends_at <= starts_at:
        check.refuse("ends_at", "before_start", "The end must be after the start.")
    _check_items(check, document.get("items", []), currency=currency, skus=skus)
    check.finish()
    assert starts_at is not None  # noqa: S101 - finish() raised otherwise; this tells the type checker
    kept = {name: value for name, value in document.items() if name not in OWN_FIELDS}
    return Promotion(ref=ref, document=kept, starts_at=starts_at, ends_at=ends_at)


def _check_items(check: _Check, items: object, *, currency: str, skus: frozenset[str]) -> None:
    if not isinstance(items, list):
        check.refuse("items", "invalid", "Give a list.")
        return
    if len(items) > MOST_ITEMS:
        check.refuse("items", "too_many", f"At most {MOST_ITEMS} items.")
        return
    seen: set[str] = set()
    for number, item in enumerate(items):
        at = f"items[{number}]"
        if not isinstance(item, dict) or not isinstance(item.get("sku"), str):
            check.refuse(f"{at}.sku", "required", "Give the sku.")
            continue
        sku = item["sku"]
        if skus and sku not in skus:
            check.refuse(f"{at}.sku", "unknown_sku", f"This shop does not sell {sku!r}.")
        if sku in seen:
            check.refuse(f"{at}.sku", "repeated", f"{sku!r} is in the list twice.")
        seen.add(sku)
        check.money(item.get("price"), f"{at}.price")
        if item.get("currency") != currency:
            check.refuse(f"{at}.currency", "wrong_currency", f"This shop sells in {currency}.")


def read_shop(document: Json) -> tuple[ShopSettings, list[Price] | None]:
    """The operator's settings of a shop, and its prices when they are given. Raises Invalid."""
    check = _Check()
    zone = check.text(document, "time_zone")
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        check.refuse("time_zone", "invalid", "Give an IANA time zone.")
    options = document.get("options", {})
    known = {"has_key", "has_lock", "can_schedule"}
    if (
        not isinstance(options, dict)
        or set(options) - known
        or not all(isinstance(on, bool) for on in options.values())
    ):
        check.refuse("options", "invalid", "Give has_key, has_lock, can_schedule as true or false.")
        options = {}
    settings = ShopSettings(
        name=check.text(document, "name"),
        market=check.text(document, "market"),
        language=check.text(document, "language"),
        currency=check.text(document, "currency"),
        time_zone=zone,
        options=Options(**options),
        token=check.text(document, "token") if document.get("token") is not None else None,
    )
    if not re.fullmatch(r"[A-Z]{3}", settings.currency):
        check.refuse("currency", "invalid", "Give an ISO 4217 code.")
    prices = _prices(check, document["prices"]) if document.get("prices") is not None else None
    check.finish()
    return settings, prices


def read_prices(document: object) -> list[Price]:
    """The price list alone: ``{"prices": [...]}`` or the list itself. Raises Invalid."""
    check = _Check()
    prices = _prices(check, document.get("prices") if isinstance(document, dict) else document)
    check.finish()
    return prices


def _prices(check: _Check, rows: object) -> list[Price]:
    if not isinstance(rows, list):
        check.refuse("prices", "invalid", "Give a list of {sku, title, amount}.")
        return []
    prices: dict[str, Price] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("sku"), str):
            check.refuse(f"prices[{number}].sku", "required", "Give the sku.")
            continue
        title = row.get("title")
        amount = check.money(row.get("amount"), f"prices[{number}].amount")
        prices[row["sku"]] = Price(row["sku"], title if isinstance(title, str) else row["sku"], amount)
    return list(prices.values())
