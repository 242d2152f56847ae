"""The arithmetic of a benchmark: ours and its floor in turn, several rounds, medians, a ratio and a verdict.

A machine is never quiet. So each round measures both sides one right after the other, who begins changes from round to round,
and the ratio is the median of the rounds' own ratios: a slow minute slows both sides of it alike, and a hiccup is one round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from statistics import median
from typing import NamedTuple

ROUNDS = 15
"""Odd, so that the median is a round that happened; many and short, so that both sides of each meet the same weather."""

GROWTH_TARGET = 0.77
"""What 65,000 stores may cost beside 1,000: 1.3 times as much."""

Measure = Callable[[], float]
"""Does some of the work and says how much of it a second holds."""


class Rates(NamedTuple):
    """One round, per second."""

    ours: float
    floor: float


@dataclass(frozen=True)
class Line:
    """One printed line: ``name value floor ratio target PASS|MISS``; value and floor are per second."""

    name: str
    value: float
    floor: float
    ratio: float
    target: float

    @property
    def passes(self) -> bool:
        return self.ratio >= self.target

    def __str__(self) -> str:
        verdict = "PASS" if self.passes else "MISS"
        # Cut, not rounded: 0.697 is no 0.70.
        ratio = Decimal(str(self.ratio)).quantize(Decimal("0.01"), ROUND_DOWN)
        return f"{self.name:<23} {self.value:>12.1f} {self.floor:>12.1f} {ratio:>6} {self.target:>5.2f} {verdict}"


def interleave(measures: Sequence[Measure], rounds: int = ROUNDS) -> list[list[float]]:
    """What each measure said in each round: one list a measure. Every second round runs backwards."""
    said: list[list[float]] = [[] for _ in measures]
    for number in range(rounds):
        order = range(len(measures))
        for place in reversed(order) if number % 2 else order:
            said[place].append(measures[place]())
    return said


def compare(name: str, ours: Iterable[float], floor: Iterable[float], target: float) -> Line:
    """The line of two sides measured in the same rounds. ValueError when there was no round, or a floor did nothing."""
    rounds = [Rates(*pair) for pair in zip(ours, floor, strict=True)]
    if not rounds:
        raise ValueError("a comparison needs at least one round")
    if any(each.floor <= 0 for each in rounds):
        raise ValueError(f"{name}: the floor did nothing in a round, so there is no ratio")
    return Line(
        name=name,
        value=median(each.ours for each in rounds),
        floor=median(each.floor for each in rounds),
        ratio=median(each.ours / each.floor for each in rounds),
        target=target,
    )
