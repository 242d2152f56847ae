"""The dashboard's translations: compiled by Babel, so that no gettext tools are needed on a fresh machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings


def sources() -> Iterator[Path]:
    """Every ``.po`` file of ours."""
    for folder in settings.LOCALE_PATHS:
        yield from sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))


def compile_changed() -> list[Path]:
    """Write the ``.mo`` file of each source that is newer than it; returns what was written."""
    written = []
    for source in sources():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(".mo.new")
        with source.open("rb") as text, draft.open("wb") as binary:
            write_mo(binary, read_po(text, locale=_locale(source)))
        draft.replace(target)
        written.append(target)
    return written


def problems() -> Iterator[str]:
    """What is wrong in the sources, one sentence each: untranslated, marked as guessed, or with other placeholders."""
    for source in sources():
        try:
            with source.open("rb") as text:
                catalogue = read_po(text, locale=_locale(source), abort_invalid=True)
        except PoFileError as error:
            yield f"{source}: {error}"
            continue
        for message in catalogue:
            if not message.id:
                continue
            place = f"{source}:{message.lineno}"
            texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if message.fuzzy:
                yield f"{place}: {message.id!r} is marked fuzzy"
            if not texts or not all(texts):
                yield f"{place}: {message.id!r} is not translated"
            for fault in message.check(catalogue):
                yield f"{place}: {message.id!r}: {fault}"


def _locale(source: Path) -> str:
    """``.../zh_Hans/LC_MESSAGES/django.po`` is ``zh_Hans``."""
    return source.parent.parent.name
