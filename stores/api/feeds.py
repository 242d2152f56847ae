"""``feeds/``: all stores that customers may know of, in the formats other systems read, streamed as one document."""

from __future__ import annotations

from collections.abc import Sequence

from stores.api import parameters
from stores.api.documented import documented
from stores.api.endpoint import QUARTER_S, Answer, Call, Endpoint
from stores.api.parameters import Parameter
from stores.api.problems import NOT_FOUND, Problem
from stores.feeds.formats import FORMATS
from stores.feeds.reading import feed_stores
from stores.models import Store
from stores.models.queries.opening import local_day
from stores.models.queries.stores import StoreQuerySet

_FORMAT = 1
"""Counts up when a feed is written differently from the same stores, so that nobody keeps an old release's file."""
FILTERS: Sequence[Parameter] = (
    parameters.MARKET,
    Parameter("region", parameters.code, "Code of a region; its whole subtree counts.", example="east-asia"),
    Parameter("store", parameters.code, "Code of one store, such as for its calendar.", example="jp-shibuya"),
)


def _stores(call: Call) -> StoreQuerySet:
    stores: StoreQuerySet = Store.objects.visible_to(call.key).public()
    if "market" in call.given:
        stores = stores.in_markets(call.given["market"])
    if "region" in call.given:
        stores = stores.in_region(call.given["region"])
    if "store" in call.given:
        stores = stores.filter(code=call.given["store"])
    return stores


def _days(stores: StoreQuerySet, call: Call) -> str:
    """The dates where the stores are, by time zone: what a feed says of today and of the days ahead changes with them."""
    zones = stores.order_by("time_zone").values_list("time_zone", flat=True).distinct()
    return ",".join(str(local_day(zone, call.now)) for zone in zones)


@documented(
    "Stores in a format of another system",
    "Feed",
    tag="stores",
    path=("format", "The format."),
    path_schema={"type": "string", "enum": list(FORMATS)},
    media_types=tuple(dict.fromkeys(each.media_type for each in FORMATS.values())),
)
class Feed(Endpoint):
    """All stores that customers may know of as schema.org JSON-LD, GeoJSON, OpenStreetMap tags, Google's bulk sheet, in the
    shape of Apple's business locations, as a calendar of opening hours, or as a table.

    Not paged: the document is streamed. Ask again with `If-None-Match`: as long as nothing changed the answer is a 304. For
    servers only, since a publishable key would let every visitor fetch the whole network.
    """

    parameters = (*FILTERS, parameters.LANGUAGE)

    def answer(self, call: Call, **path: str) -> Answer:
        """The feed, made while it is sent."""
        found = FORMATS.get(path["format"])
        if found is None:
            raise Problem("not-found", NOT_FOUND)
        if call.key.kind != "secret":
            raise Problem("forbidden", "Feeds are for servers: use a secret key.")
        stores = _stores(call)
        seal = f"{_FORMAT}:{found.name}:{call.language}:{stores.state()}:{_days(stores, call)}"
        return Answer(
            b"",
            call.age_until_next(QUARTER_S),
            content_type=found.media_type,
            seal=seal.encode(),
            stream=found.write(feed_stores(stores, call.now), call.language),
            file_name=f"stores.{found.ending}",
        )
