"""Reads of stores: who sees which, what customers see, and where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import BooleanField, Count, FloatField, Max, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import RawSQL

from stores.models.queries.opening import by_local_day
from stores.models.scope import Scope, ScopedQuerySet, regions_under
from stores.values import languages, searching
from stores.values.coordinates import EARTH_RADIUS_M, Box, Point

if TYPE_CHECKING:
    from stores.models.queries.promotions import MarketPlanQuerySet

# The same formula and constant as stores.values.coordinates.great_circle_metres, so that both sides agree. Differences below a
# ten-thousandth of a millimetre become none: PostgreSQL calls a product that is too small for a float an error.
_NORTH = '("stores_store"."latitude" - %s::float8 + 256 - 256)'
_EAST = '("stores_store"."longitude" - %s::float8 + 256 - 256)'
DISTANCE = (
    f"2 * {EARTH_RADIUS_M!r} * asin(sqrt(least(1.0::float8, "
    f"power(sin(radians({_NORTH}) / 2), 2) + "
    'cos(radians(%s::float8 + 256 - 256)) * cos(radians("stores_store"."latitude" + 256 - 256)) * '
    f"power(sin(radians({_EAST}) / 2), 2))))"
)
# What no word of a language looks like: parts joined by hyphens, with a figure or three of them.
CODE_LIKE = re.compile(r"[\w.]+-(?:[\w.-]*[0-9][\w.-]*|[\w.]+-[\w.-]+)")
PLACE = 'point("stores_store"."longitude", "stores_store"."latitude")'


class MapCounts(NamedTuple):
    """How many stores of a selection are in each status, and how many of all have no position."""

    by_status: dict[str, int]
    unplaced: int


class StoreQuerySet(ScopedQuerySet[Any]):
    scope = Scope(market="market_id", store="id", partner="operator_id")

    def public(self) -> Self:
        """What customers may see: published, and announced, open, or opening again."""
        from stores.models.network import PUBLIC_STATUSES  # noqa: PLC0415  (the table names the words)

        return self.filter(published_at__isnull=False, status__in=PUBLIC_STATUSES)

    def unconfirmed(self, since: datetime) -> Self:
        """Stores that nobody has confirmed since the instant."""
        return self.filter(Q(verified_at__isnull=True) | Q(verified_at__lt=since))

    def reached(self, day: str, moment: datetime) -> Self:
        """Stores whose date in the field ``day`` has come where they stand, by the instant."""
        return by_local_day(self, f"{day}__lte", zone="time_zone", moment=moment)

    def in_markets(self, codes: Sequence[str]) -> Self:
        """Stores of any of the markets, by ISO code."""
        return self.filter(market__code__in=codes)

    def in_region(self, code: str) -> Self:
        """Stores in the markets that their brand manages below a region of this code, at whatever depth."""
        from stores.models.markets import MarketEntry, Region  # noqa: PLC0415  (those modules are loaded after this one)

        found = Region._base_manager.filter(code=code).values_list("id", "brand_id")
        places = Q(pk__in=[])
        for region_id, brand_id in found:
            entries = MarketEntry._base_manager.filter(brand_id=brand_id, region_id__in=regions_under(region_id))
            places |= Q(brand_id=brand_id, market_id__in=entries.values("market_id"))
        return self.filter(places)

    def with_service(self, kinds: Sequence[str], moment: datetime) -> Self:
        """Stores that do at least one offering of these kinds on their local day at the instant."""
        from stores.models.services import StoreService  # noqa: PLC0415  (as above)

        doing = StoreService._base_manager.filter(offering__kind__in=kinds)
        for outside in ("offering__from_date__gt", "offering__to_date__lte"):
            dated = doing.filter(**{f"{outside.rpartition('__')[0]}__isnull": False})
            off = by_local_day(dated, outside, zone="store__time_zone", moment=moment)
            doing = doing.exclude(pk__in=off.values("pk"))
        return self.filter(pk__in=doing.values("store_id"))

    def speaking(self, tag: str) -> Self:
        """Stores where the language is spoken: ``de-AT`` finds German, ``zh`` finds Chinese in any script."""
        language = tag.partition("-")[0]
        family = [each for each in languages.chain(tag, tag) if each.partition("-")[0] == language]
        return self.filter(
            _holds(
                'EXISTS (SELECT 1 FROM unnest("stores_store"."languages") spoken'
                " WHERE spoken = ANY(%s) OR starts_with(spoken, %s))",
                [family, f"{tag}-"],
            )
        )

    def promoted_by(self, plans: MarketPlanQuerySet, channels: Sequence[str]) -> Self:
        """Stores that the plans name, or that sell for a channel they run in; only for ``channels`` when some are given."""
        from stores.models.channels import ChannelStore  # noqa: PLC0415  (as above)
        from stores.models.revisions import PlanChannel, PlanStore  # noqa: PLC0415  (as above)

        approved = plans.values("approved_revision")
        named = PlanStore._base_manager.filter(revision__in=approved)
        running = PlanChannel._base_manager.filter(revision__in=approved)
        if channels:
            running = running.filter(channel__code__in=channels)
        selling = ChannelStore._base_manager.filter(role="sells", channel__in=running.values("channel"))
        return self.filter(Q(pk__in=named.values("store")) | Q(pk__in=selling.values("store")))

    def changed_since(self, moment: datetime) -> Self:
        """Stores that were written at the instant or later, their addresses and hours included."""
        return self.filter(updated_at__gte=moment)

    def matching(self, text: str) -> Self:
        """Stores with every word of the text in their code, a name or an address, in any language.

        A word may be part of a longer one, which is how Chinese and Japanese are found. ``stores.values.searching`` says what
        makes no difference.
        """
        found, words = self, searching.words(text)
        # The word with the most pieces is looked up by them, of equal ones the last, since the brand's name comes first. For
        # the others the pattern alone is faster; the database's statistics tell how often that fits.
        longest = max(reversed(words), key=lambda word: len(searching.pieces(word)), default="")
        for word in words:
            pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            pieces = searching.pieces(word) if word == longest else []
            indexed, params = ("stores_pieces(text) @> %s::text[] AND ", [pieces]) if pieces else ("", [])
            lines = f"SELECT store_id FROM stores_storesearch WHERE {indexed}text LIKE %s"  # noqa: S608  (our texts)
            found = found.filter(_holds(f'"stores_store"."id" IN ({lines})', [*params, pattern]))
        return found if words else self.none()

    def coded_or_matching(self, text: str) -> Self:
        """Stores whose code begins with the text, if it reads like a code and there are any; else those :meth:`matching`.

        ``DE-NEW-1`` is no search for everything with "de", "new" and "1" somewhere in its address.
        """
        word = text.strip()
        coded = self.filter(code__istartswith=word)
        return coded if CODE_LIKE.fullmatch(word) and coded.exists() else self.matching(text)

    def selling(self, model: str | None, *, on_demo: bool = False) -> Self:
        """Stores that sell or show a model, or any model without one; with ``on_demo`` those where it can be tried."""
        from stores.models.assortment import StoreProduct  # noqa: PLC0415  (as above)

        there = Q(on_demo=True) if on_demo else Q(on_sale=True) | Q(on_demo=True)
        rows = StoreProduct._base_manager.filter(there)
        if model is not None:
            rows = rows.filter(product__code=model)
        return self.filter(pk__in=rows.values("store_id"))

    def placed(self) -> Self:
        """Stores that a map can show."""
        return self.filter(longitude__isnull=False)

    def unplaced(self) -> Self:
        """Stores whose position nobody has entered yet."""
        return self.filter(longitude__isnull=True)

    def with_locality(self) -> Self:
        """Adds ``locality``: the town of the primary address, null without one."""
        from stores.models.network import StoreAddress  # noqa: PLC0415  (as above)

        primary = StoreAddress._base_manager.filter(store_id=OuterRef("pk"), is_primary=True)
        return self.annotate(locality=Subquery(primary.values("locality")[:1]))

    def map_counts(self) -> MapCounts:
        """Counts for a map's legend, in one question."""
        rows = self.order_by().values("status").annotate(n=Count("pk"), placed=Count("longitude"))
        found = {row["status"]: (row["n"], row["n"] - row["placed"]) for row in rows}
        return MapCounts({status: n for status, (n, _) in found.items()}, sum(missing for _, missing in found.values()))

    def state(self) -> str:
        """A text that is another one whenever a row came, changed or left: versions come from one sequence."""
        known = self.order_by().aggregate(n=Count("pk"), latest=Max("version"), sum=Sum("version"))
        return f"{known['n']}-{known['latest'] or 0}-{known['sum'] or 0}"

    def in_boxes(self, boxes: Sequence[Box]) -> Self:
        """Stores with a position in any of the boxes, by the index on the position."""
        return self.filter(_holds(*inside(boxes)))

    def with_distance(self, point: Point) -> Self:
        """Adds ``distance``: metres over the surface from the point, null without a position."""
        distance = RawSQL(DISTANCE, distance_params(point), output_field=FloatField())  # noqa: S611  (numbers only)
        return self.annotate(distance=distance)


def _holds(condition: str, params: list[Any]) -> RawSQL:
    return RawSQL(condition, params, output_field=BooleanField())  # noqa: S611  (values are parameters)


def distance_params(point: Point) -> list[float]:
    """The parameters of :data:`DISTANCE`."""
    return [point.lat, point.lat, point.lng]


def inside(boxes: Sequence[Box]) -> tuple[str, list[float]]:
    """The condition that a store lies in one of the boxes, as SQL and its parameters."""
    text = " OR ".join([f"{PLACE} <@ box(point(%s, %s), point(%s, %s))"] * len(boxes))
    return f"({text})", [edge for box in boxes for edge in (box.west, box.south, box.east, box.north)]
