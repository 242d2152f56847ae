"""What each market offers as a service, which stores do it, and a few devices that are being served now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from stores.management.demo import content
from stores.management.demo.loading.rows import add
from stores.management.demo.loading.sealing import seal_contact
from stores.management.demo.records import Case as Row
from stores.models import (
    Brand,
    CaseEvent,
    Channel,
    Device,
    Market,
    ServiceCase,
    ServiceOffering,
    Store,
    StoreService,
    Variant,
)


def load_offerings(brand: Brand) -> int:
    """Warranty, repair, lens fitting and demo in every market that sells."""
    markets = Market.objects.in_bulk(field_name="code")
    return add(
        (
            ServiceOffering(
                brand=brand,
                market=markets[row.market],
                code=row.code,
                kind=row.kind,
                line=row.line,
                name=row.name,
                terms=row.terms,
                price=row.price,
                currency=markets[row.market].currency,
                turnaround_days=row.days,
                languages=list(row.name),
                intake=row.intake,
                statutory_months=row.statutory_months,
                brand_months=row.brand_months,
            )
            for row in content.offerings()
        ),
        key=("market_id", "code"),
    )


def load_store_services(brand: Brand) -> int:
    """Which store does what."""
    stores = {store.code: store for store in Store.objects.filter(brand=brand)}
    offerings = {(each.market_id, each.code): each for each in ServiceOffering.objects.filter(brand=brand)}
    return add(
        (
            StoreService(brand=brand, store=stores[row.code], offering=offerings[stores[row.code].market_id, service])
            for row in content.stores()
            for service in row.services
        ),
        key=("store_id", "offering_id"),
    )


def load_cases(brand: Brand, now: datetime) -> int:
    """Devices in service, each with its timeline up to now; intake times count from the day of the load."""
    known = set(ServiceCase.objects.filter(brand=brand).values_list("reference", flat=True))
    count = 0
    for row in content.cases():
        if row.reference not in known:
            _load_case(brand, row, now)
            count += 1
    return count


def _load_case(brand: Brand, row: Row, now: datetime) -> None:
    store = Store.objects.get(brand=brand, code=row.store)
    offering = ServiceOffering.objects.get(brand=brand, market_id=store.market_id, code=row.offering)
    received = now + timedelta(days=row.received_days) - timedelta(hours=2)
    device, _ = Device.objects.get_or_create(
        brand=brand, serial=row.serial, defaults=_device(brand, row, (now + timedelta(days=row.sold_days)).date())
    )
    steps = [step for step in row.steps if received + timedelta(hours=step.hours) <= now]
    case = ServiceCase.objects.create(
        brand=brand,
        reference=row.reference,
        device=device,
        market_id=store.market_id,
        store=store,
        offering=offering,
        language=row.language,
        complaint=row.complaint,
        status=steps[-1].to if steps else "received",
        received_at=received,
        due_date=(now + timedelta(days=row.due_days)).date(),
    )
    seal_contact(case, row.contact)
    by = f"{row.store.lower()}@stores.rokid.example"
    events = [
        CaseEvent(brand=brand, case=case, kind="intake", to_status="received", happened_at=received, recorded_by=by)
    ]
    for step in steps:
        events.append(
            CaseEvent(
                brand=brand,
                case=case,
                kind="status",
                from_status=events[-1].to_status,
                to_status=step.to,
                note=step.note,
                happened_at=received + timedelta(hours=step.hours),
                recorded_by=by,
            )
        )
    CaseEvent.objects.bulk_create(events)


def _device(brand: Brand, row: Row, sold: date) -> dict[str, object]:
    channel = Channel.objects.get(brand=brand, code=row.channel)
    months = next(
        each.brand_months for each in content.offerings() if each.market == row.store[:2] and each.brand_months
    )
    covered_to = sold.replace(year=sold.year + months // 12) if (sold.month, sold.day) != (2, 29) else sold
    return {
        "variant": Variant.objects.get(brand=brand, sku=row.sku),
        "sold_market_id": channel.market_id,
        "sold_by": channel,
        "sold_date": sold,
        "parts_warranty_to_date": covered_to,
        "labour_warranty_to_date": covered_to,
    }
