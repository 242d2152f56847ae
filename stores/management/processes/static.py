"""Whether static files have to be collected: compressing them takes seconds, and they rarely change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


class StaticFiles:
    """The files that the site serves, as their packages and our folders hold them now."""

    def __init__(self) -> None:
        self._note = Path(settings.STATIC_ROOT).with_suffix(".collected")
        self._state = self._read()

    def changed(self) -> bool:
        """Whether they differ from what was collected last."""
        known = self._note.read_text() if self._note.exists() and Path(settings.STATIC_ROOT).exists() else ""
        return known != self._state

    def remember(self) -> None:
        """Note that they were collected as they are."""
        self._note.write_text(self._state)

    def _read(self) -> str:
        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list(ignore_patterns=[]):
                found = Path(storage.path(name)).stat()
                digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
        return digest.hexdigest()
