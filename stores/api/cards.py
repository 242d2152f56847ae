"""Store cards: the part of a store's answer that changes only when the store does, kept as JSON bytes.

A card's key is (store, version, language), so a change makes a new key and nothing has to be thrown away. Cards are looked for
in this process, then among those other processes have shared, and built from the rows last, for all that are missing at once.
What changes with the clock (opening, services that begin or end) is added per answer from what the card carries along.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from stores.api import shared
from stores.api.endpoint import dumps
from stores.api.negotiation import offered_languages
from stores.api.remembered import Remembered
from stores.models import ApiKey, Store, StoreAddress, StoreService
from stores.models.queries.locator import Found
from stores.models.queries.opening import OpeningFacts, schedule_of, schedules_of
from stores.models.queries.opening_rows import opening_facts
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Schedule
from stores.values import addresses, languages

_FORMAT = 4
"""Counts up when the shape of a card changes, so that a new release never serves an old release's cards."""
_SHARED_S = 86_400
_MOST_CARDS = 30_000  # about 90 MB
_MOST_OPENINGS = 100_000


class OpeningAt(NamedTuple):
    """The state at one instant, until when it holds, and both as JSON."""

    state: State
    until: float
    text: bytes


class Opening:
    """When one store is open. Remembers its last answer, which holds until the next change, or the end of the store's day:
    while it stays closed, each day has its own reason.
    """

    __slots__ = ("_answer", "_from", "schedule")

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._from = 1.0
        self._answer = OpeningAt(State.UNKNOWN, 0.0, b"")

    def at(self, moment: datetime, seconds: float) -> OpeningAt:
        """The state at an instant, which is also given as seconds since 1970."""
        answer = self._answer
        if self._from <= seconds < answer.until:
            return answer
        state, since, until, rule = state_at(self.schedule, moment)
        zone = self.schedule.zone
        made = {
            "state": state.value,
            "since": since.astimezone(zone).isoformat() if since else None,
            "until": until.astimezone(zone).isoformat() if until else None,
            "reason": rule.text,
            "confirmed": rule.confirmed,
        }
        # Without a known end the horizon of a year moves with the clock: a minute is kept.
        end = min(until.timestamp() if until else seconds + 60, midnight_after(moment, self.schedule))
        answer = OpeningAt(state, end, dumps(made))
        # The order matters to a thread that reads between the two: the old start never goes with the new end.
        self._from = float("inf")
        self._answer = answer
        today = datetime.combine(moment.astimezone(zone).date(), time(), zone).timestamp()
        self._from = max(since.timestamp(), today) if since else seconds
        return answer


class Rendered(NamedTuple):
    """A whole card as JSON, for the instants of [since, until), with the digest that stands for it in an ETag."""

    since: float
    until: float
    text: bytes
    digest: bytes

    def with_distance(self, distance: float | None) -> tuple[bytes, bytes]:
        """The card that also says how far away it is, and a digest of that."""
        if distance is None:
            return self.text, self.digest
        tail = b',"distance":%.1f}' % distance
        return self.text[:-1] + tail, self.digest + tail


_NEVER = Rendered(1.0, 0.0, b"", b"")


class Card:
    """``body`` is a JSON object without its closing brace; ``services`` are (kind, from date, to date).

    Remembers itself whole, which holds as long as what is said of the opening; services, too, change at the store's midnight.
    """

    __slots__ = ("_feature", "_rendered", "body", "opening", "services")

    def __init__(self, body: bytes, services: tuple[tuple[str, str, str], ...], opening: Opening) -> None:
        self.body = body
        self.services = services
        self.opening = opening
        self._rendered = _NEVER
        self._feature = b""

    def feature(self, text: bytes) -> bytes:
        """The card's ``text`` as a GeoJSON feature: the same members, and the position where maps look for it."""
        if not self._feature:
            record = json.loads(self.body + b"}")
            place = record["location"]
            geometry = {"type": "Point", "coordinates": [place["lng"], place["lat"]]} if place else None
            self._feature = dumps({"type": "Feature", "id": record["id"], "geometry": geometry})[:-1]
        return b'%s,"properties":%s}' % (self._feature, text)

    def at(self, moment: datetime, seconds: float) -> Rendered:
        """The whole card at an instant, which is also given as seconds since 1970."""
        rendered = self._rendered
        if rendered.since <= seconds < rendered.until:
            return rendered
        opening = self.opening.at(moment, seconds)
        schedule = self.opening.schedule
        services = services_text(self.services, schedule, moment)
        text = b'%s,"services":%s,"opening":%s}' % (self.body, services, opening.text)
        rendered = Rendered(seconds, opening.until, text, hashlib.blake2b(text, digest_size=12).digest())
        self._rendered = rendered
        return rendered


def midnight_after(moment: datetime, schedule: Schedule) -> float:
    """When the local day of the instant ends, in seconds since 1970."""
    tomorrow = moment.astimezone(schedule.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), schedule.zone).timestamp()


_cards: Remembered[tuple[int, int, str], Card] = Remembered(_MOST_CARDS)
_openings: Remembered[tuple[int, int], Opening] = Remembered(_MOST_OPENINGS)


def cards(found: Sequence[Found], language: str, key: ApiKey) -> list[tuple[Found, Card]]:
    """The stores with their cards, in their order. A store that vanished meanwhile is left out."""
    known = {each.id: _cards.get((each.id, each.version, language)) for each in found}
    missing = [each for each in found if known[each.id] is None]
    if missing:
        known |= _fetch(missing, language, key)
    return [(each, card) for each in found if (card := known[each.id]) is not None]


def openings(found: Sequence[Found]) -> list[Opening]:
    """When the stores are open, in their order, without building cards."""
    known = [_openings.get((each.id, each.version)) for each in found]
    missing = [each for each, opening in zip(found, known, strict=True) if opening is None]
    made = _opened(missing, opening_facts([each.id for each in missing])) if missing else {}
    return [
        opening or made.get(each.id) or Opening(schedule_of(_NOTHING))
        for each, opening in zip(found, known, strict=True)
    ]


def services_text(services: Sequence[tuple[str, str, str]], schedule: Schedule, moment: datetime) -> bytes:
    """The kinds of service that are offered on the store's local day, as JSON."""
    if not services:
        return b"[]"
    today = moment.astimezone(schedule.zone).date().isoformat()
    kinds = {kind for kind, start, end in services if start <= today and (not end or today < end)}
    return dumps(sorted(kinds))


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _cards.clear()
    _openings.clear()


_NOTHING = OpeningFacts("UTC", "prospect", "", "", "", ())


def _opened(found: Sequence[Found], facts: Mapping[int, OpeningFacts]) -> dict[int, Opening]:
    """When stores are open by their facts; what is remembered of them stays."""
    known = {each.id: _openings.get((each.id, each.version)) for each in found if each.id in facts}
    fresh = schedules_of({store_id: facts[store_id] for store_id, opening in known.items() if opening is None})
    for each in found:
        if each.id in fresh:
            known[each.id] = opening = Opening(fresh[each.id])
            _openings.put((each.id, each.version), opening)
    return {store_id: opening for store_id, opening in known.items() if opening is not None}


def _fetch(missing: Sequence[Found], language: str, key: ApiKey) -> dict[int, Card | None]:
    # The brand's uid is random, so a database that was made anew never meets the old one's cards.
    names = {each.id: f"card:{_FORMAT}:{key.brand.uid}:{each.id}:{each.version}:{language}" for each in missing}
    documents = shared.documents(list(names.values()))
    known = {each.id: document for each, document in zip(missing, documents, strict=True) if document is not None}
    absent = [each.id for each in missing if each.id not in known]
    if absent:
        fresh = _built(absent, language, key.brand.default_language)
        known |= fresh
        # Tags can be made up without end; those would push everybody's cards out of the cache.
        if language in offered_languages(key):
            shared.keep({names[store_id]: document for store_id, document in fresh.items()}, _SHARED_S)
    return _unpacked(missing, language, known)


def _unpacked(found: Sequence[Found], language: str, documents: Mapping[int, bytes]) -> dict[int, Card | None]:
    """The cards by the store's id, None for a store without a document."""
    parts = {store_id: json.loads(document) for store_id, document in documents.items()}
    openings = _opened(found, {store_id: OpeningFacts.from_json(facts) for store_id, (_, _, facts) in parts.items()})
    cards: dict[int, Card | None] = {}
    for each in found:
        cards[each.id] = None
        if each.id in parts:
            body, services, _ = parts[each.id]
            card = Card(body.encode(), tuple(tuple(service) for service in services), openings[each.id])
            cards[each.id] = card
            _cards.put((each.id, each.version, language), card)
    return cards


def _built(ids: Sequence[int], language: str, default: str) -> dict[int, bytes]:
    """Documents of the stores from their rows, in seven queries whatever their number."""
    stores = list(Store.objects.filter(pk__in=ids).select_related("market"))
    places = _grouped(StoreAddress.objects.filter(store_id__in=ids), "store_id")
    facts = opening_facts(ids)
    services = _services(ids)
    made = {}
    for store in stores:
        if store.pk in facts:
            body = dumps(_record(store, places.get(store.pk, []), language, default))[:-1].decode()
            made[store.pk] = dumps([body, services.get(store.pk, []), facts[store.pk]])
    return made


def _record(store: Any, places: Sequence[Any], language: str, default: str) -> dict[str, Any]:
    name, served = text_for(store.name, language, default)
    located = store.latitude is not None and store.longitude is not None
    return {
        "id": str(store.uid),
        "code": store.code,
        "market": store.market.code,
        "name": name,
        "language": served,
        "format": store.format,
        "status": store.status,
        "address": address_for(places, store.market.code, language, default),
        "location": {"lat": store.latitude, "lng": store.longitude} if located else None,
        "phone": store.phone or None,
        "email": store.email or None,
        "website": store.website or None,
        "spoken": store.languages,
        "time_zone": store.time_zone,
        "opening_date": store.opening_date.isoformat() if store.opening_date else None,
        "closing_date": store.closing_date.isoformat() if store.closing_date else None,
        "reopen_date": store.reopen_date.isoformat() if store.reopen_date else None,
        "updated_at": instant_text(store.updated_at),
    }


def text_for(texts: Mapping[str, str], language: str, default: str) -> tuple[str | None, str | None]:
    """A localized text for a reader and its language; None for both when there is no text at all."""
    try:
        return languages.pick(texts, language, default)
    except LookupError:
        return None, None


def address_for(places: Sequence[Any], market: str, language: str, default: str) -> dict[str, Any] | None:
    """The address in the reader's language, else in English, else the primary one."""
    if not places:
        return None
    by_language = {place.language: place for place in places}
    primary = next((place for place in places if place.is_primary), places[0])
    _, tag = text_for({each: each for each in by_language}, language, primary.language)
    place = by_language[tag] if tag else primary
    address = addresses.Address(
        lines=tuple(place.lines),
        sublocality=place.sublocality,
        locality=place.locality,
        administrative_area=place.administrative_area,
        postal_code=place.postal_code,
        sorting_code=place.sorting_code,
    )
    return {
        "language": place.language,
        "formatted": "\n".join(addresses.envelope(address, market)),
        "lines": place.lines,
        "sublocality": place.sublocality or None,
        "locality": place.locality or None,
        "administrative_area": place.administrative_area or None,
        "postal_code": place.postal_code or None,
        "country": market,
    }


def _services(ids: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    rows = StoreService.objects.filter(store_id__in=ids).order_by("offering__kind", "offering_id")
    columns = ("store_id", "offering__kind", "offering__from_date", "offering__to_date")
    found = _rows(rows.values_list(*columns))
    return {
        store_id: [(kind, str(start or ""), str(end or "")) for kind, start, end in offered]
        for store_id, offered in found.items()
    }


def _rows(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for store_id, *rest in rows:
        grouped.setdefault(store_id, []).append(tuple(rest))
    return grouped


def _grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(getattr(row, name), []).append(row)
    return grouped


def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
