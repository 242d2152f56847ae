"""Days that hang on another day: milestones on a store's opening, points of a checklist on a market's launch.

Kept by the database, because the day is moved by forms, imports and jobs alike. Only what is still open moves.
"""

from __future__ import annotations

import pgtrigger


def follows(parent: str, link: str, day: str) -> pgtrigger.Trigger:
    """An open row with ``offset_days`` has the date that its parent's day says, however the row was written."""
    return pgtrigger.Trigger(
        name="follow_day",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__offset_days__isnull=False, new__done_date__isnull=True),
        func=(
            f"NEW.due_date = (SELECT parent.{day} + NEW.offset_days FROM {parent} parent "  # noqa: S608  (our names)
            f"WHERE parent.id = NEW.{link}); RETURN NEW;"
        ),
    )


def moves(child: str, link: str, day: str) -> pgtrigger.Trigger:
    """When the parent's day becomes another one, its open rows follow. A row at a time: few parents move at once."""
    return pgtrigger.Trigger(
        name=f"move_{child.removeprefix('stores_')}",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(day),  # type: ignore[no-untyped-call]  # pgtrigger leaves it untyped
        condition=pgtrigger.Q(**{f"old__{day}__df": pgtrigger.F(f"new__{day}")}),
        func=(
            f"UPDATE {child} SET due_date = NEW.{day} + offset_days "  # noqa: S608  (our names)
            f"WHERE {link} = NEW.id AND offset_days IS NOT NULL AND done_date IS NULL; RETURN NULL;"
        ),
    )
