"""``evaluate_hours``: one answer per line, in order, whatever the lines are."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command


def _answers(asked: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(asked)))
    call_command("evaluate_hours")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


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
    assert _answers("\n".join(lines).encode(), monkeypatch, capsys) == [
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


def test_lines_that_are_not_even_text_are_answered_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = b'{"value": "24/7", "tz": "UTC", "at": "2026-01-06T12:00:30"}'
    lines = [
        b"\xef\xbb\xbf" + good,
        b'{"value": "\xff\xfe"}',
        b"[" * 200_000,
        b'{"value": NaN, "tz": "UTC", "at": "2026-01-06T12:00"}',
        b'{"value": "\\ud800", "tz": "UTC", "at": "2026-01-06T12:00"}',
        b'{"value": "24/7", "tz": "\\ud800", "at": "2026-01-06T12:00"}',
        b'{"value": "' + b"x" * (3 << 20) + b'"}',
        good,
    ]
    assert _answers(b"\n".join(lines), monkeypatch, capsys) == [
        {"state": "open", "rule": "regular hours"},
        {"error": "the line is not UTF-8"},
        {"error": "the line is not JSON"},
        {"error": "value is missing or not a text"},
        {"error": "it holds half a character, so its encoding was misread"},
        {"error": "'\\ud800' is not a time zone"},
        {"error": "the line is longer than 1048576 bytes"},
        {"state": "open", "rule": "regular hours"},
    ]
