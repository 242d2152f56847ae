"""The status that a list gives a store, asked of the store's life before it is written: may it follow, and does anybody mind?

A list says where a store stands, not how it came there, so several steps at once are fine. What no steps lead to is not: a
closed store is not opened by a list that has not heard of it. The status then stays as it is and the row says why.
"""

from __future__ import annotations

from typing import Any

from stores.actions.lifecycle import GUARDS, VERBS, blockers
from stores.actions.stores import STAGED
from stores.values.lifecycle import STORE_STATUSES, reachable, sentence

_LIVES = [f"{status}>{to}" for status in STORE_STATUSES for to in (status, *reachable(status))]
_SPEAKS = "r.reasons = '[]' AND 'status' = ANY (r.given)"
_WORDS = "replace({}.status, '_', ' ')"


def _warned(reason: str) -> str:
    """SQL of the row's warnings with one more about its status."""
    return (
        "warnings = r.warnings || jsonb_build_array(jsonb_build_object("
        f"'column', %(column)s::text, 'value', r.status, 'reason', {reason}))"
    )


_KEPT = "given = array_remove(array_remove(r.given, 'status'), 'closing_date'), "
_KEEP_IMPOSSIBLE = f"""
UPDATE {STAGED} r SET {_KEPT} {
    _warned(
        f"'a store that is ' || {_WORDS.format('s')} || ' cannot become ' || "
        f"{_WORDS.format('r')} || '; the status stays as it is'"
    )
}
FROM stores_store s WHERE s.id = r.store_id AND {_SPEAKS} AND s.status || '>' || r.status <> ALL (%(lives)s)
"""  # noqa: S608  (the names in these statements are ours, values are parameters)
# Until its last day it is open, and most lists know no other word for that: they take nothing back by it.
_KEEP_CLOSING = f"""
UPDATE {STAGED} r SET {_KEPT} {
    _warned(
        "'the store is open and will close; only a list that clears its closing date "
        "calls that off. The status stays as it is'"
    )
}
FROM stores_store s WHERE s.id = r.store_id AND {_SPEAKS} AND s.status = 'closing' AND r.status = 'open'
    AND NOT ('closing_date' = ANY (r.given) AND r.closing_date IS NULL)
"""  # noqa: S608  (our names)
# "Closing" would open its doors until that day. The day itself is taken.
_KEEP_SHUT = f"""
UPDATE {STAGED} r SET given = array_remove(r.given, 'status'), {
    _warned("'the store is temporarily closed and stays so until it closes for good'")
}
FROM stores_store s WHERE s.id = r.store_id AND {_SPEAKS} AND s.status = 'temporarily_closed' AND r.status = 'closing'
"""  # noqa: S608  (our names)
_KEEP_GUARDED = f"""
UPDATE {STAGED} r SET {_KEPT} {_warned("guarded.reason")}
FROM unnest(%(stores)s::bigint[], %(reasons)s::text[]) AS guarded (store, reason) WHERE r.store_id = guarded.store
"""  # noqa: S608  (our names)
_SAY_REOPENED = f"""
UPDATE {STAGED} r SET {
    _warned(
        "'the store is temporarily closed' || coalesce(' until ' || s.reopen_date, '') || '; the list opens it again'"
    )
}
FROM stores_store s WHERE s.id = r.store_id AND {_SPEAKS} AND s.status = 'temporarily_closed' AND r.status = 'open'
"""  # noqa: S608  (our names)
# Of a list whose every store is open by its nature: it keeps its word about all else, and nobody thinks it opened the door.
_SAY_STILL_CLOSED = f"""
UPDATE {STAGED} r SET {_warned(f"'the store is ' || {_WORDS.format('s')} || ' and stays so, but the list still has it'")}
FROM stores_store s WHERE s.id = r.store_id AND r.reasons = '[]' AND NOT 'status' = ANY (r.given)
    AND s.status IN ('closed', 'cancelled') AND r.status = 'open'
"""  # noqa: S608  (our names)


def keep_status(cursor: Any, *, column: str, constant: bool) -> None:
    """Leave the status where the life of a store knows no such step, or where somebody still counts on the store.

    Args:
        column: what the list calls it.
        constant: the mapping has a status and the list has none.
    """
    parameters: dict[str, Any] = {"column": column, "lives": _LIVES}
    if constant:
        cursor.execute(_SAY_STILL_CLOSED, parameters)
    cursor.execute(_KEEP_IMPOSSIBLE, parameters)
    cursor.execute(_KEEP_CLOSING, parameters)
    cursor.execute(_KEEP_SHUT, parameters)
    for status in GUARDS:
        cursor.execute(
            f"SELECT r.store_id FROM {STAGED} r JOIN stores_store s ON s.id = r.store_id "  # noqa: S608  (our own words)
            f"WHERE {_SPEAKS} AND r.status = %s AND s.status <> %s",
            [status, status],
        )
        found = blockers([row[0] for row in cursor.fetchall()], status)
        reasons = [sentence(VERBS.get(status, status), each) + " The status stays as it is." for each in found.values()]
        cursor.execute(_KEEP_GUARDED, {**parameters, "stores": list(found), "reasons": reasons})
    cursor.execute(_SAY_REOPENED, parameters)
