"""What the documentation points at is there: files, headings' pictures, tests that prove a promise, commands and variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retail.embedded.folders import REPO

PAGES = sorted([REPO / "README.md", REPO / "CHANGELOG.md", *(REPO / "docs").rglob("*.md")])
SOURCES = [path for folder in ("retail", "stores") for path in (REPO / folder).rglob("*.py")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    inside = [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_every_test_that_proves_a_promise_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (REPO / "docs" / "sync.md").read_text()))
    there = {
        name for path in (REPO / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert named - there == set()
    assert len(named) > 10


def test_every_command_that_is_named_exists() -> None:
    ours = {path.stem for path in (REPO / "stores" / "management" / "commands").glob("*.py")}
    djangos = {"migrate", "check", "collectstatic", "changepassword", "makemigrations"}
    named = {name for page in PAGES for name in re.findall(r"manage\.py ([a-z_]+)", page.read_text())}
    assert named - ours - djangos == set()


def test_every_variable_of_the_environment_is_documented() -> None:
    read = {
        name
        for path in SOURCES
        for name in re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z][A-Z_]+)\"", path.read_text())
        if "tests" not in path.parts
    }
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (REPO / "docs" / "operations.md").read_text()))
    # Python's and Django's own, and what only our tests and benches set.
    assert read - documented - {"DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS", "SANDBOX_TOKEN", "MERIDIAN_BENCH"} == set()
