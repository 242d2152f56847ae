"""What people decide about their own account."""

from __future__ import annotations

from stores.actions.errors import Refused
from stores.actions.transaction import acting
from stores.models import User


def choose_language(*, by: User, language: str) -> User:
    """Remember the language a person reads the dashboard in, for the next login on any machine."""
    if not by.is_active:
        raise Refused("This account is closed.", code="not_allowed")
    if by.language != language:
        by.language = language
        with acting(by, "choose language"):
            by.save(update_fields=["language"])
    return by
