"""Brand, regions, market entries, partners, and the stores with their addresses and hours."""

from __future__ import annotations

from datetime import date, datetime

from stores.management.demo import content
from stores.management.demo.hours import week
from stores.management.demo.loading.rows import add
from stores.management.demo.records import Store as Row
from stores.models import Brand, Market, MarketEntry, Partner, Region, Store, StoreAddress, WeeklyHours
from stores.models.network import PUBLIC_STATUSES

PUBLISHED = (*PUBLIC_STATUSES, "closed")


def load_brand() -> tuple[Brand, int]:
    """The brand; four eyes are off, so that one person can play the whole demo."""
    facts = content.brand()
    brand, made = Brand.objects.get_or_create(code=facts["code"], defaults=dict(facts))
    return brand, int(made)


def load_regions(brand: Brand) -> int:
    """The management tree, parents first."""
    count = 0
    for row in content.regions():
        parent = Region.objects.get(brand=brand, code=row.parent) if row.parent else None
        _, made = Region.objects.get_or_create(
            brand=brand, code=row.code, defaults={"parent": parent, "name": row.name}
        )
        count += made
    return count


def load_entries(brand: Brand) -> int:
    """Where the brand sells or prepares to, and who is responsible."""
    regions = {region.code: region for region in Region.objects.filter(brand=brand)}
    markets = Market.objects.in_bulk(field_name="code")
    return add(
        (
            MarketEntry(
                brand=brand,
                market=markets[row.market],
                region=regions[row.region],
                status=row.status,
                launch_date=row.launch,
                support_email=row.email,
                support_phone=row.phone,
                legal_entity=row.entity,
            )
            for row in content.entries()
        ),
        key=("brand_id", "market_id"),
    )


def load_partners(brand: Brand) -> int:
    """Who operates counters and channels."""
    markets = Market.objects.in_bulk(field_name="code")
    return add(
        (
            Partner(
                brand=brand,
                code=row.code,
                name=row.name,
                kind=row.kind,
                market=markets[row.market],
                contact_email=f"rokid@{row.code}.example",
                contract_from_date=row.since,
            )
            for row in content.partners()
        ),
        key=("code",),
    )


def load_stores(brand: Brand, now: datetime) -> int:
    """Stores with addresses and hours; relative dates count from today. Stores that are there keep everything."""
    markets = Market.objects.in_bulk(field_name="code")
    partners = {partner.code: partner for partner in Partner.objects.filter(brand=brand)}
    known = set(Store.objects.filter(brand=brand).values_list("code", flat=True))
    new = [row for row in content.stores() if row.code not in known]
    made = Store.objects.bulk_create(
        [_store(row, brand, markets[row.market], partners.get(row.operator), now) for row in new]
    )
    pairs = list(zip(new, made, strict=True))
    StoreAddress.objects.bulk_create([address for row, store in pairs for address in _addresses(row, store)])
    WeeklyHours.objects.bulk_create(
        [WeeklyHours(brand=brand, store=store, periods=week(row.hours).to_json()) for row, store in pairs]
    )
    return len(new)


def _store(row: Row, brand: Brand, market: Market, operator: Partner | None, now: datetime) -> Store:
    today: date = now.date()
    return Store(
        brand=brand,
        code=row.code,
        market=market,
        operator=operator,
        host=operator if row.format == "shop_in_shop" else None,
        format=row.format,
        status=row.status,
        name=row.name,
        description=row.description,
        time_zone=row.time_zone,
        latitude=row.latitude,
        longitude=row.longitude,
        phone=row.phone,
        email=f"{row.code.lower()}@stores.rokid.example",
        languages=list(row.spoken),
        opening_date=content.on_day(row.opening, today),
        reopen_date=content.on_day(row.reopen, today),
        closing_date=content.on_day(row.closing, today),
        published_at=now if row.status in PUBLISHED else None,
        verified_at=now if row.status in PUBLISHED else None,
    )


def _addresses(row: Row, store: Store) -> list[StoreAddress]:
    return [
        StoreAddress(
            brand_id=store.brand_id,
            store=store,
            language=address.language,
            is_primary=place == 0,
            lines=list(address.lines),
            sublocality=address.sublocality,
            locality=address.locality,
            administrative_area=address.area,
            postal_code=address.postal,
        )
        for place, address in enumerate(row.addresses)
    ]
