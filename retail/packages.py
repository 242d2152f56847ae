"""Files of npm packages as static files: the few that pages name, straight from ``node_modules``.

Nothing is bundled or committed. A package holds much more than browsers ask for (source maps, development builds), and
collecting all of it would take longer than the rest of a first start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

FOLDER = "packages"
FILES = (
    "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl/LICENSE.txt",
    "topojson-client/dist/topojson-client.min.js",
    "topojson-client/LICENSE",
    "world-atlas/countries-10m.json",
    "world-atlas/countries-50m.json",
    "world-atlas/LICENSE",
)


class PackageStorage(FileSystemStorage):
    """The packages as npm laid them out, served below a folder of their own."""

    prefix = FOLDER


class PackageFinder(BaseFinder):
    """Finds ``packages/<package>/<file>``. What npm has not brought yet is not there, and pages with a map say so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = PackageStorage(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Nothing is configured here that could be wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001  (Django's signature)
        """The file's place on disk, or an empty list, as Django's finders answer."""
        wanted = PurePosixPath(path)
        name = wanted.relative_to(FOLDER).as_posix() if wanted.parts[:1] == (FOLDER,) else ""
        found = [self.storage.path(name)] if name in FILES and self.storage.exists(name) else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file that there is to collect."""
        for name in FILES:
            if self.storage.exists(name):
                yield name, self.storage
