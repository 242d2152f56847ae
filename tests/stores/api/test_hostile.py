"""A caller who means harm: whatever is asked, in whatever bytes, gets an answer or a problem document."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.models import StoreAddress, WeeklyHours
from tests.people import World, store
from tests.stores.api.conftest import Shop, key_for, problem
from tests.stores.api.test_lists import offering

OFTEN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDGES = st.sampled_from([0.0, -0.0, 90.0, -90.0, 180.0, -180.0, 89.999999, 1e-9, -1e-300, 179.9999999])
LAT, LNG = EDGES.filter(lambda x: abs(x) <= 90) | st.floats(-90, 90), EDGES | st.floats(-180, 180)
NUMBERS = (
    st.floats().map(repr) | st.integers().map(str) | st.sampled_from(["1e309", "-0", "+1", "0x1", "١", "1_0", "", " 1"])
)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | st.sampled_from(
    ["now", "2000-01-01T00:00:00Z", "2099-12-31T23:59:59+14:00", "2026-02-30T00:00:00Z", "2026-03-29T02:30:00+01:00"]
)
WORDS = st.text(max_size=30) | st.sampled_from(
    ["%", "_", "\\", "'", '"', "東京", "ﾊﾞ", "İ", "\u202e", "a" * 100, "-", "ß"]
)
# Mostly well-formed, so that questions get past the reading of parameters and down to the database.
ASKED: dict[str, st.SearchStrategy[str]] = {
    "near": st.builds(lambda lat, lng: f"{lat!r},{lng!r}", LAT, LNG)
    | st.builds(lambda a, b: f"{a},{b}", NUMBERS, NUMBERS),
    "radius": st.integers(1, 500_000).map(str) | NUMBERS,
    "bbox": st.builds(lambda *each: ",".join(map(repr, each)), LNG, LAT, LNG, LAT)
    | st.builds(lambda w, s, e, n: f"{w},{min(s, n)},{e},{max(s, n)}", LNG, LAT, LNG, LAT)
    | st.lists(NUMBERS, max_size=5).map(",".join),
    "open_at": MOMENTS,
    "at": MOMENTS,
    "updated_since": MOMENTS,
    "q": WORDS,
    "model": WORDS,
    "promotion": WORDS,
    "on_demo": st.sampled_from(["true", "false", "1", ""]),
    "market": st.sampled_from(["DE", "de,JP", "ZZ", ",", "DEU"]),
    "format": st.sampled_from(["geojson", "geojson,flagship", "flagship,", "pop_up"]),
    "status": st.sampled_from(["open", "open,ready", "prospect"]),
    "limit": st.integers(-1, 120).map(str) | NUMBERS,
    "language": st.sampled_from(["ja", "zh-HK", "x", "de-1901-u-co-phonebk", "root", "i-klingon"]) | WORDS,
    "cursor": WORDS,
}
QUESTIONS = st.dictionaries(st.sampled_from(sorted(ASKED)), st.none(), max_size=5).flatmap(
    lambda names: st.fixed_dictionaries({name: ASKED[name] for name in names})
)


@pytest.fixture(autouse=True)
def network(world: World) -> None:
    """Stores where maps have their seams, some without a position or hours."""
    for number, place in enumerate([(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (-0.0, 180.0), (52.5, 13.4), None]):
        made = store(
            world.rokid,
            "DE",
            f"s{number}",
            latitude=place and place[0],
            longitude=place and place[1],
            name={"ja": "東京"},
        )
        StoreAddress.objects.create(brand=world.rokid, store=made, language="de", is_primary=True, locality="Böblingen")
        if number % 2:
            WeeklyHours.objects.create(
                brand=world.rokid, store=made, periods=[[{"start": "22:00", "end": "06:00"}]] * 7
            )


def sound(response: Any) -> int:
    """The status, which is one of those that are promised, with the body that belongs to it."""
    assert response.status_code in {200, 400, 403, 404}, response.content
    if response.status_code == 200:
        json.loads(response.content)
    else:
        problem(response)
    return int(response.status_code)


@OFTEN
@given(st.sampled_from(["stores/", "stores/s4/", "places/"]), QUESTIONS)
def test_no_question_is_too_strange(shop: Shop, path: str, asked: dict[str, str]) -> None:
    sound(shop.ask(path, **asked))


@OFTEN
@given(st.tuples(LAT, LNG), st.integers(1, 3), st.sampled_from(["", "2026-11-25T23:00:00Z"]))
def test_walking_from_any_point_meets_every_store_once(
    shop: Shop, point: tuple[float, float], limit: int, open_at: str
) -> None:
    more = {"open_at": open_at} if open_at else {}
    pages = list(shop.pages("stores/", near=f"{point[0]!r},{point[1]!r}", limit=limit, **more))
    cards = [card for page in pages for card in page]
    assert sorted(card["code"] for card in cards) == (["s1", "s3"] if open_at else ["s0", "s1", "s2", "s3", "s4"])
    assert [card["distance"] for card in cards] == sorted(card["distance"] for card in cards)


@OFTEN
@given(st.text(st.characters(max_codepoint=126, min_codepoint=33), max_size=80) | st.sampled_from(
    ["q=%ff%fe", "q=%ed%a0%80", "q=%00", "%00=1", "q=%", "=", "&&&", "q", "near=1,1&near=2,2", "limit=1;limit=2", "q=a%0d%0ab"]
))  # fmt: skip
def test_no_query_string_is_too_broken(shop: Shop, text: str) -> None:
    sound(shop.ask(f"stores/?{text.replace('#', '')}"))


@OFTEN
@given(st.integers(0, 500), st.sampled_from("Aa_-9=%+/"), st.sampled_from(["swap", "cut", "grow"]))
def test_a_cursor_cannot_be_changed(shop: Shop, place: int, letter: str, how: str) -> None:
    following = shop.get("stores/", near="1,1", limit=1)["next"]
    start, _, cursor = following.partition("cursor=")
    place %= len(cursor)
    changed = {
        "swap": cursor[:place] + letter + cursor[place + 1 :],
        "cut": cursor[:place],
        "grow": cursor[:place] + letter + cursor[place:],
    }[how]
    if changed != cursor:
        # The last letter has bits that base64 does not use: then it may be the same cursor.
        assert sound(shop.ask(f"{start}cursor={changed}")) == 400 or how == "swap"


def test_a_cursor_belongs_to_its_question_list_and_brand(world: World, shop: Shop) -> None:
    cursor = shop.get("stores/", near="1,1", limit=1)["next"].partition("cursor=")[2]
    assert shop.refused("stores/", near="1,2", cursor=cursor) == (400, ["cursor"])
    assert shop.refused("stores/", cursor=cursor) == (400, ["cursor"])
    assert shop.refused("places/", q="be", cursor=cursor) == (400, ["cursor"])
    assert key_for(world.acme).refused("stores/", near="1,1", cursor=cursor) == (400, ["cursor"])


def test_a_cursor_tells_nobody_the_numbers_of_rows(world: World, shop: Shop) -> None:
    for code in ("lens", "repair"):
        offering(world.rokid, "DE", code)
    for path in ("services/", "stores/", "stores/?near=1,1"):
        cursor = shop.get(path, limit=1)["next"].partition("cursor=")[2]
        assert b"[0," not in base64.urlsafe_b64decode(cursor + "==="), path
        assert shop.get(path, limit=1)["next"].partition("cursor=")[2] == cursor
