"""``promotions/``: approved plans as customers see them, live by the moment alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stores.api import parameters, permissions
from stores.api.cards import instant_text, text_for
from stores.api.compiled import compiled
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps, page
from stores.api.paging import links
from stores.api.parameters import Parameter
from stores.api.remembered import Remembered
from stores.models import MarketPlan, Store
from stores.models.queries.promotions import LivePlan, MarketPlanQuerySet, live_plans
from stores.values import money

# A document belongs to a version of a plan, a language, and the part of the plan that may be shown.
_Key = tuple[int, int, str, tuple[str, ...], tuple[str, ...]]
_documents: Remembered[_Key, bytes] = Remembered(10_000)
_plans: Remembered[tuple[int, int], Any] = Remembered(2_000)

FILTERS = ("market", "channel", "store", "sku")


@documented("List live promotions", "PromotionPage", tag="promotions")
class Promotions(Endpoint):
    """The promotions that are live, from what was approved: copy, prices, window and where they run.

    An edit that is not approved yet is never seen here. A promotion is live from its start until just before its end.
    """

    parameters = (
        parameters.MARKET,
        Parameter("channel", parameters.code, "Only what runs in this channel, with that channel's prices."),
        Parameter("store", parameters.code, "Only what runs in this store."),
        Parameter("sku", parameters.code, "Only what covers this article."),
        Parameter(
            "at",
            parameters.instant_or_now,
            "What is live at another instant; needs a key with the scope `preview`.",
            {"type": "string", "default": "now"},
            "2026-11-27T00:00:00+09:00",
        ),
        *parameters.PAGED,
    )

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of live promotions."""
        moment: datetime = call.given.get("at", call.now)
        preview = "at" in call.given and call.request.GET["at"] != "now"
        if preview:
            permissions.require(call.key, "preview", "Another moment than now")
        cursor = call.cursor(int)
        backwards = cursor is not None and cursor.backwards
        place = cursor.place[0] if cursor else None
        found, next_start = live_plans(
            compiled(call, _filtered, FILTERS),
            moment,
            call.limit + 1,
            after=None if backwards else place,
            before=place if backwards else None,
        )
        more = len(found) > call.limit
        found = (found[1:] if backwards else found[:-1]) if more else found
        previous, following = links([plan.id for plan in found], cursor, more=more)
        body = page(call, _records(found, call), next_cursor=following, previous_cursor=previous)
        changes = [plan.ends_at for plan in found] + ([next_start] if next_start else [])
        return Answer(body, call.age_until(None if preview else min(changes, default=None)))


def _filtered(call: Call) -> MarketPlanQuerySet:
    plans: MarketPlanQuerySet = MarketPlan.objects.visible_to(call.key).running().started_before_a_freeze()
    given, channel = call.given, call.given.get("channel")
    if "market" in given:
        plans = plans.filter(market__code__in=given["market"])
    shown = _channels(call)
    if shown is not None:
        plans = plans.in_channels(shown)
    if "store" in given:
        visible = Store.objects.visible_to(call.key).public().filter(code=given["store"])
        plans = plans.in_store(given["store"]) if visible.exists() else plans.none()
    if "sku" in given:
        plans = plans.with_item(given["sku"], channel)
    return plans


def _channels(call: Call) -> tuple[str, ...] | None:
    """The channels that may be shown, None for all: the key's own, narrowed by the one that was asked for."""
    own, asked = tuple(call.key.channel_codes), call.given.get("channel")
    if asked is None:
        return own or None
    return (asked,) if not own or asked in own else ()


def _records(found: Sequence[LivePlan], call: Call) -> list[bytes]:
    """The promotions as JSON. A plan that vanished meanwhile is left out."""
    plans = {each.id: _plans.get((each.id, each.version)) for each in found}
    missing = [each for each in found if plans[each.id] is None]
    if missing:
        rows = MarketPlan.objects.filter(pk__in=[each.id for each in missing])
        fresh = {plan.pk: plan for plan in rows.select_related("campaign", "market", "approved_revision")}
        for each in missing:
            if plan := fresh.get(each.id):
                plans[each.id] = plan
                _plans.put((each.id, each.version), plan)
    known = [plan for each in found if (plan := plans[each.id]) is not None and plan.approved_revision is not None]
    visible = _visible_stores(known, call)
    return [_record(plan, visible, call) for plan in known]


def _visible_stores(plans: Collection[Any], call: Call) -> set[str]:
    """Of the stores the plans run in, those customers may know of."""
    codes = {code for plan in plans for code in plan.approved_revision.content["stores"]}
    if not codes:
        return set()
    return set(Store.objects.visible_to(call.key).public().filter(code__in=codes).values_list("code", flat=True))


def _record(plan: Any, visible: Collection[str], call: Call) -> bytes:
    content = plan.approved_revision.content
    stores = tuple(code for code in content["stores"] if code in visible)
    shown = _channels(call)
    channels = tuple(code for code in content["channels"] if shown is None or code in shown)
    key = (plan.pk, plan.version, call.language, channels, stores)
    known = _documents.get(key)
    if known is None:
        known = dumps(_document(plan, channels, stores, call))
        _documents.put(key, known)
    return known


def _document(plan: Any, channels: tuple[str, ...], stores: tuple[str, ...], call: Call) -> dict[str, Any]:
    content = plan.approved_revision.content
    default = call.key.brand.default_language
    copy: Mapping[str, Mapping[str, str]] = content["copy"]
    headline, language = text_for(copy.get("headline", {}), call.language, default)
    terms, terms_language = text_for(copy.get("terms", {}), call.language, default)
    zone = ZoneInfo(content["window"]["zone"])
    return {
        "id": str(plan.uid),
        "campaign": plan.campaign.code,
        "market": plan.market.code,
        "kind": content["kind"],
        "percent": content.get("percent"),
        "headline": headline,
        "body": text_for(copy.get("body", {}), call.language, default)[0],
        "terms": terms,
        "language": language,
        "terms_language": terms_language,
        "starts_at": instant_text(plan.starts_at),
        "ends_at": instant_text(plan.ends_at),
        "starts_local": plan.starts_at.astimezone(zone).isoformat(),
        "ends_local": plan.ends_at.astimezone(zone).isoformat(),
        "time_zone": zone.key,
        "items": [_item(item, call.language) for item in content["items"] if item["channel"] in channels],
        "channels": list(channels),
        "stores": list(stores),
    }


def _item(item: Mapping[str, str], language: str) -> dict[str, Any]:
    amounts = {
        name: money.document(Decimal(item[name]), item["currency"], language) if item.get(name) else None
        for name in ("regular", "price")
    }
    return {"sku": item["sku"], "channel": item["channel"], **amounts}


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _documents.clear()
    _plans.clear()
