"""``stores/``: where the brand's stores are, nearest first when a point is given, and whether they are open."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from stores.api import pages, parameters
from stores.api.cards import Card, cards, openings, text_for
from stores.api.compiled import compiled
from stores.api.cursors import Cursor
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps, page_head, page_of
from stores.api.pages import LONGEST_S, Page
from stores.api.paging import links
from stores.api.parameters import Parameter, list_schema
from stores.api.problems import NOT_FOUND, Problem
from stores.api.remembered import Remembered
from stores.feeds import schema_org
from stores.feeds.reading import feed_stores
from stores.models import ApiKey, Store
from stores.models.network import FORMATS, PUBLIC_STATUSES
from stores.models.queries import locator, stamp
from stores.models.queries.locator import Found
from stores.models.queries.opening import MAY_BE_OPEN, wall_clocks
from stores.models.queries.selection import Selection
from stores.models.queries.stores import StoreQuerySet
from stores.models.services import OFFERING_KINDS
from stores.timetable.evaluate import State, intervals
from stores.timetable.schedule import WEEKDAYS
from stores.values.coordinates import Box, Point, parse_bbox, parse_point

LARGEST_RADIUS_M = 500_000
HOURS_DAYS = 14


def _radius(text: str) -> float:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= LARGEST_RADIUS_M or len(text) > 9:
        raise ValueError(f"is not a number of metres from 1 to {LARGEST_RADIUS_M}.")
    return float(text)


def _point(text: str) -> Point:
    try:
        return parse_point(text)
    except ValueError as error:
        raise ValueError(f"is not lat,lng: {error}.") from error


def _boxes(text: str) -> list[Box]:
    try:
        return parse_bbox(text)
    except ValueError as error:
        raise ValueError(f"is not a box: {error}.") from error


def _search(text: str) -> str:
    if not 1 <= len(text.strip()) <= 100:
        raise ValueError("is a text of 1 to 100 characters.")
    return text.strip()


FILTERS: Sequence[Parameter] = (
    parameters.MARKET,
    Parameter("region", parameters.code, "Code of a region; its whole subtree counts.", example="east-asia"),
    Parameter("format", parameters.words(FORMATS), "Kinds of store, any of them.", list_schema(FORMATS)),
    Parameter(
        "service", parameters.words(OFFERING_KINDS), "Services, any of them.", list_schema(OFFERING_KINDS), "repair"
    ),
    Parameter("spoken", parameters.language, "A language that is spoken there.", example="ja"),
    Parameter(
        "status", parameters.words(PUBLIC_STATUSES), "Statuses, any of them.", list_schema(PUBLIC_STATUSES), "open"
    ),
    Parameter(
        "near",
        _point,
        "A point as `lat,lng`. Orders by distance over the globe and adds `distance` in metres.",
        example="35.6595,139.7005",
    ),
    Parameter(
        "radius",
        _radius,
        "Metres around `near`. Without it the distance is unlimited.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_RADIUS_M},
    ),
    Parameter(
        "open_at",
        parameters.instant_or_now,
        "Only stores that are open at an instant: `now` or RFC 3339. `opening` then tells of that instant.",
        example="now",
    ),
    Parameter(
        "bbox",
        _boxes,
        "A box `minlng,minlat,maxlng,maxlat`; it crosses the antimeridian when minlng is greater.",
        example="139.5,35.5,139.9,35.8",
    ),
    Parameter(
        "updated_since",
        parameters.instant,
        "Only stores that changed at the instant or later.",
        {"type": "string", "format": "date-time"},
    ),
    Parameter("q", _search, "Text in the name, code or address, in any language."),
)


def _filtered(call: Call) -> StoreQuerySet:
    stores: StoreQuerySet = Store.objects.visible_to(call.key).public()
    given = call.given
    if "market" in given:
        stores = stores.in_markets(given["market"])
    if "region" in given:
        stores = stores.in_region(given["region"])
    if "format" in given:
        stores = stores.filter(format__in=given["format"])
    if "service" in given:
        stores = stores.with_service(given["service"])
    if "spoken" in given:
        stores = stores.speaking(given["spoken"])
    if "status" in given:
        stores = stores.filter(status__in=given["status"])
    if "bbox" in given:
        stores = stores.in_boxes(given["bbox"])
    if "updated_since" in given:
        stores = stores.changed_since(given["updated_since"])
    if "q" in given:
        stores = stores.matching(given["q"])
    return stores


# The answers to these depend on the stores, the key and the clock of the stores shown. A region depends on its tree, and a
# point is rarely asked about twice.
_LASTING = {
    "market",
    "format",
    "service",
    "spoken",
    "status",
    "bbox",
    "updated_since",
    "q",
    "language",
    "limit",
    "cursor",
}
# What else is asked decides how the stores are looked for, not which ones there are.
_FILTERS = {parameter.name for parameter in FILTERS} - {"near", "radius", "open_at"}


@documented("List stores", "StorePage", tag="stores")
class Stores(Endpoint):
    """The brand's stores that customers may know of.

    With `near` the list is ordered by the exact great-circle distance, ties by code; without it by code.
    """

    parameters = (*FILTERS, *parameters.PAGED)

    def known(self, request: HttpRequest, key: ApiKey) -> HttpResponse | StreamingHttpResponse | None:
        """A page that was asked for before."""
        return pages.known(request, key)

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of cards."""
        near: Point | None = call.given.get("near")
        if "radius" in call.given and near is None:
            raise parameters.wrong([{"parameter": "radius", "detail": "needs near: metres around which point?"}])
        moment: datetime = call.given.get("open_at") or call.now
        lasting = _LASTING.issuperset(call.given)
        # Before anything is read: a change meanwhile makes the page look older than it is, never newer.
        before = stamp.of(call.key.brand_id) if lasting else 0
        found, (previous, following) = _page(call, near, moment)
        seconds = moment.timestamp()
        shown = [(card.at(moment, seconds), each.distance) for each, card in cards(found, call.language, call.key)]
        records = [rendered.with_distance(distance) for rendered, distance in shown]
        head = page_head(call, next_cursor=following, previous_cursor=previous)
        texts, seal = [text for text, _ in records], b"\0".join([head, *(digest for _, digest in records)])
        if lasting:
            page = Page(
                before,
                seconds,
                min([seconds + LONGEST_S, *(rendered.until for rendered, _ in shown)]),
                min((rendered.changes for rendered, _ in shown), default=inf),
                call.language,
                head,
                texts,
                seal,
            )
            pages.keep(call, page)
        changes = [rendered.changes for rendered, _ in shown]
        return Answer(lambda: page_of(head, texts), _age(call, changes, moment), seal=seal)


def _page(call: Call, near: Point | None, moment: datetime) -> tuple[list[Found], tuple[Cursor | None, Cursor | None]]:
    """The stores of the page, and the cursors of the pages before and after it."""
    stores = compiled(call, _filtered, _FILTERS)
    cursor = call.cursor(float, str) if near else call.cursor(str)
    backwards = cursor is not None and cursor.backwards
    wanted = call.limit + 1  # one more tells whether there is another page
    keep = _OpenAt(moment, call.key.brand_id) if "open_at" in call.given else locator.EVERYTHING
    if near is None:
        code = str(cursor.place[0]) if cursor else ""
        found = locator.in_order_of_code(
            stores, wanted, after="" if backwards else code, before=code if backwards else "", keep=keep
        )
    else:
        found = _by_distance(stores, near, call, cursor, keep)
    more = len(found) == wanted
    if more:
        found = found[1:] if backwards else found[:-1]
    places: list[Any] = [each.place if near else each.code for each in found]
    return found, links(places, cursor, more=more)


def _by_distance(stores: Selection, near: Point, call: Call, cursor: Cursor | None, keep: locator.Keep) -> list[Found]:
    wanted = call.limit + 1
    radius: float | None = call.given.get("radius")
    place = (float(cursor.place[0]), str(cursor.place[1])) if cursor else None
    if cursor and cursor.backwards and place:
        return locator.before(stores, near, place, wanted, keep=keep)
    if radius is not None:
        return locator.within(stores, near, radius, wanted, after=place, keep=keep)
    return locator.nearest(stores, near, wanted, after=place, keep=keep)


class _OpenAt(locator.Keep):
    """Keeps the stores that are open at an instant."""

    def __init__(self, moment: datetime, brand_id: int) -> None:
        self._moment = moment
        self._seconds = moment.timestamp()
        self._brand_id = brand_id
        self._is_narrow = False

    def __call__(self, found: Sequence[Found]) -> list[Found]:
        moment, seconds = self._moment, self._seconds
        return [
            each
            for each, opening in zip(found, openings(found), strict=True)
            if opening.at(moment, seconds).state is State.OPEN
        ]

    def narrowed(self, stores: Selection) -> Selection:
        """Once, by the weeks alone: a shop street at night, or a country, is not worth its schedules."""
        if self._is_narrow:
            return stores
        self._is_narrow = True
        return stores.where(MAY_BE_OPEN, [wall_clocks(_zones(self._brand_id), self._moment)])


_ZONES_S = 60.0
_zones_of: Remembered[int, tuple[float, tuple[str, ...]]] = Remembered(1_000)


def _zones(brand_id: int) -> tuple[str, ...]:
    """The time zones of a brand's stores. A zone that is missing for a minute only costs time."""
    known = _zones_of.get(brand_id)
    if known is None or known[0] < time.monotonic():
        zones = Store.objects.filter(brand_id=brand_id).order_by().values_list("time_zone", flat=True).distinct()
        known = time.monotonic() + _ZONES_S, tuple(zones)
        _zones_of.put(brand_id, known)
    return known[1]


def _age(call: Call, changes: Sequence[float], moment: datetime) -> int:
    """Until the next change of opening among the cards. An answer about a named instant does not age by the clock."""
    if not changes or (moment is not call.now and call.request.GET.get("open_at") != "now"):
        return call.age_until(None)
    return call.age_until(datetime.fromtimestamp(min(changes), UTC))


@documented("One store", "StoreRecord", tag="stores", path=("code", "Code of the store."))
class StoreDetail(Endpoint):
    """Everything about one store: its card, description, opening hours of the next 14 days, and JSON-LD."""

    parameters = (parameters.LANGUAGE,)

    def answer(self, call: Call, **path: str) -> Answer:
        """The store's record, or the same 404 whether it does not exist or is not for this key."""
        found = locator.with_code(compiled(call, _filtered, _FILTERS), path["code"])
        made = cards([found], call.language, call.key) if found else []
        if not made:
            raise Problem("not-found", NOT_FOUND)
        [(found, card)] = made
        shown = card.at(call.now, call.now.timestamp())
        extra, served = _extra(found, card, shown.text, call)
        return Answer(shown.text[:-1] + b"," + extra, _age(call, [shown.changes], call.now), served)


_extras: Remembered[tuple[int, int, str, date], tuple[bytes, str]] = Remembered(5_000)


def _extra(found: Found, card: Card, body: bytes, call: Call) -> tuple[bytes, str]:
    """What a record has beyond its card, as JSON without the opening brace, and the language of its name.

    It changes with the store and at the store's midnight.
    """
    key = (found.id, found.version, call.language, call.now.astimezone(card.opening.schedule.zone).date())
    known = _extras.get(key)
    if known is None:
        record = json.loads(body)
        hours = _hours(card, key[3])
        texts = Store.objects.filter(pk=found.id).values_list("description", flat=True).first() or {}
        description, language = text_for(texts, call.language, call.key.brand.default_language)
        extra = {
            "description": description,
            "description_language": language,
            "hours": hours,
            "schema_org": schema_org.store(
                next(feed_stores(Store.objects.visible_to(call.key).filter(pk=found.id), call.now)), call.language
            ),
        }
        known = dumps(extra)[1:], record["language"] or ""
        _extras.put(key, known)
    return known


def _hours(card: Card, today: date) -> list[dict[str, Any]]:
    """Local days with their periods, from the store's own today on."""
    schedule = card.opening.schedule
    days: dict[str, list[dict[str, str]]] = {
        (today + timedelta(days=offset)).isoformat(): [] for offset in range(HOURS_DAYS)
    }
    reasons: dict[str, str] = {}
    for start, end, rule in intervals(schedule, today, today + timedelta(days=HOURS_DAYS)):
        opens, closes = start.astimezone(schedule.zone), end.astimezone(schedule.zone)
        day = opens.date().isoformat()
        if day in days:
            days[day].append({"opens": opens.isoformat(), "closes": closes.isoformat()})
            reasons[day] = rule.text
    return [
        {
            "date": day,
            "weekday": WEEKDAYS[date.fromisoformat(day).weekday()],
            "periods": periods,
            "reason": reasons.get(day),
        }
        for day, periods in days.items()
    ]


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _extras.clear()
    _zones_of.clear()
