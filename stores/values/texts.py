"""Texts that people type or lists bring, written in one way: what looks the same is the same."""

from __future__ import annotations

import re
import unicodedata

from stores.values.remembered import remembered

# Shown as nothing, or turns the text around it: none belongs into a name or a phone number.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


@remembered(65536)
def clean(text: str) -> str:
    """NFC text without characters that cannot be seen or stored, and without space around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\u3000", " ").strip()


def one_line(text: str) -> str:
    """The same with one space wherever there is any, as names and parts of an address are kept."""
    return " ".join(clean(text).split())
