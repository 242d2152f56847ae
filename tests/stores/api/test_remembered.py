"""What a process remembers is bounded, and what was remembered last is what stays."""

from __future__ import annotations

from stores.api.remembered import Remembered


def test_the_oldest_go_when_there_is_no_room_for_more() -> None:
    kept: Remembered[int, str] = Remembered(8)
    for number in range(100):
        kept.put(number, str(number))
        assert kept.get(number) == str(number)
    there = [number for number in range(100) if kept.get(number) is not None]
    assert there == list(range(100 - len(there), 100))
    assert 5 <= len(there) <= 8
