"""``places/``: towns to search around, by name: those where the brand has stores first, then the world's, offline."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings

from stores.api import parameters
from stores.api.cursors import Cursor
from stores.api.documented import documented
from stores.api.endpoint import Answer, Call, Endpoint, dumps, page
from stores.api.parameters import Parameter
from stores.api.remembered import Remembered
from stores.models import Store
from stores.models.queries import stamp
from stores.models.queries.localities import Locality, localities
from stores.values import languages
from stores.values.coordinates import Point, great_circle_metres
from stores.values.gazetteer import FOLDER, Gazetteer, Town
from stores.values.searching import searchable

MOST_PLACES = 200
"""Whoever has seen so many names types another letter."""
_SAME_TOWN_M = 50_000.0
_LONGEST_AGE = 60


@cache
def gazetteer() -> Gazetteer:
    """The towns of this installation; ``manage.py prepare_places`` makes their file."""
    return Gazetteer(settings.VAR / FOLDER)


def _name(text: str) -> str:
    # Compared in its folded form, in which one letter may become eighteen.
    if not 1 <= len(text.strip()) <= 100 or not 1 <= len(searchable(text)) <= 100:
        raise ValueError("is the beginning of a name, 1 to 100 characters.")
    return text.strip()


class _Found(NamedTuple):
    name: str
    country: str
    point: Point
    record: dict[str, Any]


@documented("Search for places", "PlacePage", tag="places")
class Places(Endpoint):
    """Towns whose name begins like `q`, in any language and script; a slip of the finger is forgiven when nothing fits exactly.

    Towns where the brand has stores come first, then the world's towns of 15,000 people and more: those known abroad by the
    name, then the largest. Ask `stores/` with `near` for the stores around one. Works without any outside service.
    """

    parameters = (
        Parameter("q", _name, "The beginning of a name.", example="shibu"),
        Parameter("market", parameters.markets, "Only places in these countries.", example="JP"),
        *parameters.PAGED,
    )

    def answer(self, call: Call, **path: str) -> Answer:
        """One page of places."""
        if "q" not in call.given:
            raise parameters.wrong([{"parameter": "q", "detail": "is needed: the beginning of a name."}])
        cursor = call.cursor(int)
        first = max(0, int(cursor.place[0])) if cursor else 0
        found = _found(call)
        following = first + call.limit
        body = page(
            call,
            [dumps(each.record) for each in found[first:following]],
            next_cursor=Cursor((following,)) if following < len(found) else None,
            previous_cursor=Cursor((max(0, first - call.limit),)) if first else None,
        )
        return Answer(body, _LONGEST_AGE)


def _found(call: Call) -> list[_Found]:
    """At most :data:`MOST_PLACES`, ours first, no town twice."""
    asked, countries = searchable(call.given["q"]), call.given.get("market", ())
    fitting = (
        each
        for each in _own(call)
        if searchable(each.name).startswith(asked) and (not countries or each.market in countries)
    )
    found = [_of_ours(each) for each in _each_once(fitting, call.language)[:MOST_PLACES]]
    known = list(found)
    for town in gazetteer().starting_with(call.given["q"], countries, MOST_PLACES, forgiving=not found):
        made = _of_the_world(town, call)
        if not any(_same(made, town, other) for other in known):
            found.append(made)
    return found[:MOST_PLACES]


_localities: Remembered[tuple[int, int], tuple[int, list[Locality]]] = Remembered(500)


def _own(call: Call) -> list[Locality]:
    """The towns of the stores that the key sees, remembered until any store of the brand changes."""
    before, name = stamp.of(call.key.brand_id), (call.key.pk, call.key.version)
    known = _localities.get(name)
    if known is None or known[0] != before:
        known = before, localities(Store.objects.visible_to(call.key).public())
        _localities.put(name, known)
    return known[1]


def _each_once(places: Iterable[Locality], language: str) -> list[Locality]:
    """One of those that name the same town, in other scripts' addresses or with and without its state; most stores first.

    It is spelled for the reader. A store has one address a language, so the language with most of them has counted them all.
    """
    towns: dict[tuple[str, str], list[list[Locality]]] = defaultdict(list)
    for each in places:
        alike = towns[each.market, searchable(each.name)]
        for town in alike:
            if great_circle_metres(_point(each), _point(town[0])) < _SAME_TOWN_M:
                town.append(each)
                break
        else:
            alike.append([each])
    merged = []
    for town in (town for alike in towns.values() for town in alike):
        counts = Counter[str]()
        for each in town:
            counts[each.language] += each.stores
        _spelled, written = languages.pick({each.language: each.name for each in town}, language, town[0].language)
        best = next(each for each in town if each.language == written)
        merged.append(Locality(*best[:-1], max(counts.values())))
    return sorted(merged, key=lambda each: -each.stores)


def _point(place: Locality) -> Point:
    return Point(place.latitude, place.longitude)


def _of_ours(place: Locality) -> _Found:
    about = {"language": place.language, "admin_area": place.area or None, "population": None, "stores": place.stores}
    return _made(place.name, place.market, _point(place), about)


def _of_the_world(town: Town, call: Call) -> _Found:
    about = {"language": None, "admin_area": town.area, "population": town.population, "stores": None}
    return _made(
        town.name_for(call.language, call.given["q"]), town.country, Point(town.latitude, town.longitude), about
    )


def _made(name: str, country: str, point: Point, about: dict[str, Any]) -> _Found:
    location = {"lat": round(point.lat, 5), "lng": round(point.lng, 5)}
    return _Found(name, country, point, {"name": name, "country": country, "location": location, **about})


def _same(one: _Found, town: Town, other: _Found) -> bool:
    """Whether a place of ours is the town: one of its names, and near."""
    if one.country != other.country or searchable(other.name) not in set(map(searchable, town.names)):
        return False
    return great_circle_metres(one.point, other.point) < _SAME_TOWN_M


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _localities.clear()
