"""Codes that last: once customers could see a store, its code is in links, on printed codes and in other people's maps.

So it stays this store's for ever. The database remembers the first publication however it was written, refuses another code
from then on, and refuses to delete the row, which would free the code for another place.
"""

from __future__ import annotations

import pgtrigger


def _refusing(
    name: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition, sentence: str
) -> pgtrigger.Trigger:
    """A trigger that refuses a write with a sentence for people, as a constraint would."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';",
    )


CODE_LASTS = (
    pgtrigger.Trigger(
        name="remember_publication",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__published_at__isnull=False, new__first_published_at__isnull=True),
        func="NEW.first_published_at = NEW.published_at; RETURN NEW;",
    ),
    _refusing(
        "keep_code",
        pgtrigger.Update,
        pgtrigger.Q(old__first_published_at__isnull=False) & pgtrigger.Q(old__code__df=pgtrigger.F("new__code")),
        "The code of a store that was published stays as it is.",
    ),
    _refusing(
        "keep_published",
        pgtrigger.Delete,
        pgtrigger.Q(old__first_published_at__isnull=False),
        "A store that was published is closed, never deleted: its code must not come to mean another place.",
    ),
)
