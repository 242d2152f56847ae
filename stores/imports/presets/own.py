"""Our own columns: named as the fields of a mapping, with ``name_<tag>`` and ``address_<tag>`` for other languages.

A file may have any of them; what it lacks stays as it is.
"""

from __future__ import annotations

from stores.actions.stores import OWN_LIST
from stores.imports.grammar import Rule
from stores.imports.mapping import ColumnMapping

MAPPING = ColumnMapping(source=OWN_LIST, rules={"code": Rule("column", ("code",))}, own_columns=True)
