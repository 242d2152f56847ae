"""``manage.py evaluate_hours``: is a text of opening hours open at a local moment; JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from stores.timetable.question import ask
from stores.timetable.reading import HoursNotUnderstood


class Command(BaseCommand):
    """Answer every line of standard input with one line, in order; a line that cannot be answered says why."""

    help = (
        'Read {"value": OSM opening_hours, "tz", "at": local ISO time, "country"?, "state"?} per line and write '
        '{"state": "open|closed|unknown", "rule"} or {"error"}.'
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Answer until the input ends."""
        for line in sys.stdin:
            if line.strip():
                self.stdout.write(json.dumps(_answer(line), ensure_ascii=False))


def _answer(line: str) -> dict[str, str]:
    try:
        asked = json.loads(line)
    except ValueError:
        return {"error": "the line is not JSON"}
    if not isinstance(asked, dict):
        return {"error": "the line is not a JSON object"}
    texts = {name: asked.get(name) for name in ("value", "tz", "at", "country", "state")}
    for name, text in texts.items():
        if not isinstance(text, str) and (text is not None or name in {"value", "tz", "at"}):
            return {"error": f"{name} is missing or not a text"}
    try:
        answer = ask(
            asked["value"], zone=asked["tz"], at=asked["at"], country=texts["country"], subdivision=texts["state"]
        )
    except HoursNotUnderstood as refusal:
        return {"error": refusal.reason}
    except ValueError as error:
        return {"error": str(error)}
    return {"state": answer.state.value, "rule": answer.rule.text}
