"""The shapes of the demo network's content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Texts = dict[str, str]
"""One text by language tag; a key of the files may name its market, as in ``zh-Hant@HK``."""


@dataclass(frozen=True)
class Region:
    code: str
    parent: str | None
    name: Texts


@dataclass(frozen=True)
class Partner:
    code: str
    market: str
    kind: str
    since: date
    name: Texts


@dataclass(frozen=True)
class Entry:
    """The brand's presence in a market."""

    market: str
    region: str
    status: str
    launch: date | None
    phone: str
    email: str
    entity: str


@dataclass(frozen=True)
class Variant:
    sku: str
    gtin: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Product:
    """``price`` names the column of the price list."""

    code: str
    line: str
    price: str
    name: Texts
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Channel:
    """``shop`` is the sandbox shop that stands behind it, blank for a partner who gets a brief."""

    code: str
    market: str
    kind: str
    partner: str
    price_control: str
    shop: str
    name: Texts
    url: str


@dataclass(frozen=True)
class Address:
    language: str
    lines: tuple[str, ...]
    sublocality: str
    locality: str
    area: str
    postal: str


@dataclass(frozen=True)
class Store:
    """``opening``, ``reopen`` and ``closing`` are dates, or days from the load day. The first address is primary."""

    code: str
    market: str
    format: str
    status: str
    operator: str
    latitude: float
    longitude: float
    time_zone: str
    phone: str
    spoken: tuple[str, ...]
    services: tuple[str, ...]
    name: Texts
    description: Texts
    addresses: tuple[Address, ...]
    hours: str
    opening: date | int | None
    reopen: date | int | None
    closing: date | int | None


@dataclass(frozen=True)
class Copy:
    headline: str
    body: str
    terms: str


@dataclass(frozen=True)
class Item:
    selector: str
    code: str


@dataclass(frozen=True)
class Campaign:
    """A campaign with its copy per market, and its fixed price per market where it is about one.

    ``channels`` empty is every channel of a market; ``stores`` empty is no store.
    """

    code: str
    title: str
    kind: str
    percent: Decimal | None
    prices: Mapping[str, Decimal]
    start_days: int
    end_days: int
    state: str
    items: tuple[Item, ...]
    copy: Mapping[str, Mapping[str, Copy]]
    channels: tuple[str, ...]
    stores: tuple[str, ...]


@dataclass(frozen=True)
class Offering:
    code: str
    kind: str
    line: str
    intake: str
    market: str
    price: Decimal | None
    days: int | None
    statutory_months: int | None
    brand_months: int | None
    name: Texts
    terms: Texts


@dataclass(frozen=True)
class Step:
    """A change of a case's status, so many hours after its intake."""

    to: str
    hours: int
    note: str


@dataclass(frozen=True)
class Case:
    reference: str
    serial: str
    sku: str
    channel: str
    sold_days: int
    store: str
    offering: str
    language: str
    contact: dict[str, str]
    complaint: str
    received_days: int
    due_days: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Launch:
    """A market's way to its launch, so many days after the load; ``more`` are points that only this market needs."""

    market: str
    days: int
    done: tuple[str, ...]
    more: tuple[str, ...]
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    language: str
    role: str
    region: str
    partner: str
    says: str
