"""Every table in the dashboard, one module per topic; importing them registers them."""

from stores.admin import (
    brands,
    cases,
    catalog,
    channels,
    counters,
    holidays,
    imports,
    launch,
    markets,
    milestones,
    network,
    partners,
    people,
    promotions,
    revisions,
    services,
    sync,
    words,
)

__all__ = [
    "brands",
    "cases",
    "catalog",
    "channels",
    "counters",
    "holidays",
    "imports",
    "launch",
    "markets",
    "milestones",
    "network",
    "partners",
    "people",
    "promotions",
    "revisions",
    "services",
    "sync",
]

words.speak()
