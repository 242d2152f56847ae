"""The tour for real, on a demo that ``manage.py up`` started in a folder of its own."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Up, data_folder, free_ports, manage
from tests.shops import wait_until

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


def read(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  (addresses of our own processes)
        return json.loads(answer.read())


def offers(sandbox_port: int) -> dict[str, list[tuple[str, str]]]:
    """What buyers see in every shop: titles and ends, in order of both."""
    shops = read(f"http://127.0.0.1:{sandbox_port}/")
    return {
        shop["shop"]: sorted(
            (shown["title"], shown["ends_at"]) for shown in read(f"{shop['url']}live.json")["promotions"]
        )
        for shop in shops
    }


def all_converged(folder: Path) -> bool:
    rows = json.loads(manage(folder, "sync_status", "--format", "json").stdout)["channels"]
    return all(row["live"] == row["wanted"] and not row["pending"] + row["failing"] for row in rows)


def test_the_tour_shows_everything_and_leaves_the_demo_as_it_was(folder: Path) -> None:
    port, sandbox_port = free_ports(2)
    up = Up(folder, port=port, sandbox_port=sandbox_port, demo=True)
    assert up.says("Meridian is ready")
    wait_until(lambda: all_converged(folder), seconds=90)
    before = offers(sandbox_port)
    worker = up.children()["worker"]

    tour = manage(folder, "tour", "--fast", seconds=240)

    assert (tour.returncode, tour.stderr) == (0, "")
    said = re.findall(r"^(\d · .*?) ─", tour.stdout, re.MULTILINE)
    assert said == [
        "1 · Approved, and live in every market's language",
        "2 · One shop hangs, the worker is killed, the rest goes on",
        "3 · The nearest store that is open now",
        "4 · Stopped everywhere",
    ]
    shown = dict(re.findall(r"^ +\d+\.\d s +[A-Z]{2}  \S+ +(\S+) +(.*?)$", tour.stdout, re.MULTILINE))
    assert shown["jp-web"].startswith("冬の灯りを、目の前に。")
    assert {"gr-web", "kr-web", "tw-web", "ae-web", "fr-web"} <= set(shown)
    assert f"kill -9 {worker[0]}" in tour.stdout
    assert "most of one in a shop: 1" in tour.stdout
    assert up.children()["worker"] != worker
    assert offers(sandbox_port) == before
    wait_until(lambda: all_converged(folder), seconds=30)
    assert up.stops() == 0


def test_the_tour_says_what_to_do_when_nothing_runs(folder: Path) -> None:
    tour = manage(folder, "tour", "--fast")

    assert tour.returncode == 1
    assert tour.stderr.strip() == (
        f"CommandError: Meridian does not run on the folder {folder}. "
        "Start it in another terminal and come back: make run"
    )
