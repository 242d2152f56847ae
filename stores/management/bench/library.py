"""The floor of the import benchmark: django-import-export's own loop over the same tables, as one would set it up with care.

What its documentation advises for speed is on: known stores are loaded at once (CachedInstanceLoader), markets are looked up
once (CachedForeignKeyWidget), nothing is drawn as HTML, unchanged rows are skipped. One import_data is preview and application.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import import_export.fields
import import_export.instance_loaders
import import_export.resources
import import_export.widgets
import tablib

from stores.imports.rows import Record
from stores.models import Brand, Market, Store, StoreAddress, StoreSource, WeeklyHours

_PLAIN = ("code", "format", "status", "time_zone", "latitude", "longitude", "phone", "website")
_PARTS = ("name", "market", "external_id", "addresses", "primary_address", "hours")
# The library has no types.
_library: Any = import_export
_tablib: Any = tablib
_ModelResource: Any = import_export.resources.ModelResource


class StoreResource(_ModelResource):  # type: ignore[misc]  # the library is Any
    """A store by its code; address, hours and source are written when the store is."""

    market = _library.fields.Field(
        attribute="market", column_name="market", widget=_library.widgets.CachedForeignKeyWidget(Market, "code")
    )
    name = _library.fields.Field(attribute="name", column_name="name", widget=_library.widgets.JSONWidget())

    class Meta:
        model = Store
        fields = (*_PLAIN, "market", "name")
        import_id_fields = ("code",)
        instance_loader_class = _library.instance_loaders.CachedInstanceLoader
        use_transactions = True
        skip_unchanged = True
        report_skipped = False
        skip_html_diff = True

    def __init__(self, brand: Brand) -> None:
        super().__init__()
        self.brand = brand

    def get_queryset(self) -> Any:
        return Store.objects.filter(brand=self.brand)

    def init_instance(self, row: Any = None) -> Store:
        return Store(brand=self.brand)

    def after_save_instance(self, instance: Store, row: Any, **kwargs: Any) -> None:
        StoreSource.objects.update_or_create(
            brand=self.brand, source="own", external_id=row["external_id"], defaults={"store": instance}
        )
        for tag, parts in json.loads(row["addresses"]).items():
            StoreAddress.objects.update_or_create(
                store=instance,
                language=tag,
                defaults={"brand": self.brand, "is_primary": tag == row["primary_address"], **parts},
            )
        for week in json.loads(row["hours"]):
            WeeklyHours.objects.update_or_create(
                store=instance,
                purpose="store",
                season_from=week["from"],
                defaults={"brand": self.brand, "season_to": week["to"], "periods": week["periods"]},
            )


def dataset(records: Sequence[Record]) -> Any:
    """Rows that are parsed already, as the library takes them."""
    rows = _tablib.Dataset(headers=[*_PLAIN, *_PARTS])
    for record in records:
        rows.append(
            [
                *(getattr(record, name) for name in _PLAIN),
                json.dumps(record.names),
                record.market,
                record.external_id,
                json.dumps(record.addresses),
                record.primary_address,
                json.dumps(record.hours or []),
            ]
        )
    return rows


def import_rows(brand: Brand, rows: Any) -> None:
    """Import them, history included; an error of any row ends it."""
    StoreResource(brand).import_data(rows, dry_run=False, raise_errors=True)
