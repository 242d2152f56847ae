"""``manage.py evaluate_hours``: is a text of opening hours open at a local moment; JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandParser

from stores.timetable.question import ask
from stores.timetable.reading import HoursNotUnderstood

_LONGEST = 1 << 20
"""Bytes of a line. No text of hours comes near; a longer line is passed over without being held."""

_HELP = """Ask texts of opening hours about local moments. Every line of standard input is one JSON object:

  value    the text, OSM opening_hours or one of the spellings in docs/hours.md
  tz       IANA zone, such as Europe/Berlin
  at       local time in ISO form; with an offset it is an instant
  country  ISO 3166-1, needed where the text speaks of public holidays
  state    suffix of ISO 3166-2 or the local name: BY, DE-BY, Bayern

Every answer is one line: {"state": "open|closed|unknown", "rule": ...} or {"error": why it cannot be answered}."""

_EXAMPLE = """example:
  echo '{"value": "Mo-Sa 09:00-18:00; PH off", "tz": "Europe/Berlin", "at": "2026-01-06T12:00",
         "country": "DE", "state": "BY"}' | tr -d '\\n' | manage.py evaluate_hours
  {"state": "closed", "rule": "holiday Epiphany: closed"}"""


class Command(BaseCommand):
    """Answer every line of standard input with one line, in order; a line that cannot be answered says why."""

    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = _EXAMPLE

    def handle(self, **options: Any) -> None:
        """Answer until the input ends, each line at once: whoever asks may wait for it before asking again."""
        for line in _lines(sys.stdin.buffer):
            # ASCII, so that no encoding of the terminal can refuse an answer.
            self.stdout.write(json.dumps(_answer(line)))
            self.stdout.flush()


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines that hold anything; None for one that is too long."""
    while line := source.readline(_LONGEST):
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while (rest := source.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif line.strip():
            yield line


def _answer(line: bytes | None) -> dict[str, str]:
    try:
        asked = _asked(line)
        answer = ask(
            asked["value"],
            zone=asked["tz"],
            at=asked["at"],
            country=asked.get("country"),
            subdivision=asked.get("state"),
        )
    except HoursNotUnderstood as refusal:
        return {"error": refusal.reason}
    except ValueError as error:
        return {"error": str(error)}
    return {"state": answer.state.value, "rule": answer.rule.text}


def _asked(line: bytes | None) -> dict[str, str]:
    """The texts of a question. ValueError says what is wrong with the line."""
    if line is None:
        raise ValueError(f"the line is longer than {_LONGEST} bytes")
    try:
        read = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("the line is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("the line is not JSON") from error
    if not isinstance(read, dict):
        raise ValueError("the line is not a JSON object")  # noqa: TRY004  every mistake of a line is one kind
    for name in ("value", "tz", "at", "country", "state"):
        text = read.get(name)
        if not isinstance(text, str) and (text is not None or name in {"value", "tz", "at"}):
            raise ValueError(f"{name} is missing or not a text")
    return read
