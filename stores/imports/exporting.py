"""Stores as rows of our own columns: what an import of the same file would read, so that it finds nothing to change.

Every text stands in exactly one cell. ``name`` and the columns of the address hold the language that the import would file them
under by itself; other languages have ``name_<tag>`` and ``address_<tag>`` (the lines alone).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from stores.imports.hours import Hours, write_hours
from stores.imports.presets.own import MAPPING
from stores.imports.rows import ADDRESS_FIELDS, FIELDS
from stores.models import SpecialDay, StoreAddress, StoreService, StoreSource, WeeklyHours
from stores.values import clock
from stores.values.addresses import one_cell
from stores.values.scripts import language_for

_CHUNK = 1000
_STORE = (
    "pk", "code", "market__code", "market__languages", "format", "status", "operator__code", "host__code", "name",
    "time_zone", "latitude", "longitude", "source_datum", "phone", "email", "website", "languages", "opening_date",
    "closing_date", "holiday_policy", "holiday_hours",
)  # fmt: skip
# Single dates stand in the cell of the hours.
_OWN = tuple(name for name in FIELDS if name != "special_hours")
_PARTS = ("sublocality", "locality", "administrative_area", "postal_code")


def columns_of(stores: Any) -> list[str]:
    """The columns that rows of these stores (a QuerySet) have: all fields, and the other languages that there are."""
    try:
        ids, params = stores.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nobody may see any
        return list(_OWN)
    tags: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for prefix, sql in (
            ("name", f"SELECT DISTINCT jsonb_object_keys(name) FROM stores_store WHERE id IN ({ids})"),  # noqa: S608  (ours)
            ("address", f"SELECT DISTINCT language FROM stores_storeaddress WHERE store_id IN ({ids})"),  # noqa: S608  (ours)
        ):
            cursor.execute(sql, params)
            tags[prefix] = sorted(row[0] for row in cursor.fetchall())
    return [*_OWN, *(f"{prefix}_{tag}" for prefix, found in tags.items() for tag in found)]


def rows_of(stores: Any) -> Iterator[dict[str, str]]:
    """Each store's cells by column, blank ones left out, ordered by code; streamed."""
    last = ""
    ordered = stores.order_by("code")
    while chunk := list(ordered.filter(code__gt=last).values(*_STORE)[:_CHUNK]):
        yield from _cells(chunk)
        last = chunk[-1]["code"]


def _cells(chunk: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    ids = [store["pk"] for store in chunk]
    addresses = _grouped(
        StoreAddress.objects.filter(store__in=ids).order_by("-is_primary", "language"),
        ("language", "is_primary", "lines", *_PARTS),
    )
    hours = _grouped(
        WeeklyHours.objects.filter(store__in=ids, purpose="store").order_by("season_from"),
        ("season_from", "season_to", "periods"),
    )
    days = _grouped(
        SpecialDay.objects.filter(
            store__in=ids, purpose="store", state="confirmed", date__gte=clock.earliest_day()
        ).order_by("date"),
        ("date", "periods"),
    )
    services = _grouped(StoreService.objects.filter(store__in=ids).order_by("offering__code"), ("offering__code",))
    sources = _grouped(
        StoreSource.objects.filter(store__in=ids, source=MAPPING.source).order_by("pk"), ("external_id",)
    )
    for store in chunk:
        pk = store["pk"]
        found = {
            "code": store["code"],
            "market": store["market__code"],
            "format": store["format"],
            "status": store["status"],
            "operator": store["operator__code"],
            "located_in": store["host__code"],
            "time_zone": store["time_zone"],
            "phone": store["phone"],
            "email": store["email"],
            "website": store["website"],
            "languages": ", ".join(store["languages"]),
            "opening_date": store["opening_date"] and store["opening_date"].isoformat(),
            "closing_date": store["closing_date"] and store["closing_date"].isoformat(),
            "external_id": next((row["external_id"] for row in sources[pk]), ""),
            "services": "; ".join(row["offering__code"] for row in services[pk]),
            "hours": write_hours(
                Hours(
                    [
                        {"from": row["season_from"], "to": row["season_to"], "periods": row["periods"]}
                        for row in hours[pk]
                    ],
                    {row["date"].isoformat(): row["periods"] for row in days[pk]},
                    store["holiday_policy"],
                    store["holiday_hours"] if store["holiday_policy"] == "own_hours" else None,
                )
            ),
        }
        if store["latitude"] is not None:
            found |= {"latitude": repr(store["latitude"]), "longitude": repr(store["longitude"])}
            # Positions are WGS 84 here, whatever they were converted from: naming that would convert them once more.
            found["datum"] = "WGS84" if store["source_datum"] == "WGS84" else ""
        found |= _names(store["name"], store["market__languages"])
        found |= _addresses(addresses[pk], store["market__languages"])
        yield {name: text for name, text in found.items() if text}


def _grouped(rows: Any, names: Sequence[str]) -> Mapping[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("store_id", *names):
        found[row["store_id"]].append(row)
    return found


def _names(names: Mapping[str, str], spoken: Sequence[str]) -> dict[str, str]:
    """The market's own language first: its name goes into ``name`` when the import would see by itself which it is."""
    ordered = sorted(names, key=lambda tag: (spoken.index(tag) if tag in spoken else len(spoken), tag))
    main = next((tag for tag in ordered if language_for(" ".join(names[tag].split()), spoken) == tag), None)
    return {("name" if tag == main else f"name_{tag}"): names[tag] for tag in ordered}


def _addresses(rows: Iterable[Mapping[str, Any]], spoken: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        lines = one_cell(row["lines"])
        tag = row["language"]
        if row["is_primary"] and language_for(" ".join((*row["lines"], row["locality"])), spoken) == tag:
            found |= dict(zip(ADDRESS_FIELDS, (lines, *(row[part] for part in _PARTS)), strict=True))
        else:
            found[f"address_{tag}"] = lines
    return found
