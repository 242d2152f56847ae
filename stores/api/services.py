"""``services/``: what markets offer to owners and visitors."""

from __future__ import annotations

from typing import Any

from stores.api import parameters
from stores.api.cards import text_for
from stores.api.documented import documented
from stores.api.endpoint import QUARTER_S, Answer, Call, Endpoint, dumps, page
from stores.api.paging import keyset
from stores.api.parameters import Parameter
from stores.models import ServiceOffering, Store
from stores.values import money


@documented("List services", "ServicePage", tag="services")
class Services(Endpoint):
    """The services that are offered on the market's own day, with terms and price."""

    parameters = (
        parameters.MARKET,
        Parameter("store", parameters.code, "Only what this store does, by its code."),
        *parameters.PAGED,
    )

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of offerings."""
        rows = ServiceOffering.objects.visible_to(call.key).offered_at(call.now)
        if "market" in call.given:
            rows = rows.filter(market__code__in=call.given["market"])
        if "store" in call.given:
            stores = Store.objects.visible_to(call.key).public().filter(code=call.given["store"])
            rows = rows.filter(store_services__store__in=stores)
        found, previous, following = keyset(call, rows.select_related("market"), "id", int)
        records = [dumps(_document(offering, call)) for offering in found]
        body = page(call, records, next_cursor=following, previous_cursor=previous)
        return Answer(body, call.age_until_next(QUARTER_S))


def _document(offering: Any, call: Call) -> dict[str, Any]:
    default = call.key.brand.default_language
    name, language = text_for(offering.name, call.language, default)
    terms, terms_language = text_for(offering.terms, call.language, default)
    price = None
    if offering.price is not None:
        amount = money.on_price_tags(offering.price, offering.currency)
        price = money.document(amount, offering.currency, call.language)
    return {
        "id": str(offering.uid),
        "code": offering.code,
        "market": offering.market.code,
        "kind": offering.kind,
        "line": offering.line or None,
        "name": name,
        "language": language,
        "terms": terms,
        "terms_language": terms_language,
        "price": price,
        "turnaround_days": offering.turnaround_days,
        "languages": offering.languages,
        "intake": offering.intake,
        "statutory_months": offering.statutory_months,
        "brand_months": offering.brand_months,
        "from_date": offering.from_date.isoformat() if offering.from_date else None,
        "to_date": offering.to_date.isoformat() if offering.to_date else None,
    }
