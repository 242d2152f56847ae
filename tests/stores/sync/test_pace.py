"""How long to wait, how accounts share the machine, what read-back makes of what it finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stores.connectors.contract import Held, Remote
from stores.sync import pace
from stores.sync.claims import _share
from stores.sync.readback import compare
from stores.values.documents import OfferDocument

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.integers(0, 10_000), st.floats(0, 1), st.none() | st.floats(0, 900))
def test_a_wait_is_bounded_and_never_shorter_than_the_platform_asked(
    tries: int, chance: float, asked: float | None
) -> None:
    wait = pace.wait_after(tries, asked, chance=chance)
    assert max(0.2, asked or 0) <= wait <= max(pace.TIRED_WAIT, asked or 0)


def test_waiting_doubles_up_to_a_minute_and_gets_slow_after_an_hour() -> None:
    assert [pace.wait_after(tries, chance=1) for tries in (1, 2, 3, 6, 60, 61)] == [2, 4, 8, 60, 60, 300]


def test_an_account_is_trusted_for_four_failures_and_then_rests_longer_and_longer() -> None:
    assert [pace.rest_after(failures) for failures in (0, 4, 5, 6, 7, 8, 1000)] == [None, None, 5, 10, 20, 30, 30]


accounts = st.lists(
    st.fixed_dictionaries(
        {
            "tokens": st.floats(0, 50),
            "max_in_flight": st.integers(1, 20),
            "in_flight": st.integers(0, 22),
            "resting": st.booleans(),
            "silent": st.booleans(),
        }
    ),
    max_size=8,
).map(lambda rows: [{"id": number, **row} for number, row in enumerate(rows)])


@given(accounts, st.integers(0, 64))
def test_no_account_gets_more_than_its_limits_and_none_starves(rows: list[dict[str, Any]], most: int) -> None:
    shares = _share(rows, most)
    limits = {}
    for row in rows:
        room = row["max_in_flight"] - row["in_flight"]
        allowed = 0 if row["silent"] else max(0, min(int(row["tokens"]), room))
        limits[row["id"]] = max(0, min(allowed, 1 - row["in_flight"])) if row["resting"] else allowed
    assert all(0 < share <= limits[account] for account, share in shares.items())
    assert sum(shares.values()) == min(most, sum(limits.values()))
    full = [share for account, share in shares.items() if share < limits[account]]
    assert not full or max(shares.values()) - min(full) <= 1


def account(number: int, in_flight: int = 0, *, resting: bool = False) -> dict[str, Any]:
    return {
        "id": number, "tokens": 50.0, "max_in_flight": 8, "in_flight": in_flight, "resting": resting, "silent": False
    }  # fmt: skip


def test_places_that_become_free_go_to_whoever_has_the_fewest_calls_under_way() -> None:
    slow = [account(number, in_flight=4) for number in range(16)]
    assert _share([*slow, account(99)], 2) == {99: 1, 0: 1}


def test_an_account_that_rested_gets_one_probe_and_no_second_beside_it() -> None:
    assert _share([account(1, resting=True)], 64) == {1: 1}
    assert _share([account(1, in_flight=1, resting=True)], 64) == {}


def document(ref: str, title: str = "Winterlichter") -> OfferDocument:
    return OfferDocument(ref, "de", title, "", "", NOON - timedelta(days=1), NOON + timedelta(days=1), ())


def row(ref: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": int(ref[1:]), "our_ref": ref, "version": 7, "presence": "present", "desired": document(ref).to_json(),
        "starts_at": NOON - timedelta(days=1), "ends_at": NOON + timedelta(days=1), "settled": True, **changes,
    }  # fmt: skip


def held(ref: str, remote_id: str = "1", **changes: Any) -> Held:
    return Held(Remote(remote_id), ref, document(ref, **changes))


def test_read_back_tells_missing_changed_doubled_and_extra_apart() -> None:
    rows = [row("r1"), row("r2"), row("r3"), row("r4", presence="absent"), row("r5"), row("r6", settled=False)]
    there = [held("r2", title="Hacked"), held("r3"), held("r3", "2"), held("r4"), held("r5"), held("foreign")]
    found = compare(rows, there, now=NOON, can_schedule=True)
    assert (found.missing, found.changed, found.duplicates, found.extra, found.seen) == (
        [(1, 7)], [(2, 7)], [(3, 7)], [(4, 7)], 6,
    )  # fmt: skip


def test_before_its_start_a_promotion_belongs_only_where_the_platform_can_schedule() -> None:
    early = [row("r1", starts_at=NOON + timedelta(hours=1))]
    assert compare(early, [], now=NOON, can_schedule=True).missing == [(1, 7)]
    assert compare(early, [], now=NOON, can_schedule=False).all() == []
    assert compare(early, [held("r1")], now=NOON, can_schedule=False).extra == [(1, 7)]


def test_what_came_back_after_its_end_is_extra() -> None:
    over = [row("r1", ends_at=NOON)]
    assert compare(over, [held("r1")], now=NOON, can_schedule=True).extra == [(1, 7)]
