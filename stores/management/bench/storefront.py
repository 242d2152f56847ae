"""Benchmarks of the storefront API: each answer beside the floor that gives the same bytes, and beside a bare view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from stores.management.bench.ground import Ground, Web
from stores.management.bench.recordings import record
from stores.management.bench.runner import GROWTH_TARGET, Line, Measure, compare, interleave
from stores.management.network import plausible
from stores.values import clock

API = "/api/v1"
BARE_TARGET = 0.0
"""No target: the distance to a bare view is printed to be known. Most of it is the key's proof and a query's way and back."""
# The benchmark's clock stands in Asia's afternoon, before Europe's first store opens.
DAY, NIGHT = range(11, 19), range(9)
POINTS_SEED, MOST_POINTS = 7, 1_000


def pages(web: Web, count: int, limit: int = 50) -> list[str]:
    """Paths of the first pages of the list of all stores, one after the other."""
    path = f"{API}/stores/?limit={limit}"
    found = [path]
    while len(found) < count:
        following = web.json(path)["next"]
        if following is None:
            break
        path = following[following.index(API) :]
        found.append(path)
    return found


def near(hours: range, count: int) -> list[str]:
    """Paths that ask for the five nearest stores open now, around places where the clock shows one of these hours."""
    now = clock.now()
    there = (
        store
        for store in plausible.stores(MOST_POINTS, POINTS_SEED)
        if now.astimezone(ZoneInfo(store.time_zone)).hour in hours
    )
    return [
        f"{API}/stores/?near={store.latitude},{store.longitude}&open_at=now&limit=5" for store in islice(there, count)
    ]


def list50(ground: Ground) -> Iterator[Line]:
    """Fifty full cards a page, twenty pages."""
    paths = pages(ground.web, 20)
    yield from _beside_floor(ground, "list50", paths, target=0.7, results=50)


def nearest5open(ground: Ground) -> Iterator[Line]:
    """The nearest five that are open now: where people are awake, and where all of the continent still sleeps."""
    yield from _beside_floor(ground, "nearest5open", near(DAY, 200), target=0.6, results=5)
    yield from _beside_floor(ground, "nearest5open_night", near(NIGHT, 10), target=0.6, results=5)


def store_detail(ground: Ground) -> Iterator[Line]:
    """Whole records with two weeks of hours and JSON-LD, two hundred stores."""
    codes = [card["code"] for path in pages(ground.web, 4) for card in ground.web.json(path)["results"]]
    yield from _beside_floor(ground, "store_detail", [f"{API}/stores/{code}/" for code in codes], target=0.6)


def not_modified304(ground: Ground) -> Iterator[Line]:
    """The pages of ``list50`` for a caller who has them already."""
    web = ground.web
    paths = pages(web, 20)

    def requests() -> list[str]:
        # Asked anew each round: a page changes when one of its stores opens or closes.
        return [web.request(path, If_None_Match=web.get(path).headers["ETag"]) for path in paths]

    record("not_modified304", [web.get(path).not_modified() for path in paths])
    yield from _measured(ground, "not_modified304", requests, len(paths), target=0.8, status=304)


def growth(ground: Ground) -> Iterator[Line]:
    """The same questions to a large and to a small network: the cost of an answer may grow by 1.3 at most."""
    networks = (ground.web, ground.small)
    listed = [[web.request(path) for path in pages(web, 10)] for web in networks]
    around = [[web.request(path) for path in near(DAY, 200)] for web in networks]
    for name, asked in (("growth_list50", listed), ("growth_nearest5open", around)):
        ground.say(f"{name}: large and small network in turn")
        sides = [partial(ground.load.rate, web.port, requests) for web, requests in zip(networks, asked, strict=True)]
        large, small = _rounds(sides)
        yield compare(name, large, small, target=GROWTH_TARGET)


def _beside_floor(
    ground: Ground, name: str, paths: Sequence[str], *, target: float, results: int | None = None
) -> Iterator[Line]:
    web = ground.web
    answers = [web.get(path) for path in paths]
    if results is not None:
        counts = {len(json.loads(answer.body)["results"]) for answer in answers}
        if counts != {results}:
            raise ValueError(f"{name}: every page should hold {results} stores, these hold {sorted(counts)}")
    record(name, answers)
    yield from _measured(ground, name, lambda: [web.request(path) for path in paths], len(paths), target=target)


def _measured(
    ground: Ground, name: str, ours: Callable[[], list[str]], count: int, *, target: float, status: int = 200
) -> Iterator[Line]:
    """Our requests beside the floor and the bare view that give the answers recorded under the name."""
    web, load = ground.web, ground.load
    floor, bare = (
        [web.request(f"{API}/{kind}/{name}/{number}/") for number in range(count)] for kind in ("floor", "bare")
    )
    ground.say(f"{name}: ours, the floor and a bare view in turn, {count} different answers")
    said_ours, said_floor, said_bare = _rounds(
        [
            lambda: load.rate(web.port, ours(), status=status),
            lambda: load.rate(web.port, floor, status=status),
            lambda: load.rate(web.port, bare, status=status),
        ]
    )
    yield compare(name, said_ours, said_floor, target)
    yield compare(f"{name}_bare", said_ours, said_bare, BARE_TARGET)


def _rounds(measures: Sequence[Measure]) -> list[list[float]]:
    """The rounds, after two that do not count: they fill what the web processes remember."""
    interleave(measures, 2)
    return interleave(measures)
