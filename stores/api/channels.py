"""``channels/``: where customers can buy."""

from __future__ import annotations

from typing import Any

from stores.api import parameters
from stores.api.cards import text_for
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps, page
from stores.api.paging import keyset
from stores.api.parameters import Parameter, list_schema
from stores.models import Channel
from stores.models.channels import CHANNEL_KINDS


@documented("List channels", "ChannelPage", tag="channels")
class Channels(Endpoint):
    """The channels customers can buy from now, ordered by code."""

    parameters = (
        parameters.MARKET,
        Parameter("kind", parameters.words(CHANNEL_KINDS), "Kinds, any of them.", list_schema(CHANNEL_KINDS)),
        *parameters.PAGED,
    )

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of channels."""
        rows = Channel.objects.visible_to(call.key).public().among(call.key.channel_codes)
        if "market" in call.given:
            rows = rows.filter(market__code__in=call.given["market"])
        if "kind" in call.given:
            rows = rows.filter(kind__in=call.given["kind"])
        found, previous, following = keyset(call, rows.select_related("market", "partner"), "code", str)
        records = [dumps(_document(channel, call)) for channel in found]
        return Answer(page(call, records, next_cursor=following, previous_cursor=previous))


def _document(channel: Any, call: Call) -> dict[str, Any]:
    default = call.key.brand.default_language
    name, language = text_for(channel.name, call.language, default)
    partner = text_for(channel.partner.name, call.language, default)[0] if channel.partner else None
    return {
        "id": str(channel.uid),
        "code": channel.code,
        "market": channel.market.code,
        "kind": channel.kind,
        "name": name,
        "language": language,
        "url": channel.url or None,
        "currency": channel.currency,
        "languages": channel.languages,
        "partner": partner,
    }
