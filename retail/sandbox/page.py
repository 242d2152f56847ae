"""The pages for people: a shop as its buyers see it, in their language, money and local time; and the list of shops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name
from babel.numbers import format_currency, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from retail.sandbox import clock
from retail.sandbox.documents import Price, ShopSettings
from retail.sandbox.ledger import Kept, Ledger
from retail.sandbox.words import key_of, locale_of, words_of

# The pages need their own style and nothing else; even a text that slipped through escaping could load and run nothing.
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class ShownItem:
    """One variant in an offer; ``regular`` and ``less`` only when the offer is below the regular price."""

    title: str
    price: str
    regular: str | None
    less: str | None


@dataclass(frozen=True)
class ShownPromotion:
    """One promotion as the page words it; ``language``, ``script`` and ``direction`` are those of its own texts."""

    language: str
    script: str
    direction: str
    title: str
    body: str
    terms: str
    when: str | None
    instant: str | None
    items: list[ShownItem]


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_moment(instant: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Date and minute on the shop's clocks as its country writes them: ``30. November 2026, 23:59``."""
    local = instant.astimezone(zone)
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    moment = pattern.replace("{1}", format_date(local, "long", locale=locale))
    # CLDR's short form of Korean has a Latin PM; people there write 오후, its wide one.
    clock = "aaaa h:mm" if locale.language == "ko" else "short"
    return moment.replace("{0}", format_time(local, clock, tzinfo=zone, locale=locale))


def last_minute(end: datetime, zone: ZoneInfo) -> datetime:
    """The end as shops announce it: an end at local midnight belongs, for people, to the evening before (23:59)."""
    local = end.astimezone(zone)
    return end - timedelta(minutes=1) if (local.hour, local.minute) == (0, 0) else end


def _item(item: dict[str, object], prices: dict[str, Price], locale: Locale) -> ShownItem:
    sku, currency = str(item["sku"]), str(item["currency"])
    price = Decimal(str(item["price"]))
    listed = prices.get(sku)
    less = regular = None
    if listed is not None and price < listed.amount:
        regular = format_currency(listed.amount, currency, locale=locale)
        # Rounded towards zero: a page must not promise more than the price gives.
        percent = int((listed.amount - price) * 100 / listed.amount)
        less = format_percent(-percent / 100, locale=locale) if percent else None
    shown = format_currency(price, currency, locale=locale)
    return ShownItem(listed.title if listed else sku, shown, regular, less)


def _promotion(
    kept: Kept, settings: ShopSettings, prices: dict[str, Price], *, template: str, at: datetime | None
) -> ShownPromotion:
    locale, zone = locale_of(settings.language), _zone(settings.time_zone)
    own = locale_of(str(kept.document["language"]))
    return ShownPromotion(
        language=str(kept.document["language"]),
        script=key_of(own),
        direction=own.text_direction,
        title=str(kept.document["title"]),
        body=str(kept.document.get("body") or ""),
        terms=str(kept.document.get("terms") or ""),
        when=None if at is None else template.format(local_moment(at, zone, locale)),
        instant=None if at is None else at.astimezone(zone).isoformat(timespec="minutes"),
        items=[_item(item, prices, locale) for item in kept.document.get("items", [])],
    )


def shop_page(ledger: Ledger, slug: str, settings: ShopSettings) -> str:
    """The shop for its buyers: what is on offer now and until when, and what is to come."""
    locale = locale_of(settings.language)
    words, prices, at = words_of(locale), ledger.prices(slug), clock.now()
    zone = _zone(settings.time_zone)
    running = []
    for kept in ledger.live(slug, at):
        end = None if kept.ends_at is None else last_minute(kept.ends_at, zone)
        running.append(_promotion(kept, settings, prices, template=words.until, at=end))
    coming = [
        _promotion(kept, settings, prices, template=words.starts, at=kept.starts_at)
        for kept in ledger.upcoming(slug, at)
    ]
    return (
        _templates()
        .get_template("shop.html")
        .render(
            settings=settings,
            words=words,
            script=key_of(locale),
            direction=locale.text_direction,
            market=locale.territories.get(settings.market.upper(), settings.market),
            running=running,
            coming=coming,
            clock=local_moment(at, zone, locale),
            zone=get_timezone_name(zone, locale=locale),
        )
    )


def index_page(ledger: Ledger) -> str:
    """The list of shops, in English, with each shop's language by its own name and the number of offers live now."""
    at, english = clock.now(), Locale("en")
    rows: list[dict[str, object]] = []
    for slug, settings in ledger.shops().items():
        locale = locale_of(settings.language)
        rows.append(
            {
                "slug": slug,
                "name": settings.name,
                "market": english.territories.get(settings.market.upper(), settings.market),
                "tag": settings.language,
                "language": locale.get_display_name(locale) or settings.language,
                "direction": locale.text_direction,
                "live": len(ledger.live(slug, at)),
            }
        )
    rows.sort(key=lambda row: (str(row["market"]), str(row["slug"])))
    return _templates().get_template("index.html").render(shops=_grouped(rows), total=len(rows))


def _grouped(rows: Sequence[dict[str, object]]) -> list[tuple[str, list[dict[str, object]]]]:
    markets: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        markets.setdefault(str(row["market"]), []).append(row)
    return list(markets.items())
