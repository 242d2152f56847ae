"""What the shops hold, on disk: settings, prices, promotions, and every call ever made.

One SQLite file, one connection, one thread. Every API call is one transaction that holds both its effect and its line
in the history, so the two cannot disagree. WAL with ``synchronous=NORMAL`` keeps what was committed when the process
is killed at any point; only a failing machine may lose the last moments, which is the bargain of a tool for
development.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from retail.sandbox import clock
from retail.sandbox.documents import Json, Options, Price, Promotion, ShopSettings

SCHEMA = """
CREATE TABLE IF NOT EXISTS shop (slug TEXT PRIMARY KEY, settings TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS price (
    shop TEXT NOT NULL, sku TEXT NOT NULL, title TEXT NOT NULL, amount TEXT NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (shop, sku)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS promotion (
    number INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, ref TEXT NOT NULL, document TEXT NOT NULL,
    starts_at REAL NOT NULL, ends_at REAL, published INTEGER NOT NULL, version INTEGER NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS promotion_by_ref ON promotion (shop, ref) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS promotion_by_shop ON promotion (shop, number) WHERE NOT deleted;
CREATE TABLE IF NOT EXISTS call (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, at TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, ref TEXT, remote_id TEXT, status INTEGER NOT NULL, applied INTEGER NOT NULL, body TEXT NOT NULL,
    fault TEXT, late_of INTEGER);
CREATE INDEX IF NOT EXISTS call_by_shop ON call (shop, seq);
CREATE TABLE IF NOT EXISTS fault (
    number INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER, until REAL,
    settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS late (seq INTEGER PRIMARY KEY, shop TEXT NOT NULL, due REAL NOT NULL, call TEXT NOT NULL);
"""
COLUMNS = "number, ref, document, starts_at, ends_at, published, version, created_at, updated_at, deleted"


@dataclass(frozen=True)
class Kept:
    """A promotion as the shop keeps it."""

    number: int
    ref: str
    document: Json
    starts_at: datetime
    ends_at: datetime | None
    published: bool
    version: int
    created_at: str
    updated_at: str
    deleted: bool

    @property
    def remote_id(self) -> str:
        return f"promo_{self.number}"


@dataclass(frozen=True)
class Line:
    """One line of a shop's history. ``status`` 0: no answer was sent. ``body``: the request's body as JSON text."""

    method: str
    path: str
    status: int
    ref: str | None = None
    remote_id: str | None = None
    applied: bool = False
    body: str = "null"
    fault: str | None = None
    late_of: int | None = None  # the seq of the call whose effect this is, come late


def number_of(remote_id: str) -> int | None:
    """The row behind a promotion's public id; None when it cannot be one of ours."""
    digits = remote_id.removeprefix("promo_")
    return int(digits) if digits != remote_id and digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _kept(row: tuple[Any, ...]) -> Kept:
    number, ref, document, starts, ends, published, version, created, updated, deleted = row
    return Kept(
        number=number,
        ref=ref,
        document=json.loads(document),
        starts_at=datetime.fromtimestamp(starts, UTC),
        ends_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        published=bool(published),
        version=version,
        created_at=created,
        updated_at=updated,
        deleted=bool(deleted),
    )


class Ledger:
    """The file. All methods are short and block; the server calls them from its one thread, between two requests."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sql = sqlite3.connect(file, isolation_level=None, timeout=10)
        self.sql.execute("PRAGMA journal_mode = WAL")
        self.sql.execute("PRAGMA synchronous = NORMAL")
        self.sql.executescript(SCHEMA)
        self._shops = {slug: _settings(text) for slug, text in self.sql.execute("SELECT slug, settings FROM shop")}
        self._skus: dict[str, frozenset[str]] = {}

    def close(self) -> None:
        self.sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; what a call changed and its line in the history go together."""
        self.sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.sql.execute("ROLLBACK")
            raise
        self.sql.execute("COMMIT")

    # --- shops and prices

    def shops(self) -> dict[str, ShopSettings]:
        """Every shop by its slug, in order of slug."""
        return dict(sorted(self._shops.items()))

    def shop(self, slug: str) -> ShopSettings | None:
        return self._shops.get(slug)

    def put_shop(self, slug: str, settings: ShopSettings) -> None:
        self.sql.execute("INSERT OR REPLACE INTO shop VALUES (?, ?)", (slug, json.dumps(asdict(settings))))
        self._shops[slug] = settings

    def put_prices(self, slug: str, prices: list[Price]) -> None:
        """Replaces the whole price list of a shop."""
        self.sql.execute("DELETE FROM price WHERE shop = ?", (slug,))
        self.sql.executemany(
            "INSERT INTO price VALUES (?, ?, ?, ?, ?)",
            [(slug, price.sku, price.title, str(price.amount), place) for place, price in enumerate(prices)],
        )
        self._skus.pop(slug, None)

    def prices(self, slug: str) -> dict[str, Price]:
        """The price list by sku, in the order in which it was given."""
        rows = self.sql.execute("SELECT sku, title, amount FROM price WHERE shop = ? ORDER BY place", (slug,))
        return {sku: Price(sku, title, Decimal(amount)) for sku, title, amount in rows}

    def skus(self, slug: str) -> frozenset[str]:
        if slug not in self._skus:
            self._skus[slug] = frozenset(self.prices(slug))
        return self._skus[slug]

    # --- promotions

    def create(self, slug: str, promotion: Promotion) -> Kept:
        written = clock.written(clock.now())
        cursor = self.sql.execute(
            "INSERT INTO promotion"
            " (shop, ref, document, starts_at, ends_at, published, version, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
            (slug, promotion.ref, *_columns(promotion), written, written),
        )
        kept = self.promotion(slug, int(cursor.lastrowid or 0))
        if kept is None:
            raise LookupError(f"promotion {cursor.lastrowid} is not there right after its insert")
        return kept

    def update(self, slug: str, number: int, promotion: Promotion) -> None:
        self.sql.execute(
            "UPDATE promotion SET document = ?, starts_at = ?, ends_at = ?, published = ?, updated_at = ?,"
            " version = version + 1 WHERE shop = ? AND number = ?",
            (*_columns(promotion), clock.written(clock.now()), slug, number),
        )

    def delete(self, slug: str, number: int) -> None:
        self.sql.execute(
            "UPDATE promotion SET deleted = 1, version = version + 1, updated_at = ? WHERE shop = ? AND number = ?",
            (clock.written(clock.now()), slug, number),
        )

    def wipe(self, slug: str) -> int:
        """Forgets every promotion of a shop, deleted ones too: their ids never existed. Returns how many there were."""
        return self.sql.execute("DELETE FROM promotion WHERE shop = ?", (slug,)).rowcount

    def promotion(self, slug: str, number: int) -> Kept | None:
        """One promotion, deleted or not."""
        row = self.sql.execute(
            f"SELECT {COLUMNS} FROM promotion WHERE shop = ? AND number = ?",  # noqa: S608 - a constant
            (slug, number),
        ).fetchone()
        return None if row is None else _kept(row)

    def by_ref(self, slug: str, ref: str) -> list[Kept]:
        """The promotions that carry a ref, oldest first; more than one only where the platform has no key."""
        rows = self.sql.execute(
            f"SELECT {COLUMNS} FROM promotion WHERE shop = ? AND ref = ? AND NOT deleted ORDER BY number",  # noqa: S608  (ours)
            (slug, ref),
        )
        return [_kept(row) for row in rows]

    def page(self, slug: str, *, after: int, limit: int) -> list[Kept]:
        """Promotions with a number above ``after``, oldest first."""
        rows = self.sql.execute(
            f"SELECT {COLUMNS} FROM promotion WHERE shop = ? AND number > ? AND NOT deleted ORDER BY number LIMIT ?",  # noqa: S608  (our names)
            (slug, after, limit),
        )
        return [_kept(row) for row in rows]

    def live(self, slug: str, at: datetime) -> list[Kept]:
        """What a buyer sees at an instant. A platform that cannot schedule shows whatever is there, dates or not."""
        settings = self._shops[slug]
        within = "AND starts_at <= ? AND (ends_at IS NULL OR ends_at > ?)" if settings.options.can_schedule else ""
        rows = self.sql.execute(
            f"SELECT {COLUMNS} FROM promotion WHERE shop = ? AND NOT deleted AND published {within} ORDER BY number",  # noqa: S608  (our names)
            (slug, *([at.timestamp()] * within.count("?"))),
        )
        return [_kept(row) for row in rows]

    def upcoming(self, slug: str, at: datetime) -> list[Kept]:
        """What the shop will show by itself later, the soonest first; nothing where the platform cannot schedule."""
        if not self._shops[slug].options.can_schedule:
            return []
        rows = self.sql.execute(
            f"SELECT {COLUMNS} FROM promotion WHERE shop = ? AND NOT deleted AND published AND starts_at > ?"  # noqa: S608  (our names)
            " ORDER BY starts_at, number LIMIT 50",
            (slug, at.timestamp()),
        )
        return [_kept(row) for row in rows]

    # --- history

    def record(self, slug: str, line: Line) -> int:
        """Appends to the history; nothing ever changes a line. Returns its seq, which grows over all shops."""
        cursor = self.sql.execute(
            "INSERT INTO call (shop, at, method, path, ref, remote_id, status, applied, body, fault, late_of)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(slug, clock.written(clock.now()), line.method, line.path, line.ref, line.remote_id),
                *(line.status, line.applied, line.body, line.fault, line.late_of),
            ),
        )
        return int(cursor.lastrowid or 0)

    def history(self, slug: str, *, after: int, limit: int) -> list[tuple[int, str]]:
        """Lines after a seq, oldest first, as (seq, JSON text)."""
        rows = self.sql.execute(
            "SELECT seq, at, method, path, ref, remote_id, status, applied, fault, late_of, body FROM call"
            " WHERE shop = ? AND seq > ? ORDER BY seq LIMIT ?",
            (slug, after, limit),
        )
        names = ("seq", "at", "method", "path", "ref", "remote_id", "status", "applied", "fault", "late_of")
        lines = []
        for row in rows:
            line = dict(zip(names, row, strict=False))
            line["applied"] = bool(line["applied"])
            # The body is JSON text already: spliced in, it need not be parsed only to be written again.
            lines.append((row[0], f'{json.dumps(line, ensure_ascii=False)[:-1]}, "body": {row[-1]}}}'))
        return lines


def _columns(promotion: Promotion) -> tuple[str, float, float | None, bool]:
    ends = promotion.ends_at
    return (
        json.dumps(promotion.document, ensure_ascii=False),
        promotion.starts_at.timestamp(),
        None if ends is None else ends.timestamp(),
        promotion.document.get("published", True) is not False,
    )


def _settings(text: str) -> ShopSettings:
    values = json.loads(text)
    return ShopSettings(**{**values, "options": Options(**values["options"])})
