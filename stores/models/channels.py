"""Where a brand sells: accounts on platforms (connections) and selling endpoints in a market (channels)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stores.models.base import Record, tracked
from stores.models.brands import Brand, Partner
from stores.models.fields import LocalizedText, SameBrand
from stores.models.markets import Market
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

PLATFORMS = ("sandbox",)
CHANNEL_KINDS = ("web_shop", "marketplace", "retailer", "distributor", "carrier", "own_retail")
CHANNEL_STATUSES = ("draft", "active", "paused", "closed")
PRICE_CONTROLS = ("own", "agency", "independent")
DRIFT_POLICIES = ("heal", "alert", "adopt")
STORE_ROLES = ("sells", "pickup", "display")


def credentials_context(uid: uuid.UUID) -> str:
    """What ties sealed credentials to their connection, so that they cannot be copied to another row."""
    return f"connection:{uid}"


class ConnectionQuerySet(ScopedQuerySet["Connection"]):
    # One account may serve ten markets: only a grant on the whole brand shows it.
    scope = Scope()


@tracked(exclude=["credentials"])
class Connection(Record):
    """One account on one platform: where it answers, how to log in, and how fast it may be called."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="connections")
    code = models.SlugField(max_length=60)
    platform = models.CharField(max_length=20, choices=choices(PLATFORMS))
    base_url = models.URLField()
    credentials = models.BinaryField(blank=True, default=b"", help_text="Encrypted; see stores.values.crypto.")
    # What this installation of the platform can do, where it differs from the connector's word: {"can_schedule": false}.
    options = models.JSONField(default=dict, blank=True)
    rate_per_second = models.FloatField(default=20)
    burst = models.PositiveIntegerField(default=40)
    max_in_flight = models.PositiveSmallIntegerField(default=8)

    objects: Any = models.Manager.from_queryset(ConnectionQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="connection_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="connection_id_brand"),
            one_of("platform", PLATFORMS, "connection_platform"),
            models.CheckConstraint(
                condition=Q(rate_per_second__gt=0, burst__gte=1, max_in_flight__gte=1),
                name="connection_pace",
                violation_error_message="Rate, burst and calls in flight must be above zero.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ChannelQuerySet(ScopedQuerySet["Channel"]):
    scope = Scope(market="market_id", partner="partner_id")

    def public(self) -> ChannelQuerySet:
        """Channels customers can buy from now."""
        return self.filter(status="active")

    def among(self, codes: Sequence[str]) -> ChannelQuerySet:
        """Only these channels; all of them when no codes are named (a key that is not bound to channels)."""
        return self.filter(code__in=codes) if codes else self


@tracked()
class Channel(Record):
    """One selling endpoint of a brand in one market. Without a connection it gets briefs instead of calls."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="channels")
    code = models.SlugField(max_length=60)
    name = LocalizedText()
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=12, choices=choices(CHANNEL_KINDS))
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="channels")
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="channels")
    remote_selector = models.CharField(
        max_length=200, blank=True, help_text="The market, region or shop on the platform."
    )
    price_control = models.CharField(max_length=12, choices=choices(PRICE_CONTROLS), default="own")
    currency = models.CharField(max_length=3)
    languages = ArrayField(models.CharField(max_length=35))
    status = models.CharField(max_length=8, choices=choices(CHANNEL_STATUSES), default="draft")
    drift_policy = models.CharField(max_length=8, choices=choices(DRIFT_POLICIES), default="heal")
    url = models.URLField(blank=True, max_length=500)

    objects: Any = models.Manager.from_queryset(ChannelQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "code"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "code"], name="channel_code_per_brand"),
            models.UniqueConstraint(fields=["id", "brand"], name="channel_id_brand"),
            models.UniqueConstraint(
                fields=["connection", "remote_selector"],
                condition=Q(connection__isnull=False),
                name="channel_remote_once",
                violation_error_message="Another channel already uses this part of the account.",
            ),
            one_of("kind", CHANNEL_KINDS, "channel_kind"),
            one_of("status", CHANNEL_STATUSES, "channel_status"),
            one_of("price_control", PRICE_CONTROLS, "channel_price_control"),
            one_of("drift_policy", DRIFT_POLICIES, "channel_drift_policy"),
            models.CheckConstraint(condition=Q(languages__len__gte=1), name="channel_has_a_language"),
            SameBrand(link="partner", name="channel_partner_same_brand"),
            SameBrand(link="connection", name="channel_connection_same_brand"),
        ]

    def __str__(self) -> str:
        return self.code


class ChannelStoreQuerySet(ScopedQuerySet["ChannelStore"]):
    scope = Scope(market="channel__market_id", store="store_id", partner="store__operator_id")


@tracked()
class ChannelStore(Record):
    """A store's part in a channel: sells its goods, hands out pickups, or only shows."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="channel_stores")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="channel_stores")
    role = models.CharField(max_length=8, choices=choices(STORE_ROLES), default="sells")

    objects: Any = models.Manager.from_queryset(ChannelStoreQuerySet)()

    class Meta(Record.Meta):
        ordering = ["channel", "store"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "store", "role"], name="channel_store_once"),
            one_of("role", STORE_ROLES, "channel_store_role"),
            SameBrand(link="channel", name="channel_store_channel_same_brand"),
            SameBrand(link="store", name="channel_store_store_same_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.role} {self.channel}"
