"""What others wrote, as the database can keep it."""

from __future__ import annotations


def storable(words: str, *, longest: int | None = None) -> str:
    """The words without NUL and halves of letters, which PostgreSQL refuses and broken senders send; cut at ``longest``."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()[:longest]
