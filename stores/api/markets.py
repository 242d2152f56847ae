"""``markets/``: where the brand is present."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stores.api import parameters
from stores.api.cards import text_for
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps, page
from stores.api.paging import keyset
from stores.api.problems import NOT_FOUND, Problem
from stores.models import MarketEntry, Region

# A market that is planned or being prepared is nobody's business yet.
PUBLIC_ENTRIES = ("live", "closing")


def _entries(call: Call) -> Any:
    entries = MarketEntry.objects.visible_to(call.key).filter(status__in=PUBLIC_ENTRIES)
    return entries.select_related("market")


def _regions(call: Call) -> dict[int, Region]:
    return {region.pk: region for region in Region.objects.visible_to(call.key).only("id", "code", "parent_id")}


def _document(entry: Any, regions: Mapping[int, Region], call: Call) -> dict[str, Any]:
    market = entry.market
    name, language = text_for(market.name, call.language, call.key.brand.default_language)
    return {
        "code": market.code,
        "name": name,
        "language": language,
        "currency": market.currency,
        "languages": market.languages,
        "region": _path(regions, entry.region_id),
        "time_zone": market.default_time_zone,
        "prices_include_tax": market.prices_include_tax,
        "week_starts_on": market.week_starts_on,
        "support_email": entry.support_email or None,
        "support_phone": entry.support_phone or None,
    }


def _path(regions: Mapping[int, Region], region_id: int | None) -> list[str]:
    codes: list[str] = []
    # A tree of a few levels; the bound keeps a circle made in raw SQL from turning forever.
    while region_id is not None and region_id in regions and len(codes) < 32:
        region = regions[region_id]
        codes.insert(0, region.code)
        region_id = region.parent_id
    return codes


@documented("List markets", "MarketPage", tag="markets")
class Markets(Endpoint):
    """The markets where the brand is live, or about to leave, ordered by code."""

    parameters = parameters.PAGED

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of markets."""
        rows = _entries(call)
        found, previous, following = keyset(call, rows, "market__code", str)
        regions = _regions(call)
        records = [dumps(_document(entry, regions, call)) for entry in found]
        return Answer(page(call, records, next_cursor=following, previous_cursor=previous))


@documented("One market", "Market", tag="markets", path=("code", "ISO 3166-1 alpha-2."))
class MarketDetail(Endpoint):
    """One market where the brand is live."""

    def answer(self, call: Call, **path: str) -> Answer:
        """The market, or 404."""
        entry = _entries(call).filter(market__code=path["code"].upper()).first()
        if entry is None:
            raise Problem("not-found", NOT_FOUND)
        document = _document(entry, _regions(call), call)
        return Answer(dumps(document), language=document["language"] or "")
