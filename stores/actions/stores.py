"""Writes to stores: an import's staged rows in one go, and publication."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from pgtrigger.registry import registered

from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting, name_of
from stores.models import Actor, Brand, Store, User
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.publication import publication_gaps
from stores.values import clock

STAGED = "import_rows"
"""The temporary table of an import, made by ``stores.imports.staging``: one row per row of the file, with its outcome."""

# Fields that an update takes over only when the row speaks about them ("given").
SIMPLE_FIELDS = {
    "format": "format",
    "status": "status",
    "time_zone": "time_zone",
    "phone": "phone",
    "email": "email",
    "website": "website",
    "languages": "languages",
    "opening_date": "opening_date",
    "closing_date": "closing_date",
    "holiday_policy": "holiday_policy",
    "holiday_hours": "holiday_hours",
}

PARTNERS = {"operator": "operator_id", "located_in": "host_id"}
"""Fields that name a partner, and the column that links to it; a partner that is not known changes nothing, a blank clears."""


OWN_LIST = "own"
"""The source of lists in our own columns. They are written by people here, so a date that one names is a person's decision."""


def day_source(source: str) -> str:
    """What the special days that a list brought have as their source.

    Only these does the list take away again, and change; one in our own columns changes every day that it names.
    """
    name = f"list:{source}"
    return name if len(name) <= _LONGEST_SOURCE else f"list:{hashlib.sha256(source.encode()).hexdigest()[:32]}"


_LONGEST_SOURCE = 60
_CREATE_STORES = f"""
INSERT INTO stores_store (brand_id, code, market_id, format, status, name, description, time_zone, latitude, longitude,
    source_datum, phone, email, website, languages, opening_date, closing_date, operator_id, host_id, cluster,
    publish_override, holiday_policy, holiday_hours)
SELECT %(brand)s, code, market_id, format, status, names, '{{}}', time_zone, latitude, longitude,
    datum, phone, email, website, languages, opening_date, closing_date, operator_id, host_id, '', '',
    holiday_policy, holiday_hours
FROM {STAGED} WHERE outcome = 'created' ORDER BY row
"""  # noqa: S608  (the names in these statements are ours, values are parameters)
# A new store is found again by its code, a known one by what the row was matched to.
_NEW = f"{STAGED} r JOIN stores_store s ON s.brand_id = %(brand)s AND s.code = r.code AND r.outcome = 'created'"
_KNOWN = f"{STAGED} r JOIN stores_store s ON s.id = r.store_id AND r.outcome IN ('changed', 'unchanged')"
_CHANGED = f"{STAGED} r JOIN stores_store s ON s.id = r.store_id AND r.outcome = 'changed' AND r.changes ? "


def _sources(rows: str) -> str:
    return f"""
INSERT INTO stores_storesource (brand_id, store_id, source, external_id)
SELECT %(brand)s, s.id, %(source)s, r.external_id FROM {rows} WHERE r.external_id <> '' ORDER BY r.row
ON CONFLICT (brand_id, source, external_id) DO NOTHING
"""  # noqa: S608  (our names)


_CHANGE_STORES = f"""
UPDATE stores_store s SET
    market_id = r.market_id,
    reopen_date = CASE WHEN 'status' = ANY (r.given) AND r.status <> 'temporarily_closed' THEN NULL ELSE s.reopen_date END,
    name = s.name || r.names,
    latitude = CASE WHEN 'position' = ANY (r.given) THEN r.latitude ELSE s.latitude END,
    longitude = CASE WHEN 'position' = ANY (r.given) THEN r.longitude ELSE s.longitude END,
    source_datum = CASE WHEN r.changes ? 'position' THEN r.datum ELSE s.source_datum END,
    {
    ", ".join(
        f"{link} = CASE WHEN r.changes ? '{field}' THEN r.{link} ELSE s.{link} END" for field, link in PARTNERS.items()
    )
},
    {
    ", ".join(
        f"{to} = CASE WHEN '{of}' = ANY (r.given) THEN r.{of} ELSE s.{to} END" for to, of in SIMPLE_FIELDS.items()
    )
}
FROM {STAGED} r
WHERE r.outcome = 'changed' AND s.id = r.store_id
    AND r.changes - ARRAY['address', 'hours', 'services', 'special_days'] <> '{{}}'
"""  # noqa: S608  (our names)
_PARTS = ("sublocality", "locality", "administrative_area", "postal_code")
ADDRESS_JSON = (
    "jsonb_build_object('lines', to_jsonb(a.lines), " + ", ".join(f"'{part}', a.{part}" for part in _PARTS) + ")"
)
"""An address row ``a`` as the staging table writes addresses; concatenating what a file gives shows what it changes."""
_CHANGE_ADDRESSES = f"""
UPDATE stores_storeaddress a SET
    lines = CASE WHEN part ? 'lines' THEN ARRAY(SELECT jsonb_array_elements_text(part -> 'lines')) ELSE a.lines END,
    {", ".join(f"{name} = coalesce(part ->> '{name}', a.{name})" for name in _PARTS)}
FROM {STAGED} r, jsonb_each(r.addresses) AS one (tag, part)
WHERE r.outcome = 'changed' AND r.changes ? 'address' AND a.store_id = r.store_id AND a.language = tag
    AND {ADDRESS_JSON} || part <> {ADDRESS_JSON}
"""  # noqa: S608  (our names)


def _addresses(rows: str) -> str:
    return f"""
INSERT INTO stores_storeaddress (brand_id, store_id, language, is_primary, lines, {", ".join(_PARTS)}, sorting_code)
SELECT %(brand)s, s.id, tag,
    tag = r.primary_address AND NOT EXISTS (
        SELECT 1 FROM stores_storeaddress p WHERE p.store_id = s.id AND p.is_primary),
    ARRAY(SELECT jsonb_array_elements_text(coalesce(part -> 'lines', '[]'))),
    {", ".join(f"coalesce(part ->> '{name}', '')" for name in _PARTS)}, ''
FROM {rows}, jsonb_each(r.addresses) AS one (tag, part)
WHERE NOT EXISTS (SELECT 1 FROM stores_storeaddress a WHERE a.store_id = s.id AND a.language = tag)
ORDER BY r.row
"""  # noqa: S608  (our names)


_DROP_SEASONS = f"""
DELETE FROM stores_weeklyhours h USING {STAGED} r
WHERE r.outcome = 'changed' AND r.changes ? 'hours' AND h.store_id = r.store_id AND h.purpose = 'store'
    AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(r.hours) week WHERE week ->> 'from' = h.season_from)
"""  # noqa: S608  (our names)


def _hours(rows: str) -> str:
    return f"""
INSERT INTO stores_weeklyhours AS h (brand_id, store_id, purpose, season_from, season_to, periods)
SELECT %(brand)s, s.id, 'store', week ->> 'from', week ->> 'to', week -> 'periods'
FROM {rows}, jsonb_array_elements(r.hours) AS week ORDER BY r.row
ON CONFLICT (store_id, purpose, season_from) DO UPDATE SET season_to = excluded.season_to, periods = excluded.periods
WHERE h.season_to <> excluded.season_to OR h.periods <> excluded.periods
"""  # noqa: S608  (our names)


# What a preview showed as there before, and only that: a day of a person is never the list's to take.
_DROP_DAYS = f"""
DELETE FROM stores_specialday d USING {STAGED} r
WHERE r.outcome = 'changed' AND r.changes ? 'special_days' AND d.store_id = r.store_id AND d.purpose = 'store'
    AND d.source = %(day_source)s AND r.changes -> 'special_days' -> 0 ? d.date::text AND NOT r.special_days ? d.date::text
"""  # noqa: S608  (our names)


def _days(rows: str) -> str:
    """A proposal gives way: the list answers what it asks."""
    return f"""
INSERT INTO stores_specialday AS d (brand_id, store_id, purpose, date, periods, name, state, source, decided_by, decided_at)
SELECT %(brand)s, s.id, 'store', day::date, periods, '{{}}', 'confirmed', %(day_source)s, %(by)s, %(moment)s
FROM {rows}, jsonb_each(r.special_days) AS one (day, periods) ORDER BY r.row
ON CONFLICT (store_id, purpose, date) DO UPDATE SET periods = excluded.periods, state = excluded.state,
    source = excluded.source, decided_by = excluded.decided_by, decided_at = excluded.decided_at
WHERE d.state = 'proposed'
    OR (d.source = excluded.source OR %(own_list)s) AND (d.periods, d.state) <> (excluded.periods, excluded.state)
"""  # noqa: S608  (our names)


_DROP_SERVICES = f"""
DELETE FROM stores_storeservice d USING {STAGED} r
WHERE r.outcome = 'changed' AND r.changes ? 'services' AND d.store_id = r.store_id AND d.offering_id <> ALL (r.service_ids)
"""  # noqa: S608  (our names)


def _services(rows: str) -> str:
    return f"""
INSERT INTO stores_storeservice (brand_id, store_id, offering_id, hours_purpose)
SELECT %(brand)s, s.id, offering, 'store' FROM {rows}, unnest(r.service_ids) AS offering ORDER BY r.row
ON CONFLICT (store_id, offering_id) DO NOTHING
"""  # noqa: S608  (our names)


_AT_ONCE = 5000
"""Stores that are checked and published by one statement; their addresses are in memory meanwhile."""

_CREATE = (
    ("stores", _CREATE_STORES),
    ("sources", _sources(_NEW)),
    ("addresses", _addresses(_NEW)),
    ("hours", _hours(_NEW)),
    ("special days", _days(_NEW)),
    ("services", _services(_NEW)),
)
_CHANGE = (
    ("stores", _CHANGE_STORES),
    ("sources", _sources(_KNOWN)),
    ("addresses", _CHANGE_ADDRESSES),
    ("more addresses", _addresses(_CHANGED + "'address'")),
    ("seasons dropped", _DROP_SEASONS),
    ("hours", _hours(_CHANGED + "'hours'")),
    ("special days dropped", _DROP_DAYS),
    ("special days", _days(_CHANGED + "'special_days'")),
    ("services dropped", _DROP_SERVICES),
    ("services", _services(_CHANGED + "'services'")),
)


@dataclass(frozen=True, slots=True)
class Published:
    """What a bulk publication did: how many went live, and of those how many by override."""

    published: int
    overridden: int
    held: int


def apply_staged_stores(*, by: Actor, brand: Brand, source: str, reason: str) -> dict[str, int]:
    """Write the staged rows whose outcome is created or changed; how many stores each statement wrote, by its name.

    All of them or, when the database refuses one, none: the caller's transaction is the unit. Set-based, because 65,000
    stores row by row would hold the transaction for minutes; history triggers are statement-level and see every row.
    """
    check_may_import(by=by, brand=brand)
    parameters: dict[str, Any] = {
        "brand": brand.pk,
        "source": source,
        "day_source": day_source(source),
        "own_list": source == OWN_LIST,
        "by": name_of(by),
        "moment": clock.now(),
    }
    written = {}
    with acting(by, reason), many_rows(), connection.cursor() as cursor:
        for outcome, statements in (("created", _CREATE), ("changed", _CHANGE)):
            # A store that is new in this transaction has a version already; its children need not move it.
            _ignore(cursor, _bumps_of_children() if outcome == "created" else [])
            for name, statement in statements:
                cursor.execute(statement, parameters)
                written[f"{outcome} {name}"] = cursor.rowcount
        _ignore(cursor, [])
    return written


@contextmanager
def many_rows() -> Iterator[None]:
    """Make the triggers fit for many rows in one transaction.

    A statement of a trigger is planned at its first firing in a session and kept: when that was for one row, history compares
    old and new rows in nested loops, a minute for 14,000 rows. And a trigger that finds "pgtrigger.ignore" unset raises and
    catches an error, each time walking all checks that are deferred to the commit, another minute.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
        cursor.execute("SET LOCAL enable_nestloop = off")
        _ignore(cursor, [])
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def _ignore(cursor: Any, triggers: list[str]) -> None:
    """Which triggers stay silent until the next call or the transaction's end."""
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(triggers) + "}"])


def _bumps_of_children() -> list[str]:
    """The database's names of the triggers by which a new address or week moves its store's version."""
    children = ("stores.StoreAddress:bump_parent_insert", "stores.WeeklyHours:bump_parent_insert",
                "stores.SpecialDay:bump_parent_insert", "stores.StoreService:bump_parent_insert")  # fmt: skip
    return [trigger.get_pgid(model) for model, trigger in registered(*children)]


def one_import_at_a_time(brand: Brand, *, waits: Callable[[], None] = lambda: None) -> None:
    """Wait until no other import of the brand is applied or undone: each would create what the other has not committed.

    ``waits`` is called when there is another one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('stores.imports', %s))", [brand.pk])
        if not cursor.fetchone()[0]:
            waits()
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stores.imports', %s))", [brand.pk])


def check_may_import(*, by: Actor, brand: Brand) -> None:
    """Refuse anyone who may not import stores for the whole brand: a file may touch any of its markets."""
    if not Brand.objects.visible_to(by, to="import_stores").filter(pk=brand.pk).exists():
        raise NotFound("brand")
    if isinstance(by, User):
        grants = [grant for grant in by.live_grants() if grant.brand_id == brand.pk]
        wide = [g for g in grants if not (g.region_id or g.market_id or g.store_id or g.partner_id)]
        if not any("import_stores" in grant.role.abilities for grant in wide):
            raise Refused("Importing stores needs a grant for the whole brand.", code="not_brand_wide")


@transaction.atomic
def publish_stores(*, by: Actor, stores: Any, override: str = "") -> Published:
    """Publish the unpublished among ``stores`` (a QuerySet) that customers may know about.

    A store goes live when its checklist has no gap (:func:`publication_gaps`). With ``override``, an owner's reason that is
    recorded on the store, the incomplete ones go live too, and the record says what they lack; without it they are held.
    """
    if override and isinstance(by, User) and not by.can("import_stores"):
        raise Refused("Only an owner may publish stores that are not complete.", code="override")
    allowed = stores.visible_to(by, to="edit_stores").filter(published_at__isnull=True, status__in=PUBLIC_STATUSES)
    # A person may be an owner of one brand and an editor in another.
    owned = set(stores.visible_to(by, to="import_stores").values_list("pk", flat=True)) if override else set()
    published = overridden = held = 0
    moment = clock.now()
    with acting(by, override or "published"), many_rows(), connection.cursor() as cursor:
        ids = list(allowed.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _AT_ONCE):
            checked = publication_gaps(ids[start : start + _AT_ONCE])
            live = [pk for pk, gaps in checked.items() if pk in owned or not gaps]
            texts = [
                f"{override} (lacks {', '.join(dict.fromkeys(gap.what for gap in checked[pk]))})"[:200]
                if checked[pk]
                else ""
                for pk in live
            ]
            held += len(checked) - len(live)
            published += len(live)
            overridden += sum(map(bool, texts))
            cursor.execute(
                "UPDATE stores_store s SET published_at = %s, publish_override = given.text "
                "FROM unnest(%s::bigint[], %s::text[]) AS given (id, text) WHERE s.id = given.id",
                [moment, live, texts],
            )
    return Published(published, overridden, held)


def unpublish_stores(*, by: Actor, stores: Any, reason: str) -> int:
    """Take the published among ``stores`` (a QuerySet) down: customers do not find them any more. Returns how many.

    The code stays theirs. Raises Refused without a reason: somebody will ask why a store vanished.
    """
    if not reason.strip():
        raise Refused("Say why, so that others find it in the history.", code="reason")
    allowed = stores.visible_to(by, to="edit_stores").filter(published_at__isnull=False)
    with acting(by, reason), many_rows():
        ids = list(allowed.order_by("pk").values_list("pk", flat=True))
        return int(
            Store.objects.filter(pk__in=ids, published_at__isnull=False).update(published_at=None, publish_override="")
        )
