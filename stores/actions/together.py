"""One change for many stores: looked at store by store first, then written for all that can take it, or for none."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stores.actions import partners
from stores.actions.errors import NotFound, Refused
from stores.actions.holidays import part_of
from stores.actions.transaction import acting
from stores.models import Actor, Partner, Store

PLAIN = ("format", "cluster", "phone", "email", "website")
"""Fields that get the same value in every store."""
PART = "holiday_subdivision"
"""Each store gets the code that its own market's country has for the name."""
ADDED, REMOVED = "add_languages", "remove_languages"
MOST = 5_000
"""Stores of one change: what a transaction can lock without keeping others waiting, and a person can still look over."""


@dataclass(frozen=True, slots=True)
class Row:
    """One store: what would change, as pairs of old and new by field, or why it cannot.

    ``refused`` is ``not_allowed`` (seen, but not the actor's to edit), or that the partner is of an ``other_brand`` or works in
    an ``other_market``, its ``contract_over`` or the right ``exclusive`` to somebody else, or that its country has
    ``no_such_part``.
    """

    store: Any
    changes: Mapping[str, tuple[Any, Any]]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. ``stamp`` stands for the values and for the stores as they were looked at."""

    rows: Sequence[Row]
    stamp: str
    changed: Sequence[Row] = field(init=False)
    refused: Sequence[Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "refused", [row for row in self.rows if row.refused])
        object.__setattr__(self, "changed", [row for row in self.rows if row.changes and not row.refused])


def preview_together(*, by: Actor, stores: Any, values: Mapping[str, Any]) -> Preview:
    """What giving these values to the stores of a QuerySet would change, store by store. Writes nothing.

    ``values`` may hold :data:`PLAIN` fields, ``operator`` (a Partner or None), :data:`PART` and languages to add and to remove.
    Raises Refused when there are more than :data:`MOST` stores, NotFound when the actor may not see the operator.
    """
    return _preview(by, stores, values, lock=False)


def change_together(*, by: Actor, stores: Any, values: Mapping[str, Any], stamp: str, reason: str = "") -> int:
    """Write what the preview of this stamp showed; how many stores changed.

    All or nothing. Raises Refused (code ``stale``) when a store has changed, come or gone since the preview, or the values are
    not those that it showed.
    """
    with acting(by, reason or "changed together"):
        preview = _preview(by, stores, values, lock=True)
        if preview.stamp != stamp:
            raise Refused(
                "These stores or your entries have changed since the preview. Look at it again.", code="stale"
            )
        alike: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
        for row in preview.changed:
            alike[tuple(sorted((name, _hashable(new)) for name, (_, new) in row.changes.items()))].append(row.store.pk)
        for fields, ids in alike.items():
            written = {name: list(new) if isinstance(new, tuple) else new for name, new in fields}
            Store._base_manager.filter(pk__in=ids).update(**written)
        ids = [row.store.pk for row in preview.changed]
        if Store.objects.visible_to(by, to="edit_stores").filter(pk__in=ids).count() != len(ids):
            raise NotFound("store")
    return len(preview.changed)


def _preview(by: Actor, stores: Any, values: Mapping[str, Any], *, lock: bool) -> Preview:
    partner: Partner | None = values.get("operator")
    if partner is not None and not Partner.objects.visible_to(by).filter(pk=partner.pk).exists():
        raise NotFound("partner")
    ids = list(stores.visible_to(by).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise Refused(
            "At most 5,000 stores can be changed together. Filter the list, or import a file.", code="too_many"
        )
    found = Store._base_manager.filter(pk__in=ids).select_related("market", "operator").order_by("pk")
    if lock:
        found = found.select_for_update(of=("self",))
    editable = set(Store.objects.visible_to(by, to="edit_stores").filter(pk__in=ids).values_list("pk", flat=True))
    forbidden = partners.forbidden(partner)
    rows = []
    digest = hashlib.sha256(_told(values))
    for store in found:
        digest.update(f"{store.pk}:{store.version};".encode())
        wanted = {**values, **_part(store, values)}
        refused = (
            _refusal(store, partner) or forbidden(store) or ("no_such_part" if wanted.get(PART, "") is None else "")
        )
        if store.pk not in editable:
            refused = "not_allowed"
        rows.append(Row(store, _changes(store, wanted), refused))
    return Preview(rows, digest.hexdigest())


def _told(values: Mapping[str, Any]) -> bytes:
    """The values as the stamp takes them in: the same bytes for the same values, in whatever order they came."""
    return json.dumps({name: getattr(value, "pk", value) for name, value in values.items()}, sort_keys=True).encode()


def _changes(store: Any, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    wanted: dict[str, Any] = {name: values[name] for name in (*PLAIN, "operator", PART) if name in values}
    if ADDED in values or REMOVED in values:
        gone = set(values.get(REMOVED, ()))
        kept = [tag for tag in store.languages if tag not in gone]
        wanted["languages"] = list(dict.fromkeys([*kept, *values.get(ADDED, ())]))
    return {name: (old, new) for name, new in wanted.items() if (old := getattr(store, name)) != new}


def _part(store: Any, values: Mapping[str, Any]) -> dict[str, str | None]:
    """The part of the country as the store keeps it, None where its market has none of that name."""
    if PART not in values:
        return {}
    try:
        return {PART: part_of(store.market, values[PART]) or values[PART].strip()}
    except Refused:
        return {PART: None}


def _refusal(store: Any, partner: Partner | None) -> str:
    if partner is None:
        return ""
    if partner.brand_id != store.brand_id:
        return "other_brand"
    if partner.market_id and partner.market_id != store.market_id:
        return "other_market"
    return ""


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
