"""Products, channels on their connections, what each channel offers, and the price ledger since a market's launch."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from stores.management.demo import content
from stores.management.demo.loading.rows import add
from stores.management.demo.loading.sealing import load_connections
from stores.models import (
    Brand,
    Channel,
    ChannelStore,
    Market,
    MarketEntry,
    Offer,
    Partner,
    PricePoint,
    Product,
    Store,
    StoreProduct,
    Variant,
)
from stores.models.network import PUBLIC_STATUSES

SOURCE = "demo price list"


def load_products(brand: Brand) -> int:
    """Models and their variants. Returns the number of variants added."""
    add(
        (Product(brand=brand, code=row.code, name=row.name, line=row.line) for row in content.products()),
        key=("code",),
    )
    products = {product.code: product for product in Product.objects.filter(brand=brand)}
    return add(
        (
            Variant(
                brand=brand,
                product=products[row.code],
                sku=variant.sku,
                gtin=variant.gtin,
                attributes=variant.attributes,
            )
            for row in content.products()
            for variant in row.variants
        ),
        key=("sku",),
    )


def load_channels(brand: Brand) -> int:
    """Web shops, marketplaces, carriers and retailers; those with a shop behind them on a connection."""
    connections = load_connections(brand, [row.shop for row in content.channels() if row.shop])
    partners = {partner.code: partner for partner in Partner.objects.filter(brand=brand)}
    markets = Market.objects.in_bulk(field_name="code")
    return add(
        (
            Channel(
                brand=brand,
                code=row.code,
                name=row.name,
                market=markets[row.market],
                kind=row.kind,
                partner=partners.get(row.partner),
                connection=connections.get(row.shop),
                remote_selector=row.shop,
                price_control=row.price_control,
                currency=markets[row.market].currency,
                languages=markets[row.market].languages,
                status="active",
                url=f"{settings.SANDBOX_URL}/{row.shop}/" if row.shop else row.url,
            )
            for row in content.channels()
        ),
        key=("code",),
    )


def load_channel_stores(brand: Brand) -> int:
    """A partner's counters sell its channel's goods; our own stores hand out what the market's web shop sold."""
    channels = list(Channel.objects.filter(brand=brand))
    stores = list(Store.objects.filter(brand=brand, status__in=("soft_open", "open", "temporarily_closed", "closing")))
    rows = []
    for channel in channels:
        for store in stores:
            if channel.partner_id and store.operator_id == channel.partner_id:
                rows.append(ChannelStore(brand=brand, channel=channel, store=store, role="sells"))
            elif channel.kind == "web_shop" and store.market_id == channel.market_id and not store.operator_id:
                rows.append(ChannelStore(brand=brand, channel=channel, store=store, role="pickup"))
    return add(rows, key=("channel_id", "store_id", "role"))


def load_assortment(brand: Brand, now: datetime) -> int:
    """What each store sells, what can be tried there, and how much was left when it was last counted."""
    products = {row.code: row for row in Product.objects.filter(brand=brand)}
    demos = {row.code: "demo" in row.services for row in content.stores()}
    rows = []
    for store in Store.objects.filter(brand=brand, status__in=PUBLIC_STATUSES).order_by("code"):
        for place, product in enumerate(products[code] for code in sorted(products)):
            glasses = product.line == "glasses"
            if store.format == "service_point" and glasses:
                continue
            left = ("in", "in", "low", "in", "out")[(len(store.code) + sum(map(ord, store.code)) + place) % 5]
            rows.append(
                StoreProduct(
                    brand=brand,
                    store=store,
                    product=product,
                    on_demo=glasses and demos.get(store.code, False),
                    availability=left,
                    as_of=now - timedelta(hours=(sum(map(ord, store.code)) + place) % 20),
                )
            )
    return add(rows, key=("store_id", "product_id"))


def load_offers(brand: Brand) -> int:
    """Every variant in every channel."""
    variants = list(Variant.objects.filter(brand=brand))
    return add(
        (
            Offer(brand=brand, variant=variant, channel=channel)
            for channel in Channel.objects.filter(brand=brand, code__in=[row.code for row in content.channels()])
            for variant in variants
        ),
        key=("variant_id", "channel_id"),
    )


def load_prices(brand: Brand, now: datetime) -> int:
    """The regular price of every offer since the market's launch. An independent retailer's price is its own."""
    launches = dict(MarketEntry.objects.filter(brand=brand).values_list("market_id", "launch_date"))
    offers = (
        Offer.objects.filter(brand=brand, prices__isnull=True)
        .exclude(channel__price_control="independent")
        .select_related("variant", "channel__market")
    )
    points = []
    for offer in offers:
        market = offer.channel.market
        amount = content.prices().get(market.code, {}).get(offer.variant.sku)
        if amount is None:
            continue
        zone = ZoneInfo(market.default_time_zone)
        # A recent launch still has a history: what was shown while shops were prepared counts for nothing.
        first_day = launches.get(market.pk) or (now - timedelta(days=30)).date()
        points.append(
            PricePoint(
                brand=brand,
                offer=offer,
                amount=amount,
                currency=market.currency,
                applied=DateTimeTZRange(datetime.combine(first_day, time(), zone), None),
                source=SOURCE,
                recorded_at=now,
            )
        )
    PricePoint.objects.bulk_create(points)
    return len(points)
