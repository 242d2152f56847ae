from __future__ import annotations

import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from retail.packages import FILES, PackageFinder

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_that_pages_name_is_installed_and_collected() -> None:
    assert [name for name, _storage in PackageFinder().list(None)] == list(FILES)
    for name in FILES:
        assert finders.find(f"packages/{name}") == str(ROOT / "node_modules" / name)


def test_nothing_else_of_a_package_is_served() -> None:
    for name in (
        "packages/maplibre-gl/package.json",
        "packages/maplibre-gl/dist/maplibre-gl.mjs.map",
        "packages/../package.json",
        "maplibre-gl/dist/maplibre-gl.mjs",
        "packages",
    ):
        assert finders.find(name) is None, name


def test_the_lock_file_pins_every_package_by_its_hash_and_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: row for name, row in json.loads(text)["packages"].items() if name}
    assert [name for name, row in packages.items() if not row.get("integrity", "").startswith("sha512-")] == []
    assert '"resolved"' not in text
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [version for version in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
