"""``stores/``: where the brand's stores are, nearest first when a point is given, and whether they are open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from stores.api import pages, parameters
from stores.api.cards import Card, cards, instant_text, midnight_after, text_for
from stores.api.cursors import Cursor
from stores.api.documented import documented
from stores.api.endpoint import QUARTER_S, Answer, Call, Endpoint, dumps, page_head
from stores.api.filters import FILTERS, next_promotion_change, selection
from stores.api.negotiation import GEOJSON_TYPE, wants_geojson
from stores.api.opening_now import OpenAt
from stores.api.pages import CARDS, FEATURES, LONGEST_S, Page
from stores.api.paging import links
from stores.api.parameters import Parameter
from stores.api.problems import NOT_FOUND, Problem
from stores.api.remembered import Remembered
from stores.feeds import schema_org
from stores.feeds.reading import feed_stores
from stores.models import ApiKey, Store, StoreProduct
from stores.models.queries import locator, stamp
from stores.models.queries.locator import Found
from stores.models.queries.opening_rows import coming_special_days
from stores.models.queries.selection import Selection
from stores.timetable.evaluate import intervals
from stores.timetable.schedule import WEEKDAYS
from stores.values.coordinates import Point

HOURS_DAYS = 14

# The answers to these depend on the stores, the key and the clock of the stores shown. A region depends on its tree, a service
# on the clocks of those not shown as well, and a point is rarely asked about twice.
_LASTING = {
    "market",
    "format",
    "spoken",
    "status",
    "bbox",
    "updated_since",
    "q",
    "language",
    "limit",
    "cursor",
}


@documented("List stores", "StorePage", tag="stores", other_shapes={GEOJSON_TYPE: "StoreCollection"})
class Stores(Endpoint):
    """The brand's stores that customers may know of.

    With `near` the list is ordered by the exact great-circle distance, ties by code; without it by code. As GeoJSON the cards
    are the properties of features, and `next` and `previous` are members of the collection.
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
        made = [(card, card.at(moment, seconds), each) for each, card in cards(found, call.language, call.key)]
        shown = [(card, *rendered.with_distance(each.distance)) for card, rendered, each in made]
        form = FEATURES if wants_geojson(call.request, call.given.get("format", ())) else CARDS
        head = form.head + page_head(call, next_cursor=following, previous_cursor=previous)[1:]
        texts = [form.record(card, text) for card, text, _ in shown]
        seal = b"\0".join([head, *(digest for _, _, digest in shown)])
        changes = [rendered.until for _, rendered, _ in made]
        page = Page(
            before,
            seconds,
            min([seconds + LONGEST_S, *changes]),
            min(changes, default=inf),
            call.language,
            form,
            head,
            texts,
            seal,
        )
        if lasting:
            pages.keep(call, page)
        return replace(page.answer(seconds), max_age=_age(call, changes, moment))


def _page(call: Call, near: Point | None, moment: datetime) -> tuple[list[Found], tuple[Cursor | None, Cursor | None]]:
    """The stores of the page, and the cursors of the pages before and after it."""
    stores = selection(call)
    cursor = call.cursor(float, str) if near else call.cursor(str)
    backwards = cursor is not None and cursor.backwards
    wanted = call.limit + 1  # one more tells whether there is another page
    keep = OpenAt(moment, call.key.brand_id) if "open_at" in call.given else locator.EVERYTHING
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


def _age(call: Call, changes: Sequence[float], moment: datetime) -> int:
    """Until the next change by the clock, of the cards and of which stores there are. One named instant does not age."""
    ages = [call.age_until(next_promotion_change(call))]
    asked = call.request.GET.get("open_at") or call.request.GET.get("at")
    if moment is call.now or asked == "now":
        ages += [call.age_until(datetime.fromtimestamp(change, UTC)) for change in changes]
        if "open_at" in call.given:  # another store may open, which is at a full minute
            ages.append(call.age_until_next(60))
        if "service" in call.given:
            ages.append(call.age_until_next(QUARTER_S))
    return min(ages)


def found_by_code(call: Call, code: str) -> Found | None:
    """The store of this code, if the key may see it."""
    return locator.with_code(selection(call), code)


@documented("One store", "StoreRecord", tag="stores", path=("code", "Code of the store."))
class StoreDetail(Endpoint):
    """Everything about one store: its card, description, opening hours of the next 14 days, and JSON-LD."""

    parameters = (
        parameters.LANGUAGE,
        Parameter(
            "at",
            parameters.instant_or_now,
            "Whether it is open at another instant, and the hours of the 14 days from then on: `now` or RFC 3339.",
            {"type": "string", "default": "now"},
            "2026-11-27T09:00:00+01:00",
        ),
    )

    def answer(self, call: Call, **path: str) -> Answer:
        """The store's record, or the same 404 whether it does not exist or is not for this key."""
        found = found_by_code(call, path["code"])
        made = cards([found], call.language, call.key) if found else []
        if not made:
            raise Problem("not-found", NOT_FOUND)
        [(found, card)] = made
        moment: datetime = call.given.get("at", call.now)
        shown = card.at(moment, moment.timestamp())
        extra, served = _extra(found, card, shown.text, call, moment)
        # Hours, special days and products are told from the store's own today on.
        changes = [shown.until, midnight_after(moment, card.opening.schedule)]
        return Answer(shown.text[:-1] + b"," + extra, _age(call, changes, moment), served)


_extras: Remembered[tuple[int, int, str, date], tuple[bytes, str]] = Remembered(5_000)


def _extra(found: Found, card: Card, body: bytes, call: Call, moment: datetime) -> tuple[bytes, str]:
    """What a record has beyond its card, as JSON without the opening brace, and the language of its name.

    It changes with the store and at the store's midnight.
    """
    key = (found.id, found.version, call.language, moment.astimezone(card.opening.schedule.zone).date())
    known = _extras.get(key)
    if known is None:
        record = json.loads(body)
        hours = _hours(card, key[3])
        texts = Store.objects.filter(pk=found.id).values_list("description", flat=True).first() or {}
        description, language = text_for(texts, call.language, call.key.brand.default_language)
        stores = Store.objects.visible_to(call.key).filter(pk=found.id)
        told = next(feed_stores(stores, moment), None)
        if told is None:  # it went while we looked
            raise Problem("not-found", NOT_FOUND)
        extra = {
            "products": _products(found.id, call),
            "description": description,
            "description_language": language,
            "hours": hours,
            "special_days": [_special(day, call) for day in coming_special_days(found.id, key[3])],
            "schema_org": schema_org.store(told, call.language),
        }
        known = dumps(extra)[1:], record["language"] or ""
        _extras.put(key, known)
    return known


def _products(store_id: int, call: Call) -> list[dict[str, Any]]:
    """What the store sells or shows, by the code of the model."""
    rows = StoreProduct.objects.filter(Q(on_sale=True) | Q(on_demo=True), store=store_id).select_related("product")
    return [
        {
            "model": row.product.code,
            "name": text_for(row.product.name, call.language, call.key.brand.default_language)[0],
            "on_sale": row.on_sale,
            "on_demo": row.on_demo,
            "availability": row.availability,
            "as_of": instant_text(row.as_of) if row.as_of else None,
        }
        for row in rows.order_by("product__code")
    ]


def _special(day: Any, call: Call) -> dict[str, Any]:
    name, language = text_for(day.name, call.language, call.key.brand.default_language)
    return {"date": day.date.isoformat(), "name": name, "language": language, "periods": day.periods}


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
