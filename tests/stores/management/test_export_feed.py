from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from stores.feeds.formats import FORMATS
from tests.people import World, store


def test_all_writes_every_format_of_every_market_as_a_whole_file(world: World, tmp_path: Path) -> None:
    store(world.rokid, "DE", "mitte")
    store(world.rokid, "JP", "ginza")
    call_command("export_feed", "all", brand="rokid", output=tmp_path)
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {f"{market}/stores.{each.ending}" for market in ("de", "jp") for each in FORMATS.values()}
    assert [
        each["properties"]["code"] for each in json.loads((tmp_path / "jp/stores.geojson").read_text())["features"]
    ] == ["ginza"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"brand": "nobody"}, "There is no brand 'nobody'. Brands: acme, rokid."),
        ({"brand": "rokid", "market": ["FR"]}, "No published store fits: see --brand, --market and --store."),
        ({"brand": "rokid", "language": "klingon!"}, "--language: 'klingon!' is not a language tag"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence(
    world: World, options: dict[str, object], sentence: str
) -> None:
    store(world.rokid, "DE", "mitte")
    with pytest.raises(CommandError) as refused:
        call_command("export_feed", "geojson", **options)
    assert str(refused.value).startswith(sentence)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(world: World, tmp_path: Path) -> None:
    store(world.rokid, "DE", "mitte")
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_feed", "geojson", brand="rokid", output=tmp_path / "taken" / "stores.geojson")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
