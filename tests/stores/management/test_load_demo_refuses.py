"""What the demo says where it is not, and cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from stores.management.demo import access

pytestmark = pytest.mark.django_db


def test_without_markets_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_markets"):
        call_command("load_demo")


def test_without_a_demo_there_is_nothing_to_log_in_with(settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    assert access.summary() == ([], "")
