"""Every table, by topic. Reads are QuerySet methods; writes are in ``stores.actions``."""

from stores.models.assortment import StoreProduct
from stores.models.brands import Brand, Partner
from stores.models.catalog import Offer, PricePoint, Product, Variant
from stores.models.channels import Channel, ChannelStore, Connection
from stores.models.counters import ChangeRequest, ConfirmationLink, StoreQuality
from stores.models.holidays import HolidayDate
from stores.models.hours import HoursTemplate, SpecialDay, WeeklyHours
from stores.models.imports import ImportFile, ImportJob, ImportRow, SavedMapping
from stores.models.journal import Installation, JobSlot, SyncAttempt
from stores.models.markets import Market, MarketEntry, Region
from stores.models.milestones import LaunchItem, StoreMilestone
from stores.models.network import Store, StoreAddress, StoreSource
from stores.models.partners import Exclusivity, PartnerContact
from stores.models.people import Actor, ApiKey, Grant, Role, System, User
from stores.models.promotions import Campaign, MarketPlan
from stores.models.reconciled import ChannelPromotion, ChannelReadback, ConnectionHealth, RemoteObject
from stores.models.revisions import Approval, PlanChannel, PlanItem, PlanPrice, PlanRevision, PlanStore
from stores.models.services import CaseEvent, Device, ServiceCase, ServiceOffering, StoreService

__all__ = [
    "Actor",
    "ApiKey",
    "Approval",
    "Brand",
    "Campaign",
    "CaseEvent",
    "ChangeRequest",
    "Channel",
    "ChannelPromotion",
    "ChannelReadback",
    "ChannelStore",
    "ConfirmationLink",
    "Connection",
    "ConnectionHealth",
    "Device",
    "Exclusivity",
    "Grant",
    "HolidayDate",
    "HoursTemplate",
    "ImportFile",
    "ImportJob",
    "ImportRow",
    "Installation",
    "JobSlot",
    "LaunchItem",
    "Market",
    "MarketEntry",
    "MarketPlan",
    "Offer",
    "Partner",
    "PartnerContact",
    "PlanChannel",
    "PlanItem",
    "PlanPrice",
    "PlanRevision",
    "PlanStore",
    "PricePoint",
    "Product",
    "Region",
    "RemoteObject",
    "Role",
    "SavedMapping",
    "ServiceCase",
    "ServiceOffering",
    "SpecialDay",
    "Store",
    "StoreAddress",
    "StoreMilestone",
    "StoreProduct",
    "StoreQuality",
    "StoreService",
    "StoreSource",
    "SyncAttempt",
    "System",
    "User",
    "Variant",
    "WeeklyHours",
]
