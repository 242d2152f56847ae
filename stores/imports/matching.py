"""Matching and comparing: which store each staged row means, what it would change, and what the tables would refuse.

A few set-based statements, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from stores.actions.reverting import before_json
from stores.actions.stores import ADDRESS_JSON, OWN_LIST, PARTNERS, SIMPLE_FIELDS, STAGED, day_source
from stores.imports import closing
from stores.imports.steps import keep_status
from stores.models import Brand
from stores.models.network import PUBLIC_STATUSES
from stores.values import clock

_NOT_REFUSED = "r.reasons = '[]'"
# A code names one partner; a name may be that of several, and then it names none.
_FIND_PARTNER = f"""
UPDATE {STAGED} r SET {{link}} = found.id FROM (
    SELECT word, coalesce(min(id) FILTER (WHERE by_code), min(id)) AS id FROM (
        SELECT words.word, p.id, p.code = words.word AS by_code FROM (
            SELECT DISTINCT r.{{field}} AS word FROM {STAGED} r WHERE r.{{field}} <> '') words
        JOIN stores_partner p ON p.brand_id = %(brand)s AND (p.code = words.word OR EXISTS (
            SELECT 1 FROM jsonb_each_text(p.name) AS named WHERE lower(named.value) = lower(words.word)))) each_one
    GROUP BY word HAVING bool_or(by_code) OR count(*) = 1) found
WHERE r.{{field}} = found.word
"""  # noqa: S608  (our names)
_MISS_PARTNER = f"""
UPDATE {STAGED} r SET warnings = warnings || jsonb_build_array(jsonb_build_object('column', %({{field}})s::text,
    'value', r.{{field}}, 'reason', 'no partner of the brand, or more than one, has this code or name; left out'))
WHERE r.{{field}} <> '' AND r.{{link}} IS NULL
"""  # noqa: S608  (our names)
# A word is an offering's code in the store's market, or a kind: then it is all that the market offers of it. When a word is
# neither, what the list calls its services is not wholly known, so none is taken away.
_FIND_SERVICES = f"""
UPDATE {STAGED} r SET warnings = r.warnings || found.missing, service_ids = CASE WHEN found.missing = '[]' THEN found.ids
    ELSE ARRAY(SELECT unnest(found.ids) UNION SELECT d.offering_id FROM stores_storeservice d WHERE d.store_id = r.store_id)
    END
FROM (SELECT r.row, coalesce(array_agg(DISTINCT o.id) FILTER (WHERE o.id IS NOT NULL), '{{}}') AS ids,
        coalesce(jsonb_agg(DISTINCT jsonb_build_object('column', %(services)s::text, 'value', word, 'reason',
            'not the code or kind of a service that ' || r.market || ' offers; left out')) FILTER (WHERE o.id IS NULL), '[]')
            AS missing
    FROM {STAGED} r CROSS JOIN unnest(r.services) AS word
    LEFT JOIN stores_serviceoffering o ON o.brand_id = %(brand)s AND o.market_id = r.market_id
        AND (lower(o.code) = lower(word) OR o.kind = translate(lower(word), ' -', '__')
            AND (o.to_date IS NULL OR o.to_date > %(today)s) AND NOT EXISTS (
                SELECT 1 FROM stores_serviceoffering c WHERE c.brand_id = o.brand_id AND c.market_id = o.market_id
                AND lower(c.code) = lower(word)))
    WHERE {_NOT_REFUSED} GROUP BY r.row) found
WHERE found.row = r.row
"""  # noqa: S608  (our names)
# The first row of an identity comes in; the same identity again is refused and names that row.
_REFUSE_TWICE = f"""
UPDATE {STAGED} r SET reasons = jsonb_build_array(jsonb_build_object('column', %(column)s::text, 'value', twice.identity,
    'reason', 'the same identity is in row ' || twice.first))
FROM (SELECT row, identity, min(row) OVER (PARTITION BY identity) AS first
      FROM (SELECT row, {{identity}} AS identity FROM {STAGED} r WHERE {_NOT_REFUSED}) named) twice
WHERE twice.row = r.row AND twice.first < r.row
"""  # noqa: S608  (our names)
_MATCH_SOURCE = f"""
UPDATE {STAGED} r SET store_id = s.store_id FROM stores_storesource s
WHERE s.brand_id = %(brand)s AND s.source = %(source)s AND s.external_id = r.external_id AND {_NOT_REFUSED}
"""  # noqa: S608  (our names)
_MATCH_CODE = f"""
UPDATE {STAGED} r SET store_id = s.id FROM stores_store s
WHERE s.brand_id = %(brand)s AND s.code = r.code AND r.store_id IS NULL AND {_NOT_REFUSED}
"""  # noqa: S608  (our names)
_REFUSE_TAKEN = f"""
UPDATE {STAGED} r SET reasons = jsonb_build_array(jsonb_build_object('column', %(column)s::text, 'value', r.external_id,
    'reason', 'the code ' || r.code || ' already belongs to another store'))
FROM stores_store s WHERE s.brand_id = %(brand)s AND s.code = r.code AND r.store_id IS NULL AND {_NOT_REFUSED}
"""  # noqa: S608  (our names)
# A store keeps its code for good, so the row is about that one whatever its list says or would make of its identity.
_TAKE_CODE = f"""
UPDATE {STAGED} r SET code = s.code, warnings = CASE WHEN 'code' = ANY (r.given) THEN r.warnings || jsonb_build_array(
        jsonb_build_object('column', %(code)s::text, 'value', r.code,
            'reason', 'the store has the code ' || s.code || ' and keeps it')) ELSE r.warnings END
FROM stores_store s WHERE s.id = r.store_id AND s.code <> r.code AND {_NOT_REFUSED}
"""  # noqa: S608  (our names)
# The table would refuse these and with them the whole file, so the dates stay as they are and the row says why.
_KEEP_DATES = f"""
UPDATE {STAGED} r SET given = array_remove(array_remove(r.given, 'opening_date'), 'closing_date'),
    warnings = r.warnings || jsonb_build_array(jsonb_build_object('column', 'closing_date', 'value', r.closing_date, 'reason',
        'with the dates that are known the store would close before it opens; the dates stay as they are'))
FROM stores_store s
WHERE s.id = r.store_id AND r.given && ARRAY['opening_date', 'closing_date']
    AND CASE WHEN 'closing_date' = ANY (r.given) THEN r.closing_date ELSE s.closing_date END
      < CASE WHEN 'opening_date' = ANY (r.given) THEN r.opening_date ELSE s.opening_date END
"""  # noqa: S608  (our names)
# What a person or a template decided about a date comes before a list of others. Where both say the same, nothing has to be
# said.
_KEEP_DAYS = f"""
UPDATE {STAGED} r SET special_days = r.special_days - found.days, warnings = r.warnings || found.other FROM (
    SELECT r.row, array_agg(d.date::text) AS days, coalesce(jsonb_agg(jsonb_build_object('column', %(hours)s::text,
        'value', d.date, 'reason', 'other hours of ' || d.date || ' were decided here; they stay') ORDER BY d.date)
        FILTER (WHERE d.state = 'dismissed' OR d.periods <> r.special_days -> d.date::text), '[]') AS other
    FROM {STAGED} r JOIN stores_specialday d ON d.store_id = r.store_id AND d.purpose = 'store'
        AND r.special_days ? d.date::text
    WHERE {_NOT_REFUSED} AND d.state <> 'proposed' AND d.source <> %(day_source)s GROUP BY r.row) found
WHERE found.row = r.row
"""  # noqa: S608  (our names)
# In a list in our own columns a date that is missing may be one that was taken out, or one that was never thought of. Where any
# row names a date, each row says what stays; a list of plain weeks says it once, or a weekly one would warn at every store.
_UNNAMED = f"""
    FROM {STAGED} r JOIN stores_specialday d ON d.store_id = r.store_id AND d.purpose = 'store'
        AND NOT r.special_days ? d.date::text
    WHERE {_NOT_REFUSED} AND d.state = 'confirmed' AND d.source <> %(day_source)s AND d.date >= %(first_day)s
        AND {{somewhere}} EXISTS (SELECT 1 FROM {STAGED} r WHERE r.special_days <> '{{{{}}}}' AND {_NOT_REFUSED})
"""  # noqa: S608  (our names)
_KEEP_UNNAMED_DAYS = f"""
UPDATE {STAGED} r SET warnings = r.warnings || found.unnamed FROM (
    SELECT r.row, jsonb_agg(jsonb_build_object('column', %(hours)s::text, 'value', d.date, 'reason', 'the hours of '
        || d.date || ' were decided here and are not in the list; they stay, until somebody removes them at the store')
        ORDER BY d.date) AS unnamed {_UNNAMED.format(somewhere="")} GROUP BY r.row) found
WHERE found.row = r.row
"""  # noqa: S608  (our names)
_KEEP_ALL_DAYS = f"""
UPDATE {STAGED} r SET warnings = r.warnings || jsonb_build_array(jsonb_build_object('column', %(hours)s::text, 'value', '',
    'reason', 'the list names no dates; at '
        || found.stores || ' of its stores other hours of dates to come were decided here; '
        'they stay, until somebody removes them at the store'))
FROM (SELECT min(r.row) AS first, count(DISTINCT r.row) AS stores {_UNNAMED.format(somewhere="NOT")}) found
WHERE r.row = found.first
"""  # noqa: S608  (our names)
# What undoing the import will need: of stores that change, of those that are published though nothing else changes, and of
# those that get this source's identity.
_REMEMBER = f"""
UPDATE {STAGED} r SET before = {before_json("s")} FROM stores_store s
WHERE s.id = r.store_id AND (r.outcome = 'changed' OR r.outcome = 'unchanged' AND (
    %(publish)s AND s.published_at IS NULL AND s.status = ANY (%(public)s)
    OR r.external_id <> '' AND NOT EXISTS (
        SELECT 1 FROM stores_storesource o
        WHERE o.brand_id = %(brand)s AND o.source = %(source)s AND o.external_id = r.external_id)))
"""  # noqa: S608  (our names)
_LOCK = f"SELECT 1 FROM stores_store WHERE id IN (SELECT store_id FROM {STAGED}) ORDER BY id FOR UPDATE"  # noqa: S608  (ours)


def _changed(field: str, old: str, new: str, when: str | None = None) -> str:
    """A piece of the changes object: both values of a field that differs, nothing otherwise."""
    speaks = when or f"'{field}' = ANY (r.given)"
    return f"'{field}', CASE WHEN {speaks} AND {old} IS DISTINCT FROM {new} THEN jsonb_build_array({old}, {new}) END"


_OLD_ADDRESSES = f"(SELECT coalesce(jsonb_object_agg(a.language, {ADDRESS_JSON}), '{{}}') FROM stores_storeaddress a \
WHERE a.store_id = s.id AND r.addresses ? a.language)"  # noqa: S608  (our names)
_NEW_ADDRESSES = f"""(SELECT coalesce(jsonb_object_agg(tag, coalesce({ADDRESS_JSON},
    '{{"lines": [], "sublocality": "", "locality": "", "administrative_area": "", "postal_code": ""}}') || part), '{{}}')
    FROM jsonb_each(r.addresses) AS one (tag, part)
    LEFT JOIN stores_storeaddress a ON a.store_id = s.id AND a.language = tag)"""  # noqa: S608  (our names)
_OLD_HOURS = """(SELECT jsonb_agg(jsonb_build_object('from', h.season_from, 'to', h.season_to, 'periods', h.periods)
    ORDER BY h.season_from) FROM stores_weeklyhours h WHERE h.store_id = s.id AND h.purpose = 'store')"""
_NEW_HOURS = "(SELECT jsonb_agg(week ORDER BY week ->> 'from') FROM jsonb_array_elements(r.hours) week)"
_OLD_DAYS = """(SELECT coalesce(jsonb_object_agg(d.date, d.periods), '{}') FROM stores_specialday d
    WHERE d.store_id = s.id AND d.purpose = 'store' AND d.date >= %(first_day)s AND (d.source = %(day_source)s
        OR %(own_list)s AND d.state = 'confirmed' AND r.special_days ? d.date::text))"""
_PARTNER_CODE = "(SELECT p.code FROM stores_partner p WHERE p.id = {link})"
_OLD_SERVICES = """(SELECT coalesce(jsonb_agg(o.code ORDER BY o.code), '[]') FROM stores_storeservice d
    JOIN stores_serviceoffering o ON o.id = d.offering_id WHERE d.store_id = s.id)"""
_NEW_SERVICES = """(SELECT coalesce(jsonb_agg(o.code ORDER BY o.code), '[]') FROM stores_serviceoffering o
    WHERE o.id = ANY (r.service_ids))"""
_CHANGES = ",\n    ".join(
    [
        _changed("market", "(SELECT m.code FROM stores_market m WHERE m.id = s.market_id)", "r.market"),
        _changed("name", "s.name", "s.name || r.names"),
        _changed(
            "position",
            "jsonb_build_array(s.latitude, s.longitude)",
            "jsonb_build_array(r.latitude, r.longitude)",
        ),
        # Where the same place is said in other numbers nothing changes, and a place without numbers has none to convert.
        _changed(
            "datum",
            "s.source_datum",
            "r.datum",
            "'position' = ANY (r.given) AND (s.latitude, s.longitude) IS DISTINCT FROM (r.latitude, r.longitude)",
        ),
        *(
            _changed(
                staged,
                f"s.{column}::text[]" if column == "languages" else f"s.{column}",
                f"r.{staged}",
            )
            for column, staged in SIMPLE_FIELDS.items()
        ),
        *(
            _changed(
                field,
                _PARTNER_CODE.format(link=f"s.{link}"),
                _PARTNER_CODE.format(link=f"r.{link}"),
                f"'{field}' = ANY (r.given) AND (r.{link} IS NOT NULL OR r.{field} = '')",
            )
            for field, link in PARTNERS.items()
        ),
        _changed("services", _OLD_SERVICES, _NEW_SERVICES),
        _changed("address", _OLD_ADDRESSES, _NEW_ADDRESSES),
        _changed("hours", _OLD_HOURS, _NEW_HOURS),
        _changed("special_days", _OLD_DAYS, "r.special_days"),
    ]
)
_COMPARE = f"""
UPDATE {STAGED} r SET changes = jsonb_strip_nulls(jsonb_build_object(
    {_CHANGES}
)) FROM stores_store s WHERE s.id = r.store_id AND {_NOT_REFUSED}
"""  # noqa: S608  (our names)


@dataclass(frozen=True, slots=True)
class Matching:
    """How the rows of a list find their stores."""

    brand: Brand
    source: str
    own_codes: bool
    """The list's codes are ours, so a row without a known source is matched by code."""
    columns: Mapping[str, str]
    """The list's column of a field, for what is said about it."""
    identity: str
    """The field that tells stores apart."""
    constants: frozenset[str] = frozenset()
    """Fields that the mapping fills by itself, the same for every row."""
    complete: bool = False
    publish: bool = False
    """Stores that customers do not see yet are published with the list."""


def match_and_compare(matching: Matching, *, lock: bool) -> None:
    """Find each row's store, say what would change, and decide its outcome.

    Args:
        lock: hold the matched stores until the transaction ends, so that what was compared is what is written over.
    """
    parameters: dict[str, Any] = {
        "brand": matching.brand.pk,
        "source": matching.source,
        "today": clock.now().date(),
        "day_source": day_source(matching.source),
        "own_list": matching.source == OWN_LIST,
        "first_day": clock.earliest_day(),
        "hours": matching.columns.get("special_hours") or matching.columns.get("hours", "hours"),
        "publish": matching.publish,
        "public": list(PUBLIC_STATUSES),
        "code": matching.columns.get("code", "code"),
        "column": matching.columns.get(matching.identity, matching.identity),
        **{field: matching.columns.get(field, field) for field in (*PARTNERS, "services")},
    }
    statements = [
        *(
            each.format(field=field, link=link)
            for field, link in PARTNERS.items()
            for each in (_FIND_PARTNER, _MISS_PARTNER)
        ),
        _REFUSE_TWICE.format(identity="coalesce(nullif(r.external_id, ''), r.code)"),
        _REFUSE_TWICE.format(identity="r.code"),
        f"ANALYZE {STAGED}",
        _MATCH_SOURCE,
        _MATCH_CODE if matching.own_codes else _REFUSE_TAKEN,
        # A source's id and our code may name one store in two rows.
        _REFUSE_TWICE.format(identity="coalesce('store ' || r.store_id, 'row ' || r.row)"),
        # Every store was blank when the rows were counted above, and who counted the stores may have found none yet: without
        # an index the planner then goes through all rows for each store, which is minutes for a large list.
        f"CREATE INDEX ON {STAGED} (store_id)",
        f"ANALYZE {STAGED} (store_id)",
        *([_FIND_SERVICES] if "services" in matching.columns else []),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
        if matching.complete:
            closing.stage_lacking(matching.brand, source=matching.source, own_codes=matching.own_codes)
        if lock:
            cursor.execute(_LOCK)
        cursor.execute(_TAKE_CODE, parameters)
        cursor.execute(_KEEP_DATES)
        keep_status(cursor, column=matching.columns.get("status", "status"), constant="status" in matching.constants)
        for statement in (_KEEP_UNNAMED_DAYS, _KEEP_ALL_DAYS) if matching.source == OWN_LIST else (_KEEP_DAYS,):
            cursor.execute(statement, parameters)
        cursor.execute(_COMPARE, parameters)
        if lock:
            cursor.execute(_REMEMBER, parameters)
