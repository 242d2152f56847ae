"""Mappings that ship with the product, by the name ``--source`` takes."""

from __future__ import annotations

from collections.abc import Mapping

from stores.imports.errors import ImportRefused
from stores.imports.mapping import ColumnMapping, parse_mapping
from stores.imports.presets import allplaces

_PRESETS: Mapping[str, tuple[object, tuple[str, ...]]] = {
    "allplaces": (allplaces.MAPPING, allplaces.REQUIRED),
}


def names() -> list[str]:
    """What ``--source`` may be."""
    return sorted(_PRESETS)


def preset(name: str) -> ColumnMapping:
    """A shipped mapping. ImportRefused for a name that none has."""
    if name not in _PRESETS:
        raise ImportRefused(f"there is no source {name!r}; choose one of {', '.join(names())} or give a --mapping")
    data, required = _PRESETS[name]
    return parse_mapping(data, source=name, required=required)
