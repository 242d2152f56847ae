"""The cases by which another engine of opening hours is tested, as far as our model can say them; see docs/hours.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stores.timetable.osm import REFUSALS
from stores.timetable.question import ask
from stores.timetable.reading import HoursNotUnderstood

CASES: Path = settings.BASE_DIR.parent / "shared" / "data" / "hours" / "oh_rs_cases.jsonl"
# Where we differ on purpose: the day a holiday was observed and the day itself both count, a state that is closed with and
# without the holiday is not unknown, and "24/7" is open in every year.
DIFFERING = {
    ("10:00-12:00; PH off", "2020-07-04", "US"),
    ("10:00-12:00; PH off", "2025-03-08", "DE"),
    ("24/7", "1789-07-14", None),
}
# Refusals beyond the model's: a comment that changes the meaning, and a year that no calendar has.
_OTHERS = re.compile(r"it names more than 3660 dates|'\+10000-01-01 12:00' is not a time in ISO form")


def _expected(case: dict[str, Any]) -> list[tuple[str, str]]:
    """Moments and their states: of a schedule, every half hour and the minutes around each change."""
    if case["fn"] == "state":
        return [(case["at"], case["expect"])]
    spans = []
    for part in case["expect"].split("|"):
        words = re.findall(r"(\d\d):(\d\d)|(open|closed|unknown)", part)
        clocks = [int(hour) * 60 + int(minute) for hour, minute, state in words if not state]
        states = [state for _, _, state in words if state]
        spans += list(zip(clocks, clocks[1:], states, strict=False))
    edges = {edge + shift for start, end, _ in spans for edge in (start, end) for shift in (-1, 0)}
    minutes = sorted(minute for minute in edges | set(range(0, 1440, 30)) if 0 <= minute < 1440)
    said = {
        minute: next((state for start, end, state in spans if start <= minute < end), "closed") for minute in minutes
    }
    return [(f"{case['date']}T{minute // 60:02}:{minute % 60:02}", state) for minute, state in said.items()]


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not on this machine")
def test_what_our_model_can_say_is_answered_alike_and_the_rest_refused() -> None:
    answered, reasons = 0, []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["value"] is None or case["fn"] == "next_change":
            continue
        place = "Europe/Paris" if "coords" in case else "UTC"
        country = case.get("country")
        try:
            wrong = [
                (at, state)
                for at, state in _expected(case)
                if ask(case["value"], zone=place, at=at, country=country).state.value != state
            ]
        except HoursNotUnderstood as refusal:
            reasons.append(refusal.reason)
            continue
        answered += 1
        when = (case.get("date") or case["at"])[:10]
        assert bool(wrong) == ((case["value"], when, country) in DIFFERING), (case, wrong[:3])
    ours = {reason for _, reason in REFUSALS}
    assert [reason for reason in reasons if reason not in ours and not _OTHERS.fullmatch(reason)] == []
    assert (answered, len(reasons)) == (78, 87)
