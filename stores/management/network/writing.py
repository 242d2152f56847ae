"""Writes a plausible network: stores by COPY, channels and prices in bulk, campaigns through their actions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

import pgtrigger
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from stores.actions.campaigns import create_campaign
from stores.actions.plans import approve_plan, localize_plan
from stores.management.demo import content
from stores.management.demo.loading.rows import add
from stores.management.demo.loading.sealing import load_connections
from stores.management.network.plausible import Plausible, weeks
from stores.models import (
    Actor,
    Brand,
    Campaign,
    Channel,
    ChannelStore,
    Market,
    MarketEntry,
    Offer,
    PricePoint,
    Product,
    Region,
    Store,
    Variant,
)
from stores.planning.content import Selector

STORES_PER_CHANNEL = 100
PRODUCT, LINE, SKUS = "network-glasses", "glasses", ("NET-BK", "NET-GT")
# Percentage, first and last day from today, priority: two live now and one that waits for its local midnight.
CAMPAIGNS = ((10, -3, 11, 100), (20, -1, 6, 90), (15, 2, 20, 80))

STORE_COLUMNS = (
    "brand_id, code, market_id, format, status, cluster, name, description, time_zone, latitude, longitude, source_datum,"
    " phone, email, website, languages, opening_date, published_at, publish_override"
)
ADDRESS_COLUMNS = (
    "brand_id, store_id, language, is_primary, lines, sublocality, locality, administrative_area, postal_code,"
    " sorting_code"
)
NEWS_OF_CHILDREN = ("stores.StoreAddress:bump_parent_insert", "stores.WeeklyHours:bump_parent_insert")
HOURS_COLUMNS = "brand_id, store_id, purpose, season_from, season_to, periods"


def ensure_markets(brand: Brand, codes: Iterable[str]) -> dict[str, Market]:
    """The markets by code, each entered by the brand (below one region when the brand has no tree yet)."""
    markets = {market.code: market for market in Market.objects.filter(code__in=set(codes))}
    entered = set(MarketEntry.objects.filter(brand=brand).values_list("market_id", flat=True))
    missing = [market for market in markets.values() if market.pk not in entered]
    if missing:
        region, _ = Region.objects.get_or_create(
            brand=brand, parent=None, code="world", defaults={"name": {"en": "World"}}
        )
        MarketEntry.objects.bulk_create(
            MarketEntry(brand=brand, market=market, region=region, status="live") for market in missing
        )
    return markets


def write_stores(brand: Brand, markets: dict[str, Market], rows: Sequence[Plausible], now: datetime) -> int:
    """Stores that are not there yet, with address and hours. Returns how many."""
    known = set(Store.objects.filter(brand=brand, code__in=[row.code for row in rows]).values_list("code", flat=True))
    new = [row for row in rows if row.code not in known]
    # A store that is made here needs no news of its address and hours: its version is new already.
    with pgtrigger.ignore(*NEWS_OF_CHILDREN), connection.cursor() as cursor:
        # Links are checked row by row, not at the end: every later row of the transaction would walk the whole queue of
        # checks still to come (its trigger opens a subtransaction), 65,000 times 65,000 steps, minutes instead of seconds.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with cursor.copy(f"COPY stores_store ({STORE_COLUMNS}) FROM STDIN") as copy:
            for row in new:
                copy.write_row(
                    (
                        brand.pk,
                        row.code,
                        markets[row.market].pk,
                        row.format,
                        row.status,
                        "",
                        json.dumps(row.name),
                        "{}",
                        row.time_zone,
                        row.latitude,
                        row.longitude,
                        "WGS84",
                        row.phone,
                        "",
                        "",
                        list(row.languages),
                        row.opening,
                        now,
                        "",
                    )
                )
        codes = [row.code for row in new]
        ids = dict(Store.objects.filter(brand=brand, code__in=codes).values_list("code", "pk"))
        with cursor.copy(f"COPY stores_storeaddress ({ADDRESS_COLUMNS}) FROM STDIN") as copy:
            for row in new:
                place = row.address
                lines = list(place.lines)
                copy.write_row(
                    (brand.pk, ids[row.code], place.language, True, lines, place.sublocality, place.locality, place.area,
                     place.postal, "")
                )  # fmt: skip
        periods = [json.dumps(each) for each in weeks()]
        with cursor.copy(f"COPY stores_weeklyhours ({HOURS_COLUMNS}) FROM STDIN") as copy:
            for row in new:
                copy.write_row((brand.pk, ids[row.code], "store", "", "", periods[row.week]))
    return len(new)


def gather_statistics() -> None:
    """Let the planner know what was written; until then it answers the first questions by reading whole tables.

    Only a table's owner may do this. Where the application's login is another one, autovacuum does it within minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [(role,)] = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "ANALYZE stores_store, stores_storeaddress, stores_weeklyhours, stores_channelstore, stores_offer"
        )
        cursor.execute("SELECT set_config('role', %s, true)", [role])


def write_channels(brand: Brand, markets: dict[str, Market], rows: Sequence[Plausible], seed: int) -> list[Channel]:
    """One web shop per hundred stores, in the market of the stores it stands for; its stores hand out what it sells.

    Stores are taken market by market, so that every market gets its share and a channel never crosses a border.
    """
    by_market = groupby(sorted(rows, key=lambda row: row.market), key=lambda row: row.market)
    shares = {code: len(list(group)) for code, group in by_market}
    wanted = dict.fromkeys(shares, 0)
    for _ in range(-(-len(rows) // STORES_PER_CHANNEL)):
        neediest = max(shares, key=lambda code: (shares[code] / (wanted[code] + 1), code))
        wanted[neediest] += 1
    codes = [
        (f"n{seed}-{code.lower()}-{number}", code) for code in sorted(wanted) for number in range(1, wanted[code] + 1)
    ]
    connections = load_connections(brand, [code for code, _ in codes])
    add(
        (
            Channel(
                brand=brand,
                code=code,
                name={"en": f"Rokid {market} {code.rsplit('-', 1)[-1]}"},
                market=markets[market],
                kind="web_shop",
                connection=connections[code],
                remote_selector=code,
                currency=markets[market].currency,
                languages=markets[market].languages,
                status="active",
                url=f"{settings.SANDBOX_URL}/{code}/",
            )
            for code, market in codes
        ),
        key=("code",),
    )
    return list(
        Channel.objects.filter(brand=brand, code__in=[code for code, _ in codes])
        .select_related("market")
        .order_by("code")
    )


def write_channel_stores(brand: Brand, channels: Sequence[Channel], rows: Sequence[Plausible]) -> int:
    """Each store belongs to one channel of its market, in turn."""
    by_market: dict[str, list[Channel]] = {}
    for channel in channels:
        by_market.setdefault(channel.market.code, []).append(channel)
    ids = dict(Store.objects.filter(brand=brand, code__in=[row.code for row in rows]).values_list("code", "pk"))
    known = set(ChannelStore.objects.filter(channel__in=channels).values_list("channel_id", "store_id"))
    pairs = [
        (mine[place % len(mine)].pk, ids[row.code])
        for place, row in enumerate(rows)
        if (mine := by_market.get(row.market))
    ]
    new = [pair for pair in pairs if pair not in known]
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY stores_channelstore (brand_id, channel_id, store_id, role) FROM STDIN") as copy,
    ):
        for channel_id, store_id in new:
            copy.write_row((brand.pk, channel_id, store_id, "pickup"))
    return len(new)


def write_offers(brand: Brand, channels: Sequence[Channel], now: datetime) -> int:
    """One model in two colours in every channel, at the market's price of the demo's glasses."""
    product, _ = Product.objects.get_or_create(
        brand=brand, code=PRODUCT, defaults={"name": {"en": "Network Glasses"}, "line": LINE}
    )
    add((Variant(brand=brand, product=product, sku=sku) for sku in SKUS), key=("sku",))
    variants = list(Variant.objects.filter(brand=brand, sku__in=SKUS))
    add(
        (Offer(brand=brand, variant=variant, channel=channel) for channel in channels for variant in variants),
        key=("variant_id", "channel_id"),
    )
    offers = Offer.objects.filter(channel__in=channels, variant__in=variants, prices__isnull=True).select_related(
        "channel__market"
    )
    points = [
        PricePoint(
            brand=brand,
            offer=offer,
            amount=content.prices()[offer.channel.market.code]["RKG-BK"],
            currency=offer.channel.currency,
            applied=DateTimeTZRange(now - timedelta(days=120), None),
            source="network price list",
            recorded_at=now,
        )
        for offer in offers
    ]
    PricePoint.objects.bulk_create(points)
    return len(points)


def write_campaigns(by: Actor, brand: Brand, channels: Sequence[Channel], seed: int, now: datetime) -> int:
    """Three campaigns, each in every market with a channel, approved. Returns the plans made."""
    count = 0
    for percent, first, last, priority in CAMPAIGNS:
        code = f"n{seed}-{percent}"
        if Campaign.objects.filter(brand=brand, code=code).exists():
            continue
        campaign = create_campaign(
            by=by,
            brand=brand,
            code=code,
            title=f"Network {percent} %",
            kind="percentage",
            percent=Decimal(percent),
            starts_local=datetime.combine((now + timedelta(days=first)).date(), time()),
            ends_local=datetime.combine((now + timedelta(days=last)).date(), time()),
            priority=priority,
        )
        for market, group in groupby(sorted(channels, key=lambda each: each.market.code), key=lambda each: each.market):
            plan = localize_plan(
                by=by,
                campaign=campaign,
                market=market,
                headline={"en": f"{percent} % off in {market.code}"},
                body={"en": "For a few days only."},
                terms={"en": "While stocks last."},
                selectors=[Selector("product", PRODUCT)],
                channels=[channel.code for channel in group],
            )
            if plan.latest_revision is not None:
                approve_plan(by=by, plan=plan, content_hash=plan.latest_revision.content_hash)
            count += 1
    return count
