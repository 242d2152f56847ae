"""A row of every table, in each of three places: Europe and Japan of Rokid, and another brand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models

from stores.models import (
    Approval,
    Brand,
    Campaign,
    CaseEvent,
    ChangeRequest,
    Channel,
    ChannelPromotion,
    ChannelReadback,
    ChannelStore,
    ConfirmationLink,
    Connection,
    ConnectionHealth,
    Device,
    Exclusivity,
    HolidayDate,
    HoursTemplate,
    ImportFile,
    ImportJob,
    ImportRow,
    JobSlot,
    LaunchItem,
    MarketPlan,
    Offer,
    Partner,
    PartnerContact,
    PlanChannel,
    PlanItem,
    PlanPrice,
    PlanRevision,
    PlanStore,
    PricePoint,
    Product,
    RemoteObject,
    SavedMapping,
    ServiceCase,
    ServiceOffering,
    SpecialDay,
    StoreAddress,
    StoreMilestone,
    StoreProduct,
    StoreQuality,
    StoreService,
    StoreSource,
    SyncAttempt,
    Variant,
    WeeklyHours,
)
from tests import people

WEEK = [[{"start": "10:00", "end": "21:00"}] for _day in range(7)]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def tables() -> list[type[models.Model]]:
    """Every table of ours that people may look at; history tables belong to their records."""
    return [model for model in apps.get_app_config("stores").get_models() if not hasattr(model, "pgh_label")]


@dataclass
class Place:
    """The rows of one brand in one market."""

    brand: Brand
    rows: dict[str, models.Model] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.rows[name]


def furnish(brand: Brand, market_code: str, mark: str) -> Place:
    """A row of every table that has a place, each carrying ``mark`` where people would read it."""
    market, place = people.market(market_code), Place(brand)
    make = place.rows.__setitem__
    region = brand.entries.get(market=market).region
    connection = Connection.objects.create(
        brand=brand, code=f"{mark}-account", platform="sandbox", base_url="http://127.0.0.1:1/"
    )
    partner = Partner.objects.create(brand=brand, code=f"{mark}-optics", name={"en": f"{mark} Optics"}, kind="optician",
                                     market=market)  # fmt: skip
    channel = Channel.objects.create(
        brand=brand, code=f"{mark}-shop", name={"en": f"{mark} shop"}, market=market, kind="web_shop", partner=partner,
        connection=connection, remote_selector=mark, currency=market.currency, languages=market.languages, status="active",
    )  # fmt: skip
    store = people.store(brand, market_code, f"{mark}-store", operator=partner, name={"en": f"{mark} store"})
    product = Product.objects.create(
        brand=brand, code=f"{mark}-glasses", name={"en": f"{mark} Glasses"}, line="glasses"
    )
    variant = Variant.objects.create(brand=brand, product=product, sku=f"{mark}-sku")
    offer = Offer.objects.create(brand=brand, variant=variant, channel=channel)
    price = PricePoint.objects.create(
        brand=brand, offer=offer, amount="599", currency=market.currency, applied=(NOON - timedelta(days=90), None),
        source=mark, recorded_at=NOON,
    )  # fmt: skip
    campaign = Campaign.objects.create(
        brand=brand, code=f"{mark}-sale", title=f"{mark} sale", kind="percentage", percent="10",
        starts_local=datetime(2026, 11, 27), ends_local=datetime(2026, 12, 1),  # noqa: DTZ001  (wall clocks)
    )  # fmt: skip
    plan = MarketPlan.objects.create(brand=brand, campaign=campaign, market=market)
    revision = PlanRevision.objects.create(
        brand=brand, plan=plan, number=1, content=content(mark, market_code, channel.code, market.default_time_zone),
        content_hash="0" * 64, created_by=f"{mark}@example.com",
    )  # fmt: skip
    MarketPlan.objects.filter(pk=plan.pk).update(latest_revision=revision)
    promotion = ChannelPromotion.objects.create(
        brand=brand, plan=plan, channel=channel, revision=revision, our_ref=f"m-{uuid.uuid4().hex[:26]}", desired={},
        desired_hash="", generation=1, desired_at=NOON, starts_at=NOON, ends_at=NOON + timedelta(days=9),
        content_hash="0" * 64,
    )  # fmt: skip
    offering = ServiceOffering.objects.create(
        brand=brand, market=market, code=f"{mark}-repair", kind="repair", name={"en": f"{mark} repair"},
        currency=market.currency,
    )  # fmt: skip
    device = Device.objects.create(brand=brand, serial=f"{mark}-0001", variant=variant, sold_market=market)
    case = ServiceCase.objects.create(
        brand=brand, reference=f"{mark}-c1"[:16], device=device, market=market, store=store, offering=offering,
        language="en", complaint=f"{mark} hinge", received_at=NOON,
    )  # fmt: skip
    for name, row in {
        "Brand": brand, "Region": region, "Market": market, "MarketEntry": brand.entries.get(market=market),
        "Connection": connection, "Partner": partner, "Channel": channel, "Store": store, "Product": product,
        "Variant": variant, "Offer": offer, "PricePoint": price, "Campaign": campaign, "MarketPlan": plan,
        "PlanRevision": revision, "ChannelPromotion": promotion, "ServiceOffering": offering, "Device": device,
        "ServiceCase": case,
    }.items():  # fmt: skip
        make(name, row)
    make("ChannelStore", ChannelStore.objects.create(brand=brand, channel=channel, store=store))
    make(
        "StoreAddress",
        StoreAddress.objects.create(
            brand=brand,
            store=store,
            language="en",
            is_primary=True,
            lines=[f"{mark} street 1"],
            locality=f"{mark} city",
        ),
    )
    make("StoreSource", StoreSource.objects.create(brand=brand, store=store, source="allplaces", external_id=mark))
    make("StoreProduct", StoreProduct.objects.create(brand=brand, store=store, product=product))
    make("StoreService", StoreService.objects.create(brand=brand, store=store, offering=offering))
    make(
        "PartnerContact",
        PartnerContact.objects.create(brand=brand, partner=partner, name=f"{mark} Li", email=f"{mark}@optics.example"),
    )
    make(
        "Exclusivity",
        Exclusivity.objects.create(brand=brand, partner=partner, market=market, trade="carrier", from_date=NOON.date()),
    )
    make(
        "ChangeRequest",
        ChangeRequest.objects.create(
            brand=brand,
            store=store,
            partner=partner,
            changes={"name": {"from": store.name, "to": {"en": f"{mark} corner"}}},
            proposed_by=f"{mark}@optics.example",
        ),
    )
    make(
        "ConfirmationLink",
        ConfirmationLink.objects.create(
            brand=brand, partner=partner, quarter="2026Q4", email=f"{mark}@optics.example", language="en",
            prefix=uuid.uuid4().hex[:10], digest=bytes(32), expires_at=NOON + timedelta(days=60),
        ),
    )  # fmt: skip
    place.rows |= {
        "StoreMilestone": StoreMilestone.objects.create(
            brand=brand, store=store, kind="inventory", due_date=NOON.date(), note=mark
        ),
        "LaunchItem": LaunchItem.objects.create(
            brand=brand, entry=place["MarketEntry"], kind="other", title=f"{mark} permit"
        ),
        "StoreQuality": StoreQuality.objects.create(store=store, score=70, gaps=["phone"], store_version=1),
    }
    make("WeeklyHours", WeeklyHours.objects.create(brand=brand, store=store, periods=WEEK))
    make(
        "SpecialDay",
        SpecialDay.objects.create(
            brand=brand, store=store, date=NOON.date(), name={"en": f"{mark} fair"}, decided_by=mark, decided_at=NOON
        ),
    )
    make(
        "HoursTemplate",
        HoursTemplate.objects.create(
            brand=brand, code=f"{mark}-eve", name={"en": f"{mark} eve"}, days=[{"from": -1, "closes": "15:00"}]
        ),
    )
    make(
        "HolidayDate",
        HolidayDate.objects.get_or_create(
            market=market, date=NOON.date(), defaults={"name": {"en": "Fair"}, "source": "test"}
        )[0],
    )
    make("PlanItem", PlanItem.objects.create(brand=brand, revision=revision, selector="product", code=product.code))
    make(
        "PlanPrice",
        PlanPrice.objects.create(
            brand=brand, revision=revision, offer=offer, regular="599", price="539", currency=market.currency
        ),
    )
    make("PlanChannel", PlanChannel.objects.create(brand=brand, revision=revision, channel=channel))
    make("PlanStore", PlanStore.objects.create(brand=brand, revision=revision, store=store))
    make(
        "Approval",
        Approval.objects.create(
            brand=brand, revision=revision, content_hash="0" * 64, decision="reject", decided_by=mark, decided_at=NOON
        ),
    )
    job = ImportJob.objects.create(
        brand=brand, file_name=f"{mark}.csv", file_size=9, file_digest="0" * 64, created_by=mark
    )
    make("ImportJob", job)
    make("ImportFile", ImportFile.objects.create(job=job, number=0, content=mark.encode()))
    make("ImportRow", ImportRow.objects.create(job=job, row=2, outcome="created", code=f"{mark}-new"))
    make("SavedMapping", SavedMapping.objects.create(brand=brand, name=mark, mapping={}, created_by=mark))
    make("RemoteObject", RemoteObject.objects.create(promotion=promotion, remote_id=f"{mark}-remote"))
    make("ConnectionHealth", ConnectionHealth.objects.create(connection=connection, tokens_at=NOON))
    make("ChannelReadback", ChannelReadback.objects.create(channel=channel, due_at=NOON))
    make(
        "SyncAttempt",
        SyncAttempt.objects.create(
            at=NOON,
            promotion=promotion,
            generation=1,
            operation="create",
            outcome="rejected",
            status=422,
            error=f"{mark} says no",
            duration_ms=12,
        ),
    )
    make(
        "CaseEvent",
        CaseEvent.objects.create(
            brand=brand, case=case, kind="intake", to_status="received", happened_at=NOON, recorded_by=mark
        ),
    )
    return place


def job_slot() -> JobSlot:
    """A row of the machinery, which belongs to nobody."""
    slot: JobSlot = JobSlot.objects.create(job="sync.tick", slot_at=NOON, started_at=NOON)
    return slot


def content(mark: str, market: str, channel: str, zone: str) -> dict[str, Any]:
    """A revision's content as actions build it."""
    return {
        "schema": 1,
        "kind": "percentage",
        "percent": "10",
        "copy": {"headline": {"en": f"{mark} headline in {market}"}, "body": {}, "terms": {}},
        "window": {
            "starts": "2026-11-27T00:00:00",
            "ends": "2026-12-01T00:00:00",
            "zone": zone,
            "policy": "per_market",
        },
        "selectors": [{"selector": "product", "code": f"{mark}-glasses", "role": "include"}],
        "items": [],
        "channels": [channel],
        "stores": [],
    }
