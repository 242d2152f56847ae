"""What docs/hours.md says about texts is true: what it lists as understood is, what it lists as refused is, for that reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from stores.timetable.osm import REFUSALS
from stores.timetable.parse import parse_hours
from stores.timetable.reading import HoursNotUnderstood

PAGE: Path = settings.BASE_DIR / "docs" / "hours.md"
SOURCES = [
    settings.BASE_DIR / "stores" / "timetable" / f"{name}.py"
    for name in ("parse", "osm", "osm_dates", "dialects", "words", "reading", "structured")
]
# The page names these in a sentence: their texts are too long or too strange for a table.
_IN_PROSE = {
    "it is longer than … characters",
    "it is made of ligatures",
    "it holds half a character, so its encoding was misread",
}
# Guards of what cannot be reached from a text: the tokens were checked before.
_UNREACHABLE = {"it is not OSM opening_hours", "the date … was not understood", "it names no times"}


def _rows(heading: str) -> list[tuple[str, str]]:
    """The cells of the tables below a heading, up to the next chapter."""
    _, _, below = PAGE.read_text().partition(f"\n{heading}\n")
    text, _, _ = below.partition("\n## ")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    # A number in brackets is a note.
    return [(first.strip(), last.strip().removesuffix(" (1)")) for first, last in rows if "`" in first or "`" in last]


def _texts(cell: str) -> list[str]:
    return [text.replace("\\|", "|") for text in re.findall(r"`([^`]+)`", cell)]


REFUSED = [(text, reason) for cell, reason in _rows("## What is refused, and why") for text in _texts(cell)]
UNDERSTOOD = [text for _, cell in _rows("## Understood") for text in _texts(cell)]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_text_is_refused_for_the_reason_that_the_page_gives(text: str, reason: str) -> None:
    with pytest.raises(HoursNotUnderstood) as refused:
        parse_hours(text)
    assert re.fullmatch(re.escape(reason).replace("…", ".+"), refused.value.reason), refused.value.reason


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_text_is_understood_as_the_page_says(text: str) -> None:
    assert parse_hours(text).complete


def test_every_reason_has_its_row() -> None:
    given = {reason for _, reason in REFUSALS}
    for source in SOURCES:
        for literal in re.findall(r'HoursNotUnderstood\(\s*f?"((?:[^"\\]|\\.)+)"', source.read_text()):
            given.add(re.sub(r"\{[^}]*\}", "…", literal))
    listed = {reason for _, reason in REFUSED}
    assert {reason.replace("366", "…") for reason in listed} == given - _IN_PROSE - _UNREACHABLE
