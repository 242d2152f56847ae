"""The arithmetic of the benchmarks: rounds in turn, medians, ratios, verdicts and the printed line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from stores.management.bench.registry import BENCHES, select
from stores.management.bench.runner import Line, compare, interleave


def counting(said: list[str], name: str) -> Callable[[], float]:
    """A measure that tells when it was asked, and says how often that was."""

    def measure() -> float:
        said.append(name)
        return float(said.count(name))

    return measure


def test_both_sides_are_measured_in_every_round_and_who_begins_changes() -> None:
    said: list[str] = []
    assert interleave([counting(said, "ours"), counting(said, "floor")], 3) == [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]
    assert said == ["ours", "floor", "floor", "ours", "ours", "floor"]


def test_value_and_floor_are_medians_and_the_ratio_is_the_median_of_the_rounds() -> None:
    # The second round met a slow moment that both sides felt, the third a hiccup of ours.
    line = compare("list", [80.0, 8.0, 1.0], [100.0, 10.0, 100.0], target=0.7)
    assert (line.value, line.floor, line.ratio) == (8.0, 100.0, 0.8)
    assert line.passes
    # A hiccup of the floor flatters one round and decides nothing either.
    assert compare("list", [80.0, 8.0, 80.0], [100.0, 10.0, 50.0], target=0.7).ratio == 0.8


def test_one_slow_minute_does_not_decide() -> None:
    quiet = compare("list", [90.0] * 5, [100.0] * 5, target=0.7)
    disturbed = compare("list", [90.0, 90.0, 9.0, 90.0, 90.0], [100.0, 100.0, 10.0, 100.0, 100.0], target=0.7)
    assert disturbed.ratio == pytest.approx(quiet.ratio)


def test_a_target_that_is_just_met_passes_and_one_just_missed_does_not() -> None:
    assert compare("hours", [20.0], [100.0], target=0.2).passes
    assert not compare("hours", [19.9], [100.0], target=0.2).passes


def test_sides_with_different_rounds_are_not_compared() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        compare("list", [1.0, 2.0], [1.0], target=0.7)


@pytest.mark.parametrize("rounds", [([], []), ([1.0], [0.0])])
def test_nothing_measured_is_an_error_and_not_a_number(rounds: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="round"):
        compare("list", *rounds, target=0.7)


@pytest.mark.parametrize(("ratio", "verdict"), [(0.71, "PASS"), (0.69, "MISS")])
def test_a_line_has_six_words(ratio: float, verdict: str) -> None:
    line = Line("list50", 710.04, 1000.0, ratio, 0.7)
    assert str(line).split() == ["list50", "710.0", "1000.0", f"{ratio:.2f}", "0.70", verdict]
    assert re.fullmatch(r"list50 +710\.0 +1000\.0 +0\.\d\d +0\.70 (PASS|MISS)", str(line))


def test_a_ratio_that_only_rounds_up_to_its_target_shows_why_it_missed() -> None:
    assert str(Line("list50", 1.0, 1.0, 0.6951, 0.7)).split()[3:] == ["0.69", "0.70", "MISS"]


def test_one_benchmark_or_a_group_is_chosen_by_its_word() -> None:
    assert [bench.name for bench in select("hours")] == ["hours"]
    assert [bench.name for bench in select("sync")] == ["sync", "steady_tick"]
    assert select(None) == list(BENCHES)


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no benchmark 'lists'.*list50, list, api, nearest5open, locator"):
        select("lists")
