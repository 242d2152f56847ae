"""Mappings that ship with the product, by the name ``--source`` takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from stores.imports.errors import ImportRefused
from stores.imports.mapping import ColumnMapping, parse_mapping
from stores.imports.presets import allplaces, google, own

ALIASES = {
    "alltheplaces": "allplaces",
    "atp": "allplaces",
    "gbp": "google",
    "google-business-profile": "google",
    "meridian": "own",
}
"""Other names people give the same lists."""


def names() -> list[str]:
    """What ``--source`` may be."""
    return ["allplaces", "google", "own"]


def preset(name: str) -> ColumnMapping:
    """A shipped mapping. ImportRefused for a name that none has."""
    name = ALIASES.get(name.strip().lower().replace("_", "-"), name)
    if name == "own":
        return own.MAPPING
    if name == "allplaces":
        published = parse_mapping(allplaces.PUBLISHED, source=name, required=allplaces.PUBLISHED_REQUIRED)
        flat = parse_mapping(allplaces.MAPPING, source=name, required=allplaces.REQUIRED)
        return replace(flat, otherwise=published)
    if name == "google":
        return parse_mapping(google.MAPPING, source=name, required=google.REQUIRED)
    raise ImportRefused(f"there is no source {name!r}; choose one of {', '.join(names())} or give a --mapping")


def fields_of(name: str, headers: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """A shipped mapping's rules as a mapping file has them, for a list with these columns, and the columns it leaves out."""
    data = preset(name).fitted(headers).to_json()
    return data["fields"], data.get("ignore", [])
