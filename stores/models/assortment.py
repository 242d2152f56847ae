"""What a store sells, and what a customer can try there."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from stores.models.base import Record, bumps, tracked
from stores.models.brands import Brand
from stores.models.catalog import Product
from stores.models.fields import SameBrand
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of

AVAILABILITIES = ("in", "low", "out", "unknown")


class StoreProductQuerySet(ScopedQuerySet["StoreProduct"]):
    scope = Scope(market="store__market_id", store="store_id", partner="store__operator_id")


@tracked()
class StoreProduct(Record):
    """A model at a store: sold there, to be tried there, and how much of it was left when somebody last looked."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="store_products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="store_products")
    on_sale = models.BooleanField(default=True)
    on_demo = models.BooleanField(default=False, help_text="Customers can try it there.")
    availability = models.CharField(max_length=8, choices=choices(AVAILABILITIES), default="unknown")
    as_of = models.DateTimeField(null=True, blank=True, help_text="When the availability was last known.")

    objects: Any = models.Manager.from_queryset(StoreProductQuerySet)()

    class Meta(Record.Meta):
        ordering = ["store", "product"]
        constraints = [
            models.UniqueConstraint(fields=["store", "product"], name="store_product_once"),
            one_of("availability", AVAILABILITIES, "store_product_availability"),
            models.CheckConstraint(
                condition=Q(availability="unknown") | Q(as_of__isnull=False),
                name="store_product_as_of",
                violation_error_message="Say when the availability was known.",
            ),
            SameBrand(link="store", name="store_product_same_brand"),
            SameBrand(link="product", name="store_product_product_same_brand"),
        ]
        triggers = [*Record.Meta.triggers, *bumps("stores_store", "store_id")]

    def __str__(self) -> str:
        return f"{self.product} at {self.store}"
