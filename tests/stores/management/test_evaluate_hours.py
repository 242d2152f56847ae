"""``evaluate_hours``: one answer per line, in order, whatever the lines are."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command


def test_every_line_gets_its_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        '{"value": "09:00-18:00; PH off", "tz": "Europe/Berlin", "at": "2026-01-06T12:00", "country": "DE", "state": "BY"}',
        "",
        '{"value": "24/7", "tz": "Asia/Tokyo", "at": "2026-01-06T12:00"}',
        '{"value": "sunrise-sunset", "tz": "Asia/Tokyo", "at": "2026-01-06T12:00"}',
        '{"value": "24/7", "tz": "Asia/Tokyo", "at": "2026-01-06T12:00", "country": "XX"}',
        '{"value": "10:00-20:00; PH off", "tz": "Asia/Tokyo", "at": "2026-01-06T12:00", "country": "XX"}',
        '{"value": 24, "tz": "Asia/Tokyo", "at": "2026-01-06T12:00"}',
        '{"value": "24/7", "tz": "Asia/Tokyo"}',
        "[]",
        "not json",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    call_command("evaluate_hours")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"state": "closed", "rule": "holiday Epiphany: closed"},
        {"state": "open", "rule": "regular hours"},
        {"error": "it depends on the sun"},
        {"state": "open", "rule": "regular hours"},
        {"error": "there is no holiday calendar of 'XX'"},
        {"error": "value is missing or not a text"},
        {"error": "at is missing or not a text"},
        {"error": "the line is not a JSON object"},
        {"error": "the line is not JSON"},
    ]
